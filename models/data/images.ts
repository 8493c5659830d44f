/**
 * A labelled set of images in memory. Pixels stay bytes (NHWC): the compiled step converts and augments them on the
 * device. `read.ts` finds sets on disk.
 */
import { BadInput } from '../../runtime/errors.js'

/** Images of one split: `images` is u8 `[count, height, width, 3]`, `labels` is u8 `[count]`. */
export interface Split {
  readonly images: Uint8Array
  readonly labels: Uint8Array
  readonly count: number
}
export interface ImageSet {
  readonly name: string
  readonly train: Split
  readonly test: Split
  readonly height: number
  readonly width: number
  readonly channels: 3
  /** Class names by label. */
  readonly classes: readonly string[]
}

/** Data that cannot be used as asked; the message is a sentence for the user. */
export class DataError extends BadInput {
  override name = 'DataError'
}

/** The first `train` and `test` images of a set (all, if there are fewer). The pixels are shared, not copied. */
export function take(set: ImageSet, train: number, test: number): ImageSet {
  const bytes = set.height * set.width * set.channels
  const first = ({ images, labels, count }: Split, n: number): Split => ({
    images: images.subarray(0, Math.min(n, count) * bytes),
    labels: labels.subarray(0, n),
    count: Math.min(n, count),
  })
  return { ...set, train: first(set.train, train), test: first(set.test, test) }
}

/**
 * A set scaled to `size` x `size`: each new pixel is the mean of the area it covers. Throws `DataError` if that is
 * larger than the images are.
 */
export function resize(set: ImageSet, size: number): ImageSet {
  if (size === set.height && size === set.width) return set
  if (size > set.height || size > set.width)
    throw new DataError(
      `images of ${set.name} are ${set.height} x ${set.width} pixels and cannot be enlarged to ${size}: choose a size up to ${Math.min(set.height, set.width)}`,
    )
  const rows = coverage(set.height, size)
  const columns = coverage(set.width, size)
  const scale = (split: Split): Split => {
    const images = new Uint8Array(split.count * size * size * 3)
    let at = 0
    for (let n = 0; n < split.count; n++) {
      const start = n * set.height * set.width * 3
      for (const row of rows)
        for (const column of columns)
          for (let channel = 0; channel < 3; channel++) {
            let total = 0
            for (const [y, h] of row)
              for (const [x, w] of column) total += h * w * split.images[start + (y * set.width + x) * 3 + channel]!
            images[at++] = Math.round(total)
          }
    }
    return { ...split, images }
  }
  return { ...set, train: scale(set.train), test: scale(set.test), height: size, width: size }
}

/** For each of `to` cells, the `[position, share]` of the `from` pixels that it covers; shares add up to 1. */
function coverage(from: number, to: number): [number, number][][] {
  const ratio = from / to
  return Array.from({ length: to }, (_, cell) => {
    const [start, end] = [cell * ratio, (cell + 1) * ratio]
    const covered: [number, number][] = []
    for (let i = Math.floor(start); i < end - 1e-9; i++)
      covered.push([i, (Math.min(end, i + 1) - Math.max(start, i)) / ratio])
    return covered
  })
}
