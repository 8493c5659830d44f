/**
 * Contraction: the general dot product over any axes of two tensors, and the matrix products made of it. Its two
 * gradients are dot products again.
 */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Inner, Matmul } from '../types/product.js';
import type { Dim, Shape } from '../types/shape.js';
import type { DType, Gradient, Proved } from '../types/tensor.js';
/** Pairs of axes, of `a` and of `b`: kept together (`batch`) or summed over (`contract`). */
export interface DotAxes {
    /** Axes that both have and the result keeps, first, in this order. */
    readonly batch: readonly [a: readonly number[], b: readonly number[]];
    /** Axes that are summed over, pair by pair. */
    readonly contract: readonly [a: readonly number[], b: readonly number[]];
}
/**
 * The general contraction. Axes of the result: the batch axes, then the free axes of `a`, then those of `b`.
 * Throws `ShapeError` if paired axes differ in size.
 */
export declare const dotGeneral: ((a: Tensor, b: Tensor, axes: DotAxes) => Tensor<any, any, any>) & {
    readonly operation: Operation;
};
/** `a[..., K] · b[K, N]`: contracts the last axis of `a` with the first of `b`. */
export declare const dot: <B extends Shape, K extends Dim, N extends Dim, D extends DType, G extends Gradient, H extends Gradient>(a: Tensor<[...B, K], D, G>, b: Tensor<[NoInfer<K>, N], NoInfer<D>, H>) => Tensor<[...B, N], D, G | H>;
/** `a[..., M, K] · b[..., K, N]`, one product per leading index; leading axes broadcast. Throws `ShapeError`. */
export declare const matmul: <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient>(a: Tensor<A, D, G>, other: Proved<Matmul<A, B>, Tensor<B, NoInfer<D>, H>>) => Tensor<Matmul<A, B>, D, G | H>;
/**
 * `a[..., K] · b[..., K]`: contracts the last axes, so that every row of `a` meets every row of `b`: `[N, K]` and `[M, K]` give
 * `[N, M]`, what stands before the last axis of `a` and then of `b`. Throws `ShapeError`.
 */
export declare const inner: <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient>(a: Tensor<A, D, G>, other: Proved<Inner<A, B>, Tensor<B, NoInfer<D>, H>>) => Tensor<Inner<A, B>, D, G | H>;
/** `out[i, j] = a[i] b[j]` */
export declare const outer: <M extends Dim, N extends Dim, D extends DType, G extends Gradient, H extends Gradient>(a: Tensor<[M], D, G>, b: Tensor<[N], NoInfer<D>, H>) => Tensor<[M, N], D, G | H>;
