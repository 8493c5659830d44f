/** Contrastive losses within the batch: rows are pulled to their partner and pushed from other rows. */

import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { labelsOf } from '../../compiler/language/labels.js'
import { logSoftmax, logsumexp, mean, normalize, softplus } from '../../compiler/language/math.js'
import {
  add,
  argmax,
  cast,
  concat,
  div,
  equal,
  exp,
  greater,
  iota,
  log,
  logicalAnd,
  logicalNot,
  matmul,
  maximum,
  mul,
  neg,
  reshape,
  select,
  stopGradient,
  sub,
  sum,
  take,
  transpose,
} from '../../compiler/ops/index.js'
import type { Alike, PerRow, Queue, Target } from '../../compiler/types/pair.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import { type Rows, rowsOf } from '../losses.js'
import { alike, type Matrix, queueFor } from '../tensors.js'

/** Stands for minus infinity, which shader compilers may take for impossible. */
const MASKED = -1e30
const diagonalOf = (rows: number) => equal(iota([rows, rows], 0), iota([rows, rows], 1))
const scoresOf = <N extends Dim, M extends Dim, D extends Dim, G extends Gradient, H extends Gradient>(
  a: Tensor<[N, D], 'f32', G>,
  b: Tensor<[M, NoInfer<D>], 'f32', H>,
) => matmul(a, transpose(b))

/**
 * Cross-entropy of `unit(a) unit(b)^T scale` with the diagonal as target: `a_i` is told which row of `b` is its partner.
 * `a`, `b` `[N, D]`; `scale` is the inverse of a temperature. `[]`.
 */
export const pairContrast = <N extends Dim, D extends Dim, S extends Shape>(
  a: Tensor<[N, D], 'f32'>,
  b: Alike<'pairContrast', [N, D], S>,
  scale: number | Tensor<[], 'f32'>,
  { unit = true }: Rows = {},
): Tensor<[], 'f32'> => mean(pairContrasts(rowsOf(a, unit), rowsOf(alike('pairContrast', a, b), unit), scale))
/** The terms of that mean, `[N]`, for rows as they are. */
export function pairContrasts(a: Matrix, b: Matrix, scale: number | Tensor<[], 'f32'>) {
  const all = logsumexp(mul(scoresOf(a, b), scale), -1)
  return sub(all, mul(sum(mul(a, b), -1), scale))
}

/**
 * `2 T (contrast(q1, k2) + contrast(q2, k1))`, `contrast` being `pairContrast` at temperature T: queries `[N, D]` of one view
 * against the keys of the other. Default temperature 0.2. Source: MoCo v3, arXiv 2104.02057, algorithm 1.
 */
export const mocoV3Loss = <
  N extends Dim,
  D extends Dim,
  S extends Shape,
  T extends Shape,
  H extends Gradient,
  U extends Shape,
  I extends Gradient,
>(
  q1: Tensor<[N, D], 'f32'>,
  q2: Alike<'mocoV3Loss', [N, D], S>,
  k1: Target<'mocoV3Loss', [N, D], T, H>,
  k2: Target<'mocoV3Loss', [N, D], U, I>,
  temperature = 0.2,
): Tensor<[], 'f32'> => {
  const contrast = (q: unknown, k: unknown) =>
    pairContrast(alike('mocoV3Loss', q1, q), alike('mocoV3Loss', q1, k), 1 / temperature)
  return mul(add(contrast(q1, k2), contrast(q2, k1)), 2 * temperature)
}

/**
 * Mean of the row and the column cross-entropies of `exp(logScale) unit(a) unit(b)^T`, `logScale` `[]` being trained.
 * Source: CLIP, arXiv 2103.00020, figure 3 (which starts `logScale` at log(1 / 0.07)).
 */
export function clipLoss<N extends Dim, D extends Dim, S extends Shape>(
  a: Tensor<[N, D], 'f32'>,
  b: Alike<'clipLoss', [N, D], S>,
  logScale: Tensor<[], 'f32'>,
): Tensor<[], 'f32'> {
  const [scale, other] = [exp(logScale), alike('clipLoss', a, b)]
  return mul(add(pairContrast(a, other, scale), pairContrast(other, a, scale)), 0.5)
}

/**
 * SigLIP: every pair of rows is told for itself whether it belongs together: `-1 / N sum_ij log sigmoid(s_ij (e^logScale <a_i, b_j> + bias))`, `s`
 * being 1 on the diagonal and -1 elsewhere. `a`, `b` `[N, D]`, scaled to unit rows; `logScale` and `bias` `[]`, both trained, start at log 10 and
 * -10. Source: Zhai et al., arXiv 2303.15343, algorithm 1.
 */
export const siglipLoss = <N extends Dim, D extends Dim, S extends Shape>(
  a: Tensor<[N, D], 'f32'>,
  b: Alike<'siglipLoss', [N, D], S>,
  logScale: Tensor<[], 'f32'>,
  bias: Tensor<[], 'f32'>,
  { unit = true }: Rows = {},
): Tensor<[], 'f32'> => mean(siglipTerms(rowsOf(a, unit), rowsOf(alike('siglipLoss', a, b), unit), logScale, bias))
/** The terms of that mean, `[N]`, for rows as they are. */
export function siglipTerms(a: Matrix, b: Matrix, logScale: Tensor<[], 'f32'>, bias: Tensor<[], 'f32'>) {
  const scores = add(mul(scoresOf(a, b), exp(logScale)), bias)
  return sum(softplus(select(diagonalOf(a.shape[0]!), neg(scores), scores)), -1)
}

