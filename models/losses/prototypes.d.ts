/** Losses on scores against prototypes: one view's soft assignment is the other's target. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Matrix } from '../tensors.js';
/**
 * Assignment of samples to prototypes that uses all of them equally: `exp(scores / eps)`, scaled in turns so that each
 * prototype's column sums to N / K and each sample's row to 1, by Sinkhorn and Knopp; computed with logarithms. `[N, K]` to
 * `[N, K]`. No gradient. Defaults: eps 0.05, 3 turns. Source: SwAV, arXiv 2006.09882, appendix A.
 */
export declare function sinkhorn<N extends Dim, K extends Dim>(scores: Tensor<[N, K], 'f32'>, options?: {
    readonly epsilon?: number;
    readonly iterations?: number;
}): Stopped<[N, K]>;
/** `-mean_i sum_k p_ik log softmax(logits_i)_k`: logits and probabilities `[N, K]`. */
export declare const softCrossEntropy: <N extends Dim, K extends Dim>(logits: Tensor<[N, K], 'f32'>, probabilities: Tensor<NoInfer<[N, K]>, 'f32'>) => Tensor<[], 'f32'>;
/** What `swavLoss` may be told. */
export interface SwavOptions {
    /** How many of the crops, the first ones, give codes. Default 2. */
    readonly codes?: number;
    /** Default 0.1. */
    readonly temperature?: number;
    /** Of `sinkhorn`. Default 0.05 and 3. */
    readonly epsilon?: number;
    /** Rounds of `sinkhorn`. Default 3. */
    readonly iterations?: number;
    /** Scores `[Q, K]` of earlier features, per crop that gives codes: they take part in its assignment. */
    readonly queues?: readonly Matrix[];
}
/**
 * SwAV: the `sinkhorn` code of each of the first crops is predicted from every other crop; mean of the cross-entropies
 * over these pairs. `scores`: per crop `[N, K]`, unit features times prototypes. Source: Caron et al., arXiv 2006.09882.
 */
export declare function swavLoss(scores: readonly Matrix[], options?: SwavOptions): Tensor<[], 'f32'>;
/** What `dinoLoss` may be told. */
export interface DinoOptions {
    /** Default 0.1. */
    readonly studentTemperature?: number;
    /** Default 0.04. */
    readonly teacherTemperature?: number;
    /** Weight of the past in the centre. Default 0.9. */
    readonly centerMomentum?: number;
}
/**
 * DINO: `p = softmax((t - center) / Tt)` of each teacher view against `log softmax(s / Ts)` of every other student view,
 * mean of the cross-entropies; views with the same position are the same crop. The new `center` `[K]` is the moving average
 * of the teacher's rows, for the next step. Logits `[N, K]`. Source: Caron et al., arXiv 2104.14294, algorithm 1.
 */
export declare function dinoLoss(teacher: readonly Stopped<[Dim, Dim]>[], student: readonly Matrix[], center: Stopped<[Dim]>, options?: DinoOptions): {
    loss: Tensor<[], 'f32'>;
    center: Stopped<[Dim]>;
};
/** What `msnLoss` may be told. */
export interface MsnOptions {
    /** Of the anchors' and of the targets' softmax. Default 0.1. */
    readonly temperature?: number;
    /** The power of a target's probabilities is `1 / sharpening`. Default 0.25. */
    readonly sharpening?: number;
    /** Weight of the entropy of the mean prediction. Default 1. */
    readonly meMax?: number;
    /** Targets use all prototypes equally (`sinkhorn`, 3 turns). Default true, as in the authors' configurations. */
    readonly sinkhorn?: boolean;
}
/**
 * MSN: `mean_i -sum_k t_ik log p_ik + meMax (log K - H(mean_i p_i))`, `p = softmax(anchor scores / T)` and `t` the sharpened `softmax(target
 * scores / T)^(1 / sharpening)`, scaled to sum to 1 (no gradient). Scores `[N, K]` of unit rows against unit prototypes. Source: Assran et al.,
 * arXiv 2204.07141, equation 1; defaults of the authors' code (github.com/facebookresearch/msn), which has the constant log K too.
 */
export declare const msnLoss: <N extends Dim, K extends Dim>(anchors: Tensor<[N, K], 'f32'>, targets: Tensor<NoInfer<[N, K]>, 'f32'>, options?: MsnOptions) => Tensor<[], 'f32'>;
/** The terms of that mean, `[N]`, each with the whole entropy term. */
export declare function msnTerms(anchors: Matrix, targets: Matrix, options?: MsnOptions): Tensor<[Dim], "f32", import("../../compiler/index.js").Gradient>;
/** What `ibotPatchLoss` may be told. */
export interface PatchOptions {
    /** Default 0.1. */
    readonly studentTemperature?: number;
    /** Default 0.04. */
    readonly teacherTemperature?: number | Tensor<[], 'f32', 'stopped'>;
}
/**
 * iBOT's part for patches: the mean over images of the mean over hidden patches of `-sum_k t_k log softmax(s / Ts)_k`, `t =
 * softmax((teacher - centre) / Tt)` without gradient. Scores `[N, P, K]`; `mask` `[N, P]` is true where the student did not see the patch; an image without
 * hidden patches counts 0; `centre` `[K]`. Source: Zhou et al., arXiv 2111.07832, equation 2; defaults of github.com/bytedance/ibot.
 */
export declare function ibotPatchLoss(student: Tensor<[Dim, Dim, Dim], 'f32'>, teacher: Tensor<[Dim, Dim, Dim], 'f32'>, mask: Tensor<[Dim, Dim], 'bool'>, centre: Stopped<[Dim]>, options?: PatchOptions): Tensor<[], 'f32'>;
/** Of each row of `values` `[N, P]` the mean where `mask` is true, 0 where it is nowhere: `[N]`. */
export declare const hiddenMean: (values: Matrix, mask: Tensor<[Dim, Dim], 'bool'>) => Tensor<[Dim], "f32", import("../../compiler/index.js").Gradient>;
