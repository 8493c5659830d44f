/**
 * What ranks, the processes of a distributed program, tell each other. `passes/partition.ts` puts exchanges into a graph;
 * a kernel stores the own value, and the runtime puts those of all ranks in its place before another kernel reads it.
 */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
declare const COMBINED: readonly ['sum', 'max', 'min'];
export type Combined = (typeof COMBINED)[number];
/**
 * The sum, the maximum or the minimum over all ranks of `x`, element by element: every rank gets the same. `x` has one shape
 * on all of them, and dtype f32, i32 or u32. Its meaning by itself, on one rank, is `x`. It has no
 * gradient: graphs are cut after gradients were taken. Throws `ShapeError`.
 */
export declare const allReduce: (<S extends Shape, D extends DType, G extends Gradient>(x: Tensor<S, D, G>, combine: Combined) => Tensor<S, D, G>) & {
    readonly operation: Operation;
};
export {};