/** The row of `queue` `[K, D]` (used as it is) nearest to each row of `z` `[N, D]` by the dot product with the unit row: NNCLR's positives. */
export function nearest<N extends Dim, D extends Dim, S extends Shape, G extends Gradient>(
  z: Tensor<[N, D], 'f32'>,
  queue: Queue<'nearest', D, S, G>,
): { rows: Stopped<[N, D]>; index: Stopped<[N], 'i32'> } {
  const all = queueFor<Dim, D>('nearest', z, queue)
  const index = argmax(scoresOf(normalize(stopGradient(z)), all), -1)
  return {
    rows: stopGradient(take(all, index as Tensor<any, 'i32'>, 0)),
    index: index,
  }
}

/**
 * NNCLR: `pairContrast` of each row's nearest neighbour in the queue with the prediction `p` `[N, D]` of the other view.
 * Default temperature 0.1. Source: Dwibedi et al., arXiv 2104.14548.
 */
export const nnclrLoss = <N extends Dim, D extends Dim, S extends Shape>(
  neighbours: Stopped<[N, D]>,
  p: Alike<'nnclrLoss', [N, D], S>,
  temperature = 0.1,
): Tensor<[], 'f32'> => pairContrast(neighbours, alike<Matrix>('nnclrLoss', neighbours, p), 1 / temperature)

/** What `decoupledContrast` may be told. */
export interface DecoupledOptions extends Rows {
  /** Default 0.1. */
  readonly temperature?: number
  /** Width of the weights of DCLW; without it (default) all positives weigh 1. */
  readonly sigma?: number
  /** No gradient through the weights. Default true. */
  readonly detachWeight?: boolean
}
/**
 * NT-Xent without the positive in the denominator: per anchor `-w s_pos + logsumexp` of its similarities to all other rows
 * of both views except its partner, mean over anchors and both directions. `w = 2 - e_i / mean(e)`, `e = exp(cos_i /
 * sigma)`, gives hard positives more weight (DCLW). `z1`, `z2` `[N, D]`. Source: Yeh et al., arXiv 2110.06848.
 */
export function decoupledContrast<N extends Dim, D extends Dim, S extends Shape>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'decoupledContrast', [N, D], S>,
  options: DecoupledOptions = {},
): Tensor<[], 'f32'> {
  checkOptions('decoupledContrast', options, ['temperature', 'sigma', 'detachWeight', 'unit'])
  const { temperature = 0.1, sigma, detachWeight = true, unit = true } = options
  const [one, two] = [rowsOf(z1, unit), rowsOf(alike('decoupledContrast', z1, z2), unit)]
  const cosine = sum(mul(one, two), -1)
  const weightOf = () => {
    const e = exp(div(detachWeight ? stopGradient(cosine) : cosine, sigma!))
    return sub(2, div(e, mean(e)))
  }
  const positive = div(sigma ? mul(cosine, weightOf()) : cosine, temperature)
  const self = diagonalOf(one.shape[0]!)
  const others = (a: Matrix, b: Matrix) => select(self, MASKED, div(scoresOf(a, b), temperature))
  const half = (a: Matrix, b: Matrix) => mean(sub(logsumexp(concat(others(a, a), others(a, b), 1), -1), positive))
  return mul(add(half(one, two), half(two, one)), 0.5)
}

/** What `supervisedContrast` may be told. */
export interface SupervisedContrastOptions extends Rows {
  /** Default 0.1. */
  readonly temperature?: number
  /** The loss is multiplied by `temperature / baseTemperature`. Default: the temperature. */
  readonly baseTemperature?: number
  /** Mean over positives of the logarithm (`'out'`, default), logarithm of their mean (`'in'`) or of their sum (`'sum-in'`). */
  readonly variant?: 'out' | 'in' | 'sum-in'
}
/**
 * Supervised contrastive loss: with `p_ij` the softmax over `j != i` of `cos / T`, row `i` gets `-mean_pos log p` over the
 * rows of its label, or what `variant` says; rows without positive get 0. `z` `[N, D]` holds all views, `labels` `[N]` theirs.
 * Source: Khosla et al., arXiv 2004.11362.
 */
export function supervisedContrast<N extends Dim, D extends Dim, L extends Shape>(
  z: Tensor<[N, D], 'f32'>,
  labels: PerRow<'supervisedContrast', 'label', [N, D], [N], L>,
  options: SupervisedContrastOptions = {},
): Tensor<[], 'f32'> {
  checkOptions('supervisedContrast', options, ['temperature', 'baseTemperature', 'variant', 'unit'])
  const { temperature = 0.1, baseTemperature = temperature, variant = 'out', unit = true } = options
  const given = rowsOf(z, unit)
  const rows = given.shape[0]!
  const self = diagonalOf(rows)
  const logp = logSoftmax(select(self, MASKED, div(scoresOf(given, given), temperature)))
  const own = labelsOf('supervisedContrast', z, labels)
  const same = equal(reshape(own, [rows, 1]), reshape(own, [1, rows]))
  const positive = logicalAnd(same, logicalNot(self))
  const count = sum(cast(positive, 'f32'), -1)
  const some = maximum(count, 1)
  const inside = logsumexp(select(positive, logp, MASKED), -1)
  const score =
    variant === 'out'
      ? div(sum(select(positive, logp, 0), -1), some)
      : variant === 'in'
        ? sub(inside, log(some))
        : inside
  return mul(mean(select(greater(count, 0), neg(score), 0)), temperature / baseTemperature)
}
