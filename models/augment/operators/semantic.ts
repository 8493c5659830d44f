/** Feature augmentation of a classifier in closed form: the expectation over translations by the covariance of each class (CV1 of this project's list). */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { crossEntropy } from '../../../compiler/language/math.js'
import { latest, module, update } from '../../../compiler/language/module.js'
import {
  add,
  div,
  dotGeneral,
  expandDims,
  matmul,
  maximum,
  mul,
  oneHot,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
} from '../../../compiler/ops/index.js'
import type { Dim } from '../../../compiler/types/shape.js'
import type { Matrix, Vector } from '../../tensors.js'
import { atLeastZero, type Classified, type Context, operator } from './operator.js'

/**
 * CV1, implicit semantic data augmentation: `s_ij + a / 2 (w_j - w_y)^T S_y (w_j - w_y)` in place of the score `s_ij` of class j, y the label
 * of row i, w the rows of a linear classifier's weight. The cross-entropy of these scores is an upper bound of its expectation over features
 * from `N(x_i, a S_y)`. S_y is the covariance of class y over all rows so far, those of this step too, and kept as states `count` `[C]`,
 * `mean` `[C, D]` and `covariance` `[C, D, D]`: it takes C D^2 numbers. Strength: a, default 0.5, which the source fades in over the whole
 * training (`schedule`, or `fade` in text). Source: ISDA, Wang et al., arXiv 1909.12220, equations 6 and 9 to 11, and its code, where the
 * covariance has no gradient (flow `'frozen-statistics'`, the default; with `'full'` the part of this step's rows has).
 */
export const implicitSemantic = () =>
  operator({
    name: 'isda',
    kind: 'scores',
    traits: ['statistics'],
    strength: 0.5,
    range: atLeastZero,
    flow: 'frozen-statistics',
    apply: module(({ state }) => {
      let kept: ClassMoments | undefined
      // Copies of the loss have the same rows: they count once.
      const counted = new WeakMap<Untyped, Untyped>()
      const covariancesOf = (features: Untyped, labels: Untyped, classes: number): Untyped => {
        const size = features.shape[1]!
        kept ??= {
          count: state('count', [classes], 0),
          mean: state('mean', [classes, size], 0),
          covariance: state('covariance', [classes, size, size], 0),
        }
        const { count, mean, covariance } = kept
        const before = { count: latest(count), mean: latest(mean), covariance: latest(covariance) }
        const after = joined(before, momentsByClass(features, labels, classes))
        update(count, stopGradient(after.count))
        update(mean, stopGradient(after.mean))
        update(covariance, stopGradient(after.covariance))
        return after.covariance
      }
      return ({ scores, features, weight, labels }: Classified, { strength, statistics }: Context) => {
        const seen = statistics(features)
        const covariances = counted.get(seen) ?? covariancesOf(seen, labels, weight.shape[0]!)
        counted.set(seen, covariances)
        return expectedScores(scores, weight, covariances as never, labels, strength)
      }
    }),
  })

/** Of every class: its number of rows `[C]`, their mean `[C, D]` and their covariance `[C, D, D]` with their number as divisor. */
interface ClassMoments {
  readonly count: Untyped
  readonly mean: Untyped
  readonly covariance: Untyped
}
/** Of a class without rows all are 0. */
function momentsByClass(x: Untyped, labels: Untyped, classes: number): ClassMoments {
  const members: Untyped = transpose(oneHot(labels, classes) as Untyped) // [C, N]
  const count: Untyped = sum(members, 1)
  const least = maximum(count, 1)
  const mean = div(matmul(members, x), expandDims(least, 1))
  const apart = mul(sub(expandDims(x, 0), expandDims(mean, 1)), expandDims(members, 2)) // [C, N, D]
  const product: Untyped = dotGeneral(apart, apart, { batch: [[0], [0]], contract: [[1], [1]] })
  return { count, mean, covariance: div(product, expandDims(expandDims(least, 1), 2)) }
}
/** Moments of all rows from those of two parts. */
function joined(a: ClassMoments, b: ClassMoments): ClassMoments {
  const count = add(a.count, b.count)
  const share: Untyped = expandDims(div(b.count, maximum(count, 1)), 1)
  const moved = sub(b.mean, a.mean)
  const between = mul(mul(expandDims(moved, 2), expandDims(moved, 1)), expandDims(mul(share, sub(1, share)), 2))
  const within = add(a.covariance, mul(sub(b.covariance, a.covariance), expandDims(share, 2)))
  return { count, mean: add(a.mean, mul(moved, share)), covariance: add(within, between) }
}

/** `s_ij + strength / 2 (w_j - w_y)^T S_y (w_j - w_y)`: what scores and labels are equal in is computed once per pair of classes. */
function expectedScores(
  scores: Matrix,
  weight: Matrix,
  covariances: Tensor<[Dim, Dim, Dim], 'f32'>,
  labels: Tensor<any, 'i32'>,
  strength: number,
): Matrix {
  const apart: Untyped = sub(expandDims(weight, 0), expandDims(weight, 1)) // [y, j, D]
  const spread: Untyped = sum(mul(matmul(apart, covariances), apart), -1)
  return add(scores, mul(take(spread, labels, 0), strength / 2))
}

/**
 * Cross-entropy of `logits_ij + strength / 2 (w_j - w_y)^T S_y (w_j - w_y)`: an upper bound of its expectation when features
 * move by `N(0, strength S_y)`. `features` `[N, D]`, `weight` `[C, D]`, `bias` `[C]`, `covariances` `[C, D, D]` per class (no
 * gradient), `labels` `[N]`. Source: ISDA, Wang et al., arXiv 1909.12220.
 */
export function implicitCrossEntropy(
  features: Matrix,
  { weight, bias }: { readonly weight: Matrix; readonly bias?: Vector },
  covariances: Tensor<[Dim, Dim, Dim], 'f32'>,
  labels: Tensor<any, 'i32'>,
  strength: number,
): Tensor<[], 'f32'> {
  const product = matmul(features, transpose(weight))
  const logits = bias ? add(product, bias) : product
  return crossEntropy(expectedScores(logits, weight, stopGradient(covariances), labels, strength), labels)
}
