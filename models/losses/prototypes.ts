/** Losses on scores against prototypes: one view's soft assignment is the other's target. */

import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { logSoftmax, logsumexp, mean, softmax } from '../../compiler/language/math.js'
import {
  add,
  cast,
  concat,
  concatAll,
  div,
  exp,
  log,
  maximum,
  mul,
  neg,
  select,
  slice,
  stopGradient,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Alike } from '../../compiler/types/pair.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import { alike, type Matrix, type Scalar } from '../tensors.js'

/**
 * Assignment of samples to prototypes that uses all of them equally: `exp(scores / eps)`, scaled in turns so that each
 * prototype's column sums to N / K and each sample's row to 1, by Sinkhorn and Knopp; computed with logarithms. `[N, K]` to
 * `[N, K]`. No gradient. Defaults: eps 0.05, 3 turns. Source: SwAV, arXiv 2006.09882, appendix A.
 */
export function sinkhorn<N extends Dim, K extends Dim>(
  scores: Tensor<[N, K], 'f32'>,
  options: { readonly epsilon?: number; readonly iterations?: number } = {},
): Stopped<[N, K]> {
  checkOptions('sinkhorn', options, ['epsilon', 'iterations'])
  const { epsilon = 0.05, iterations = 3 } = options
  const [samples, prototypes] = scores.shape as unknown as [number, number]
  let q = div(stopGradient(scores), epsilon)
  q = sub(q, sub(logsumexp(q, [0, 1], { keepdims: true }), Math.log(samples)))
  for (let i = 0; i < iterations; i++) {
    q = sub(q, sub(logsumexp(q, [0], { keepdims: true }), Math.log(samples / prototypes)))
    q = sub(q, logsumexp(q, [1], { keepdims: true }))
  }
  return exp(q)
}

/** `-mean_i sum_k p_ik log softmax(logits_i)_k`: logits and probabilities `[N, K]`. */
export const softCrossEntropy = <N extends Dim, K extends Dim, S extends Shape>(
  logits: Tensor<[N, K], 'f32'>,
  probabilities: Alike<'softCrossEntropy', [N, K], S>,
): Tensor<[], 'f32'> => neg(mean(sum(mul(alike('softCrossEntropy', logits, probabilities), logSoftmax(logits)), -1)))

/** What `swavLoss` may be told. */
export interface SwavOptions {
  /** How many of the crops, the first ones, give codes. Default 2. */
  readonly codes?: number
  /** Default 0.1. */
  readonly temperature?: number
  /** Of `sinkhorn`. Default 0.05 and 3. */
  readonly epsilon?: number
  /** Rounds of `sinkhorn`. Default 3. */
  readonly iterations?: number
  /** Scores `[Q, K]` of earlier features, per crop that gives codes: they take part in its assignment. */
  readonly queues?: readonly Matrix[]
}
/**
 * SwAV: the `sinkhorn` code of each of the first crops is predicted from every other crop; mean of the cross-entropies
 * over these pairs. `scores`: per crop `[N, K]`, unit features times prototypes. Source: Caron et al., arXiv 2006.09882.
 */
export function swavLoss(scores: readonly Matrix[], options: SwavOptions = {}): Tensor<[], 'f32'> {
  checkOptions('swavLoss', options, ['codes', 'temperature', 'epsilon', 'iterations', 'queues'])
  const { codes = 2, temperature = 0.1, epsilon, iterations, queues } = options
  const given = { ...(epsilon !== undefined && { epsilon }), ...(iterations !== undefined && { iterations }) }
  const code = (i: number) => {
    const own = scores[i]!
    const all = queues ? concat(own, queues[i]!, 0) : own
    return slice(sinkhorn(all, given), 0, 0, own.shape[0]!)
  }
  const terms = Array.from({ length: codes }, (_, i) => code(i)).flatMap((q, i) =>
    scores.flatMap((s, v) => (v === i ? [] : [softCrossEntropy(div(s, temperature), q)])),
  )
  return meanOf(terms)
}

/** What `dinoLoss` may be told. */
export interface DinoOptions {
  /** Default 0.1. */
  readonly studentTemperature?: number
  /** Default 0.04. */
  readonly teacherTemperature?: number
  /** Weight of the past in the centre. Default 0.9. */
  readonly centerMomentum?: number
}
/**
 * DINO: `p = softmax((t - center) / Tt)` of each teacher view against `log softmax(s / Ts)` of every other student view,
 * mean of the cross-entropies; views with the same position are the same crop. The new `center` `[K]` is the moving average
 * of the teacher's rows, for the next step. Logits `[N, K]`. Source: Caron et al., arXiv 2104.14294, algorithm 1.
 */
