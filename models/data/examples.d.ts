/**
 * What sets of images, recordings and tables have in common: labelled examples in typed arrays, of which batches are
 * gathered and features computed by whatever names the arrays have.
 */
import { BadInput } from '../../runtime/errors.js';
import type { Generator } from './random.js';
/** Rows of equal length, one after the other, of bytes or floats. */
export type Rows = Uint8Array | Float32Array;
/** Rows of bytes that are read when they are asked for: of sets that are larger than memory. */
export interface StreamedRows {
    /** Bytes of a row. */
    readonly row: number;
    /** Puts the rows of these numbers one after the other into `into`. What cannot be read is a `DataError`. */
    readonly read: (numbers: ArrayLike<number>, into: Uint8Array) => Promise<void>;
    /**
     * An order of the rows `0 .. count - 1` that is drawn, where not any order is as cheap as another: of files whose rows are
     * read in groups. Default: any.
     */
    readonly order?: (count: number, random: Generator) => Uint32Array;
    /** What says that two such rows are the same, without reading them: names and sizes of their files. */
    readonly identity: string;
}
/** Examples of one split: every array in it, `labels` among them, holds `count` rows. */
export interface Examples {
    /** The class of each example, from 0. */
    readonly labels: Uint8Array;
    /** Number of examples. */
    readonly count: number;
}
/** The arrays of a split in memory, by name. */
export type Arrays<S extends Examples> = {
    readonly [K in keyof S as S[K] extends Rows | StreamedRows ? K : never]: S[K] extends Float32Array ? Float32Array : Uint8Array;
};
/** Data that cannot be used as asked; the message is a sentence for the user. */
export declare class DataError extends BadInput {
    name: string;
}
export declare const isStreamed: (value: unknown) => value is StreamedRows;
/** Of a batch, or of a split in memory. */
export declare const arraysOf: <S extends Examples>(split: S) => Arrays<S>;
/** Arrays of a split, in memory or streamed. */
export declare const rowsOf: (split: Examples) => [name: string, rows: Rows | StreamedRows][];
/** Room for `count` rows of every array of a split. */
export declare const emptyRows: <S extends Examples>(split: S, count: number) => Arrays<S>;
/** Puts the examples of these numbers one after the other into arrays made by `emptyRows`. */
export declare function readExamples<S extends Examples>(split: S, numbers: ArrayLike<number>, arrays: Arrays<S>): Promise<void>;
/** The examples of these numbers in memory, in this order. */
export declare function gathered<S extends Examples>(split: S, numbers: ArrayLike<number>): Promise<Arrays<S>>;
/** The first `train` and `test` examples of a set (all, if there are fewer). The rows are shared, not copied. */
export declare function take<T extends {
    readonly train: Examples;
    readonly test: Examples;
}>(set: T, train: number, test: number): T;
/** The examples of these numbers, in this order; rows in memory are copied. */
export declare function pickExamples<S extends Examples>(split: S, numbers: ArrayLike<number>): S;
