/** Losses that keep features from collapsing by their statistics over the batch: no negatives, no stopped targets. */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import { type Rows } from '../losses.js';
import type { Matrix } from '../tensors.js';
/** What `barlowTwins` may be told. */
export interface BarlowOptions {
    /** Weight of the terms outside of the diagonal. Default 0.005. */
    readonly lambda?: number;
    /** Factor of the whole. Default 1; some implementations take 0.024 or 0.1. */
    readonly scale?: number;
    /** Added to the variance. Default 1e-5, as batch norm has it. */
    readonly epsilon?: number;
    /** Variance with divisor N - 1, as in the paper's listing. Default false. */
    readonly unbiased?: boolean;
}
/**
 * Barlow Twins: columns standardized over the batch, `c = z1^T z2 / N`, `scale (sum_i (c_ii - 1)^2 + lambda sum_{i != j}
 * c_ij^2)`. `z1`, `z2` `[N, D]`. Source: Zbontar et al., arXiv 2103.03230, equation 1.
 */
export declare function barlowTwins<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, options?: BarlowOptions): Tensor<[], 'f32'>;
/** What `vicregLoss` may be told. */
export interface VicregOptions {
    /** Weights of invariance, variance and covariance. Default 25, 25 and 1. */
    readonly invariance?: number;
    /** Weight of the variance terms. Default 25. */
    readonly variance?: number;
    /** Weight of the covariance terms. Default 1. */
    readonly covariance?: number;
    /** Of the variance terms of the two views: 0.5 (default) averages them as the authors' code, 1 sums them as the paper. */
    readonly varianceWeight?: number;
    /** Deviation to reach. Default 1. */
    readonly gamma?: number;
    /** Added to the variance. Default 1e-4. */
    readonly epsilon?: number;
}
/**
 * VICReg: `i mean((z1 - z2)^2) + v w (v(z1) + v(z2)) + c (k(z1) + k(z2))`, `v(z) = mean_d max(0, gamma - sqrt(var_d +
 * eps))`, `k(z) = sum_{i != j} C_ij^2 / D` with the covariance C. Divisors N - 1. `z1`, `z2` `[N, D]`. Source: Bardes et al.,
 * arXiv 2105.04906, equations 1 to 6.
 */
export declare function vicregLoss<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, options?: VicregOptions): Tensor<[], 'f32'>;
/** What `ticoLoss` may be told. */
export interface TicoOptions extends Rows {
    /** Weight of the past in the covariance. Default 0.9. */
    readonly beta?: number;
    /** Weight of the covariance term. Default 8. */
    readonly rho?: number;
    /** No gradient through the batch's part of the covariance, as in the authors' listing. Default true. */
    readonly detachCovariance?: boolean;
}
/**
 * TiCo: on unit rows, `1 - mean cos(z1, z2) + rho mean_i z1_i^T C z1_i` with `C = beta C' + (1 - beta) z1^T z1 / N`, a moving
 * average that the caller carries (stopped) from step to step. `z1`, `z2` `[N, D]`, `previous` `[D, D]`. Source: Zhu et al.,
 * arXiv 2206.10698, algorithm 1.
 */
export declare function ticoLoss<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, previous: Tensor<NoInfer<[D, D]>, 'f32', 'stopped'>, options?: TicoOptions): {
    loss: Tensor<[], 'f32'>;
    covariance: Tensor<[D, D], 'f32'>;
};
/** The terms of that mean, `[N]`, and the moving average. */
export declare function ticoTerms(z1: Matrix, z2: Matrix, previous: Matrix, options?: TicoOptions): {
    terms: Tensor<[Dim], "f32", import("../../compiler/index.js").Gradient>;
    covariance: Tensor<[Dim, Dim], "f32", import("../../compiler/index.js").Gradient>;
};
/**
 * W-MSE: `2 - 2 mean cos(w(z1), w(z2))`, `w` whitening every group of consecutive rows: `L^-1 (z - mean)` with `L L^T =
 * (1 - eps) C + eps I`. `group` (default: the batch) must divide N and exceed D, or eps must be positive. Default eps 0.
 * `z1`, `z2` `[N, D]`. Source: Ermolov et al., arXiv 2007.06346.
 */
export declare function whiteningMse<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, options?: {
    readonly group?: number;
    readonly epsilon?: number;
}): Tensor<[], 'f32'>;
