/** Padding with a constant: a masked read. Gaps between elements (`interior`) make it the gradient of strided slices. */
import {
  both,
  type Expression,
  equals,
  literal,
  minus,
  quotient,
  remainder,
  select,
  within,
} from '../graph/expression.js'
import { apply, checkList, shapeOf, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { numel, ShapeError, show, strides } from '../graph/shape.js'
import { scattered } from '../graph/strided.js'
import type { Amounts, Pad } from '../types/axis.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { checkValue } from './constant.js'
import { sliceAll } from './slice.js'

const padDefinition: Operation = {
  name: 'pad',
  infer([x], { low, high, interior, value }) {
    const { shape, dtype } = x!
    for (const amounts of [low, high, interior]) {
      if (amounts.length !== shape.length)
        throw new ShapeError(`pad takes one pair of amounts per axis of ${show(shape)}, got ${amounts.length}`)
      if (!amounts.every((n: number) => Number.isInteger(n) && n >= 0))
        throw new ShapeError(
          `pad takes amounts that are integers and not negative, got ${show(amounts)}: use slice to crop`,
        )
    }
    checkValue('the value of pad', value, dtype)
    return { shape: shape.map((n, axis) => low[axis] + (n - 1) * (interior[axis] + 1) + 1 + high[axis]), dtype }
  },
  vjp({ grad, operands: [x], attributes: { low, interior } }) {
    const step = interior.map((gap: number) => gap + 1)
    const stop = x!.shape.map((n, axis) => low[axis] + (n - 1) * step[axis] + 1)
    return [sliceAll(grad, low, stop, step)]
  },
  evaluate([x], { low, interior, value }, { shape }) {
    const out = new Float64Array(numel(shape)).fill(value)
    const own = strides(shape)
    const start = own.reduce((sum, stride, axis) => sum + low[axis] * stride, 0)
    scattered(
      out,
      x!.data,
      x!.shape,
      own.map((stride, axis) => stride * (interior[axis] + 1)),
      start,
    )
    return out
  },
  lower: {
    family: 'map',
    movement: true,
    element(read, index, { attributes: { low, high, interior, value }, operands: [x], dtype }) {
      const masks: Expression[] = []
      const at = index.map((i, axis) => {
        const n = x!.shape[axis]!
        const step = interior[axis] + 1
        if (low[axis] === 0 && high[axis] === 0 && step === 1) return i
        const inside = low[axis] ? minus(i, low[axis]) : i
        masks.push(within(inside, 0, (n - 1) * step + 1))
        if (step === 1) return inside
        masks.push(equals(remainder(inside, step), 0))
        return quotient(inside, step)
      })
      if (masks.length === 0) return read(0, at)
      const mask = masks.reduce(both)
      return select(mask, read(0, at, mask), literal(value, dtype))
    },
  },
}

/** `low` and `high` elements of `value` before and after each axis. */
export const pad = operation(
  padDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const P extends Amounts>(
    x: Tensor<S, D, G>,
    amounts: Check<Pad<S, P>, P>,
    value = 0,
  ): Tensor<Pad<S, P>, D, G> => {
    if (!Array.isArray(amounts) || !amounts.every(Array.isArray))
      throw new ShapeError('pad takes [before, after] for each axis, as in pad(x, [[0, 0], [1, 1]])')
    return padAll(
      x,
      (amounts as Amounts).map(([low]) => low),
      (amounts as Amounts).map(([, high]) => high),
      shapeOf('pad', x).map(() => 0),
      value,
    )
  },
)

/** `pad` with `interior[axis]` elements of `value` between neighbours as well. */
export const padAll = (
  x: Tensor,
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[],
  value = 0,
): Tensor<any, any, any> => {
  for (const amounts of [low, high, interior]) checkList('padAll', amounts, '[0, 1]')
  return apply(padDefinition, [x], { low, high, interior, value })
}
