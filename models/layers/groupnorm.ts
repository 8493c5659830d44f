/** Group normalization: each image by the mean and variance of groups of its channels; the same in training and evaluation. */

import type { Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { module } from '../../compiler/language/module.js'
import type { ImageLayer } from '../../compiler/language/sequential.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { reshape } from '../../compiler/ops/movement.js'
import { checkFeatures } from './linear.js'
import { moments, standardize } from './moments.js'

/**
 * Group normalization of `[N, features, H, W]`: every `features / groups` neighbouring channels of an image have one mean and
 * biased variance; `weight` and `bias` are `[features]`, `eps` is 1e-5, as in PyTorch. Default: 32 groups. Throws
 * `ShapeError` if they do not divide the channels. Source: Wu and He, arXiv 1803.08494.
 */
export const groupNorm = <const C extends number>(
  features: C,
  { groups = 32, eps = 1e-5 }: { readonly groups?: number; readonly eps?: number } = {},
): ImageLayer<C, C> => {
  if (!Number.isInteger(groups) || groups < 1 || features % groups !== 0)
    throw new ShapeError(`groupNorm: ${groups} groups do not divide ${features} channels`)
  return module(({ param }) => {
    const perChannel = [features, 1, 1]
    const weight = reshape(param('weight', [features], ones), perChannel)
    const bias = reshape(param('bias', [features], zeros), perChannel)
    return (x: Untyped) => {
      checkFeatures(x.shape[1], features)
      const [count, , ...places] = x.shape as [number, number, ...number[]]
      const rows = reshape(x, [count, groups, features / groups, ...places])
      const axes = rows.shape.map((_: number, axis: number) => axis).slice(2)
      const along = (perGroup: Untyped) => reshape(perGroup, [count, groups, ...axes.map(() => 1)])
      const normal = standardize(rows, moments(rows, axes, along), { along, eps })
      return add(mul(reshape(normal, x.shape), weight), bias)
    }
  }) as unknown as ImageLayer<C, C>
}
