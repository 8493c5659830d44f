/**
 * A contraction as a matrix product: which loops of a kernel are rows, columns, depth and batch. A convolution is one, too:
 * its columns are the positions of the image and its depth runs over channels and offsets (implicit GEMM).
 */
import { type Axis, type Expression } from '../graph/expression.js';
import type { DType } from '../types/tensor.js';
import { type Kernel, type Store } from './kernel.js';
export interface Contraction {
    /** The factors of a term: the first depends on rows, the second on columns. */
    readonly left: Expression;
    readonly right: Expression;
    readonly rows: readonly Axis[];
    /** Hold the innermost axis of the result. */
    readonly columns: readonly Axis[];
    /** Both factors depend on them, or none does. */
    readonly batch: readonly Axis[];
    readonly along: readonly Axis[];
    /** What statements call the sum. */
    readonly name: string;
    readonly dtype: DType;
    /** What is stored of each sum. */
    readonly stores: readonly Store[];
}
/** The matrix product that a kernel is, if it is one. */
export declare function contractionOf(kernel: Kernel): Contraction | undefined;
/** Conditions without which a factor, and so its term, is 0: masks of padding and of gaps. */
export declare function conditionsOf(factor: Expression): Expression[];
/** What all must hold for a mask to hold. */
export declare const conjuncts: (mask: Expression) => Expression[];
/** Rows, columns, depth and batch as numbers. */
export declare const extents: ({ rows, columns, along, batch }: Contraction) => {
    rows: number;
    columns: number;
    depth: number;
    batch: number;
};
/**
 * The loop axes that a workgroup stages together, `depth` terms at a time, and those that it loops over outside: the
 * innermost axis that slabs fill, because positions along it need no division, or several innermost ones that they fill
 * together, as the rows and columns of a small image; their neighbours are likely neighbours in memory. Where slabs fill
 * none, the longest axis, or all that there are.
 */
export declare function staging(along: readonly Axis[], depth: number): {
    staged: readonly Axis[];
    outer: readonly Axis[];
};
