/** Reductions over axes: one row each, like the elementwise operations. */

import { type Axis, literal } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { apply, checkTensors, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { type Attributes, type Combine, type Operation, operation } from '../graph/operation.js'
import { checkOptions } from '../graph/options.js'
import { axisIndex, axisIndices, numel, reduce as reducedShape, ShapeError, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { OnAxes } from '../types/axis.js'
import type { AllAxes, Reduce, Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { div, mul } from './binary.js'
import { cast, equal, logicalOr, notANumber, select } from './compare.js'
import { iota } from './constant.js'
import { INTEGER, NUMBER, wrap } from './elementwise.js'
import { broadcastTo, reshape } from './movement.js'

/** Sum over `axes` (default: all); `keepdims` leaves them with size 1. */
export const sum = reduction('sum', 'sum', {
  js: (a, b) => a + b,
  integer: (a, b) => (a + b) | 0,
  start: 0,
  vjp: ({ grad, operands: [x], attributes }) => [broadcastTo(withAxes(grad, x!, attributes), x!.shape)],
})
/** Largest element over `axes` (default: all); equal largest ones have equal parts of the gradient. */
export const max = reduction('max', 'max', { js: Math.max, start: -Infinity, vjp: toExtremes })
/** Smallest element over `axes` (default: all); equal smallest ones have equal parts of the gradient. */
export const min = reduction('min', 'min', { js: Math.min, start: Infinity, vjp: toExtremes })
/** Product over `axes` (default: all). */
export const prod = reduction('prod', 'prod', {
  js: (a, b) => a * b,
  integer: Math.imul,
  start: 1,
  // The product of the others, also where one element or more is 0.
  vjp({ grad, operands: [x], attributes: { axes } }) {
    const isZero = equal(x!, 0)
    const zeros = sum(cast(isZero, 'i32'), axes, { keepdims: true })
    const others = select(isZero, 1, x!)
    const product = prod(others, axes, { keepdims: true })
    const flows = equal(zeros, cast(isZero, 'i32')) // no zero among the others
    const upstream = withAxes(grad, x!, { axes })
    return [select(flows, mul(upstream, div(product, others)), 0)]
  },
})

/** The gradient of a reduction with its reduced axes back, of size 1. */
const withAxes = (grad: Untyped, x: Tensor, { axes }: Attributes): Untyped =>
  reshape(grad, reducedShape(x.shape, axes, true)) as Untyped

function toExtremes({ grad, out, operands: [x], attributes }: Parameters<NonNullable<Operation['vjp']>>[0]): [Untyped] {
  const extreme = equal(x!, withAxes(out, x!, attributes))
  const ties = sum(cast(extreme, x!.dtype), attributes.axes, { keepdims: true })
  return [select(extreme, div(withAxes(grad, x!, attributes), ties), 0)]
}

/** Whether any element over `axes` (default: all) is true. */
export const any = <S extends Shape, const A extends number = AllAxes<S>, const K extends boolean = false>(
  x: Tensor<S, 'bool'>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K },
): Tensor<Reduce<S, A, NoInfer<K>>, 'bool', 'stopped'> =>
  equal(extremeOf('any', max, x as Untyped, axes, options), 1) as Untyped
/** Whether all elements over `axes` (default: all) are true. */
export const all = <S extends Shape, const A extends number = AllAxes<S>, const K extends boolean = false>(
  x: Tensor<S, 'bool'>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K },
): Tensor<Reduce<S, A, NoInfer<K>>, 'bool', 'stopped'> =>
  equal(extremeOf('all', min, x as Untyped, axes, options), 1) as Untyped
function extremeOf(name: string, extreme: typeof max, x: Untyped, axes: unknown, options?: object): Untyped {
  checkOptions(name, options, ['keepdims'])
  checkTensors(name, [x])
  return extreme(cast(x, 'i32'), axes as any, options)
}

/** Position (i32) of the largest element along `axis`, the first one on ties; that of the first NaN if there is one. */
export const argmax = <S extends Shape, D extends DType, const A extends number>(
  x: Tensor<S, D>,
  axis: Check<OnAxes<S, A>, A>,
): Tensor<Reduce<S, A>, 'i32', 'stopped'> => firstEqual('argmax', x, max, axis as number)
/** Position (i32) of the smallest element along `axis`, the first one on ties; that of the first NaN if there is one. */
export const argmin = <S extends Shape, D extends DType, const A extends number>(
  x: Tensor<S, D>,
  axis: Check<OnAxes<S, A>, A>,
): Tensor<Reduce<S, A>, 'i32', 'stopped'> => firstEqual('argmin', x, min, axis as number)

function firstEqual(name: string, x: Untyped, extreme: typeof max | typeof min, axis: number): Untyped {
  const along = axisIndex(shapeOf(name, x), axis)
  const same = equal(x, extreme(x, along, { keepdims: true }))
  const found = isFloat(x.dtype) ? logicalOr(same, notANumber(x)) : same
  return min(select(found, iota(x.shape, along), x.shape[along]! - 1), along)
}

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
      axes?: Check<OnAxes<S, A>, A | A[]>,
      options?: { keepdims?: K },
    ): Tensor<Reduce<S, A, NoInfer<K>>, D, G> => {
      checkTensors(name, [x])
      checkOptions(name, options, ['keepdims'])
      return apply(definition, [x], {
        axes: axisIndices(
          x.shape,
          axes === undefined ? x.shape.map((_, axis) => axis) : [axes as number | number[]].flat(),
        ),
        keepdims: options?.keepdims ?? false,
      })
    },
  )
}
