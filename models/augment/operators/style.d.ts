/**
 * Feature augmentation by exchanging or disturbing the statistics of feature maps `[N, C, ...]` (ST1 to ST4 of this
 * project's list). Deviations are `sqrt(variance + eps)` with divisor n - 1.
 */
import type { Tensor } from '../../../compiler/graph/node.js';
import type { Shape } from '../../../compiler/types/shape.js';
import type { Values, Vector } from '../../tensors.js';
/**
 * ST1: `x' = (x - m) / s s_pi + m_pi`, moments m, s of each place over the channels (`over: 'channels'`, default) or of each
 * channel over the places (`'places'`), `pi` a random permutation of the batch. The moments carry gradient. No strength; the source
 * exchanges in half to all of the batches. Source: MoEx, arXiv 2002.11102 (positional moments, eps 1e-5).
 */
export declare const exchangedMoments: ({ over }?: {
    readonly over?: 'channels' | 'places';
}) => import("./operator.js").Operator<"maps", "partner" | "statistics", undefined>;
/**
 * ST2: `x' = (x - m) / s (w s + (1 - w) s_pi) + w m + (1 - w) m_pi`, moments of each channel over its places, `w ~ Beta(strength, strength)`
 * per row, `pi` a random permutation of the batch. By default the moments carry no gradient. Strength: default 0.1; the source
 * mixes half of the batches. Source: MixStyle, arXiv 2104.02008 (Beta(0.1, 0.1), eps 1e-6).
 */
export declare const mixedStyle: () => import("./operator.js").Operator<"maps", "partner" | "statistics", undefined>;
/**
 * ST3: `x' = (x - m) / s (s + a e_s d(s)) + m + a e_m d(m)`, moments of each channel over its places, d their deviation over the batch,
 * `e ~ N(0, 1)` per row and channel. Everything carries gradient. Strength: a, default 1; the source disturbs half of the batches. Source: DSU,
 * arXiv 2202.03958 (eps 1e-6).
 */
export declare const uncertainMoments: () => import("./operator.js").Operator<"maps", "statistics", undefined>;
/**
 * ST4: `x' = x + (1 - w) (y - x)`, y the partner's value of the same rank within its channel, `w ~ Beta(strength, strength)` per row: the
 * whole distribution of a channel is mixed, not its moments alone. By default x passes its gradient on unchanged, and the partner its
 * share. Strength: default 0.1; the source mixes half of the batches. Source: EFDMix, Zhang et al., arXiv 2203.07740.
 */
export declare const mixedDistribution: () => import("./operator.js").Operator<"maps", "partner" | "statistics", undefined>;
/**
 * MixStyle: `(x - mu) / sig (l sig + (1 - l) sig_pi) + l mu + (1 - l) mu_pi` with `mu`, `sig` per row and channel. `x`
 * `[N, C, ...]`, `l` `[N, 1, ...]`, drawn from Beta(0.1, 0.1). The statistics carry no gradient unless `stopStatistics` is
 * false. Default eps 1e-6. Source: Zhou et al., arXiv 2104.02008.
 */
export declare const mixStyle: <S extends Shape>(x: Tensor<S, 'f32'>, l: Values, partner: Vector<'i32'>, { epsilon, stopStatistics }?: {
    readonly epsilon?: number;
    readonly stopStatistics?: boolean;
}) => Tensor<S, 'f32'>;
/**
 * Moment exchange: `(x - mean) / std std_pi + mean_pi`, moments over `axes`: `[1]` per position (the default, PONO), `[2, 3]`
 * per channel. They carry gradient. Default eps 1e-5. Source: MoEx, arXiv 2002.11102.
 */
export declare const exchangeMoments: <S extends Shape>(x: Tensor<S, 'f32'>, partner: Vector<'i32'>, { axes, epsilon }?: {
    readonly axes?: readonly number[];
    readonly epsilon?: number;
}) => Tensor<S, 'f32'>;
/**
 * Uncertain statistics: `(x - mu) / sd (sd + e_sd s(sd)) + mu + e_mu s(mu)` with `mu`, `sd` per row and channel, `s` their own
 * deviation over the batch and `e` `[N, C, 1, ...]` standard normal. `x` `[N, C, ...]`. Everything carries gradient. Default
 * eps 1e-6. Source: DSU, arXiv 2202.03958.
 */
export declare const disturbMoments: <S extends Shape>(x: Tensor<S, 'f32'>, eMean: Values, eDeviation: Values, epsilon?: number) => Tensor<S, 'f32'>;
