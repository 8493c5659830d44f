/** Running products and maxima along an axis: a reduction over the elements up to each one, `n` terms per element. */
import { shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { axisIndex } from '../graph/shape.js'
import { lessEqual, select } from '../ops/compare.js'
import { iota } from '../ops/constant.js'
import { reshape } from '../ops/movement.js'
import { max, prod } from '../ops/reduce.js'
import type { Shape } from '../types/shape.js'
import type { Gradient } from '../types/tensor.js'

/** `[..., i, j, ...]` is element `j` along `axis` where `j <= i`, else `filler`. */
function prefixes(name: string, x: Untyped, axis: number, filler: number): Untyped {
  const at = axisIndex(shapeOf(name, x), axis)
  const [n, before, after] = [x.shape[at]!, x.shape.slice(0, at), x.shape.slice(at + 1)]
  const line: Untyped = reshape(x, [...before, 1, n, ...after])
  const square = [n, n, ...after.map(() => 1)]
  return select(lessEqual(iota(square, 1) as Untyped, iota(square, 0) as Untyped) as Tensor<any, 'bool'>, line, filler)
}

/** Product of the elements up to each one along `axis`. */
export const cumprod = <S extends Shape, G extends Gradient>(
  x: Tensor<S, 'f32', G>,
  axis: number,
): Tensor<S, 'f32', G> =>
  prod(prefixes('cumprod', x as Untyped, axis, 1), (axisIndex(x.shape, axis) + 1) as never) as Untyped
/** Largest of the elements up to each one along `axis`; its gradient goes to that element. */
export const cummax = <S extends Shape, G extends Gradient>(
  x: Tensor<S, 'f32', G>,
  axis: number,
): Tensor<S, 'f32', G> =>
  max(prefixes('cummax', x as Untyped, axis, -Infinity), (axisIndex(x.shape, axis) + 1) as never) as Untyped
