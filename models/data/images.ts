/**
 * A labelled set of images in memory. Pixels stay bytes (NHWC): the compiled step converts and augments them on the
 * device. `read.ts` finds sets on disk.
 */
import type { Examples } from './examples.js'

export { DataError, take } from './examples.js'

/** Images of one split: `images` is u8 `[count, height, width, 3]`, `labels` is u8 `[count]`. */
export interface Split extends Examples {
  readonly images: Uint8Array
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
