/** Contrastive losses within the batch: rows are pulled to their partner and pushed from other rows. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Gradient } from '../../compiler/types/tensor.js';
import { type Rows } from '../losses.js';
import type { Matrix } from '../tensors.js';
/**
 * Cross-entropy of `unit(a) unit(b)^T scale` with the diagonal as target: `a_i` is told which row of `b` is its partner.
 * `a`, `b` `[N, D]`; `scale` is the inverse of a temperature. `[]`.
 */
export declare const pairContrast: <N extends Dim, D extends Dim>(a: Tensor<[N, D], 'f32'>, b: Tensor<NoInfer<[N, D]>, 'f32'>, scale: number | Tensor<[], 'f32'>, { unit }?: Rows) => Tensor<[], 'f32'>;
/** The terms of that mean, `[N]`, for rows as they are. */
export declare function pairContrasts(a: Matrix, b: Matrix, scale: number | Tensor<[], 'f32'>): Tensor<[Dim], "f32", Gradient>;
/**
 * `2 T (contrast(q1, k2) + contrast(q2, k1))`, `contrast` being `pairContrast` at temperature T: queries `[N, D]` of one view
 * against the keys of the other. Default temperature 0.2. Source: MoCo v3, arXiv 2104.02057, algorithm 1.
 */
export declare const mocoV3Loss: <N extends Dim, D extends Dim>(q1: Tensor<[N, D], 'f32'>, q2: Tensor<NoInfer<[N, D]>, 'f32'>, k1: Stopped<NoInfer<[N, D]>>, k2: Stopped<NoInfer<[N, D]>>, temperature?: number) => Tensor<[], 'f32'>;
/**
 * Mean of the row and the column cross-entropies of `exp(logScale) unit(a) unit(b)^T`, `logScale` `[]` being trained.
 * Source: CLIP, arXiv 2103.00020, figure 3 (which starts `logScale` at log(1 / 0.07)).
 */
export declare function clipLoss<N extends Dim, D extends Dim>(a: Tensor<[N, D], 'f32'>, b: Tensor<NoInfer<[N, D]>, 'f32'>, logScale: Tensor<[], 'f32'>): Tensor<[], 'f32'>;
/**
 * SigLIP: every pair of rows is told for itself whether it belongs together: `-1 / N sum_ij log sigmoid(s_ij (e^logScale <a_i, b_j> + bias))`, `s`
 * being 1 on the diagonal and -1 elsewhere. `a`, `b` `[N, D]`, scaled to unit rows; `logScale` and `bias` `[]`, both trained, start at log 10 and
 * -10. Source: Zhai et al., arXiv 2303.15343, algorithm 1.
 */
export declare const siglipLoss: <N extends Dim, D extends Dim>(a: Tensor<[N, D], 'f32'>, b: Tensor<NoInfer<[N, D]>, 'f32'>, logScale: Tensor<[], 'f32'>, bias: Tensor<[], 'f32'>, { unit }?: Rows) => Tensor<[], 'f32'>;
/** The terms of that mean, `[N]`, for rows as they are. */
export declare function siglipTerms(a: Matrix, b: Matrix, logScale: Tensor<[], 'f32'>, bias: Tensor<[], 'f32'>): Tensor<[Dim], "f32", Gradient>;
/** The row of `queue` `[K, D]` (used as it is) nearest to each row of `z` `[N, D]` by the dot product with the unit row: NNCLR's positives. */
export declare function nearest<N extends Dim, K extends Dim, D extends Dim>(z: Tensor<[N, D], 'f32'>, queue: Stopped<[K, NoInfer<D>]>): {
    rows: Stopped<[N, D]>;
    index: Stopped<[N], 'i32'>;
};
/**
 * NNCLR: `pairContrast` of each row's nearest neighbour in the queue with the prediction `p` `[N, D]` of the other view.
 * Default temperature 0.1. Source: Dwibedi et al., arXiv 2104.14548.
 */
export declare const nnclrLoss: <N extends Dim, D extends Dim>(neighbours: Stopped<[N, D]>, p: Tensor<NoInfer<[N, D]>, 'f32'>, temperature?: number) => Tensor<[], 'f32'>;
/** What `decoupledContrast` may be told. */
export interface DecoupledOptions extends Rows {
    /** Default 0.1. */
    readonly temperature?: number;
    /** Width of the weights of DCLW; without it (default) all positives weigh 1. */
    readonly sigma?: number;
    /** No gradient through the weights. Default true. */
    readonly detachWeight?: boolean;
}
/**
 * NT-Xent without the positive in the denominator: per anchor `-w s_pos + logsumexp` of its similarities to all other rows
 * of both views except its partner, mean over anchors and both directions. `w = 2 - e_i / mean(e)`, `e = exp(cos_i /
 * sigma)`, gives hard positives more weight (DCLW). `z1`, `z2` `[N, D]`. Source: Yeh et al., arXiv 2110.06848.
 */
export declare function decoupledContrast<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, options?: DecoupledOptions): Tensor<[], 'f32'>;
/** What `supervisedContrast` may be told. */
export interface SupervisedContrastOptions extends Rows {
    /** Default 0.1. */
    readonly temperature?: number;
    /** The loss is multiplied by `temperature / baseTemperature`. Default: the temperature. */
    readonly baseTemperature?: number;
    /** Mean over positives of the logarithm (`'out'`, default), logarithm of their mean (`'in'`) or of their sum (`'sum-in'`). */
    readonly variant?: 'out' | 'in' | 'sum-in';
}
/**
 * Supervised contrastive loss: with `p_ij` the softmax over `j != i` of `cos / T`, row `i` gets `-mean_pos log p` over the
 * rows of its label, or what `variant` says; rows without positive get 0. `z` `[N, D]` holds all views, `labels` `[N]` theirs.
 * Source: Khosla et al., arXiv 2004.11362.
 */
export declare function supervisedContrast<N extends Dim, D extends Dim>(z: Tensor<[N, D], 'f32'>, labels: Tensor<[NoInfer<N>], 'i32'>, options?: SupervisedContrastOptions): Tensor<[], 'f32'>;
