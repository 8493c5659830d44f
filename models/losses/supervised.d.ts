/** Losses against labels, all finite for saturated logits. */
import { type Tensor } from '../../compiler/graph/node.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
type Labels<N extends Dim> = Tensor<[NoInfer<N>], 'i32'>;
/** Mean of `(a - b)^2`; `a` and `b` have one shape, or `b` is one number for all. */
export declare const meanSquaredError: <S extends Shape>(a: Tensor<S, 'f32'>, b: number | Tensor<NoInfer<S>, 'f32'>) => Tensor<[], 'f32'>;
/**
 * Mean of `-(w t log s(x) + (1 - t) log(1 - s(x)))`, `s` the sigmoid; logits and targets of one shape, or one target for all, as 1
 * for what a discriminator should take for real; `positiveWeight` w broadcasts with them (default 1).
 */
export declare function binaryCrossEntropy<S extends Shape>(logits: Tensor<S, 'f32'>, targets: number | Tensor<NoInfer<S>, 'f32'>, positiveWeight?: Tensor<any, 'f32'>): Tensor<[], 'f32'>;
/**
 * `alpha_t (1 - p_t)^gamma` times the binary cross-entropy, per element: logits and targets of one shape, `alpha` null for
 * no weighting. Defaults: alpha 0.25, gamma 2. Source: Lin et al., arXiv 1708.02002, equation 5.
 */
export declare function sigmoidFocal<S extends Shape>(logits: Tensor<S, 'f32'>, targets: Tensor<NoInfer<S>, 'f32'>, options?: {
    readonly alpha?: number | null;
    readonly gamma?: number;
}): Tensor<S, 'f32'>;
/** Mean of `-(1 - p_t)^gamma log p_t` of the softmax: logits `[N, C]`, labels `[N]`. Default gamma 2. Source: as `sigmoidFocal`. */
export declare function softmaxFocal<N extends Dim, C extends Dim>(logits: Tensor<[N, C], 'f32'>, labels: Labels<N>, options?: {
    readonly gamma?: number;
}): Tensor<[], 'f32'>;
/** `sum p (log p - log q) / N` of rows of probabilities `p` and logarithms `logq` `[N, C]`; terms with p = 0 count 0. */
export declare function klDivergence<N extends Dim, C extends Dim>(logq: Tensor<[N, C], 'f32'>, p: Tensor<NoInfer<[N, C]>, 'f32'>): Tensor<[], 'f32'>;
export {};
