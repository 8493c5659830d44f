/** Adam and its relatives: a step along the mean gradient, each component divided by its typical size. */
import type { Tensor } from '../../compiler/graph/node.js'
import { vectorNorm } from '../../compiler/language/math.js'
import {
  add,
  cast,
  div,
  expm1,
  greater,
  logicalAnd,
  maximum,
  mul,
  neg,
  select,
  sqrt,
  square,
  sub,
} from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import type { Schedule } from '../schedules.js'
import { decayOf, type Moment, type Optimizer, type Told, toldOptions, type Where } from './optimizer.js'

/** What `adam`, `adamw` and `lamb` are told. */
export interface AdamOptions {
  /** The length of a step: a number, or what a schedule says for it. */
  readonly learningRate: number | Schedule
  /** Weights of the past in the means of gradients and of their squares. Default 0.9 and 0.999. */
  readonly betas?: readonly [number, number]
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number
  /**
   * Share of the parameter; in `adam` it is added to the gradient, else it is taken off beside the step. Default 0.01;
   * of `adam` 0.
   */
  readonly weightDecay?: number
  /** Parameters without weight decay. Default: none. */
  readonly exclude?: Where
}

const OPTIONS = ['learningRate', 'betas', 'epsilon', 'weightDecay', 'exclude'] as const

/** `(m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`, t from 1; with `amsgrad`, `v` is the largest so far. */
function direction<S extends Shape>(
  gradient: Tensor<S, 'f32'>,
  { step, kept, keep }: Moment<S>,
  { betas: [first, second] = [0.9, 0.999], epsilon = 1e-8 }: AdamOptions,
  amsgrad = false,
) {
  const t = add(cast(step, 'f32'), 1)
  /** 1 - beta^t without cancellation. */
  const bias = (beta: number) => (beta === 0 ? t : neg(expm1(mul(t, Math.log(beta)))))
  const unbiased = (x: Tensor<S, 'f32'>, beta: number) => (beta === 0 ? x : div(x, bias(beta)))
  const m = keep('mean', add(mul(kept('mean'), first), mul(gradient, 1 - first)))
  const v = keep('square', add(mul(kept('square'), second), mul(square(gradient), 1 - second)))
  const size = amsgrad ? keep('largest', maximum(kept('largest'), v)) : v
  return div(unbiased(m, first), add(sqrt(unbiased(size, second)), epsilon))
}

/**
 * Adam: weight decay is part of the gradient, `g += wd p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`, t from 1. `amsgrad` divides by the largest `v` so far. Default:
 * no weight decay. Source: Kingma and Ba, arXiv 1412.6980; Reddi et al., arXiv 1904.09237.
 */
export function adam(told: Told<AdamOptions & { readonly amsgrad?: boolean }>): Optimizer {
  const { amsgrad = false, ...options } = toldOptions('adam', told, [...OPTIONS, 'amsgrad'])
  return {
    learningRate: options.learningRate,
    descend(parameter, gradient, moment) {
      const p = parameter.tensor
      const decay = decayOf(parameter, options.weightDecay ?? 0, options.exclude)
      const g = decay ? add(gradient, mul(p, decay)) : gradient
      return sub(p, mul(moment.learningRate, direction(g, moment, options, amsgrad)))
    },
  }
}

/**
 * Adam with decoupled weight decay: `p *= 1 - lr wd`, then the step of `adam` without weight decay in the gradient.
 * Default: weight decay 0.01. Source: Loshchilov and Hutter, arXiv 1711.05101.
 */
export function adamw(told: Told<AdamOptions>): Optimizer {
  const options = toldOptions('adamw', told, OPTIONS)
  return {
    learningRate: options.learningRate,
    descend(parameter, gradient, moment) {
      const p = parameter.tensor
      const rate = moment.learningRate
      const decay = decayOf(parameter, options.weightDecay ?? 0.01, options.exclude)
      const kept = decay ? mul(p, sub(1, mul(rate, decay))) : p
      return sub(kept, mul(rate, direction(gradient, moment, options)))
    },
  }
}

/**
 * LAMB, Adam with one trust ratio per parameter: `u = direction + wd p; p -= lr (||p|| / ||u||) u`, the ratio being 1 where
 * a norm is 0. For large batches. Default: weight decay 0.01. Source: You et al., arXiv 1904.00962.
 */
export function lamb(told: Told<AdamOptions>): Optimizer {
  const options = toldOptions('lamb', told, OPTIONS)
  return {
    learningRate: options.learningRate,
    descend(parameter, gradient, moment) {
      const p = parameter.tensor
      const decay = decayOf(parameter, options.weightDecay ?? 0.01, options.exclude)
      const u = add(direction(gradient, moment, options), mul(p, decay))
      return sub(p, mul(mul(moment.learningRate, ratio(vectorNorm(p), vectorNorm(u))), u))
    },
  }
}

/** `a / b`, and 1 where one of the two is 0. */
export function ratio(a: Tensor<[], 'f32'>, b: Tensor<[], 'f32'>) {
  const both = logicalAnd(greater(a, 0), greater(b, 0))
  return select(both, div(a, select(both, b, 1)), 1)
}
