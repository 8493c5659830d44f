/**
 * Batch normalization in its forms: with the statistics of the batch, of parts of it (SplitBN), of a shuffled batch, or
 * with frozen ones. What a row gets to know of the others through them is a concern of contrastive methods.
 */

import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { numel, ShapeError, show } from '../../compiler/graph/shape.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { mean } from '../../compiler/language/math.js'
import { type Builder, type Initial, latest, type Module, module, update } from '../../compiler/language/module.js'
import { permutation } from '../../compiler/language/random.js'
import { isTraining } from '../../compiler/language/trace.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { iota } from '../../compiler/ops/constant.js'
import { scatterAdd, take } from '../../compiler/ops/gather.js'
import { reshape } from '../../compiler/ops/movement.js'
import type { Features, OnChannels, Twinned } from '../../compiler/types/layer.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Check, Gradient } from '../../compiler/types/tensor.js'
import { checkFeatures } from './linear.js'
import { type Moments, moments, standardize } from './moments.js'

/** What every batch norm of an encoder may have in common. */
export interface BatchNormForm {
  /** Weight of the new value in the running statistics. Default 0.1. */
  readonly momentum?: number
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number
  /**
   * SplitBN: while training, the batch is normalized as this many batches of `N / splits` rows; row `n` belongs to batch
   * `n mod splits`. Running statistics move towards the mean over the batches of their means and unbiased variances.
   * What a step of `splits` devices without synchronization computes; from the authors' MoCo demo on CIFAR-10, with 8.
   * Must divide the batch. Default 1.
   */
  readonly splits?: number
  /**
   * Normalizes with the running statistics while training too, and leaves them as they are. `'statistics'`: `weight` and
   * `bias` are trained. `'all'`: these are states as well, and nothing of the layer is trained (torchvision's
   * `FrozenBatchNorm2d`). Default: not frozen.
   */
  readonly frozen?: 'statistics' | 'all'
}
/** What `batchNorm` may be told, beside its form. */
export interface BatchNormOptions extends BatchNormForm {
  /** Whether there are `weight` and `bias`. Default true. */
  readonly affine?: boolean
  /** What `weight` starts with. Default `ones`. */
  readonly initial?: Initial
}
/**
 * Batch norm of `[N, C, ...]` along all axes but the second. While training its gradient passes through the statistics
 * of the batch.
 */
export interface BatchNorm<C extends Dim> extends Module, Features<C, C>, Twinned<BatchNormTwin<C>> {
  <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32'>
}
/** The twin of a batch norm: no gradient flows to its variables. */
export interface BatchNormTwin<C extends Dim> extends Module, Features<C, C> {
  <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32', G>
}
/**
 * Batch normalization (Ioffe & Szegedy 2015, arXiv 1502.03167) over all axes but axis 1:
 * `(x - mean) / sqrt(variance + eps) * weight + bias`. Three forms:
 *
 * - training: mean and biased variance of the batch; `running_mean` and `running_var` (unbiased variance) move by
 *   `running = (1 - momentum) running + momentum value`;
 * - evaluation, inside `evaluating`: the running statistics, which stay as they are;
 * - `frozen`: as in evaluation, always.
 *
 * Throws `ShapeError` for other features, a batch that `splits` does not divide, and one value per feature and batch.
 */
export const batchNorm = <const C extends number>(features: C, options: BatchNormOptions = {}): BatchNorm<C> => {
  checkOptions('batchNorm', options, ['affine', 'initial', 'momentum', 'eps', 'splits', 'frozen'])
  const { affine = true, initial = ones, momentum = 0.1, eps = 1e-5, splits = 1, frozen } = options
  if (!Number.isInteger(splits) || splits < 1)
    throw new ShapeError(`batchNorm takes one split or more, got ${splits}: 1 is the batch as a whole`)
  return module(({ param, state }) => {
    const declare = (frozen === 'all' ? state : param) as Builder['param']
    const weight = affine && declare('weight', [features], initial)
    const bias = affine && declare('bias', [features], zeros)
    const runningMean = state('running_mean', [features], zeros)
    const runningVariance = state('running_var', [features], ones)
    const move = (running: Untyped, value: Untyped) =>
      update(running, add(mul(latest(running), 1 - momentum), mul(value, momentum)))
    return (x: Untyped) => {
      checkFeatures(x.shape[1], features)
      const batchwise = isTraining() && !frozen
      const parts = batchwise ? splitBatch(x, splits) : x
      // A statistic, [features] or of each part [splits, features], is taken over axis 0 and these, the last ones.
      const places = x.shape.slice(2).map(() => 1)
      const along = (statistic: Untyped) => reshape(statistic, [...statistic.shape, ...places])
      let statistics: Moments = { mean: latest(runningMean), variance: latest(runningVariance) }
      if (batchwise) {
        const count = numel(x.shape) / features / splits
        if (count === 1)
          throw new ShapeError(
            `batchNorm cannot train on ${show(x.shape)}${splits === 1 ? '' : ` in ${splits} splits`}: one value per feature has no variance`,
          )
        const rank = parts.shape.length
        const axes = [0, ...places.map((_, i) => rank - places.length + i)]
        statistics = moments(parts, axes, along)
        const overall = (value: Untyped) => (splits === 1 ? value : mean(value, 0))
        move(runningMean, overall(statistics.mean))
        move(runningVariance, mul(overall(statistics.variance), count / (count - 1)))
      }
      const normal = standardize(parts, statistics, { along, eps, weight, bias })
      return parts === x ? normal : reshape(normal, x.shape)
    }
  }) as unknown as BatchNorm<C>
}

/** `[N, C, ...]` as `[N / splits, splits, C, ...]`: row `n` in part `n mod splits`. */
function splitBatch(x: Untyped, splits: number) {
  if (splits === 1) return x
  const [rows, ...rest] = x.shape as [number, ...number[]]
  if (rows % splits !== 0)
    throw new ShapeError(`batchNorm: ${splits} splits do not divide a batch of ${rows}: choose another batch or splits`)
  return reshape(x, [rows / splits, splits, ...rest])
}

/**
 * Shuffled batch norm (He et al. 2019, arXiv 1911.05722, section 3.3): `apply` on the rows of a batch in a random order,
 * which is drawn anew in every step, and its results in the order of the batch again. Around a momentum encoder with
 * `splits`, as in `shuffled(keyEncoder)(views)`, a key is normalized beside other rows than its query, so that the
 * statistics they share tell nothing about which belong together. Each row's result is otherwise the same; sites given
 * to an encoder inside see the rows shuffled. Inside `evaluating` nothing is shuffled. Work grows with `N^2`.
 */
export const shuffled =
  <X extends Tensor, Rest extends readonly unknown[], Y extends Tensor>(apply: (x: X, ...rest: Rest) => Y) =>
  (x: X, ...rest: Rest): Y => {
    if (!isTraining()) return apply(x, ...rest)
    const rows = x.shape[0] as number
    const order = permutation(rows)
    const places = scatterAdd(iota([rows], 0), order, 0, rows)
    const results = apply(take(x, order) as never, ...rest)
    return take(results, places) as never
  }
