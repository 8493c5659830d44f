/** Movement composed of operations: padding by what is there, tiling, triangles and diagonals of matrices. */
import type { Tensor } from '../graph/node.js';
import type { Along, Amounts, Extend, Lesser, OnAxes, Tile } from '../types/axis.js';
import type { Dim, Index, Numel, Reduce, Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** What stands beyond the edges: the image mirrored at its outermost element, that element, or the opposite side. */
export type Extension = 'reflect' | 'edge' | 'circular';
/**
 * `low` and `high` elements before and after each axis, continued from `x` itself. `reflect` does not repeat the edge
 * and takes at most size - 1 elements, `circular` at most size. Axes without a pair stay as they are. Throws `ShapeError`.
 */
export declare const extend: <S extends Shape, D extends DType, G extends Gradient, const P extends Amounts>(x: Tensor<S, D, G>, amounts: Check<Extend<S, P>, P>, mode: Extension) => Tensor<Extend<S, P>, D, G>;
/** The whole tensor repeated `reps[i]` times along axis `i`; missing leading axes are added. */
export declare const tile: <S extends Shape, D extends DType, G extends Gradient, const R extends number[]>(x: Tensor<S, D, G>, reps: R) => Tensor<Tile<S, R>, D, G>;
/** Each element repeated `count` times along `axis`. */
export declare const repeat: <S extends Shape, D extends DType, G extends Gradient, const N extends number, const A extends number>(x: Tensor<S, D, G>, count: N, axis: Check<OnAxes<S, A>, A>) => Tensor<Along<S, A, Numel<[S[Index<S, A> & keyof S] & Dim, N]>>, D, G>;
/** Element `at` along `axis`, which disappears: `index(x, 1, t)` is `x[:, t]`. Negative positions count from the end. */
export declare const index: <S extends Shape, D extends DType, G extends Gradient, const A extends number>(x: Tensor<S, D, G>, axis: Check<OnAxes<S, A>, A>, at: number) => Tensor<Reduce<S, A>, D, G>;
/** The elements of matrices `[..., M, N]` on and above diagonal `k` (0 is the main one, 1 the one above it); 0 elsewhere. */
export declare const upperTriangle: <S extends Shape, D extends DType, G extends Gradient>(x: Tensor<S, D, G>, k?: number) => Tensor<S, D, G>;
/** The elements of matrices `[..., M, N]` on and below diagonal `k`; 0 elsewhere. */
export declare const lowerTriangle: <S extends Shape, D extends DType, G extends Gradient>(x: Tensor<S, D, G>, k?: number) => Tensor<S, D, G>;
/** The main diagonal of matrices `[..., M, N]`: in row-major order, every `N + 1`-th element. */
export declare const diagonal: <B extends Shape, M extends Dim, N extends Dim, D extends DType, G extends Gradient>(x: Tensor<[...B, M, N], D, G>) => Tensor<[...B, Lesser<M, N>], D, G>;
