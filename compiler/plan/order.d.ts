import type { Graph } from '../graph/graph.js';
import type { Tensor } from '../graph/node.js';
import { type Runnable } from '../kernels/kernel.js';
import { type Values } from './liveness.js';
export interface Update {
    readonly variable: Tensor;
    readonly value: Tensor;
}
export interface Ordered {
    readonly runnables: readonly Runnable[];
    readonly inPlace: readonly Update[];
    /** The others: copied after the last kernel. */
    readonly copied: readonly Update[];
    readonly values: Values;
}
/** Loops stay whole; what is inside of them has its order. */
export declare function orderKernels(runnables: readonly Runnable[], { outputs, updates }: Graph): Ordered;
