/** Feature augmentation by additive noise (N1, N2, N4, N5, N6 of this project's list). */
import type { Tensor } from '../../../compiler/graph/node.js';
import type { Dim, Shape } from '../../../compiler/types/shape.js';
import { type Solve } from './operator.js';
/**
 * N1: `x' = x + sigma s e`, `e ~ N(0, I)`, with the scale `s` by name:
 * - `'length'` (default): `||x|| / sqrt(D)` per row, so that sigma is relative to the size of a typical component; it carries gradient;
 * - `'batch'`: the root mean square of all components of the batch, a statistic;
 * - `'one'`: 1, so that the Jacobian is the identity.
 *
 * Strength: sigma, default 0.1. From a cosine: `cosine = 1 / sqrt(1 + sigma^2 (D - 1) / D)`; scale `'one'` is solved for unit
 * rows. The noise is isotropic: it does not depend on what the features mean. Source: SynCo, arXiv 2410.02401 (type 4: unit
 * rows, sigma 0.01); calibration: this project.
 */
export declare const gaussianNoise: ({ scale }?: {
    readonly scale?: 'length' | 'batch' | 'one';
}) => import("./operator.js").Operator<"any", "statistics", Solve>;
/** `tan(acos(c)) sqrt(D / (D - 1))`: noise of this relative size turns a feature by the angle with cosine `c`. */
export declare const sigmaOfCosine: Solve;
declare const tangent: (cosine: number) => number;
/**
 * N2: `x' = x + r ||x|| u`, `u` uniform on the unit sphere: a step of fixed length. Strength: r, default 0.1; from a cosine: `r
 * = tan(acos(cosine))`, the step being orthogonal to x in expectation. The length carries gradient. Source: SimGCL, arXiv 2112.08679.
 */
export declare const sphereNoise: () => import("./operator.js").Operator<"any", "statistics", typeof tangent>;
/**
 * N4: `x' = x + sigma std(x) e` with the deviation of each feature over the batch (divisor N - 1): noise along the axes that vary. Strength:
 * sigma, default 0.3; from a cosine as for `gaussianNoise`, exact for features with mean 0 and equal deviations. By default the
 * deviation carries no gradient. Source: this project.
 */
export declare const diagonalNoise: () => import("./operator.js").Operator<"any", "statistics", Solve>;
/**
 * N5: `x' = x + sigma n`, `n ~ N(0, (1 - shrink) S + shrink t I)` with `S` `[D, D]` the covariance of the batch and `t` its mean diagonal:
 * noise shaped like the features are spread. It is drawn as `sqrt((1 - shrink) / (N - 1)) E C + sqrt(shrink t) e` with `C` the centred
 * rows and `E` `[N, N]`, `e` standard normal, which has this covariance without a factorization of it. `shrink` default 0.1. Strength:
 * sigma, default 0.3; from a cosine as for `diagonalNoise`. By default the covariance carries no gradient.
 */
export declare function covarianceNoise({ shrink }?: {
    readonly shrink?: number;
}): import("./operator.js").Operator<"rows", "statistics", Solve>;
/**
 * N6: `x' = x + eps ||x|| sign(x) n / ||n||`, `n ~ U[0, 1)^D` per row: a step of fixed length within the orthant of x. No gradient
 * through the sign. Strength: eps, default 0.2; from a cosine for features of normal components, whose step has the expected part
 * `m = sqrt(3 / (2 pi))` along x: `cosine = (1 + eps m) / sqrt(1 + 2 eps m + eps^2)`. Source: XSimGCL, arXiv 2209.02544
 * (unscaled, eps 0.2); calibration: this project.
 */
export declare const signNoise: () => import("./operator.js").Operator<"any", "statistics", Solve>;
/** `x + sigma s e`, `s` `[D]` the deviation of each feature over the batch (divisor N - 1, no gradient). */
export declare const batchScaledNoise: <N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, e: Tensor<[N, D], 'f32'>, sigma: number) => Tensor<[N, D], 'f32'>;
/** `x + sigma sign(x) unit(|e|)`: a step of length `sigma` within the orthant of x. No gradient through the sign. */
export declare const signAlignedNoise: <S extends Shape>(x: Tensor<S, 'f32'>, e: Tensor<S, 'f32'>, sigma: number) => Tensor<S, 'f32'>;
export {};
