/**
 * A factor of a contraction that a quad shares. Four neighbouring invocations compute neighbouring columns, so the factor
 * of the rows is the same for all of them: each computes it for every fourth row of the tile, and `quadBroadcast` hands it
 * round. A quarter of its loads remain, and on software drivers, which load lane by lane, loads are most of the time.
 */
import { type Axis, type Expression } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { Kernel } from '../kernels/kernel.js';
import type { At } from './expand.js';
export interface Quads {
    /** Which invocation of its quad this is. */
    readonly axis: Axis;
    /** The grid in the order in which invocations are numbered, the last axis fastest. */
    readonly grid: readonly Axis[];
    /** The term of the contraction at a point. */
    value(point: At): Expression;
}
/**
 * How quads share a factor of a kernel, if they can: four divides the tile along an axis of its rows, and the invocations
 * along the columns.
 */
export declare function quadsOf(kernel: Kernel, tile: ReadonlyMap<Axis, number>, indexing: Indexing): Quads | undefined;
