/**
 * Scaled dot-product attention (Vaswani et al. 2017, arXiv 1706.03762). Of many tokens it is computed block by block, as Dao does
 * (2023, "FlashAttention-2", arXiv 2307.08691): what is kept of the scores are the maximum and the sum of each row, from which the
 * gradient computes the weights of a block again.
 */
import type { Tensor } from '../graph/node.js';
import type { BroadcastTo } from '../types/axis.js';
import type { Attended, Keyed, Scores, Valued } from '../types/product.js';
import type { Shape } from '../types/shape.js';
import type { Check, Gradient, Proved } from '../types/tensor.js';
/** For scores of shape `S` `[..., queries, keys]` and a mask of shape `W`. */
export interface AttentionOptions<S extends Shape = any, W extends Shape = any> {
    /** Where a query may attend to a key; broadcasts to the scores. Default: everywhere. */
    readonly mask?: Check<BroadcastTo<W, S>, Tensor<W, 'bool'>>;
    /** Query `i` attends to keys up to `i` only. Default false. */
    readonly causal?: boolean;
}
/**
 * `softmax(q kᵀ / sqrt(D)) v` for `q` `[..., L, D]`, `k` `[..., M, D]`, `v` `[..., M, E]`: `[..., L, E]`. A row whose keys are all
 * masked is their plain mean. Of more than 512 x 512 scores no more than those of 256 queries, in the gradient of 256 keys, are in
 * memory at a time. Throws `ShapeError`.
 */
export declare const attention: <Q extends Shape, K extends Shape, V extends Shape, G extends Gradient, H extends Gradient, I extends Gradient, W extends Shape = any>(q: Tensor<Q, 'f32', G>, keys: Proved<Keyed<Q, K>, Tensor<K, 'f32', H>>, values: Proved<Valued<K, V>, Tensor<V, 'f32', I>>, options?: AttentionOptions<Scores<Q, K>, W>) => Tensor<Attended<Q, V>, 'f32', G | H | I>;
