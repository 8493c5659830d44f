/** What normalizations share: the moments of a tensor, and standardizing with them. */
import type { Untyped } from '../../compiler/graph/node.js';
export interface Moments {
    readonly mean: Untyped;
    readonly variance: Untyped;
}
/**
 * Mean and biased variance over `axes`; `along` brings their result into a shape that broadcasts with `x`. The variance
 * is `mean((x - c)^2) - (mean - c)^2`, which does not depend on the constant `c`. With the mean itself as that constant
 * nothing cancels, and its gradient needs no sum over `x` of its own.
 */
export declare function moments(x: Untyped, axes: readonly number[], along: (statistic: Untyped) => Untyped): Moments;
/** `(x - mean) / sqrt(variance + eps) * weight + bias`, one scale and one shift of the centred `x`. */
export declare function standardize(x: Untyped, { mean, variance }: Moments, { along, eps, weight, bias, }: {
    along: (statistic: Untyped) => Untyped;
    eps: number;
    weight?: Untyped | false;
    bias?: Untyped | false;
}): import("../../compiler/graph/node.js").Tensor<any, any, any>;
