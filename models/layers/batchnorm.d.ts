/**
 * Batch normalization in its forms: with the statistics of the batch, of parts of it (SplitBN), of a shuffled batch, or
 * with frozen ones. What a row gets to know of the others through them is a concern of contrastive methods.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Initial, type Module } from '../../compiler/language/module.js';
import type { Features, OnChannels, Twinned } from '../../compiler/types/layer.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Check, Gradient } from '../../compiler/types/tensor.js';
/** What every batch norm of an encoder may have in common. */
export interface BatchNormForm {
    /** Weight of the new value in the running statistics. Default 0.1. */
    readonly momentum?: number;
    /** Added to the variance. Default 1e-5. */
    readonly eps?: number;
    /**
     * SplitBN: while training, the batch is normalized as this many batches of `N / splits` rows; row `n` belongs to batch
     * `n mod splits`. Running statistics move towards the mean over the batches of their means and unbiased variances.
     * What a step of `splits` devices without synchronization computes; from the authors' MoCo demo on CIFAR-10, with 8.
     * Must divide the batch. Default 1.
     */
    readonly splits?: number;
    /**
     * Normalizes with the running statistics while training too, and leaves them as they are. `'statistics'`: `weight` and
     * `bias` are trained. `'all'`: these are states as well, and nothing of the layer is trained (torchvision's
     * `FrozenBatchNorm2d`). Default: not frozen.
     */
    readonly frozen?: 'statistics' | 'all';
}
/** What `batchNorm` may be told, beside its form. */
export interface BatchNormOptions extends BatchNormForm {
    /** Whether there are `weight` and `bias`. Default true. */
    readonly affine?: boolean;
    /** What `weight` starts with. Default `ones`. */
    readonly initial?: Initial;
}
/**
 * Batch norm of `[N, C, ...]` along all axes but the second. While training its gradient passes through the statistics
 * of the batch.
 */
export interface BatchNorm<C extends Dim> extends Module, Features<C, C>, Twinned<BatchNormTwin<C>> {
    <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32'>;
}
/** The twin of a batch norm: no gradient flows to its variables. */
export interface BatchNormTwin<C extends Dim> extends Module, Features<C, C> {
    <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32', G>;
}
/**
 * Batch normalization (Ioffe & Szegedy 2015, arXiv 1502.03167) over all axes but axis 1:
 * `(x - mean) / sqrt(variance + eps) * weight + bias`. Three forms:
 *
 * - training: mean and biased variance of the batch; `running_mean` and `running_var` (unbiased variance) move by
 *   `running = (1 - momentum) running + momentum value`;
 * - evaluation, inside `evaluating`: the running statistics, which stay as they are;
 * - `frozen`: as in evaluation, always.
 *
 * Throws `ShapeError` for other features, a batch that `splits` does not divide, and one value per feature and batch.
 */
export declare const batchNorm: <const C extends number>(features: C, options?: BatchNormOptions) => BatchNorm<C>;
/**
 * Shuffled batch norm (He et al. 2019, arXiv 1911.05722, section 3.3): `apply` on the rows of a batch in a random order,
 * which is drawn anew in every step, and its results in the order of the batch again. Around a momentum encoder with
 * `splits`, as in `shuffled(keyEncoder)(views)`, a key is normalized beside other rows than its query, so that the
 * statistics they share tell nothing about which belong together. Each row's result is otherwise the same; sites given
 * to an encoder inside see the rows shuffled. Inside `evaluating` nothing is shuffled. Work grows with `N^2`.
 */
export declare const shuffled: <X extends Tensor, Rest extends readonly unknown[], Y extends Tensor>(apply: (x: X, ...rest: Rest) => Y) => (x: X, ...rest: Rest) => Y;
