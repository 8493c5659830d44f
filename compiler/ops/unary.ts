/** Elementwise operations of one tensor: one row each. Adding a row adds the operation everywhere. */

import { apply, type Tensor } from '../graph/node.js'
import { operation } from '../graph/operation.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { div, mul, sub } from './binary.js'
import { elementwise, FLOAT, NUMBER, type Row } from './elementwise.js'

/** e to the power of x. */
export const exp = unary('exp', {
  js: Math.exp,
  wgsl: x => `exp(${x})`,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, out)],
})
/** Natural logarithm. */
export const log = unary('log', {
  js: Math.log,
  wgsl: x => `log(${x})`,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, x!)],
})
/** Negation. */
export const neg = unaryNumber('neg', { js: x => -x, wgsl: x => `(-${x})`, vjp: ({ grad }) => [neg(grad)] })
/** Square root; the gradient at 0 is unbounded. */
export const sqrt = unary('sqrt', {
  js: Math.sqrt,
  wgsl: x => `sqrt(${x})`,
  cost: 4,
  vjp: ({ grad, out }) => [div(mul(grad, 0.5), out)],
})
/** 1 / sqrt(x). */
export const rsqrt = unary('rsqrt', {
  js: x => 1 / Math.sqrt(x!),
  wgsl: x => `inverseSqrt(${x})`,
  cost: 4,
  vjp: ({ grad, out }) => [mul(mul(grad, -0.5), mul(out, mul(out, out)))],
})
/** Hyperbolic tangent, saturating (drivers overflow beyond about 40). */
export const tanh = unary('tanh', {
  js: Math.tanh,
  wgsl: x => `tanh(clamp(${x}, -15.0, 15.0))`,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, sub(1, mul(out, out)))],
})

function unary(name: string, row: Row) {
  const definition = elementwise(name, row, FLOAT)
  return operation(
    definition,
    <S extends Shape, D extends 'f32' | 'f16', G extends Gradient>(x: Tensor<S, D, G>): Tensor<S, D, G> =>
      apply(definition, [x]),
  )
}
function unaryNumber(name: string, row: Row) {
  const definition = elementwise(name, row, NUMBER)
  return operation(
    definition,
    <S extends Shape, D extends DType, G extends Gradient>(x: Tensor<S, D, G>): Tensor<S, D, G> =>
      apply(definition, [x]),
  )
}
