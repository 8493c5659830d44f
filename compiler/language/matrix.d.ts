/**
 * Factorization and solution of small systems, `[..., N, N]`: one elimination step per column, unrolled into the graph, so
 * that gradients need no rule of their own. For N up to some dozen, as in whitening; the graph grows with N.
 */
import type { Tensor } from '../graph/node.js';
import type { Dim, Shape } from '../types/shape.js';
import type { Gradient } from '../types/tensor.js';
/**
 * The lower triangular `L` with `L Lᵀ = x`, of symmetric positive definite `x` `[..., N, N]`; the gradient is symmetric too.
 * A matrix that is not positive definite gives NaN.
 */
export declare const cholesky: <S extends Shape, G extends Gradient>(x: Tensor<S, 'f32', G>) => Tensor<S, 'f32', G>;
/** `y` with `l y = b`, for lower triangular `l` `[..., N, N]` and `b` `[..., N, M]`. What `l` holds above its diagonal is ignored. */
export declare const triangularSolve: <B extends Shape, N extends Dim, M extends Dim, G extends Gradient, H extends Gradient>(l: Tensor<[...B, N, NoInfer<N>], 'f32', G>, b: Tensor<[...B, NoInfer<N>, M], 'f32', H>) => Tensor<[...B, N, M], 'f32', G | H>;
