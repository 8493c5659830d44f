/** Features of a split, and the small programs on them: rows go up once, entries do the rest, predictions come down. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js';
import { type Variable } from '../../compiler/language/module.js';
import type { Program } from '../../compiler/plan/program.js';
import type { DType } from '../../compiler/types/tensor.js';
import type { Device } from '../../runtime/device.js';
import type { Session } from '../../runtime/run.js';
import { type Examples, type Rows } from '../data/examples.js';
/** Features of `count` examples, row-major `[count, width]`, and the examples' labels. */
export interface Features {
    /** Row after row. */
    readonly values: Float32Array;
    /** The class of each row, from 0. */
    readonly labels: Uint8Array;
    /** Number of rows. */
    readonly count: number;
    /** Features of a row. */
    readonly width: number;
}
/**
 * What of a set an encoder is judged on: all of it; of sets that are read from disk at most 50,000 training examples, evenly spaced,
 * so that their features fit into memory and judging takes no longer than an epoch of CIFAR.
 */
export declare function judged<T extends {
    readonly train: Examples;
}>(set: T, most?: number): T;
/** What `everyBatch` runs: a batch of the arrays of a split without its labels, and the index of its first example. */
type BatchBody = (inputs: Record<string, Rows>, first: number) => Promise<void>;
/** The numbers of a batch that begins at `first`, filled up with `first`. */
export declare const inOrder: (first: number, batch: number, count: number) => number[];
/** Goes through a split in order, in batches of `batch` examples; the last one is filled up with its first example. */
export declare function everyBatch(split: Examples, batch: number, body: BatchBody): Promise<void>;
/**
 * Features of every example of a split, by the `embed` entry of a loaded program: its inputs are the split's arrays but
 * for `labels` (`images` u8 `[batch, height, width, 3]`, `waveforms` f32 `[batch, samples]`), its output `features`
 * `[batch, width]`. The last batch is filled up with its first example. `before` is told how many are done before each
 * batch; what it throws ends the whole.
 */
export declare function embedAll(session: Session, split: Examples, batch: number, before?: (done: number) => void): Promise<Features>;
/**
 * Throws `DataError` for features that are infinite or NaN (their encoder has diverged, and what is said of them would not tell),
 * for sets of features that differ in width, and for one of no examples.
 */
export declare function checkFeatures(...sets: readonly Features[]): void;
/** The rows with these numbers, in this order. */
export declare function pickRows({ values, labels, width }: Features, rows: ArrayLike<number>): Features;
/** Row numbers of a tenth of the rows to choose by, and of the others to train on. */
export declare function heldOut(count: number): {
    readonly fitted: number[];
    readonly held: number[];
};
/** Rows that one run of `predict` takes. */
export declare const chunk = 250;
/** Every output of `predict` (`features` `['chunk', width]` to `each` numbers a row), for all rows. */
export declare function predictAll(session: Session, { values, count, width }: Features, each?: number): Promise<Record<string, number[]>>;
/** The share of predictions that are the label. */
export declare const share: (predicted: ArrayLike<number>, labels: Uint8Array) => number;
/** The share of a split that `predict` gets right, which takes batches as `everyBatch` gives them. */
export declare function accuracyOf(split: Examples, batch: number, predict: (inputs: Record<string, Rows>) => Promise<ArrayLike<number>>): Promise<number>;
/** One more than the highest label. */
export declare const classCount: (...sets: readonly {
    readonly labels: Uint8Array;
}[]) => number;
/** A state variable of a program, zeros at first. */
export declare const zeros: <const S extends number[], D extends DType = 'f32'>(name: string, shape: S, dtype?: D) => Stopped<S, D>;
/** A trained variable of a program, zeros at first. */
export declare const parameter: <const S extends number[]>(name: string, shape: S) => Variable<Tensor<S, 'f32', 'flows'>>;
/** Runs `body` with the loaded program, and frees it. */
export declare function using<T>(device: Device, program: Program, body: (session: Session) => Promise<T>, { seed }?: {
    readonly seed?: number;
}): Promise<T>;
export {};
