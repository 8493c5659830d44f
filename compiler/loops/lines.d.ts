/**
 * The results of a contraction's register tile, stored line by line in a loop. Printed out, epilogue and stores of 64 sums are
 * half of what SwiftShader compiles of a kernel, and run once for hundreds of passes over the terms.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { DType } from '../types/tensor.js';
import { type Accumulator } from './accumulate.js';
import type { Builder } from './build.js';
import { type At } from './expand.js';
export interface Lines {
    /** The loop over the lines of the tile. */
    readonly axis: Axis;
    /** The points of one line, at which the sum is what the loop finds in the registers of that line. */
    readonly points: readonly At[][];
    /** Puts the registers into an array, once and before the loop. */
    declare(builder: Builder, registers: readonly Accumulator[]): Memory;
    /** Loads, inside the loop, the registers of its line. */
    pick(builder: Builder, tile: Memory): void;
}
/**
 * The lines of a tile along the first of the axes that it extends over; `order` and `starts` are the axes of its points and
 * where its parts along them start, `name` and `dtype` those of the sum. None where a line is no whole number of vec4s, or the
 * tile is small.
 */
export declare function linesOf(order: readonly Axis[], starts: readonly Expression[], tile: ReadonlyMap<Axis, number>, { name, dtype }: {
    readonly name: string;
    readonly dtype: DType;
}, indexing: Indexing): Lines | undefined;
