/**
 * Expressions on four neighbours along an axis at once. What does not depend on the axis is splat, loads of neighbouring elements
 * become one load, everything else is put together from four scalars: for targets that load four elements from any position.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import type { Indexing } from '../graph/indexing.js';
import type { Tensor } from '../graph/node.js';
/** Values of axes and names at one point. */
export type At = ReadonlyMap<Axis | string, Expression>;
/** Elements beyond a memory's ends, either way, that a load may touch where a mask discards them: runtimes leave 64 KiB free. */
export declare const MARGIN = 16380;
export interface Vectors {
    /** The value at one point. */
    scalar(e: Expression, at: At): Expression;
    /** The values at a point and its next three neighbours along an axis, of which `at` has the position of the first. */
    vector(e: Expression, at: At, along: Axis): Expression;
    /** How far apart the positions of neighbours are, if they can be loaded together: 1, 2, or not. */
    apart(index: Expression, at: At, along: Axis): 1 | 2 | undefined;
}
export declare function createVectors(indexing: Indexing, memoryOf: (tensor: Tensor) => Memory): Vectors;
/** Four neighbours one by one: the first is `at`. */
export declare const lanesAt: (at: At, along: Axis) => At[];
