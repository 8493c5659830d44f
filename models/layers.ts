/**
 * Layers: functions with variables, named as in PyTorch. Feature layers work on the last axis, `conv` on images
 * `[N, C, H, W]`, `batchNorm` on axis 1 of either.
 */
import type { Tensor, Untyped } from '../compiler/graph/node.js'
import { numel, ShapeError, show } from '../compiler/graph/shape.js'
import { mean } from '../compiler/language/math.js'
import { type Initial, latest, type Module, module, update } from '../compiler/language/module.js'
import { uniform } from '../compiler/language/random.js'
import type { Layer, Pointwise } from '../compiler/language/sequential.js'
import { isTraining } from '../compiler/language/trace.js'
import { add, mul, sub } from '../compiler/ops/binary.js'
import { less, select } from '../compiler/ops/compare.js'
import { conv2d } from '../compiler/ops/conv.js'
import { dotGeneral } from '../compiler/ops/dot.js'
import { stopGradient } from '../compiler/ops/flow.js'
import { reshape } from '../compiler/ops/movement.js'
import { rsqrt, square } from '../compiler/ops/unary.js'
import type { Features, OfImages } from '../compiler/types/layer.js'
import type { Conv2d, ConvOptions, Dim, Shape } from '../compiler/types/shape.js'
import type { DType, Gradient } from '../compiler/types/tensor.js'
import { fanIn, kaimingUniform, ones, uniformWithin, zeros } from './init.js'

function checkFeatures(given: number | undefined, expected: number): void {
  if (given !== expected) throw new ShapeError(`input has ${given} features, layer expects ${expected}`)
}

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean
  /** Default `kaimingUniform`. */
  readonly initial?: Initial
}
/** `x Wᵀ + b` on the last axis; `weight` is `[to, from]`, `bias` `[to]`. */
export const linear = <const I extends number, const O extends number>(
  from: I,
  to: O,
  { bias = true, initial = kaimingUniform }: LinearOptions = {},
): Layer<I, O> =>
  module(({ param }) => {
    const weight = param('weight', [to, from], initial)
    const shift = bias && param('bias', [to], uniformWithin(1 / Math.sqrt(from)))
    return (x: Untyped): Untyped => {
      checkFeatures(x.shape.at(-1), from)
      const product = dotGeneral(x, weight, { batch: [[], []], contract: [[x.shape.length - 1], [1]] })
      return shift ? add(product, shift as Untyped) : product
    }
  }) as unknown as Layer<I, O>

export interface ConvLayerOptions extends ConvOptions {
  /** Default true; false where a batch norm follows. */
  readonly bias?: boolean
  /** Default `kaimingUniform`. */
  readonly initial?: Initial
}
/** Convolution with a kernel of `K` by `K`. */
export interface Conv<I extends Dim, O extends Dim, K extends Dim, Options extends ConvOptions>
  extends Module,
    Features<I, O>,
    OfImages {
  <N extends Dim, H extends Dim, W extends Dim, G extends Gradient>(
    images: Tensor<[N, I, H, W], 'f32', G>,
  ): Tensor<Conv2d<[N, number, H, W], [O, number, K, K], Options>, 'f32'>
}
/** Convolution of images; `weight` is `[to, from / groups, kernel, kernel]`, `bias` `[to]`. Defaults as for `conv2d`. */
export const conv = <
  const I extends number,
  const O extends number,
  const K extends number,
  const Options extends ConvLayerOptions = {},
>(
  from: I,
  to: O,
  kernel: K,
  options?: Options,
): Conv<I, O, K, NoInfer<Options>> =>
  module(({ param }) => {
    const { bias = true, initial = kaimingUniform, ...where }: ConvLayerOptions = options ?? {}
    const shape = [to, from / (where.groups ?? 1), kernel, kernel]
    const weight = param('weight', shape, initial)
    const shift = bias && param('bias', [to], uniformWithin(1 / Math.sqrt(fanIn(shape))))
    return (images: Untyped): Untyped => {
      const result = conv2d(images, weight as Untyped, where)
      return shift ? add(result, reshape(shift as Untyped, [to, 1, 1])) : result
    }
  }) as unknown as Conv<I, O, K, NoInfer<Options>>

export interface BatchNormOptions {
  /** Whether there are `weight` and `bias`. Default true. */
  readonly affine?: boolean
  /** What `weight` starts with. Default `ones`. */
  readonly initial?: Initial
  /** Weight of the new value in the running statistics. Default 0.1. */
  readonly momentum?: number
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number
}
export interface BatchNorm<C extends Dim> extends Module, Features<C, C> {
  <N extends Dim, R extends Shape, G extends Gradient>(x: Tensor<[N, C, ...R], 'f32', G>): Tensor<[N, C, ...R], 'f32'>
}
/**
 * Batch normalization (Ioffe & Szegedy 2015) over all axes but axis 1: `(x - mean) / sqrt(variance + eps) * weight + bias`.
 * While training, with the statistics of the batch (biased variance), which move `running_mean` and `running_var`
 * (unbiased variance); inside `evaluating`, with those. Throws `ShapeError` for other features or a batch of one value.
 */
