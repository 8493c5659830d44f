/** What a detector is trained on: classes by focal loss, boxes by generalized IoU, centreness by cross-entropy. */
import type { Tensor } from '../../compiler/graph/node.js'
import { softplus } from '../../compiler/language/math.js'
import {
  add,
  cast,
  div,
  equal,
  iota,
  logicalAnd,
  maximum,
  mul,
  reshape,
  select,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { DType } from '../../compiler/types/tensor.js'
import { sigmoidFocal } from '../losses/supervised.js'
import type { Matrix, Scalar } from '../tensors.js'
import { around, type Locations, type Targets } from './assign.js'
import { generalizedIou, type Sides } from './boxes.js'

/** What a detector says about each of the `L` locations of each image. */
export interface Predictions {
  /** Of the classes: `[N, L, C]`. */
  readonly logits: Tensor<[Dim, Dim, Dim], 'f32'>
  /** To the sides of the box, in pixels, positive: `[N, L]` each. */
  readonly distances: Sides<[Dim, Dim]>
  /** Logits `[N, L]` of how near to the box's middle the location is. */
  readonly centreness: Matrix
  readonly locations: Locations
}
/** Three means over the locations that answer for a box, and their sum: all `[]`. */
export interface DetectionLoss {
  readonly loss: Tensor<[], 'f32'>
  readonly classLoss: Tensor<[], 'f32'>
  readonly boxLoss: Tensor<[], 'f32'>
  readonly centrenessLoss: Tensor<[], 'f32'>
}

/**
 * `(sum focal + sum_positive (1 - GIoU) + sum_positive BCE(centreness)) / P`, P the locations that answer for a box, at least 1;
 * the focal loss (alpha 0.25, gamma 2) is over all locations and classes. Source: FCOS, arXiv 1904.01355, equation 2, with
 * its improvement of table 3 (GIoU).
 */
export function detectionLoss(
  { logits, distances, centreness, locations }: Predictions,
  targets: Targets,
): DetectionLoss {
  const [count, places, classes] = logits.shape as [number, number, number]
  const positive = targets.positive
  const share = <S extends Shape>(terms: Tensor<S, 'f32'>): Scalar =>
    div(sum(terms), maximum(sum(cast(positive, 'f32')), 1))
  const ofPositive = (terms: Matrix) => share(select(positive, terms, 0))

  const column = <D extends DType>(x: Matrix<D>) => reshape(x, [count, places, 1])
  const own = equal(iota([1, 1, classes], 2), column(targets.label))
  const hot = cast(logicalAnd(own, column(positive)), 'f32')
  // Elsewhere the targets are of no box: a unit box stands in, so that nothing there is infinite.
  const safe = (side: Matrix) => select(positive, side, 1)
  const { left, top, right, bottom } = targets.distances
  const wanted = { left: safe(left), top: safe(top), right: safe(right), bottom: safe(bottom) }
  const giou = generalizedIou(around(locations, distances), around(locations, wanted))
  // -(t log s(x) + (1 - t) log(1 - s(x))) = softplus(x) - t x
  const entropy = sub(softplus(centreness), mul(targets.centreness, centreness))

  const classLoss = share(sigmoidFocal(logits, hot))
  const boxLoss = ofPositive(sub(1, giou))
  const centrenessLoss = ofPositive(entropy)
  return { loss: add(add(classLoss, boxLoss), centrenessLoss), classLoss, boxLoss, centrenessLoss }
}
