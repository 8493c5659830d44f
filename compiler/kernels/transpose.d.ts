import { type Axis, type Expression } from '../graph/expression.js';
import { type Kernel, type Result } from './kernel.js';
import type { Schedule } from './schedule.js';
import type { Target } from './target.js';
type Load = Extract<Expression, {
    kind: 'load';
}>;
export interface Transposition {
    /** Neighbours along it are neighbours in memory where the kernel stores. */
    readonly stored: Axis;
    /** Neighbours along it are neighbours in memory where `loads` load. */
    readonly loaded: Axis;
    /** What is left of the grid, outermost first. */
    readonly rest: readonly Axis[];
    /** What the kernel stores, in terms of these axes; all values of a list before the first of them is stored. */
    readonly stores: readonly (readonly Result[])[];
    /** Loads that stride along `stored`, in the same terms. The others need no help. */
    readonly loads: readonly Load[];
}
/** The transposition that a kernel is, by the first load that strides; nothing if none does. */
export declare function transpositionOf({ grid, body }: Kernel): Transposition | undefined;
/** The axis in the pieces that quotients and remainders cut it into, innermost first; nothing if they do not nest. */
export declare function piecesIn(expressions: readonly Expression[], axis: Axis): Axis[] | undefined;
/** What the pieces were cut from. */
export declare function positionOf(pieces: readonly Axis[]): Expression;
/**
 * Tiles for a transposition; nothing for other kernels, for axes shorter than `least`, which lines of the cache hold whole,
 * and for more loads than workgroup memory has room for.
 */
export declare function transposeTiles(kernel: Kernel, target: Target, least?: number): Schedule | undefined;
/** The sides that a kernel may be tuned over. */
export declare const transposeSides: (kernel: Kernel, target: Target) => Schedule[];
export {};
