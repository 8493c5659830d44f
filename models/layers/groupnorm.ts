/** Group normalization: each example by the mean and variance of groups of its channels; the same in training and evaluation. */

import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { type Module, module } from '../../compiler/language/module.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { reshape } from '../../compiler/ops/movement.js'
import type { Features, OnChannels, Twinned } from '../../compiler/types/layer.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Check, Gradient } from '../../compiler/types/tensor.js'
import { checkFeatures } from './linear.js'
import { moments, standardize } from './moments.js'

interface OfChannels<C extends Dim, Flows extends Gradient> extends Module, Features<C, C> {
  <S extends Shape, G extends Gradient>(x: Check<OnChannels<S, C>, Tensor<S, 'f32', G>>): Tensor<S, 'f32', G | Flows>
}
export type GroupNorm<C extends Dim> = OfChannels<C, 'flows'> & Twinned<OfChannels<C, never>>
/**
 * Group normalization of `[N, features, ...]`: every `features / groups` neighbouring channels of an example have one mean and
 * biased variance; `weight` and `bias` are `[features]`, `eps` is 1e-5, as in PyTorch. Default: 32 groups; one group is
 * the layer norm of whole examples, `features` groups instance norm. Throws `ShapeError` if they do not divide the channels. Source: Wu and He, arXiv 1803.08494.
 */
export const groupNorm = <const C extends number>(
  features: C,
  options: { readonly groups?: number; readonly eps?: number } = {},
): GroupNorm<C> => {
  checkOptions('groupNorm', options, ['groups', 'eps'])
  const { groups = 32, eps = 1e-5 } = options
  if (!Number.isInteger(groups) || groups < 1 || features % groups !== 0)
    throw new ShapeError(`groupNorm: ${groups} groups do not divide ${features} channels`)
  return module(({ param }) => {
    const [weight, bias] = [param('weight', [features], ones), param('bias', [features], zeros)]
    return (x: Untyped) => {
      checkFeatures(x.shape[1], features)
      const [count, , ...places] = x.shape as [number, number, ...number[]]
      const rows = reshape(x, [count, groups, features / groups, ...places])
      const axes = rows.shape.map((_: number, axis: number) => axis).slice(2)
      const along = (perGroup: Untyped) => reshape(perGroup, [count, groups, ...axes.map(() => 1)])
      const normal = standardize(rows, moments(rows, axes, along), { along, eps })
      const perChannel = [features, ...places.map(() => 1)]
      return add(mul(reshape(normal, x.shape), reshape(weight, perChannel)), reshape(bias, perChannel))
    }
  }) as unknown as GroupNorm<C>
}
