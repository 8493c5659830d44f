/**
 * IDX files, the format of MNIST and Fashion-MNIST: a big-endian magic number (2051 images, 2049 labels), sizes, bytes;
 * gzipped or not. Grey images become three equal channels, so that one encoder takes every set.
 * Layout: http://yann.lecun.com/exdb/mnist
 */
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { contentOf, linesOf, namesIn } from './files.js'
import { DataError, type ImageSet, type Split } from './images.js'

const IMAGES = 2051
const LABELS = 2049
/** `train-images-idx3-ubyte`, with a dot for the second dash in some copies. */
const pattern = /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/

export const isIdx = (files: readonly string[]): boolean => files.some(file => pattern.test(file))

export interface IdxOptions {
  /** Smaller images get a black border up to this height and width. Default: none. */
  readonly pad?: number
}

/** Reads `train-` and `t10k-` images and labels. Throws `DataError` for a missing, damaged or mismatched file. */
export function readIdx(path: string, { pad = 0 }: IdxOptions = {}): ImageSet {
  const files = namesIn(path)
  const find = (split: string, kind: string): string => {
    const file = files.find(name => pattern.exec(name)?.[1] === split && pattern.exec(name)?.[2] === kind)
    if (!file)
      throw new DataError(`${split}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte (.gz or not) is missing in ${path}`)
    return join(path, file)
  }
  const [train, test] = ['train', 't10k'].map(split => readSplit(find(split, 'images'), find(split, 'labels'), pad))
  if (train!.height !== test!.height || train!.width !== test!.width)
    throw new DataError(
      `${path} has training images of ${train!.height} x ${train!.width} and test images of ${test!.height} x ${test!.width}: they must be equal`,
    )
  const classes = linesOf(join(path, 'classes.txt'))
  const highest = [train!, test!].reduce((top, split) => split.labels.reduce((a, b) => Math.max(a, b), top), 0)
  return {
    name: basename(path) || 'IDX',
    train: train!,
    test: test!,
    height: train!.height,
    width: train!.width,
    channels: 3,
    classes: classes.length > highest ? classes : Array.from({ length: highest + 1 }, (_, label) => `${label}`),
  }
}

function readSplit(imageFile: string, labelFile: string, pad: number): Split & { height: number; width: number } {
  const { sizes, data } = readFile(imageFile, IMAGES)
  const [count, height, width] = sizes as [number, number, number]
  const { sizes: labelSizes, data: labels } = readFile(labelFile, LABELS)
  if (labelSizes[0] !== count)
    throw new DataError(
      `${imageFile} has ${count} images, ${labelFile} has ${labelSizes[0]} labels: they must be equal`,
    )
  const [h, w] = [Math.max(height, pad), Math.max(width, pad)]
  const [top, left] = [(h - height) >> 1, (w - width) >> 1]
  const images = new Uint8Array(count * h * w * 3)
  let from = 0
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++) {
      let to = ((n * h + y + top) * w + left) * 3
      for (let x = 0; x < width; x++) {
        const grey = data[from++]!
        images[to++] = grey
        images[to++] = grey
        images[to++] = grey
      }
    }
  return { images, labels: new Uint8Array(labels), count, height: h, width: w }
}

/** Checks magic number and length, both of which say what the file is before anything is believed. */
function readFile(file: string, magic: number): { sizes: number[]; data: Uint8Array } {
  const bytes = decompress(file)
  const kind = magic === IMAGES ? 'images' : 'labels'
  const header = magic === IMAGES ? 16 : 8
  if (bytes.length < 4)
    throw new DataError(`${file} is truncated: it has ${bytes.length} bytes, expected a header of ${header}`)
  const found = bytes.readUInt32BE(0)
  if (found !== magic)
    throw new DataError(
      `${file} starts with the magic number ${found}, expected ${magic} (IDX ${kind}): this is another kind of file`,
    )
  if (bytes.length < header)
    throw new DataError(`${file} is truncated: it has ${bytes.length} bytes, expected a header of ${header}`)
  const sizes = Array.from({ length: (header - 4) / 4 }, (_, i) => bytes.readUInt32BE(4 + 4 * i))
  const expected = header + sizes.reduce((a, b) => a * b, 1)
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? 'is truncated' : 'is too long'
    throw new DataError(
      `${file} ${what}: it has ${bytes.length} bytes${file.endsWith('.gz') ? ' unpacked' : ''}, expected ${expected} for ${sizes.join(' x ')}`,
    )
  }
  if (sizes.includes(0)) throw new DataError(`${file} holds no ${kind}: its sizes are ${sizes.join(' x ')}`)
  return { sizes, data: bytes.subarray(header) }
}

/** Contents, gunzipped if the file starts like gzip, whatever its name. */
function decompress(file: string): Buffer {
  const bytes = contentOf(file)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw new DataError(`${file} cannot be unpacked, it is truncated or damaged (${(error as Error).message})`)
  }
}
