/**
 * Folders of JPEG and PNG files, one folder per class: `train/cat/*.jpg`, `test/cat/*.jpg`, as torchvision's ImageFolder has
 * them. Images are decoded by the npm package sharp, brought to one size and kept as bytes.
 */
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { decodeImage, squared } from './decode.js'
import { foldersIn, namesIn } from './files.js'
import { DataError } from './images.js'
import { type AnyImageSet, type ImageSource, imageSetOf, type ReadOptions } from './source.js'

/** What `readSet` may be told. */
export interface FolderOptions extends ReadOptions {
  /**
   * `'none'`: labels are left out, so that a set has no classes. Pictures then lie anywhere in `train` and `test` (or `val`), and of
   * STL-10 the images without labels are trained on. `'coarse'`: the 20 superclasses of CIFAR-100. Default: labels as the set has them.
   */
  readonly labels?: 'none' | 'coarse'
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
 * images, a class of the test split that is not trained, more than 256 classes, and for a file that cannot be decoded, as `broken` says.
 */
export async function readImageFolder(path: string, options: ReadOptions = {}): Promise<AnyImageSet> {
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
  checkClasses(join(path, 'train'), classes.length)
  const others = foldersIn(join(path, test)).filter(name => !classes.includes(name))
  if (others.length > 0)
    throw new DataError(`${join(path, test)} has the class ${others[0]}, which ${join(path, 'train')} does not have`)
  const [trained, tested] = ['train', test].map(split => fileSource(path, filesOf(join(path, split), classes)))
  return imageSetOf({ name: basename(resolve(path)), classes }, { train: trained!, test: tested! }, options)
}
/** Throws `DataError` for more classes than labels can tell apart. */
export function checkClasses(place: string, count: number): void {
  if (count > 256)
    throw new DataError(
      `${place} has ${count} classes: labels are bytes, 256 are the most; to pretrain, read it without labels (--labels none)`,
    )
}

export interface LabelledFile {
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

/** Files as a source; their names in sentences are whole, and in lists as they are below `root`. */
export function fileSource(root: string, files: readonly LabelledFile[]): ImageSource {
  return {
    count: files.length,
    labels: Uint8Array.from(files, ({ label }) => label),
    name: n => files[n]!.file,
    short: n => relative(root, files[n]!.file),
    pixels: (n, size) => decodeImage(() => readFile(files[n]!.file), files[n]!.file, squared(size)),
    identity() {
      const hash = createHash('sha256')
      for (const { file } of files)
        hash.update(`${relative(root, file)}\n${statSync(file, { throwIfNoEntry: false })?.size}\n`)
      return hash.digest('hex')
    },
  }
}
