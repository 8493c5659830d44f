/** Layer normalization: each row, or each pixel, by its own mean and variance; the same in training and evaluation. */

import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { module } from '../../compiler/language/module.js'
import type { ImageLayer, Layer } from '../../compiler/language/sequential.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { permute, reshape } from '../../compiler/ops/movement.js'
import { checkFeatures } from './linear.js'
import { moments, standardize } from './moments.js'

export interface LayerNormOptions {
  /** Whether there are `weight` and `bias`, both `[features]`. Default true. */
  readonly affine?: boolean
  /** Added to the variance. Default 1e-5. */
  readonly eps?: number
}
/** Layer normalization (Ba et al. 2016, arXiv 1607.06450) over the last axis, with the biased variance of each row. */
export const layerNorm = <const C extends number>(features: C, options: LayerNormOptions = {}): Layer<C, C> => {
  checkOptions('layerNorm', options, ['affine', 'eps'])
  const { affine = true, eps = 1e-5 } = options
  return module(({ param }) => {
    const weight = affine && param('weight', [features], ones)
    const bias = affine && param('bias', [features], zeros)
    return (x: Untyped) => {
      checkFeatures(x.shape.at(-1), features)
      const along = (perRow: Untyped) => reshape(perRow, [...x.shape.slice(0, -1), 1])
      const { mean, variance } = moments(x, [x.shape.length - 1], along)
      const normal = standardize(x, { mean, variance }, { along, eps })
      return weight && bias ? add(mul(normal, weight), bias) : normal
    }
  }) as unknown as Layer<C, C>
}

/** `layerNorm` over the channels of each pixel of images `[N, C, H, W]`, as in ConvNeXt. */
export const layerNorm2d = <const C extends number>(features: C, options: LayerNormOptions = {}): ImageLayer<C, C> =>
  module(({ use }) => {
    const norm = use('', layerNorm(features, options)) as (x: Untyped) => Untyped
    return (images: Untyped) => permute(norm(permute(images, [0, 2, 3, 1])), [0, 3, 1, 2])
  }) as unknown as ImageLayer<C, C>
