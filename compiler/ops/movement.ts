/** Movement: reshape, permute, broadcast. Each is an index map, so it costs no memory where it is fused. */

import { delinearize, linearize } from '../graph/expression.js'
import { apply, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import * as rules from '../graph/shape.js'
import { numel, ShapeError, show, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { Permute, Reshape, Shape } from '../types/shape.js'
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
  ): Tensor<Reshape<S, T>, D, G> => apply(reshapeDefinition, [x], { shape: rules.reshape(x.shape, shape as number[]) }),
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
    rules.permute(x.shape, order as number[])
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
  <D extends DType, G extends Gradient, const T extends Shape>(x: Tensor<any, D, G>, shape: T): Tensor<T, D, G> =>
    apply(broadcastDefinition, [x], { shape }),
)

const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis))
