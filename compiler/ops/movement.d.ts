/** Movement: reshape, permute, broadcast. Each is an index map, so it costs no memory where it is fused. */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { BroadcastTo, Insert, Squeeze } from '../types/axis.js';
import type { Dim, Numel, Permute, Reshape, Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** The same elements in row-major order under another shape; one size may be -1. */
export declare const reshape: (<S extends Shape, D extends DType, G extends Gradient, const T extends Shape>(x: Tensor<S, D, G>, shape: Check<Reshape<S, T>, T>) => Tensor<Reshape<S, T>, D, G>) & {
    readonly operation: Operation;
};
/** Axis `i` of the result is axis `order[i]` of `x`. */
export declare const permute: (<S extends Shape, D extends DType, G extends Gradient, const P extends number[]>(x: Tensor<S, D, G>, order: Check<Permute<S, P>, P>) => Tensor<Permute<S, P>, D, G>) & {
    readonly operation: Operation;
};
/** Repeats axes of size 1, and adds leading axes, to reach `shape`. */
export declare const broadcastTo: (<S extends Shape, D extends DType, G extends Gradient, const T extends Shape>(x: Tensor<S, D, G>, shape: Check<BroadcastTo<S, T>, T>) => Tensor<BroadcastTo<S, T>, D, G>) & {
    readonly operation: Operation;
};
/** Everything after the first axis becomes one axis. */
export declare const flatten: <N extends Dim, R extends Shape, D extends DType, G extends Gradient>(x: Tensor<[N, ...R], D, G>) => Tensor<[N, Numel<R>], D, G>;
/** The last two axes swapped. */
export declare const transpose: <B extends Shape, M extends Dim, N extends Dim, D extends DType, G extends Gradient>(x: Tensor<[...B, M, N], D, G>) => Tensor<[...B, N, M], D, G>;
/** A new axis of size 1 before `axis` (`-1`: after the last). */
export declare function expandDims<S extends Shape, D extends DType, G extends Gradient, const X extends number>(x: Tensor<S, D, G>, axis: Check<Insert<S, X>, X>): Tensor<Insert<S, X>, D, G>;
/** Without an axis of size 1. */
export declare function squeeze<S extends Shape, D extends DType, G extends Gradient, const X extends number>(x: Tensor<S, D, G>, axis: Check<Squeeze<S, X>, X>): Tensor<Squeeze<S, X>, D, G>;
/**
 * The same tensor under a type that says more or names sizes differently: the bridge where types cannot follow.
 * Sizes are checked here, as numbers or as the names of inputs; other names are taken at their word.
 */
export declare function refine<D extends DType, G extends Gradient, const T extends Shape>(x: Tensor<any, D, G>, shape: T): Tensor<T, D, G>;
