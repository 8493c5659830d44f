/**
 * Folders of JPEG and PNG files without labels, as they lie in them or in any folders below: what self-supervised pretraining
 * takes. Test images are those of `test` (or `val`) beside `train`, or every tenth; a file that cannot be decoded is left out and named.
 */
import { existsSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { decodeImage, squared } from './decode.js'
import { foldersIn, namesIn } from './files.js'
import { type FolderOptions, inParallel, isImageFile, isImageFolder, TEST } from './folder.js'
import { DataError, type ImageSet, pickExamples, type Split } from './images.js'

/** Of all pictures, one in so many is a test image. */
const HELD_OUT = 10

/** Whether there is a picture in a folder or below it, and no folder `train`, which is for labelled sets. */
export const isPictureFolder = (path: string): boolean =>
  !existsSync(join(path, 'train')) && picturesIn(path, 1).length > 0

/** At most so many image files of a folder and of those in it, in alphabetical order. */
function picturesIn(path: string, most = Infinity): string[] {
  const found = namesIn(path)
    .filter(isImageFile)
    .sort()
    .map(name => join(path, name))
  for (const folder of foldersIn(path)) {
    if (found.length >= most) break
    found.push(...picturesIn(join(path, folder), most - found.length))
  }
  return found
}

/** The files of a set: those of `train` and of `test` (or `val`) where there are such folders, else all of them as `train`. */
function filesOf(path: string): { readonly train: string[]; readonly test: string[] } {
  if (!isImageFolder(path)) return { train: picturesIn(path), test: [] }
  const test = TEST.map(name => join(path, name)).find(folder => existsSync(folder))
  return { train: picturesIn(join(path, 'train')), test: test === undefined ? [] : picturesIn(test) }
}

/**
 * Reads all pictures in a folder and below as one set without labels: `classes` is empty. Sizes and colours as `readImageFolder`.
 * Throws `DataError` if fewer than two can be read.
 */
export async function readPictures(path: string, { size = 64 }: FolderOptions = {}): Promise<ImageSet> {
  const parts = filesOf(path)
  const files = [...parts.train, ...parts.test]
  const length = size * size * 3
  const images = new Uint8Array(files.length * length)
  const read = new Uint8Array(files.length)
  const skipped = new Map<number, string>()
  await inParallel(files, async (file, n) => {
    try {
      images.set(await decodeImage(file, squared(size)), n * length)
      read[n] = 1
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      skipped.set(n, relative(path, file))
    }
  })
  const numbers = [...files.keys()].filter(n => read[n])
  const isGiven = (n: number): boolean => n >= parts.train.length
  const [pool, given] = [numbers.filter(n => !isGiven(n)), numbers.filter(isGiven)]
  if (pool.length === 0 || numbers.length < 2)
    throw new DataError(
      `${path} holds ${numbers.length === 1 ? '1 image' : 'no images'} that can be read, of ${files.length} files: a set needs two or more`,
    )
  const whole: Split = { images, labels: new Uint8Array(files.length), count: files.length }
  const [train, test] = given.length > 0 ? [pool, given] : heldOut(pool)
  return {
    name: basename(resolve(path)),
    train: pickExamples(whole, train),
    test: pickExamples(whole, test),
    ...{ height: size, width: size, channels: 3 as const, classes: [] },
    ...(skipped.size > 0 && { skipped: [...skipped].sort(([a], [b]) => a - b).map(([, name]) => name) }),
  }
}

/** What is trained on, and every tenth to test with; of fewer than ten, the first. */
export function heldOut<T>(items: readonly T[]): [T[], T[]] {
  const isHeld = (i: number): boolean => (items.length < HELD_OUT ? i === 0 : i % HELD_OUT === HELD_OUT - 1)
  return [items.filter((_, i) => !isHeld(i)), items.filter((_, i) => isHeld(i))]
}