export function dinoLoss(
  teacher: readonly Stopped<[Dim, Dim]>[],
  student: readonly Matrix[],
  center: Stopped<[Dim]>,
  options: DinoOptions = {},
): { loss: Tensor<[], 'f32'>; center: Stopped<[Dim]> } {
  checkOptions('dinoLoss', options, ['studentTemperature', 'teacherTemperature', 'centerMomentum'])
  const { studentTemperature = 0.1, teacherTemperature = 0.04, centerMomentum = 0.9 } = options
  const targets = teacher.map(t => softmax(div(sub(stopGradient(t), center), teacherTemperature)))
  const terms = targets.flatMap((p, i) =>
    student.flatMap((s, j) => (i === j ? [] : [softCrossEntropy(div(s, studentTemperature), p)])),
  )
  const rows = stopGradient(concatAll(teacher, 0))
  const moved = add(mul(center, centerMomentum), mul(mean(rows, [0]), 1 - centerMomentum))
  return { loss: meanOf(terms), center: moved }
}

/** What `msnLoss` may be told. */
export interface MsnOptions {
  /** Of the anchors' and of the targets' softmax. Default 0.1. */
  readonly temperature?: number
  /** The power of a target's probabilities is `1 / sharpening`. Default 0.25. */
  readonly sharpening?: number
  /** Weight of the entropy of the mean prediction. Default 1. */
  readonly meMax?: number
  /** Targets use all prototypes equally (`sinkhorn`, 3 turns). Default true, as in the authors' configurations. */
  readonly sinkhorn?: boolean
}
/**
 * MSN: `mean_i -sum_k t_ik log p_ik + meMax (log K - H(mean_i p_i))`, `p = softmax(anchor scores / T)` and `t` the sharpened `softmax(target
 * scores / T)^(1 / sharpening)`, scaled to sum to 1 (no gradient). Scores `[N, K]` of unit rows against unit prototypes. Source: Assran et al.,
 * arXiv 2204.07141, equation 1; defaults of the authors' code (github.com/facebookresearch/msn), which has the constant log K too.
 */
export const msnLoss = <N extends Dim, K extends Dim, S extends Shape>(
  anchors: Tensor<[N, K], 'f32'>,
  targets: Alike<'msnLoss', [N, K], S>,
  options: MsnOptions = {},
): Tensor<[], 'f32'> => mean(msnTerms(anchors, alike('msnLoss', anchors, targets), options))

/** The terms of that mean, `[N]`, each with the whole entropy term. */
export function msnTerms(anchors: Matrix, targets: Matrix, options: MsnOptions = {}) {
  checkOptions('msnLoss', options, ['temperature', 'sharpening', 'meMax', 'sinkhorn'])
  const { temperature = 0.1, sharpening = 0.25, meMax = 1, sinkhorn: equally = true } = options
  const logp = logSoftmax(div(anchors, temperature))
  // Sharpening probabilities and scaling them to sum to 1 again is a softmax at another temperature.
  const sharp = stopGradient(logSoftmax(div(targets, temperature * sharpening)))
  const code = equally ? sinkhorn(sharp, { epsilon: 1 }) : exp(sharp)
  const average = mean(exp(logp), [0])
  const entropy = neg(sum(mul(average, log(average))))
  const apart = mul(sub(Math.log(anchors.shape[1]!), entropy), meMax)
  return add(neg(sum(mul(code, logp), -1)), apart)
}

/** What `ibotPatchLoss` may be told. */
export interface PatchOptions {
  /** Default 0.1. */
  readonly studentTemperature?: number
  /** Default 0.04. */
  readonly teacherTemperature?: number | Tensor<[], 'f32', 'stopped'>
}
/**
 * iBOT's part for patches: the mean over images of the mean over hidden patches of `-sum_k t_k log softmax(s / Ts)_k`, `t =
 * softmax((teacher - centre) / Tt)` without gradient. Scores `[N, P, K]`; `mask` `[N, P]` is true where the student did not see the patch; an image without
 * hidden patches counts 0; `centre` `[K]`. Source: Zhou et al., arXiv 2111.07832, equation 2; defaults of github.com/bytedance/ibot.
 */
export function ibotPatchLoss(
  student: Tensor<[Dim, Dim, Dim], 'f32'>,
  teacher: Tensor<[Dim, Dim, Dim], 'f32'>,
  mask: Tensor<[Dim, Dim], 'bool'>,
  centre: Stopped<[Dim]>,
  options: PatchOptions = {},
): Tensor<[], 'f32'> {
  checkOptions('ibotPatchLoss', options, ['studentTemperature', 'teacherTemperature'])
  const { studentTemperature = 0.1, teacherTemperature = 0.04 } = options
  const target = stopGradient(softmax(div(sub(teacher, centre), teacherTemperature)))
  return mean(hiddenMean(neg(sum(mul(target, logSoftmax(div(student, studentTemperature))), -1)), mask))
}
/** Of each row of `values` `[N, P]` the mean where `mask` is true, 0 where it is nowhere: `[N]`. */
export const hiddenMean = (values: Matrix, mask: Tensor<[Dim, Dim], 'bool'>) =>
  div(sum(select(mask, values, 0), -1), maximum(sum(cast(mask, 'f32'), -1), 1))

const meanOf = (terms: readonly Scalar[]): Scalar =>
  mul(
    terms.reduce((a, b) => add(a, b)),
    1 / terms.length,
  )
