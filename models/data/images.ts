/**
 * A set of images in memory, labelled or not. Pixels stay bytes (NHWC): the compiled step converts and augments them on the
 * device. `read.ts` finds sets on disk.
 */
import type { Examples } from './examples.js'

export { DataError, pickExamples, take } from './examples.js'

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
  /** Class names by label; none of a set without labels, whose labels are all 0. */
  readonly classes: readonly string[]
  /** Files that are no image that can be read, which are left out. */
  readonly skipped?: readonly string[]
}
