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
