/** Reductions over axes: one row each, like the elementwise operations. */

import { type Axis, literal } from '../graph/expression.js'
import { apply, type Tensor } from '../graph/node.js'
import { type Combine, type Operation, operation } from '../graph/operation.js'
import { axisIndices, numel, reduce as reducedShape, ShapeError, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { Reduce, Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { INTEGER, NUMBER, wrap } from './elementwise.js'
import { broadcastTo, reshape } from './movement.js'

/** Sum over `axes` (default: all); `keepdims` leaves them with size 1. */
export const sum = reduction('sum', 'sum', {
  js: (a, b) => a + b,
  start: 0,
  vjp: ({ grad, operands: [x], attributes }) => [
    broadcastTo(reshape(grad, reducedShape(x!.shape, attributes.axes, true)), x!.shape),
  ],
})

interface ReductionRow {
  readonly js: (accumulated: number, x: number) => number
  /** Meaning on integers, where it differs from `js`. */
  readonly integer?: (accumulated: number, x: number) => number
  readonly start: number
  readonly vjp?: NonNullable<Operation['vjp']>
}

/** Attributes: `axes`, ascending and counted from the front, and `keepdims`. */
function reduction(name: string, combine: Combine, row: ReductionRow) {
  const definition: Operation = {
    name,
    infer([x], { axes, keepdims }) {
      if (!NUMBER.includes(x!.dtype)) throw new ShapeError(`${name} takes ${NUMBER.join(' or ')}, got ${x!.dtype}`)
      return { shape: reducedShape(x!.shape, axes, keepdims), dtype: x!.dtype }
    },
    vjp: row.vjp ?? (() => [null]),
    evaluate([x], { axes }, type) {
      const kept = x!.shape.map((_, axis) => axis).filter(axis => !axes.includes(axis))
      const order = [...kept, ...axes]
      const own = strides(x!.shape)
      const moved = order.every((axis, i) => axis === i)
        ? x!.data
        : strided(
            x!.data,
            order.map(axis => x!.shape[axis]!),
            order.map(axis => own[axis]!),
          )
      const inner = numel(axes.map((axis: number) => x!.shape[axis]!))
      const js = (INTEGER.includes(type.dtype) && row.integer) || row.js
      const data = new Float64Array(numel(type.shape))
      for (let i = 0; i < data.length; i++) {
        let total = row.start
        for (let k = i * inner; k < (i + 1) * inner; k++) total = js(total, moved[k]!)
        data[i] = wrap(total, type.dtype)
      }
      return data
    },
    lower: {
      family: 'reduce',
      combine,
      along: ({ attributes: { axes }, operands: [x] }) =>
        axes.map((axis: number): Axis => ({ name: `k${axis}`, size: x!.shape[axis]! })),
      element(read, index, position, { attributes: { axes, keepdims }, operands: [x] }) {
        const outer = keepdims ? index.filter((_, axis) => !axes.includes(axis)) : [...index]
        return read(
          0,
          x!.shape.map((_, axis) =>
            axes.includes(axis) ? position[axes.indexOf(axis)]! : (outer.shift() ?? literal(0)),
          ),
        )
      },
    },
  }
  return operation(
    definition,
    <
      S extends Shape,
      D extends DType,
      G extends Gradient,
      const A extends number = AllAxes<S>,
      const K extends boolean = false,
    >(
      x: Tensor<S, D, G>,
      axes?: Check<Reduce<S, A, NoInfer<K>>, A | A[]>,
      options?: { keepdims?: K },
    ): Tensor<Reduce<S, A, NoInfer<K>>, D, G> =>
      apply(definition, [x], {
        axes: axisIndices(
          x.shape,
          axes === undefined ? x.shape.map((_, axis) => axis) : [axes as number | number[]].flat(),
        ),
        keepdims: options?.keepdims ?? false,
      }),
  )
}
/** The axes of a shape as numbers: `0 | 1 | 2`. */
type AllAxes<S extends Shape> = { [K in keyof S]: K extends `${infer N extends number}` ? N : never }[number]
