/** Slices: a start, a stop and a step per axis. An index map, so fused slices cost nothing. */
import { literal, plus, times } from '../graph/expression.js'
import { apply, checkList, shapeOf, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { axisIndex, ShapeError, show, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { Along, OnAxes, Split } from '../types/axis.js'
import type { Sub } from '../types/natural.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { padAll } from './pad.js'

/** Attributes: `start`, `stop` (exclusive) and `step` (positive), one number per axis. */
const sliceDefinition: Operation = {
  name: 'slice',
  infer([x], { start, stop, step }) {
    const { shape, dtype } = x!
    const size = shape.map((n, axis) => {
      const [from, to, by] = [start[axis], stop[axis], step[axis]]
      if (![from, to, by].every(Number.isInteger) || from < 0 || to > n || from >= to)
        throw new ShapeError(
          `cannot slice axis ${axis} of ${show(shape)} from ${from} to ${to}: it has elements 0 to ${n - 1}`,
        )
      if (by < 1) throw new ShapeError(`cannot slice with step ${by}: it must be positive, use flip to reverse`)
      return Math.ceil((to - from) / by)
    })
    return { shape: size, dtype }
  },
  vjp({ grad, out, operands: [x], attributes: { start, step } }) {
    const high = x!.shape.map((n, axis) => n - 1 - start[axis] - (out.shape[axis]! - 1) * step[axis])
    return [
      padAll(
        grad,
        start,
        high,
        step.map((by: number) => by - 1),
      ),
    ]
  },
  evaluate([x], { start, step }, { shape }) {
    const own = strides(x!.shape)
    const first = own.reduce((sum, stride, axis) => sum + start[axis] * stride, 0)
    return strided(
      x!.data,
      shape,
      own.map((stride, axis) => stride * step[axis]),
      first,
    )
  },
  lower: {
    family: 'map',
    movement: true,
    element: (read, index, { attributes: { start, step } }) =>
      read(
        0,
        index.map((i, axis) => {
          const scaled = step[axis] === 1 ? i : times(i, step[axis])
          return start[axis] === 0 ? scaled : plus(scaled, literal(start[axis]))
        }),
      ),
  },
}

type Length<Start extends number, Stop extends number, Step extends number> = number extends Start | Stop | Step
  ? number
  : `1${Start}${Stop}${Step}` extends `${infer Digits extends bigint}`
    ? Step extends 1
      ? Digits extends bigint
        ? Sub<Stop, Start>
        : number
      : number
    : number

/**
 * Elements `start`, `start + step`, ... before `stop` along one axis. Negative bounds count from the end; `stop` is the
 * end by default. Throws `ShapeError` if a bound is outside of the axis or nothing is left.
 */
export const slice = operation(
  sliceDefinition,
  <
    S extends Shape,
    D extends DType,
    G extends Gradient,
    const A extends number,
    const I extends number,
    const J extends number = number,
    const K extends number = 1,
  >(
    x: Tensor<S, D, G>,
    axis: Check<OnAxes<S, A>, A>,
    start: I,
    stop?: J,
    step?: K,
  ): Tensor<Along<S, A, Length<I, J, NoInfer<K>>>, D, G> => {
    const at = axisIndex(shapeOf('slice', x), axis as number)
    const size = x.shape[at]!
    const bound = (n: number) => (n < 0 ? n + size : n)
    const only = (value: number, others: (n: number) => number) => x.shape.map((n, i) => (i === at ? value : others(n)))
    return sliceAll(
      x,
      only(bound(start), () => 0),
      only(bound(stop ?? size), n => n),
      only(step ?? 1, () => 1),
    )
  },
)

/** `slice` of every axis at once. */
export const sliceAll = (
  x: Tensor,
  start: readonly number[],
  stop: readonly number[],
  step: readonly number[],
): Tensor<any, any, any> => {
  for (const bounds of [start, stop, step]) checkList('sliceAll', bounds, '[0, 1]', shapeOf('sliceAll', x).length)
  return apply(sliceDefinition, [x], { start, stop, step })
}

/** A tuple of `N` types `T`, or an array where `N` is not known. */
type Repeat<T, N extends number, R extends T[] = []> = number extends N
  ? T[]
  : R['length'] extends N
    ? R
    : Repeat<T, N, [...R, T]>

/** Cuts an axis into `parts` equal pieces. Throws `ShapeError` if they do not come out even. */
export function split<
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const N extends number,
  const A extends number = 0,
>(
  x: Tensor<S, D, G>,
  parts: Check<Split<S, N, NoInfer<A>>, N>,
  axis: A = 0 as A,
): Repeat<Tensor<Split<S, N, A>, D, G>, N> {
  const count = parts as number
  const size = shapeOf('split', x)[axisIndex(x.shape, axis)]!
  if (!(count >= 1 && size % count === 0))
    throw new ShapeError(`cannot split axis ${axis} of ${show(x.shape)} into ${count} equal parts`)
  const each = size / count
  return Array.from({ length: count }, (_, i) => slice(x as Tensor, axis, i * each, (i + 1) * each)) as never
}
