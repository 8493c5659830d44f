/** Losses of pairs and of the spread of rows, without negatives in a softmax. Rows are scaled to unit length where it says so. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
/**
 * `mean ||unit(p1) - unit(z2)||^2 + mean ||unit(p2) - unit(z1)||^2`, each term being `2 - 2 cos`: the sum of both views, as
 * in the paper. Predictions `p` and targets `z` are `[N, D]`. Source: BYOL, arXiv 2006.07733, equation 2.
 */
export declare const byolLoss: <N extends Dim, D extends Dim>(p1: Tensor<[N, D], 'f32'>, p2: Tensor<NoInfer<[N, D]>, 'f32'>, z1: Stopped<NoInfer<[N, D]>>, z2: Stopped<NoInfer<[N, D]>>) => Tensor<[], 'f32'>;
/** `mean ||unit(x) - unit(y)||^alpha` of positive pairs `[N, D]`. Default alpha 2. Source: Wang and Isola, arXiv 2005.10242. */
export declare function alignment<N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, y: Tensor<NoInfer<[N, D]>, 'f32'>, alpha?: number): Tensor<[], 'f32'>;
/**
 * `log mean_{i<j} exp(-t ||unit(x_i) - unit(x_j)||^2)`: low where rows `[N, D]` cover the sphere evenly. Default t 2. Source:
 * Wang and Isola, arXiv 2005.10242.
 */
export declare function uniformity<N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, t?: number): Tensor<[], 'f32'>;
/**
 * `mean max(0, d(a, p) - d(a, n) + margin)` of anchors, positives and negatives `[N, D]`, `d` the Euclidean norm of `x - y +
 * 1e-6`. Default margin 1. Source: Schroff et al., arXiv 1503.03832, with distances instead of their squares.
 */
export declare function triplet<N extends Dim, D extends Dim>(anchor: Tensor<[N, D], 'f32'>, positive: Tensor<NoInfer<[N, D]>, 'f32'>, negative: Tensor<NoInfer<[N, D]>, 'f32'>, margin?: number): Tensor<[], 'f32'>;
/**
 * KoLeo: `-mean_i log(||u_i - u_n(i) + eps|| + eps)` of unit rows `u` of `x` `[N, D]`, `n(i)` being the nearest of the others (by the dot
 * product, without gradient): low where rows are spread evenly. Default eps 1e-8. Source: Sablayrolles et al., arXiv 1806.03198, equation 4; as in DINOv2,
 * arXiv 2304.07193, whose code has the eps in both places.
 */
export declare function koleo<N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, epsilon?: number): Tensor<[], 'f32'>;
