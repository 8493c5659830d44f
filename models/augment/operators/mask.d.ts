/** Feature augmentation by leaving components out (M1 to M6 of this project's list). */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js';
import { type Solve } from './operator.js';
/**
 * M1: `x' = x m / (1 - p)`, `m ~ Bernoulli(1 - p)` per element: each component is dropped with probability p, the rest scaled so that
 * the mean stays. Strength: p, default 0.1; from a cosine: `p = 1 - cosine^2`. Source: dropout as augmentation in SimCSE,
 * arXiv 2104.08821 (p 0.1).
 */
export declare const dropoutMask: () => import("./operator.js").Operator<"any", never, Solve>;
/**
 * M2: as `dropoutMask`, but whole channels of a feature map `[N, C, ...]` at once. Strength: p, default 0.2; from a cosine: `p = 1 -
 * cosine^2`, exact in expectation for channels of equal energy. Source: spatial dropout, arXiv 1411.4280.
 */
export declare const channelMask: () => import("./operator.js").Operator<"maps", never, Solve>;
/**
 * M3: `x' = x m |m| / sum m`: blocks of `block` by `block` places (default 7) are dropped from each channel of a feature map `[N, C, H,
 * W]`, or stretches of `block` from `[N, C, L]`. `m` is 0 where one of the blocks over a place is on, each with probability
 * `1 - (1 - p)^(1 / block^2)`, so that every place is dropped with probability p, near the edges too. Strength: p, default 0.1; from
 * a cosine: `p = 1 - cosine^2`, exact in expectation of the square for places of equal energy. Source: DropBlock, arXiv
 * 1810.12890 (block 7; its `p / block^2` is this to first order).
 */
export declare function dropBlock({ block }?: {
    readonly block?: number;
}): import("./operator.js").Operator<"maps", never, Solve>;
/**
 * M4: `x' = fill` inside of one box per row, x outside, on feature maps `[N, C, H, W]` or `[N, C, L]`; the box has the share `1 - w`, `w =
 * max(b, 1 - b)`, `b ~ Beta(strength, strength)`, before it is cut off at the edges (the law of `featureCutMix`). `fill`: `'zero'` (default)
 * or `'mean'`, of each channel over the map. Strength: default 1. Source: cutout, arXiv 1708.04552, on features.
 */
export declare const featureCutout: ({ fill }?: {
    readonly fill?: 'zero' | 'mean';
}) => import("./operator.js").Operator<"maps", "statistics", undefined>;
/**
 * M5: the class token and a random share `1 - p` of the others, on the tokens `[N, 1 + L, D]` of a transformer (`vit`: sites `tokens`,
 * `block0`, ...), which takes fewer from there on and costs less. Strength: p, default 0.3. Source: patch dropout, Liu et al.,
 * arXiv 2208.07220; the encoder's part of MAE, arXiv 2111.06377.
 */
export declare const tokenDrop: () => import("./operator.js").Operator<"tokens", "fewer", undefined>;
/**
 * M6: `X' = P X`, `P` `[k, N]` normal with variance `1 / k`, the same for both sides: random mixtures of the rows of a batch, which keep the
 * covariance of the features in expectation. The result has k = `strength N` rows, rounded, so a batch of the loss is smaller; rows are
 * projected as wholes, so neither probability nor schedule applies. Strength: `k / N`, default 0.5, at most 1 (where it stays
 * square, for losses that need N rows). Source: COSTA, arXiv 2206.04726 (0.25 to 0.8).
 */
export declare const randomProjection: () => import("./operator.js").Operator<"rows", "joint", undefined>;
/** `x m scale`: what `mask` (booleans or 0 and 1, broadcasting with `x`) leaves, by default as it is. */
export declare const masked: (x: Untyped, mask: Tensor<any, 'bool' | 'i32'>, scale?: number) => Tensor<any, any, any>;
