/** Rows of a learned table. */

import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { type Initial, type Module, module } from '../../compiler/language/module.js'
import { normal } from '../../compiler/language/random.js'
import { embedding } from '../../compiler/ops/gather.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { DType, Index } from '../../compiler/types/tensor.js'

export interface Embed<F extends Dim> extends Module {
  <B extends Shape, D extends DType>(index: Index<D, Tensor<B, D>>): Tensor<[...B, F], 'f32'>
}
/**
 * A row of `weight` `[count, features]` for each index `[...B]`, from 0 to `count - 1`: `[...B, features]`. Rows start as standard
 * normal numbers, as in PyTorch's `Embedding`; others by `initial`.
 */
export const embed = <const F extends number>(
  count: number,
  features: F,
  options: { readonly initial?: Initial } = {},
): Embed<F> => {
  checkOptions('embed', options, ['initial'])
  return module(({ param }) => {
    const weight = param('weight', [count, features], options.initial ?? normal)
    return (index: Untyped) => embedding(weight, index)
  }) as unknown as Embed<F>
}
