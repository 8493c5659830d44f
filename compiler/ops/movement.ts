/** Movement: reshape, permute, broadcast. Each is an index map, so it costs no memory where it is fused. */

import { delinearize, linearize } from '../graph/expression.js'
import { apply, checkList, given, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import * as rules from '../graph/shape.js'
import { numel, ShapeError, show, strides } from '../graph/shape.js'
import { boundShape, sizeOf } from '../graph/sizes.js'
import { strided } from '../graph/strided.js'
import type { BroadcastTo, Insert, Squeeze } from '../types/axis.js'
import type { Dim, Numel, Permute, Reshape, Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { broadcastIndex, expanded } from './elementwise.js'

const reshapeDefinition: Operation = {
  name: 'reshape',
  infer: ([x], { shape }) => ({ shape: rules.reshape(x!.shape, shape), dtype: x!.dtype }),
  vjp: ({ grad, operands: [x] }) => [reshape(grad, x!.shape)],
  evaluate: ([x]) => x!.data,
  lower: {
    family: 'map',
    movement: true,
    element: (read, index, node) => read(0, delinearize(linearize(index, node.shape), node.operands[0]!.shape)),
  },
}
/** The same elements in row-major order under another shape; one size may be -1. */
export const reshape = operation(
  reshapeDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const T extends Shape>(
    x: Tensor<S, D, G>,
    shape: Check<Reshape<S, T>, T>,
  ): Tensor<Reshape<S, T>, D, G> =>
    apply(reshapeDefinition, [x], { shape: rules.reshape(shapeOf('reshape', x), boundShape(shape as Shape)) }),
)

const permuteDefinition: Operation = {
  name: 'permute',
  infer: ([x], { order }) => ({ shape: rules.permute(x!.shape, order), dtype: x!.dtype }),
  vjp: ({ grad, attributes: { order } }) => [permute(grad, inverse(order))],
  evaluate([x], { order }, { shape }) {
    const own = strides(x!.shape)
    return strided(
      x!.data,
      shape,
      order.map((axis: number) => own[axis]!),
    )
  },
  lower: {
    family: 'map',
    movement: true,
    element: (read, index, { attributes: { order } }) =>
      read(
        0,
        inverse(order).map(axis => index[axis]!),
      ),
  },
}
/** Axis `i` of the result is axis `order[i]` of `x`. */
export const permute = operation(
  permuteDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const P extends number[]>(
    x: Tensor<S, D, G>,
    order: Check<Permute<S, P>, P>,
  ): Tensor<Permute<S, P>, D, G> => {
    if (!Array.isArray(order))
      throw new ShapeError(`permute takes a list of all axes, as in [1, 0], got ${given(order)}`)
    rules.permute(shapeOf('permute', x), order as number[])
    return apply(permuteDefinition, [x], { order: (order as number[]).map(axis => rules.axisIndex(x.shape, axis)) })
  },
)

const broadcastDefinition: Operation = {
  name: 'broadcast',
  infer([x], { shape }) {
    const result = rules.broadcast(x!.shape, shape)
    if (numel(result) !== numel(shape) || result.length !== shape.length)
      throw new ShapeError(`cannot broadcast ${show(x!.shape)} to ${show(shape)}`)
    return { shape, dtype: x!.dtype }
  },
  vjp: ({ grad }) => [grad], // the driver sums it to the operand's shape
  evaluate: ([x], _, { shape }) => expanded(x!, shape),
  lower: {
    family: 'map',
    movement: true,
    element: (read, index, node) => read(0, broadcastIndex(index, node.operands[0]!.shape)),
  },
}
/** Repeats axes of size 1, and adds leading axes, to reach `shape`. */
export const broadcastTo = operation(
  broadcastDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const T extends Shape>(
    x: Tensor<S, D, G>,
    shape: Check<BroadcastTo<S, T>, T>,
  ): Tensor<BroadcastTo<S, T>, D, G> => apply(broadcastDefinition, [x], { shape: boundShape(shape as Shape) }),
)

const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis))

/** Everything after the first axis becomes one axis. */
export const flatten = <N extends Dim, R extends Shape, D extends DType, G extends Gradient>(
  x: Tensor<[N, ...R], D, G>,
): Tensor<[N, Numel<R>], D, G> => reshape(x as Untyped, [shapeOf('flatten', x)[0]!, -1]) as Untyped

/** The last two axes swapped. */
export const transpose = <B extends Shape, M extends Dim, N extends Dim, D extends DType, G extends Gradient>(
  x: Tensor<[...B, M, N], D, G>,
): Tensor<[...B, N, M], D, G> => {
  const rank = shapeOf('transpose', x).length
  if (rank < 2) throw new ShapeError(`transpose swaps the last two axes, and ${show(x.shape)} has ${rank}`)
  return permute(x as Untyped, [...x.shape.map((_, axis) => axis).slice(0, -2), rank - 1, rank - 2])
}

/** A new axis of size 1 before `axis` (`-1`: after the last). */
export function expandDims<S extends Shape, D extends DType, G extends Gradient, const X extends number>(
  x: Tensor<S, D, G>,
  axis: Check<Insert<S, X>, X>,
): Tensor<Insert<S, X>, D, G> {
  const at = rules.axisIndex([...shapeOf('expandDims', x), 1], axis as number)
  return reshape(x as Untyped, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]) as Untyped
}

/** Without an axis of size 1. */
export function squeeze<S extends Shape, D extends DType, G extends Gradient, const X extends number>(
  x: Tensor<S, D, G>,
  axis: Check<Squeeze<S, X>, X>,
): Tensor<Squeeze<S, X>, D, G> {
  const at = rules.axisIndex(shapeOf('squeeze', x), axis as number)
  if (x.shape[at] !== 1) throw new ShapeError(`cannot squeeze axis ${axis} of ${show(x.shape)}: its size is not 1`)
  const rest = x.shape.filter((_, i) => i !== at)
  return reshape(x as Untyped, rest) as Untyped
}

/**
 * The same tensor under a type that says more or names sizes differently: the bridge where types cannot follow.
 * Sizes are checked here, as numbers or as the names of inputs; other names are taken at their word.
 */
export function refine<D extends DType, G extends Gradient, const T extends Shape>(
  x: Tensor<any, D, G>,
  shape: T,
): Tensor<T, D, G> {
  checkList('refine', shape, "['batch', 64]")
  const agrees =
    shape.length === shapeOf('refine', x).length &&
    shape.every((size, axis) => (sizeOf(size) ?? x.shape[axis]) === x.shape[axis])
  if (!agrees) throw new ShapeError(`the tensor has shape ${show(x.shape)}, not ${show(shape)}`)
  return x as Untyped
}
