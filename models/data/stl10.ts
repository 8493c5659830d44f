/**
 * The folder of an STL-10 binary version: `train_X.bin` and `test_X.bin` with labels in `train_y.bin` and `test_y.bin`, and
 * `unlabeled_X.bin`. An image is three planes of 96 x 96 bytes (red, green, blue), column by column; labels count from 1.
 * Layout: https://cs.stanford.edu/~acoates/stl10
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { bytesAt, contentOf, linesOf, namesIn, opened } from './files.js'
import { DataError, type ImageSet, type Split } from './images.js'
import { type AnyImageSet, type ImageSource, imageSetOf, type ReadOptions } from './source.js'

const SIDE = 96
const PLANE = SIDE * SIDE
const IMAGE = 3 * PLANE
/** Names by label, where no file says them. */
const CLASSES = ['airplane', 'bird', 'car', 'cat', 'deer', 'dog', 'horse', 'monkey', 'ship', 'truck']

export const isStl10 = (files: readonly string[]): boolean =>
  ['train_X.bin', 'unlabeled_X.bin'].some(file => files.includes(file))

/**
 * Reads the folder of an STL-10 binary version. With `labels: 'none'` the images without labels are trained on, 100,000 of them, as
 * the set is meant for: their 2.8 GB are read from disk while they are, where they are more than `memory`. Throws `DataError` for a missing or truncated
 * file, labels that are not 1 to 10, and numbers of images and labels that differ.
 */
export async function readStl10(
  path: string,
  { labels, ...options }: Pick<ReadOptions, 'memory'> & { readonly labels?: 'none' } = {},
): Promise<AnyImageSet> {
  const files = namesIn(path)
  const file = (name: string): string => {
    if (!files.includes(name))
      throw new DataError(
        `${name} is missing in ${path}: STL-10 has train_X.bin, train_y.bin, test_X.bin, test_y.bin and, to train on without labels, unlabeled_X.bin`,
      )
    return join(path, name)
  }
  if (labels === 'none')
    return imageSetOf(
      { name: 'STL-10', classes: [] },
      { train: sourceOf(file('unlabeled_X.bin')), test: sourceOf(file('test_X.bin')) },
      { ...options, size: SIDE },
    )
  const split = (name: string): Split => labelled(file(`${name}_X.bin`), file(`${name}_y.bin`))
  const names = linesOf(join(path, 'class_names.txt'))
  const set: ImageSet = {
    name: 'STL-10',
    train: split('train'),
    test: split('test'),
    ...{ height: SIDE, width: SIDE, channels: 3 as const },
    classes: names.length === CLASSES.length ? names : CLASSES,
  }
  return set
}

/** Row by row, red, green and blue of each pixel together. */
function transposed(planes: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(IMAGE)
  for (let channel = 0; channel < 3; channel++)
    for (let x = 0; x < SIDE; x++)
      for (let y = 0; y < SIDE; y++) pixels[(y * SIDE + x) * 3 + channel] = planes[channel * PLANE + x * SIDE + y]!
  return pixels
}

function countOf(file: string, bytes: number): number {
  if (bytes === 0 || bytes % IMAGE !== 0)
    throw new DataError(
      `${file} is truncated: it has ${bytes} bytes, expected a multiple of ${IMAGE} (3 x 96 x 96 pixels per image)`,
    )
  return bytes / IMAGE
}

function labelled(imageFile: string, labelFile: string): Split {
  const bytes = contentOf(imageFile)
  const count = countOf(imageFile, bytes.length)
  const found = contentOf(labelFile)
  if (found.length !== count)
    throw new DataError(`${imageFile} has ${count} images, ${labelFile} has ${found.length} labels: they must be equal`)
  const images = new Uint8Array(count * IMAGE)
  for (let n = 0; n < count; n++) images.set(transposed(bytes.subarray(n * IMAGE, (n + 1) * IMAGE)), n * IMAGE)
  const labels = Uint8Array.from(found, (label, n) => {
    if (label < 1 || label > 10) throw new DataError(`label ${n} of ${labelFile} is ${label}, expected 1 to 10`)
    return label - 1
  })
  return { images, labels, count }
}

/** The images of a file, none of which is read yet. */
function sourceOf(file: string): ImageSource {
  const { size, mtimeMs } = statSync(file)
  const count = countOf(file, size)
  const name = (n: number): string => `image ${n} of ${file}`
  return {
    count,
    labels: new Uint8Array(count),
    name,
    short: name,
    async pixels(n) {
      const planes = await opened(file, handle => bytesAt(handle, n * IMAGE, IMAGE))
      if (planes.length < IMAGE) throw new DataError(`${name(n)} is cut off`)
      return transposed(planes)
    },
    identity: () => `STL-10 ${size} ${mtimeMs}`,
  }
}
