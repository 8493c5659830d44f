/** Group normalization: each example by the mean and variance of groups of its channels; the same in training and evaluation. */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Module } from '../../compiler/language/module.js';
import type { Features, OnChannels, Twinned } from '../../compiler/types/layer.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Check, Gradient } from '../../compiler/types/tensor.js';
interface OfChannels<C extends Dim, Flows extends Gradient> extends Module, Features<C, C> {
    <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32', G | Flows>;
}
export type GroupNorm<C extends Dim> = OfChannels<C, 'flows'> & Twinned<OfChannels<C, never>>;
/**
 * Group normalization of `[N, features, ...]`: every `features / groups` neighbouring channels of an example have one mean and
 * biased variance; `weight` and `bias` are `[features]`, `eps` is 1e-5, as in PyTorch. Default: 32 groups; one group is
 * the layer norm of whole examples, `features` groups instance norm. Throws `ShapeError` if they do not divide the channels. Source: Wu and He, arXiv 1803.08494.
 */
export declare const groupNorm: <const C extends number>(features: C, options?: {
    readonly groups?: number;
    readonly eps?: number;
}) => GroupNorm<C>;
export {};
