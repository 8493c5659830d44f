/**
 * A set of images in memory, labelled or not. Pixels stay bytes (NHWC): the compiled step converts and augments them on the
 * device. `read.ts` finds sets on disk.
 */
import type { Examples } from './examples.js';
export { DataError, pickExamples, take } from './examples.js';
/** Images of one split: `images` is u8 `[count, height, width, 3]`, `labels` is u8 `[count]`. */
export interface Split<Images = Uint8Array> extends Examples {
    /** The pixels, image after image, each row by row with red, green and blue of each pixel together. */
    readonly images: Images;
}
/** A set of images of one size: `Images` is `Uint8Array` in memory, and may be `StreamedRows` of sets that `readSet` reads. */
export interface ImageSet<Images = Uint8Array> {
    /** What sentences and reports call it. */
    readonly name: string;
    /** What is trained on. */
    readonly train: Split<Images>;
    /** What is judged on. */
    readonly test: Split<Images>;
    /** Pixels from top to bottom. */
    readonly height: number;
    /** Pixels from left to right. */
    readonly width: number;
    /** Red, green, blue. */
    readonly channels: 3;
    /** Class names by label; none of a set without labels, whose labels are all 0. */
    readonly classes: readonly string[];
    /** Files that are no image that can be read, which are left out. */
    readonly skipped?: readonly string[];
}
