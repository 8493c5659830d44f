/**
 * The statements of a kernel at some of its points, for targets that run one point after the other: accumulations as loops over
 * their axes, stores after them. Points come alone, or in vectors of four along an axis of the grid; a single point may instead be
 * computed in vectors along its accumulations, of which several run side by side, because one alone would wait for each sum.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import type { Accumulate, Store } from '../kernels/kernel.js';
import type { Builder } from './build.js';
import { type At, type Vectors } from './vectors.js';
/** A point, or four neighbours along an axis. */
export interface Point {
    readonly at: At;
    readonly along?: Axis;
}
export interface Context {
    readonly builder: Builder;
    readonly vectors: Vectors;
    memoryOf(tensor: Tensor): Memory;
    /** Iterations of a loop whose text stands there one by one. */
    unroll(axis: Axis): boolean;
    /** Vectors of sums side by side, at most. */
    readonly side: number;
}
/** `along`: the axis of accumulations that a single point is vectorized along. */
export declare function emitPoints(context: Context, points: readonly Point[], body: readonly (Accumulate | Store)[], along?: Axis): void;
/** Loops over axes, innermost last; those to be unrolled run through `body` once per iteration. */
export declare function nest(context: Context, axes: readonly Axis[], at: At, body: (at: At) => void): void;
/** Vectors of what is stored side by side: two, which engines join in one of twice the width where they can. */
export declare const pairOf: ({ size }: Axis, most: number) => number;
/** A row by several vectors at a time, then single ones, then elements (`count` 0). */
export declare function alongRow({ builder }: Context, row: Axis, most: number, body: (start: Expression, count: number) => void, begin?: number): void;
