/**
 * Loops of kernels. The kernels of a loop's body run once per step, always the same on the same memory: a counter, which is
 * memory too, says which step it is, and where in the sequences, in what is stacked and among the carries a step reads and writes
 * follows from it. The last kernel of a step advances the counter. So a program holds a step once, however many there are.
 *
 * A carry is a ring of rows: a step reads one and writes the next. Two rows do; where the carries before each step are asked for,
 * as gradients do, there is a row for each, and the ring is what holds them. What is stacked is written where it belongs.
 */
import { type Expression } from '../graph/expression.js';
import { type Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/node.js';
import { type Runnable } from './kernel.js';
/** Where the elements of a tensor are: in another one, from an element on that may depend on the step. */
export interface View {
    readonly of: Tensor;
    readonly from: Expression;
}
export type Views = Map<Tensor, View>;
/**
 * The kernels before the first step, and the loop. What the rest of `graph` reads of the loop
 * is added to `views`, as far as it has no memory of its own.
 */
export declare function lowerLoop(node: Tensor, graph: Graph, views: Views, { body, runnables }: LoweredBody): Runnable[];
export interface LoweredBody {
    /** With results of their own (`ownSteps`). */
    readonly body: Graph;
    readonly runnables: readonly Runnable[];
}
/** Kernels with what they load taken from where `views` say it is. */
export declare function through(runnable: Runnable, views: Views): Runnable;
