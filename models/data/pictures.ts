/**
 * Folders of JPEG and PNG files without labels, as they lie in them or in any folders below: what self-supervised pretraining
 * takes. Test images are those of `test` (or `val`) beside `train`, or every tenth; a file that cannot be decoded is left out and named.
 */
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { foldersIn, namesIn } from './files.js'
import { fileSource, isImageFile, isImageFolder, TEST } from './folder.js'
import { DataError } from './images.js'
import { type AnyImageSet, heldOut, imageSetOf, type ReadOptions } from './source.js'

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
    for (const file of picturesIn(join(path, folder), most - found.length)) found.push(file)
  }
  return found
}

/** The files of a set: those of `train` and of `test` (or `val`) where there are such folders, else of all those held out. */
function filesOf(path: string): readonly [train: string[], test: string[]] {
  if (!isImageFolder(path)) return heldOut(picturesIn(path))
  const train = picturesIn(join(path, 'train'))
  const test = TEST.map(name => join(path, name)).find(folder => existsSync(folder))
  return test === undefined ? heldOut(train) : [train, picturesIn(test)]
}

/**
 * Reads all pictures in a folder and below as one set without labels: `classes` is empty. Sizes and colours as `readImageFolder`.
 * Throws `DataError` if fewer than two can be read.
 */
export async function readPictures(path: string, options: ReadOptions = {}): Promise<AnyImageSet> {
  const [train, test] = filesOf(path).map(files =>
    fileSource(
      path,
      files.map(file => ({ file, label: 0 })),
    ),
  )
  if (train!.count + test!.count === 0)
    throw new DataError(`${path} holds no images: .jpg, .jpeg and .png files are read`)
  return imageSetOf({ name: basename(resolve(path)), classes: [] }, { train: train!, test: test! }, options)
}
