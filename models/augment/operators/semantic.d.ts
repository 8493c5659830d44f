/** Feature augmentation of a classifier in closed form: the expectation over translations by the covariance of each class (CV1 of this project's list). */
import type { Tensor } from '../../../compiler/graph/node.js';
import type { Dim } from '../../../compiler/types/shape.js';
import type { Matrix, Vector } from '../../tensors.js';
/**
 * CV1, implicit semantic data augmentation: `s_ij + a / 2 (w_j - w_y)^T S_y (w_j - w_y)` in place of the score `s_ij` of class j, y the label
 * of row i, w the rows of a linear classifier's weight. The cross-entropy of these scores is an upper bound of its expectation over features
 * from `N(x_i, a S_y)`. S_y is the covariance of class y over all rows so far, those of this step too, and kept as states `count` `[C]`,
 * `mean` `[C, D]` and `covariance` `[C, D, D]`: it takes C D^2 numbers. Strength: a, default 0.5, which the source fades in over the whole
 * training (`schedule`, or `fade` in text). Source: ISDA, Wang et al., arXiv 1909.12220, equations 6 and 9 to 11, and its code, where the
 * covariance has no gradient (flow `'frozen-statistics'`, the default; with `'full'` the part of this step's rows has).
 */
export declare const implicitSemantic: () => import("./operator.js").Operator<"scores", "statistics", undefined>;
/**
 * Cross-entropy of `logits_ij + strength / 2 (w_j - w_y)^T S_y (w_j - w_y)`: an upper bound of its expectation when features
 * move by `N(0, strength S_y)`. `features` `[N, D]`, `weight` `[C, D]`, `bias` `[C]`, `covariances` `[C, D, D]` per class (no
 * gradient), `labels` `[N]`. Source: ISDA, Wang et al., arXiv 1909.12220.
 */
export declare function implicitCrossEntropy(features: Matrix, { weight, bias }: {
    readonly weight: Matrix;
    readonly bias?: Vector;
}, covariances: Tensor<[Dim, Dim, Dim], 'f32'>, labels: Tensor<any, 'i32'>, strength: number): Tensor<[], 'f32'>;