export const batchNorm = <const C extends number>(
  features: C,
  { affine = true, initial = ones, momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {},
): BatchNorm<C> =>
  module(({ param, state }) => {
    const weight = affine && param('weight', [features], initial)
    const bias = affine && param('bias', [features], zeros)
    const runningMean = state('running_mean', [features], zeros)
    const runningVariance = state('running_var', [features], ones)
    const move = (running: Untyped, value: Untyped) =>
      update(running, add(mul(latest(running), 1 - momentum), mul(value, momentum)))
    return (x: Untyped): Untyped => {
      checkFeatures(x.shape[1], features)
      const axes = x.shape.map((_, axis) => axis).filter(axis => axis !== 1)
      const along = (perFeature: Untyped) => reshape(perFeature, [features, ...axes.slice(1).map(() => 1)]) as Untyped
      let statistics: Moments = { mean: latest(runningMean), variance: latest(runningVariance) }
      if (isTraining()) {
        const count = numel(x.shape) / features
        if (count === 1)
          throw new ShapeError(`batchNorm cannot train on ${show(x.shape)}: one value per feature has no variance`)
        statistics = moments(x, axes, along)
        move(runningMean, statistics.mean)
        move(runningVariance, mul(statistics.variance, count / (count - 1)))
      }
      return standardize(x, statistics, { along, eps, weight, bias })
    }
  }) as unknown as BatchNorm<C>

/**
 * Layer normalization (Ba et al. 2016) over the last axis, with the biased variance of each row; `weight` and `bias` are
 * `[features]`. Defaults: affine, eps 1e-5.
 */
export const layerNorm = <const C extends number>(
  features: C,
  { affine = true, eps = 1e-5 }: { readonly affine?: boolean; readonly eps?: number } = {},
): Layer<C, C> =>
  module(({ param }) => {
    const weight = affine && param('weight', [features], ones)
    const bias = affine && param('bias', [features], zeros)
    return (x: Untyped): Untyped => {
      checkFeatures(x.shape.at(-1), features)
      const along = (perRow: Untyped) => reshape(perRow, [...x.shape.slice(0, -1), 1]) as Untyped
      const { mean, variance } = moments(x, [x.shape.length - 1], along)
      const normal = standardize(x, { mean, variance }, { along, eps })
      return weight && bias ? add(mul(normal, weight as Untyped), bias as Untyped) : normal
    }
  }) as unknown as Layer<C, C>

interface Moments {
  readonly mean: Untyped
  readonly variance: Untyped
}
/**
 * Mean and biased variance over `axes`; `along` brings their result into a shape that broadcasts with `x`. The variance
 * is `mean((x - c)^2) - (mean - c)^2`, which does not depend on the constant `c`. With the mean itself as that constant
 * nothing cancels, and its gradient needs no sum over `x` of its own.
 */
function moments(x: Untyped, axes: readonly number[], along: (statistic: Untyped) => Untyped): Moments {
  const centre = mean(x, axes as number[])
  const c = stopGradient(centre) as Untyped
  const variance = sub(mean(square(sub(x, along(c))) as Untyped, axes as number[]), square(sub(centre, c)))
  return { mean: centre, variance }
}

/** `(x - mean) / sqrt(variance + eps) * weight + bias`, one scale and one shift of the centred `x`. */
function standardize(
  x: Untyped,
  { mean, variance }: Moments,
  {
    along,
    eps,
    weight,
    bias,
  }: { along: (statistic: Untyped) => Untyped; eps: number; weight?: Untyped | false; bias?: Untyped | false },
): Untyped {
  const c = stopGradient(mean) as Untyped
  const inverse = rsqrt(add(variance, eps))
  const scale: Untyped = weight ? mul(inverse, weight) : inverse
  const rest = mul(sub(c, mean), scale) // zero, but not its gradient
  const shift: Untyped = bias ? add(rest, bias) : rest
  return add(mul(sub(x, along(c)), along(scale)), along(shift))
}

/** Sets elements to zero with probability `rate` and divides the others by `1 - rate`, while training. Default 0.5. */
export const dropout = (rate = 0.5): Pointwise => {
  if (!(rate >= 0 && rate < 1)) throw new ShapeError(`the rate of dropout must lie in 0 .. 1, without 1, got ${rate}`)
  return x => {
    if (!isTraining() || rate === 0) return x
    const kept = less(uniform(x.shape) as Untyped, 1 - rate) as Tensor<any, 'bool'>
    return select(kept, mul(x as Untyped, 1 / (1 - rate)), 0) as Untyped
  }
}

/** The mean of each image plane: `[N, C, H, W]` becomes `[N, C]`. */
export const globalAveragePool = <N extends Dim, C extends Dim, D extends DType, G extends Gradient>(
  images: Tensor<[N, C, Dim, Dim], D, G>,
): Tensor<[N, C], D, G> => mean(images as Untyped, [2, 3])
