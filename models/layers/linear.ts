/** Layers of rows: functions of the last axis, whatever the axes before it. Variables are named as in PyTorch. */

import type { Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { type Initial, module } from '../../compiler/language/module.js'
import { uniform } from '../../compiler/language/random.js'
import type { Layer, Pointwise } from '../../compiler/language/sequential.js'
import { isTraining } from '../../compiler/language/trace.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { less, select } from '../../compiler/ops/compare.js'
import { dotGeneral } from '../../compiler/ops/dot.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import { kaimingUniform, uniformWithin } from '../init.js'
import type { Matrix, Vector } from '../tensors.js'

/** Throws `ShapeError` where an input has other features than a layer was made for. */
export function checkFeatures(given: number | undefined, expected: number): void {
  if (given !== expected) throw new ShapeError(`input has ${given} features, layer expects ${expected}`)
}

/** `x Wᵀ + b` on the last axis, for a weight `[to, from]`. */
export function affine<B extends Shape>(
  x: Tensor<[...B, Dim], 'f32'>,
  weight: Matrix,
  bias: Vector | false,
): Tensor<[...B, Dim], 'f32'> {
  const product = dotGeneral(x, weight, { batch: [[], []], contract: [[x.shape.length - 1], [1]] }) as Tensor<
    [...B, Dim],
    'f32'
  >
  return bias ? add(product, bias) : product
}

/** What `linear` may be told. */
export interface LinearOptions {
  /** Whether there is one, or what it starts with. Default true: uniform within `1 / sqrt(fan in)`. */
  readonly bias?: boolean | Initial
  /** Default `kaimingUniform`. */
  readonly initial?: Initial
}
/** `x Wᵀ + b` on the last axis; `weight` is `[to, from]`, `bias` `[to]`. */
export const linear = <const I extends number, const O extends number>(
  from: I,
  to: O,
  options: LinearOptions = {},
): Layer<I, O> => {
  checkOptions('linear', options, ['bias', 'initial'])
  const { bias = true, initial = kaimingUniform } = options
  return module(({ param }) => {
    const weight = param('weight', [to, from], initial)
    const shift = bias && param('bias', [to], bias === true ? uniformWithin(1 / Math.sqrt(from)) : bias)
    return (x: Tensor<[...Dim[], Dim], 'f32'>) => {
      checkFeatures(x.shape.at(-1), from)
      return affine(x, weight, shift)
    }
  }) as unknown as Layer<I, O>
}

/** Sets elements to zero with probability `rate` and divides the others by `1 - rate`, while training. Default 0.5. */
export const dropout = (rate = 0.5): Pointwise => {
  if (!(rate >= 0 && rate < 1)) throw new ShapeError(`the rate of dropout must lie in 0 .. 1, without 1, got ${rate}`)
  return x => {
    if (!isTraining() || rate === 0) return x
    const kept = less(uniform(x.shape), 1 - rate) as Tensor<any, 'bool'>
    return select(kept, mul(x, 1 / (1 - rate)), 0)
  }
}
