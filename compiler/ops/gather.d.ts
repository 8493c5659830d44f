/**
 * Indexing by tensors: reading at loaded indices (`gather`) and its adjoint, adding at loaded indices (`scatterAdd`).
 * The adjoint is a sum over the updates in their order, which kernels take update by update where there are many results
 * (`kernels/scatter.ts`), so its result does not depend on the order of threads. An index out
 * of range is clamped to the nearest element: on the device it must never leave the buffer, and the reference does
 * the same.
 */
import { type Stopped, type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Along, Gather, Indexes, OnAxes, Take, Written } from '../types/axis.js';
import type { Dim, Matching, Shape } from '../types/shape.js';
import type { Check, DType, Gradient, Index } from '../types/tensor.js';
/**
 * `out[i, j, k] = x[i, index[i, j, k], k]` for axis 1: `index` has the rank of `x`, and its other axes may be 1, which
 * repeats it. The result has the shape of `index` so repeated. Out-of-range indices are clamped. Throws `ShapeError`.
 */
export declare const gather: (<S extends Shape, I extends Shape, D extends DType, G extends Gradient, const A extends number, J extends DType = "i32">(x: Tensor<S, D, G>, index: Index<J, Tensor<I, J>>, axis: Check<Gather<S, I, A>, A>) => Tensor<Gather<S, I, A>, D, G>) & {
    readonly operation: Operation;
};
/**
 * Zeros of length `size` along `axis`, plus `updates` added where `index` (of the same shape, or repeating along axes
 * of size 1) says: `out[i, index[i, j, k], k] += updates[i, j, k]`. The adjoint of `gather`; repeats accumulate. For
 * an index per row, `segmentSum`. Throws `ShapeError`.
 */
export declare const scatterAdd: (<S extends Shape, I extends Shape, D extends DType, G extends Gradient, const A extends number, const N extends Dim, J extends DType = "i32">(updates: Tensor<S, D, G>, index: Index<J, Check<Indexes<I, S>, Tensor<I, J>>>, axis: Check<OnAxes<S, A>, A>, size: N) => Tensor<Along<S, A, N>, D, G>) & {
    readonly operation: Operation;
};
/**
 * Sums of the rows of `x` `[N, ...]` that `index` `[N]` gives one number: `out[index[n]] += x[n]`, `[size, ...]`. The
 * adjoint of `take` along axis 0: messages added up per node, rows per group. Out-of-range indices are clamped.
 */
export declare const segmentSum: <N extends Dim, R extends Shape, L extends Dim, D extends DType, G extends Gradient, const K extends Dim>(x: Tensor<[N, ...R], D, G>, index: Tensor<[Matching<N, L>], 'i32' | 'u32'>, size: K) => Tensor<[K, ...R], D, G>;
/**
 * Means of the rows of `x` `[N, ...]` that `index` `[N]` gives one number, `[size, ...]`: 0 for numbers that no row has. As
 * `segmentSum`: neighbours averaged per node, rows per class.
 */
export declare const segmentMean: <N extends Dim, R extends Shape, L extends Dim, D extends 'f32' | 'f16', G extends Gradient, const K extends Dim>(x: Tensor<[N, ...R], D, G>, index: Tensor<[Matching<N, L>], 'i32' | 'u32'>, size: K) => Tensor<[K, ...R], D, G>;
/** `updates` written into a copy of `x` at `index` along `axis`, as in `scatterAdd`; where indices repeat, their sum. */
export declare const scatter: <S extends Shape, I extends Shape, U extends Shape, D extends DType, G extends Gradient, H extends Gradient, const A extends number, J extends DType = 'i32'>(x: Tensor<S, D, G>, index: Index<J, Check<Indexes<I, U>, Tensor<I, J>>>, updates: Check<Written<U, S, A>, Tensor<U, NoInfer<D>, H>>, axis: Check<OnAxes<S, A>, A>) => Tensor<S, D, G | H>;
/** Slices of `x` at `index` (any rank) along `axis`: `x.shape` with that axis replaced by `index.shape`. */
export declare const take: <S extends Shape, I extends Shape, D extends DType, G extends Gradient, const A extends number = 0, J extends DType = 'i32'>(x: Tensor<S, D, G>, index: Index<J, Tensor<I, J>>, axis?: Check<Take<S, I, A>, A>) => Tensor<Take<S, I, A>, D, G>;
/** Rows of `weight` `[V, D]` at `index` `[...B]`: `[...B, D]`. */
export declare const embedding: <V extends Dim, F extends Dim, B extends Shape, D extends DType, G extends Gradient, J extends DType = 'i32'>(weight: Tensor<[V, F], D, G>, index: Index<J, Tensor<B, J>>) => Tensor<[...B, F], D, G>;
/** `out[..., c]` is 1 where `index[...]` is `c`, else 0. */
export declare const oneHot: <B extends Shape, const C extends number, D extends DType = 'f32'>(index: Tensor<B, 'i32'>, classes: C, dtype?: D) => Tensor<[...B, C], NoInfer<D>, 'stopped'>;
/**
 * A copy of the ring `x` `[K, ...]` in which `rows` `[B, ...]` stand from row `start` on, continuing at row 0 after the
 * last: the queue of MoCo. `start` is an i32 scalar within `0 .. K - 1`. Throws `ShapeError` if `B > K`.
 */
export declare const updateRows: <S extends Shape, D extends DType, G extends Gradient, H extends Gradient>(x: Tensor<S, D, G>, start: Stopped<[], 'i32'>, rows: Tensor<any, NoInfer<D>, H>) => Tensor<S, D, G | H>;
