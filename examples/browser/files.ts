/** Files that a user dropped or chose, as a set of images: CIFAR-10 in its binary version, or folders of images. */
import {
  cifar10Classes,
  cifar10Records,
  DataError,
  type ImageSet,
  joinedImages,
  pickExamples,
  type Split,
} from 'facet-tensor/models'
import type { Dropped } from './messages.js'

/** Height and width that images are brought to: the middle square of each. */
const SIZE = 32
const MOST_IMAGES = 50_000
/** Without a test split, one image of so many of each class is held out. */
const HELD_OUT = 5
/** What systems leave beside a user's files: `.DS_Store`, `._cat.png`, `__MACOSX/`. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/)/

export interface ReadFiles {
  readonly set: ImageSet
  /** Images that cannot be read. */
  readonly skipped: readonly string[]
}

/**
 * Reads what was dropped. Of images, the folder is the class, and a folder `test` or `val` above it the test split. Throws
 * `DataError` where there are no images, or a file cannot be read.
 */
export async function readDropped(files: readonly Dropped[], progress: (share: number) => void): Promise<ReadFiles> {
  const seen = files.filter(({ path }) => !HIDDEN.test(path))
  const records = seen.filter(({ path }) => path.endsWith('.bin'))
  const images = seen.filter(({ path }) => /\.(jpe?g|png|webp|gif|bmp|avif)$/i.test(path))
  if (records.length > 0) return { set: await readRecords(records), skipped: [] }
  if (images.length > 0) return readImages(images, progress)
  throw new DataError(
    `none of the ${files.length} files is an image (JPEG, PNG, WebP, ...) or a .bin file of CIFAR-10: choose a folder with a folder of images per class.`,
  )
}

async function readRecords(files: readonly Dropped[]): Promise<ImageSet> {
  const read = async (some: readonly Dropped[]) =>
    joinedImages(
      await Promise.all(
        some.map(async ({ file, path }) => cifar10Records(new Uint8Array(await file.arrayBuffer()), path)),
      ),
    )
  const isTest = ({ path }: Dropped) => /test/i.test(path)
  const [train, test] = [await read(files.filter(file => !isTest(file))), await read(files.filter(isTest))]
  return setOf('CIFAR-10', cifar10Classes, train, test)
}

async function readImages(files: readonly Dropped[], progress: (share: number) => void): Promise<ReadFiles> {
  const classOf = ({ path }: Dropped): string => path.split('/').at(-2) ?? 'images'
  const classes = [...new Set(files.map(classOf))].sort()
  if (classes.length > 256)
    throw new DataError(`${classes.length} folders hold images: labels are bytes, so 256 classes are the most.`)
  const splits = { train: [] as Split[], test: [] as Split[] }
  const broken: string[] = []
  const taken = interleaved(files, classOf).slice(0, MOST_IMAGES)
  for (const [i, dropped] of taken.entries()) {
    const { path, file } = dropped
    const images = await pixelsOf(file)
    if (images) {
      const split = /(^|\/)(test|val)\//.test(path) ? splits.test : splits.train
      split.push({ images, labels: Uint8Array.of(classes.indexOf(classOf(dropped))), count: 1 })
    } else broken.push(path)
    if (i % 50 === 0) progress(i / taken.length)
  }
  if (broken.length === taken.length)
    throw new DataError(`none of ${broken.length} images can be read by this browser, ${broken[0]} for one.`)
  const name = files[0]!.path.includes('/') ? files[0]!.path.split('/')[0]! : 'images'
  const set = setOf(name, classes, joinedImages(splits.train), joinedImages(splits.test))
  return { set, skipped: broken }
}

/** One file of each class in turn, so that the first so many are of all classes. */
function interleaved(files: readonly Dropped[], classOf: (file: Dropped) => string): Dropped[] {
  const seen = new Map<string, number>()
  const ranked = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(file => {
      const rank = seen.get(classOf(file)) ?? 0
      seen.set(classOf(file), rank + 1)
      return { file, rank }
    })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ file }) => file)
}

/** The middle square of an image, `SIZE` pixels high and wide, RGB; nothing where it is no image that the browser can read. */
async function pixelsOf(file: File): Promise<Uint8Array | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (!bitmap) return undefined
  const canvas = new OffscreenCanvas(SIZE, SIZE)
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  context.imageSmoothingQuality = 'high'
  const side = Math.min(bitmap.width, bitmap.height)
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2]
  context.drawImage(bitmap, left, top, side, side, 0, 0, SIZE, SIZE)
  bitmap.close()
  const { data } = context.getImageData(0, 0, SIZE, SIZE)
  return Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]!)
}

function setOf(name: string, classes: readonly string[], given: Split, test: Split): ImageSet {
  const splits = test.count > 0 ? { train: given, test } : heldOut(given)
  if (splits.train.count === 0 || splits.test.count === 0)
    throw new DataError(
      `${name} has ${splits.train.count} images to train on and ${splits.test.count} to score with: both are needed.`,
    )
  return { name, classes, ...splits, height: SIZE, width: SIZE, channels: 3 }
}

/** Every fifth image of a class for scoring. */
function heldOut(split: Split): Pick<ImageSet, 'train' | 'test'> {
  const seen = new Map<number, number>()
  const rows = { train: [] as number[], test: [] as number[] }
  split.labels.forEach((label, n) => {
    const rank = seen.get(label) ?? 0
    seen.set(label, rank + 1)
    ;(rank % HELD_OUT === HELD_OUT - 1 ? rows.test : rows.train).push(n)
  })
  return { train: pickExamples(split, rows.train), test: pickExamples(split, rows.test) }
}
