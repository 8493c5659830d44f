/** How to find a data set on disk: `readSet(path)` looks at the files of a folder and picks the reader. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type AudioSet, readSpokenDigits } from './audio.js'
import { isCifar10, readCifar10 } from './cifar10.js'
import { isCifar100, readCifar100 } from './cifar100.js'
import type { Examples } from './examples.js'
import { namesIn } from './files.js'
import { type FolderOptions, isImageFolder, readImageFolder } from './folder.js'
import { isIdx, readIdx } from './idx.js'
import { DataError, type ImageSet } from './images.js'
import { isParquet, readParquet } from './parquet.js'
import { isPictureFolder, readPictures } from './pictures.js'
import { isShards, readShards } from './shards.js'
import type { AnyImageSet } from './source.js'
import { isStl10, readStl10 } from './stl10.js'

/**
 * Reads the set in a folder: folders of JPEG and PNG files per class (`readImageFolder`, with `size`), any others without labels
 * (`readPictures`), tar shards (`readShards`), Parquet files (`readParquet`), or what `readData` reads; without its labels if `labels`
 * says so; or STL-10 (`readStl10`). Images that are more than `memory` when decoded are read while they are trained on. Throws `DataError`.
 */
export async function readSet(path: string, options: FolderOptions = {}): Promise<AnyImageSet | AudioSet> {
  const { labels } = options
  const bare = labels === 'none'
  if (existsSync(path) && statSync(path).isDirectory()) {
    const files = namesIn(path)
    if (isCifar100(files) && !bare) return readCifar100(path, { coarse: labels === 'coarse' })
    if (labels === 'coarse') throw new DataError(`${path} is not CIFAR-100, which alone has coarse labels`)
    const { memory } = options
    if (isStl10(files)) return readStl10(path, { ...(bare && { labels }), ...(memory !== undefined && { memory }) })
  }
  if (isImageFolder(path)) return bare ? readPictures(path, options) : readImageFolder(path, options)
  if (!isKnown(path)) {
    const files = namesIn(path)
    if (isShards(files)) return readShards(path, options)
    if (isParquet(files)) return readParquet(path, options)
    if (isPictureFolder(path)) return readPictures(path, options)
  }
  return bare ? unlabelled(readData(path)) : readData(path)
}
/** A set without its labels. */
function unlabelled<T extends ImageSet | AudioSet>(set: T): T {
  const without = <S extends Examples>(split: S): S => ({ ...split, labels: new Uint8Array(split.count) })
  return { ...set, train: without(set.train as Examples), test: without(set.test as Examples), classes: [] }
}
/** Whether a folder holds one of the sets that `readData` reads. */
function isKnown(path: string): boolean {
  if (!existsSync(path) || !statSync(path).isDirectory() || existsSync(join(path, 'labels.csv'))) return true
  const files = namesIn(path)
  return isCifar10(files) || isCifar100(files) || isIdx(files)
}

/** The same of images alone: a set of recordings is refused. */
export async function readImageSet(path: string, options: FolderOptions = {}): Promise<AnyImageSet> {
  const set = await readSet(path, options)
  if ('height' in set) return set
  throw new DataError(`${path} holds recordings: give the folder that holds an image set`)
}

/**
 * Reads the set in a folder: spoken digits (`labels.csv` beside `recordings`), or images as `readImages` does. Throws
 * `DataError`.
 */
export const readData = (path: string): ImageSet | AudioSet =>
  existsSync(join(path, 'labels.csv')) ? readSpokenDigits(path) : readImages(path)

/**
 * Reads the image set in a folder: the binary version of CIFAR-10 or CIFAR-100, or IDX files (MNIST, Fashion-MNIST; grey images become
 * three equal channels, padded to 32 x 32). Throws `DataError` if there is none or if a file is damaged.
 */
export function readImages(path: string): ImageSet {
  if (!existsSync(path)) throw new DataError(`there is no folder ${path}: give the folder that holds the image set`)
  if (!statSync(path).isDirectory()) throw new DataError(`${path} is a file: give the folder that holds the image set`)
  const files = namesIn(path)
  if (files.length === 0) throw new DataError(`the folder ${path} is empty: it should hold CIFAR-10 or IDX files`)
  if (isCifar10(files)) return readCifar10(path)
  if (isCifar100(files)) return readCifar100(path)
  if (isIdx(files)) return readIdx(path, { pad: 32 })
  if (isImageFolder(path))
    throw new DataError(`${path} is a folder of JPEG and PNG files, which is read by readSet and readImageFolder alone`)
  throw new DataError(
    `${path} holds no image set that is known: expected data_batch_1.bin and test_batch.bin (CIFAR-10 binary version), or train.bin and test.bin (CIFAR-100), or train_X.bin and its companions (STL-10), or train-images-idx3-ubyte and its companions (IDX, .gz or not), or folders train/CLASS and test/CLASS of JPEG and PNG files, or such files without labels, anywhere in it, or tar shards (WebDataset), or Parquet files with a column image`,
  )
}
