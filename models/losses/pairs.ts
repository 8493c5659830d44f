/** Losses of pairs and of the spread of rows, without negatives in a softmax. Rows are scaled to unit length where it says so. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { logsumexp, mean, normalize, vectorNorm } from '../../compiler/language/math.js'
import {
  add,
  argmax,
  equal,
  greater,
  iota,
  log,
  matmul,
  mul,
  neg,
  pow,
  relu,
  select,
  square,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
} from '../../compiler/ops/index.js'
import type { Alike, Target } from '../../compiler/types/pair.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import { negativeCosine } from '../losses.js'
import { alike, type Matrix } from '../tensors.js'

/**
 * `mean ||unit(p1) - unit(z2)||^2 + mean ||unit(p2) - unit(z1)||^2`, each term being `2 - 2 cos`: the sum of both views, as
 * in the paper. Predictions `p` and targets `z` are `[N, D]`. Source: BYOL, arXiv 2006.07733, equation 2.
 */
export const byolLoss = <
  N extends Dim,
  D extends Dim,
  S extends Shape,
  T extends Shape,
  H extends Gradient,
  U extends Shape,
  I extends Gradient,
>(
  p1: Tensor<[N, D], 'f32'>,
  p2: Alike<'byolLoss', [N, D], S>,
  z1: Target<'byolLoss', [N, D], T, H>,
  z2: Target<'byolLoss', [N, D], U, I>,
): Tensor<[], 'f32'> => {
  const cosine = (p: unknown, z: unknown) =>
    negativeCosine(alike('byolLoss', p1, p), alike<Matrix>('byolLoss', p1, z) as Stopped<[N, D]>)
  return add(mul(add(cosine(p1, z2), cosine(p2, z1)), 2), 4)
}

/** `mean ||unit(x) - unit(y)||^alpha` of positive pairs `[N, D]`. Default alpha 2. Source: Wang and Isola, arXiv 2005.10242. */
export function alignment<N extends Dim, D extends Dim, S extends Shape>(
  x: Tensor<[N, D], 'f32'>,
  y: Alike<'alignment', [N, D], S>,
  alpha = 2,
): Tensor<[], 'f32'> {
  const apart = sub(normalize(x), normalize(alike('alignment', x, y)))
  return mean(alpha === 2 ? sum(square(apart), -1) : pow(vectorNorm(apart, -1), alpha))
}

/**
 * `log mean_{i<j} exp(-t ||unit(x_i) - unit(x_j)||^2)`: low where rows `[N, D]` cover the sphere evenly. Default t 2. Source:
 * Wang and Isola, arXiv 2005.10242.
 */
export function uniformity<N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, t = 2): Tensor<[], 'f32'> {
  const unit = normalize(x)
  const rows = unit.shape[0]!
  const distance = sub(2, mul(matmul(unit, transpose(unit)), 2))
  const pair = greater(iota([rows, rows], 1), iota([rows, rows], 0))
  return sub(logsumexp(select(pair, mul(distance, -t), -1e30)), Math.log((rows * (rows - 1)) / 2))
}

/**
 * `mean max(0, d(a, p) - d(a, n) + margin)` of anchors, positives and negatives `[N, D]`, `d` the Euclidean norm of `x - y +
 * 1e-6`. Default margin 1. Source: Schroff et al., arXiv 1503.03832, with distances instead of their squares.
 */
export function triplet<N extends Dim, D extends Dim, S extends Shape, T extends Shape>(
  anchor: Tensor<[N, D], 'f32'>,
  positive: Alike<'triplet', [N, D], S>,
  negative: Alike<'triplet', [N, D], T>,
  margin = 1,
): Tensor<[], 'f32'> {
  const distance = (other: unknown) => vectorNorm(add(sub(anchor, alike('triplet', anchor, other)), 1e-6), -1)
  return mean(relu(add(sub(distance(positive), distance(negative)), margin)))
}

/**
 * KoLeo: `-mean_i log(||u_i - u_n(i) + eps|| + eps)` of unit rows `u` of `x` `[N, D]`, `n(i)` being the nearest of the others (by the dot
 * product, without gradient): low where rows are spread evenly. Default eps 1e-8. Source: Sablayrolles et al., arXiv 1806.03198, equation 4; as in DINOv2,
 * arXiv 2304.07193, whose code has the eps in both places.
 */
export function koleo<N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>, epsilon = 1e-8): Tensor<[], 'f32'> {
  const unit = normalize(x)
  const rows = unit.shape[0]!
  const fixed = stopGradient(unit)
  const self = equal(iota([rows, rows], 0), iota([rows, rows], 1))
  const others = argmax(select(self, -2, matmul(fixed, transpose(fixed))), -1)
  const apart = add(sub(unit, take(unit, others as Tensor<any, 'i32'>, 0) as typeof unit), epsilon)
  return neg(mean(log(add(vectorNorm(apart, -1), epsilon))))
}
