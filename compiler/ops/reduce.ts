/** Reductions over axes: one row each, like the elementwise operations. */
import type { Reduce, Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { literal, type Axis } from '../graph/expression.js'
import { apply, type Tensor } from '../graph/node.js'
import { operation, type Combine, type Operation } from '../graph/operation.js'
import { axisIndices, numel, reduce as reducedShape, ShapeError, strides } from '../graph/shape.js'
import { broadcastTo, reshape } from './movement.js'
import { NUMBER, wrap } from './elementwise.js'

/** Sum over `axes` (default: all); `keepdims` leaves them with size 1. */
export const sum = reduction('sum', 'sum', {
  js: (a, b) => a + b,
  start: 0,
  vjp: ({ grad, operands: [x], attributes }) => [broadcastTo(reshape(grad, reducedShape(x!.shape, attributes.axes, true)), x!.shape)],
})

interface ReductionRow {
  readonly js: (accumulated: number, x: number) => number
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
      const data = new Float64Array(numel(type.shape)).fill(row.start)
      const kept = strides(reducedShape(x!.shape, axes, true))
      const own = strides(x!.shape)
      for (let i = 0; i < x!.data.length; i++) {
        let at = 0
        for (let axis = 0; axis < own.length; axis++)
          if (!axes.includes(axis)) at += (Math.floor(i / own[axis]!) % x!.shape[axis]!) * kept[axis]!
        data[at] = wrap(row.js(data[at]!, x!.data[i]!), type.dtype)
      }
      return data
    },
    lower: {
      family: 'reduce',
      combine,
      along: ({ attributes: { axes }, operands: [x] }) => axes.map((axis: number): Axis => ({ name: `k${axis}`, size: x!.shape[axis]! })),
      element(read, index, position, { attributes: { axes, keepdims }, operands: [x] }) {
        const outer = keepdims ? index.filter((_, axis) => !axes.includes(axis)) : [...index]
        return read(0, x!.shape.map((_, axis) => (axes.includes(axis) ? position[axes.indexOf(axis)]! : (outer.shift() ?? literal(0)))))
      },
    },
  }
  return operation(
    definition,
    <S extends Shape, D extends DType, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(
      x: Tensor<S, D, G>,
      axes?: Check<Reduce<S, A, NoInfer<K>>, A | A[]>,
      options?: { keepdims?: K },
    ): Tensor<Reduce<S, A, NoInfer<K>>, D, G> =>
      apply(definition, [x], {
        axes: axisIndices(x.shape, axes === undefined ? x.shape.map((_, axis) => axis) : [axes as number | number[]].flat()),
        keepdims: options?.keepdims ?? false,
      }),
  )
}
/** The axes of a shape as numbers: `0 | 1 | 2`. */
type AllAxes<S extends Shape> = { [K in keyof S]: K extends `${infer N extends number}` ? N : never }[number]
