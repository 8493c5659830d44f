/**
 * Shuffled, seeded batches: each epoch is one permutation of the split, keyed by seed and epoch, cut into whole batches
 * (the rest of an epoch is dropped). The next batches are gathered while the device works on the current one.
 */
import { type Arrays, type Examples } from './examples.js';
import type { Split } from './images.js';
/** `batch` rows of every array of a split: `images` u8 `[batch, height, width, 3]` and `labels` of images. */
export type Batch<S extends Examples = Split> = Arrays<S> & {
    readonly epoch: number;
};
/** How a split is gone through. */
export interface BatchOptions {
    /** Rows of a batch; what is left at the end of an epoch is left out. */
    readonly batch: number;
    /** Of the order, which every epoch has anew. */
    readonly seed: number;
    /** How often the split is gone through. Default: without end. */
    readonly epochs?: number;
    /** How many batches lie ready ahead of the one in use. Default 1; 3 of sets that are read from disk. */
    readonly prefetch?: number;
    /** How many batches were taken before: a run that goes on from a checkpoint begins after them. Default 0. */
    readonly first?: number;
}
/** The number of whole batches in one epoch. Throws `DataError` if there is none. */
export declare function batchesPerEpoch(split: Examples, batch: number): number;
/**
 * Batches of the training split of images, recordings or rows: the arrays of the split, by their names. The arrays of a batch are valid until the next one is asked for; then they are filled
 * again. Throws `DataError` at once if the batch is larger than the set.
 */
export declare function batches<S extends Examples>({ train }: {
    readonly train: S;
}, options: BatchOptions): AsyncGenerator<Batch<S>, void, void>;
