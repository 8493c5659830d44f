/**
 * Elementwise operations of two tensors, which broadcast: one row each. Either operand may be a number.
 * Gradient rules are written as if shapes were equal; the driver of reverse mode sums over broadcast axes.
 */

import { apply, type Tensor } from '../graph/node.js'
import { operation } from '../graph/operation.js'
import type { Broadcast, Shape } from '../types/shape.js'
import type { DType, Gradient, Operand } from '../types/tensor.js'
import { constant } from './constant.js'
import { elementwise, isTensor, NUMBER, type Row } from './elementwise.js'
import { neg } from './unary.js'

/** a + b */
export const add = binary('add', {
  js: (a, b) => a! + b!,
  wgsl: (a, b) => `(${a} + ${b})`,
  vjp: ({ grad }) => [grad, grad],
})
/** a - b */
export const sub = binary('sub', {
  js: (a, b) => a! - b!,
  wgsl: (a, b) => `(${a} - ${b})`,
  vjp: ({ grad }) => [grad, neg(grad)],
})
/** a * b */
export const mul = binary('mul', {
  js: (a, b) => a! * b!,
  integer: (a, b) => Math.imul(a!, b!),
  wgsl: (a, b) => `(${a} * ${b})`,
  vjp: ({ grad, operands: [a, b] }) => [mul(grad, b!), mul(grad, a!)],
})
/** a / b; on integers the quotient is truncated. */
export const div = binary('div', {
  js: (a, b) => a! / b!,
  integer: (a, b) => Math.trunc(a! / b!),
  wgsl: (a, b) => `(${a} / ${b})`,
  cost: 4,
  vjp: ({ grad, out, operands: [, b] }) => [div(grad, b!), neg(div(mul(grad, out), b!))],
})

function binary(name: string, row: Row) {
  const definition = elementwise(name, row, NUMBER)
  return operation(definition, binaryFunction(definition))
}

/** The typed function of a binary operation: tensor and tensor, tensor and number, number and tensor. */
function binaryFunction(definition: ReturnType<typeof elementwise>): BinaryFunction {
  return ((a: Tensor | number, b: Tensor | number) => {
    const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : 'f32'
    return apply(
      definition,
      [a, b].map(x => (isTensor(x) ? x : constant(x, [], dtype))),
    )
  }) as BinaryFunction
}
interface BinaryFunction {
  <B extends Shape, D extends DType, H extends Gradient>(a: number, b: Tensor<B, D, H>): Tensor<B, D, H>
  <
    A extends Shape,
    B extends Shape = [],
    D extends DType = DType,
    G extends Gradient = Gradient,
    H extends Gradient = 'stopped',
  >(
    a: Tensor<A, D, G>,
    b: number | Operand<A, B, Tensor<B, D, H>>,
  ): Tensor<Broadcast<A, B>, D, G | H>
}
