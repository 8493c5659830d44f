import type { Matrix, Vector } from '../../tensors.js';
import { type Solve } from './operator.js';
/**
 * MX1: `x'_i = (1 - w_i) x_i + w_i x_pi(i)`, `pi` a random permutation of the batch, `w` one weight per row, by the law:
 * - `'uniform'` (default): `U(0, strength)`, strength at most 0.5 (default 0.2);
 * - `'extrapolate'`: `U(-strength, 0)`, away from the partner (default 0.2);
 * - `'beta'`: `min(b, 1 - b)`, `b ~ Beta(strength, strength)` (default 1).
 *
 * The anchor has the larger part, so the mixed feature stands for it; with `targets: 'both'` it is compared with both targets,
 * which is i-Mix, and MixCo where it stands beside the clean feature (`compose: 'add'`). Gradient flows to anchor and
 * partner. From a cosine (not for `'beta'`): the strength with this mean cosine for partners orthogonal to x and as long. Source:
 * manifold mixup, arXiv 1806.05236; the anchor's part: i-Mix, arXiv 2010.08887; range: DACL, arXiv 2011.04419.
 */
export declare const featureMixup: <const L extends 'uniform' | 'extrapolate' | 'beta' = 'uniform'>({ law, }?: {
    readonly law?: L;
}) => import("./operator.js").Operator<"any", "partner" | (L extends "extrapolate" ? never : "mixture"), L extends "beta" ? undefined : Solve>;
/**
 * MX4: `x'_i = x_pi(i)` inside of one box per row, `x_i` outside, on feature maps `[N, C, H, W]` or `[N, C, L]`; the box has the share `1 - w`,
 * `w = max(b, 1 - b)`, `b ~ Beta(strength, strength)`, before it is cut off at the edges. The anchor has the larger part; with
 * `targets: 'both'` the partner's target counts by the share of the box that is there. Strength: default 1. Source: CutMix, arXiv 1905.04899; the larger part: i-Mix, arXiv 2010.08887.
 */
export declare const featureCutMix: () => import("./operator.js").Operator<"maps", "mixture" | "partner", undefined>;
/**
 * MX13: `x' = x_i + a (x_j - x_k)`, j and k by two random permutations of the batch: what tells two other examples apart, moved to this
 * one. Gradient flows to all three. Strength: a, default 0.5; from a cosine: that with partners orthogonal to x and to each other, and as
 * long. Source: delta-encoder, Schwartz et al., arXiv 1806.04734; feature-space extrapolation, DeVries and Taylor, arXiv 1702.05538.
 */
export declare const deltaTransfer: () => import("./operator.js").Operator<"any", "partner", Solve>;
/** How often the weight of a mixture is drawn: once per step, for each row, or for each element. */
export type Draw = 'step' | 'row' | 'element';
/** The shape of such weights for rows `[rows, features]`. */
export declare const weightsOf: (draw: Draw, rows: number, features: number) => [number, number];
/** What `mix` may be told. */
export interface MixOptions {
    /** No gradient through the partner. Default false. */
    readonly stopPartner?: boolean;
    /** Unit rows before and after mixing. Default false. */
    readonly unitBefore?: boolean;
    /** Unit rows after mixing. Default false. */
    readonly unitAfter?: boolean;
}
/** `l x + (1 - l) x[partner]`: `x` `[N, D]`, `l` `[N, 1]` or `[N, D]`, `partner` `[N]` i32. */
export declare function mix(x: Matrix, l: Matrix, partner: Vector<'i32'>, { stopPartner, unitBefore, unitAfter }?: MixOptions): import("../../../compiler/index.js").Tensor<[import("../../../compiler/index.js").Dim, import("../../../compiler/index.js").Dim], "f32", import("../../../compiler/index.js").Gradient>;
