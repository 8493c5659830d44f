import type { Axis } from '../graph/expression.js';
import { type Kernel, type Order, type Scatter } from './kernel.js';
import { type Target } from './target.js';
/** Results of a piece, and how many points there are. */
export declare function pieces(kernel: Kernel, whole: Scatter | Order, target: Target): {
    piece: number;
    points: number;
};
/** Pieces of each row of results, about: each point of a scatter looks at all steps, whatever its piece. */
export declare const pieceCount: (kernel: Kernel, whole: Scatter | Order, target: Target) => number;
/** The axis of a scatter's results that invocations run through in fours, if there is one. */
export declare function inFours({ grid }: Kernel, { at }: Scatter): Axis | undefined;
/**
 * The axes of a scatter's grid that have points of their own: a processor runs through those that the position does not depend on
 * where it has one, in vectors; elsewhere they are invocations, the last in fours.
 */
export declare function pointAxes(kernel: Kernel, scatter: Scatter, target: Pick<Target, 'class'>): Axis[];
