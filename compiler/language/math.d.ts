/** Mathematics composed of operations: statistics, softmax and its relatives, activations, top-k. */
import { type Tensor } from '../graph/node.js';
import type { BroadcastTo, OnAxes, Top } from '../types/axis.js';
import type { AllAxes, Dim, MatchingAll, Reduce, Shape } from '../types/shape.js';
import type { Check, Gradient } from '../types/tensor.js';
type Float = 'f32' | 'f16';
/** Arithmetic mean over `axes` (default: all); `keepdims` leaves them with size 1. */
export declare const mean: <S extends Shape, D extends Float, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>;
/** Variance over `axes` (default: all): mean of the squared distance to the mean, with divisor `n - correction` (default 0). */
export declare const variance: <S extends Shape, D extends Float, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
    correction?: number;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>;
/** Square root of the variance. Its gradient is unbounded where all elements are equal. */
export declare const standardDeviation: <S extends Shape, D extends Float, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
    correction?: number;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>;
/** Vectors along `axis` (default: the last) divided by their Euclidean length, or by `epsilon` where that is larger: zero stays zero. */
export declare const normalize: <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(x: Tensor<S, D, G>, axis?: Check<OnAxes<S, A>, A>, epsilon?: number) => Tensor<S, D, G>;
/**
 * Length of the vectors over `axes` (default: all): `(sum |x|^p)^(1/p)`, the largest `|x|` for `p = Infinity`. Default: `p = 2`,
 * `keepdims` false. The gradient of a zero vector is 0.
 */
export declare const vectorNorm: <S extends Shape, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, 'f32', G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    p?: number;
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, 'f32', G>;
/**
 * Euclidean distances of the rows of `a` `[..., N, D]` from those of `b` `[..., M, D]`: `[..., N, M]`. No gradient flows where two
 * rows are equal. Throws `ShapeError`.
 */
export declare const cdist: <B extends Shape, N extends Dim, M extends Dim, D extends Dim, G extends Gradient, H extends Gradient>(a: Tensor<[...B, N, D], 'f32', G>, b: Tensor<[...B, M, NoInfer<D>], 'f32', H>) => Tensor<[...B, N, M], 'f32', G | H>;
/** log(sum(exp(x))) over `axes` (default: all); of nothing but -Infinity, -Infinity. */
export declare const logsumexp: <S extends Shape, D extends Float, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>;
/** exp(x) / sum(exp(x)) along `axis` (default: the last). */
export declare const softmax: <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(x: Tensor<S, D, G>, axis?: Check<OnAxes<S, A>, A>) => Tensor<S, D, G>;
/** log(softmax(x)) along `axis` (default: the last). */
export declare const logSoftmax: <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(x: Tensor<S, D, G>, axis?: Check<OnAxes<S, A>, A>) => Tensor<S, D, G>;
/** What `crossEntropy` may be told. */
export interface CrossEntropyOptions {
    /** Share of the target that is spread over all classes. Default 0. */
    readonly smoothing?: number;
    /** Weight per class, `[C]`: multiplies each `-log p_c`, and the mean is divided by the sum of the labels' weights. */
    readonly weights?: Tensor<any, 'f32'>;
    /** Rows with this label are left out. Default: none. */
    readonly ignore?: number;
}
/**
 * The mean of `-log softmax(logits)[label]`: logits `[..., C]`, labels `[...]` integers from 0 to C - 1; Infinity if one is another,
 * and not ignored. Smoothed (Szegedy et al., arXiv 1512.00567), the mean of `(1 - a) (-log p_label) + a / C sum_c (-log p_c)`. Throws `ShapeError`.
 */
export declare const crossEntropy: <B extends Shape, C extends Dim, L extends Shape, G extends Gradient>(logits: Tensor<[...B, C], 'f32', G>, labels: Tensor<MatchingAll<B, L>, 'i32'>, options?: CrossEntropyOptions) => Tensor<[], 'f32', G>;
/** x Phi(x) with the normal distribution function Phi. Hendrycks and Gimpel 2016, arXiv 1606.08415. */
export declare const gelu: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>;
/** x sigmoid(x). */
export declare const silu: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>;
/** log(1 + exp(x)), without overflow. */
export declare const softplus: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>;
/** x where it is positive, else `slope` x; the gradient at 0 is `slope`. */
export declare const leakyRelu: <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>, slope?: number) => Tensor<S, D, G>;
/** x held between `low` and `high`; the gradient at the bounds is 1. */
export declare function clamp<S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>, low: number, high: number): Tensor<S, D, G>;
/** a + weight (b - a): `a` at weight 0, `b` at 1. The weight, a number or a tensor, broadcasts. */
export declare const lerp: <S extends Shape, D extends Float, G extends Gradient, H extends Gradient, W extends Shape = any>(a: Tensor<S, D, G>, b: Tensor<NoInfer<S>, NoInfer<D>, H>, weight: number | Check<BroadcastTo<W, S>, Tensor<W, NoInfer<D>>>) => Tensor<S, D, G | H>;
/**
 * The `k` largest elements along the last axis, in descending order, and their positions (the first on ties, NaN last). The
 * gradient flows to the elements found. Work grows as n log k.
 */
export declare function topK<S extends Shape, G extends Gradient, const K extends number>(x: Tensor<S, 'f32', G>, k: Check<Top<S, K>, K>): {
    values: Tensor<Top<S, K>, 'f32', G>;
    indices: Tensor<Top<S, K>, 'i32', 'stopped'>;
};
export {};
