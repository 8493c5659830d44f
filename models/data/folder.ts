/**
 * Folders of JPEG and PNG files, one folder per class: `train/cat/*.jpg`, `test/cat/*.jpg`, as torchvision's ImageFolder has
 * them. Images are decoded by the npm package sharp, brought to one size and kept as bytes.
 */
import { existsSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { decodeImage, squared } from './decode.js'
import { foldersIn, namesIn } from './files.js'
import { DataError, type ImageSet, type Split } from './images.js'

/** What `readImageFolder` may be told. */
export interface FolderOptions {
  /** Height and width that images are brought to: the shorter side is resized, the middle of the longer one is kept. Default 64. */
  readonly size?: number
  /** `'none'`: labels are left out, so that a set has no classes. Pictures then lie anywhere in `train` and `test` (or `val`). Default: labels as the set has them. */
  readonly labels?: 'none'
}

/** Folders of a split, the first that there is. */
export const TEST = ['test', 'val'] as const
export const isImageFile = (file: string): boolean => /\.(jpe?g|png)$/i.test(file)

/** Whether a folder is laid out in this way. */
export const isImageFolder = (path: string): boolean =>
  existsSync(join(path, 'train')) && statSync(join(path, 'train')).isDirectory()

/**
 * Reads `train` and `test` (or `val`) of a folder. Labels are the places of the class folders of `train` in alphabetical order;
 * examples are of each class in turn, so that the first few are of all.
 * Transparency is dropped, rotation by EXIF applied, grey made RGB. Throws `DataError` for a missing split, a class without
 * images, a class of the test split that is not trained, more than 256 classes, and for a file that cannot be decoded, with its name.
 */
export async function readImageFolder(path: string, { size = 64 }: FolderOptions = {}): Promise<ImageSet> {
  const test = TEST.find(name => existsSync(join(path, name)))
  if (!isImageFolder(path) || !test)
    throw new DataError(
      `${path} is no image folder: it should hold train and test (or val), with a folder per class in each`,
    )
  const classes = foldersIn(join(path, 'train'))
  if (classes.length === 0)
    throw new DataError(
      `${join(path, 'train')} has no class folders: images belong into train/CLASS/, test/CLASS/, or the set is read without labels (--labels none)`,
    )
  if (classes.length > 256)
    throw new DataError(`${join(path, 'train')} has ${classes.length} classes: labels are bytes, 256 are the most`)
  const others = foldersIn(join(path, test)).filter(name => !classes.includes(name))
  if (others.length > 0)
    throw new DataError(`${join(path, test)} has the class ${others[0]}, which ${join(path, 'train')} does not have`)
  const [trained, tested] = ['train', test].map(split => filesOf(join(path, split), classes))
  return {
    name: basename(resolve(path)),
    train: await read(trained!, size),
    test: await read(tested!, size),
    ...{ height: size, width: size, channels: 3 as const, classes },
  }
}

interface LabelledFile {
  readonly file: string
  readonly label: number
}
/** Files of a split, the classes in turn; they may be missing in it, but a folder of a class may not be empty. */
function filesOf(path: string, classes: readonly string[]): LabelledFile[] {
  const files = classes.flatMap((name, label) => {
    const folder = join(path, name)
    if (!existsSync(folder)) return []
    const own = namesIn(folder).filter(isImageFile).sort()
    if (own.length === 0) throw new DataError(`${folder} holds no images: .jpg, .jpeg and .png files are read`)
    return own.map((file, turn) => ({ file: join(folder, file), label, turn }))
  })
  if (files.length === 0) throw new DataError(`${path} has no class folders: images belong into CLASS/ in it`)
  return files.sort((a, b) => a.turn - b.turn || a.label - b.label)
}

/** Files that are decoded at the same time. */
const AT_ONCE = 8
export async function inParallel<T>(items: readonly T[], act: (item: T, n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const n = next++
      await act(items[n]!, n)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function read(files: readonly LabelledFile[], size: number): Promise<Split> {
  const length = size * size * 3
  const images = new Uint8Array(files.length * length)
  await inParallel(files, async ({ file }, n) => images.set(await decodeImage(file, squared(size)), n * length))
  return { images, labels: Uint8Array.from(files, ({ label }) => label), count: files.length }
}
