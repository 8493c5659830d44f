/** Losses on scores against prototypes: one view's soft assignment is the other's target. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { logSoftmax, logsumexp, mean, softmax } from '../../compiler/language/math.js'
import { add, concat, concatAll, div, exp, mul, neg, slice, stopGradient, sub, sum } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Matrix, Scalar } from '../tensors.js'

/**
 * Assignment of samples to prototypes that uses all of them equally: `exp(scores / eps)`, scaled in turns so that each
 * prototype's column sums to N / K and each sample's row to 1, by Sinkhorn and Knopp; computed with logarithms. `[N, K]` to
 * `[N, K]`. No gradient. Defaults: eps 0.05, 3 turns. Source: SwAV, arXiv 2006.09882, appendix A.
 */
export function sinkhorn<N extends Dim, K extends Dim>(
  scores: Tensor<[N, K], 'f32'>,
  { epsilon = 0.05, iterations = 3 }: { readonly epsilon?: number; readonly iterations?: number } = {},
): Stopped<[N, K]> {
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
export const softCrossEntropy = <N extends Dim, K extends Dim>(
  logits: Tensor<[N, K], 'f32'>,
  probabilities: Tensor<NoInfer<[N, K]>, 'f32'>,
): Tensor<[], 'f32'> => neg(mean(sum(mul(probabilities, logSoftmax(logits)), -1)))

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
export function swavLoss(
  scores: readonly Matrix[],
  { codes = 2, temperature = 0.1, epsilon, iterations, queues }: SwavOptions = {},
): Tensor<[], 'f32'> {
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
  { studentTemperature = 0.1, teacherTemperature = 0.04, centerMomentum = 0.9 }: DinoOptions = {},
): { loss: Tensor<[], 'f32'>; center: Stopped<[Dim]> } {
  const targets = teacher.map(t => softmax(div(sub(stopGradient(t), center), teacherTemperature)))
  const terms = targets.flatMap((p, i) =>
    student.flatMap((s, j) => (i === j ? [] : [softCrossEntropy(div(s, studentTemperature), p)])),
  )
  const rows = stopGradient(concatAll(teacher, 0))
  const moved = add(mul(center, centerMomentum), mul(mean(rows, [0]), 1 - centerMomentum))
  return { loss: meanOf(terms), center: moved }
}

const meanOf = (terms: readonly Scalar[]): Scalar =>
  mul(
    terms.reduce((a, b) => add(a, b)),
    1 / terms.length,
  )
