/**
 * Elementwise operations of two tensors, which broadcast: one row each. Either operand may be a number.
 * Gradient rules are written as if shapes were equal; the driver of reverse mode sums over broadcast axes.
 */
import { apply, type Tensor } from '../graph/node.js'
import { operation } from '../graph/operation.js'
import { p, primitives } from '../graph/primitive.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { equal, greater, select } from './compare.js'
import { constant } from './constant.js'
import { type Beside, elementwise, FLOAT, NUMBER, type Row, type Together, together } from './elementwise.js'
import { floored, power, rest } from './formulas.js'
import { floor, log, neg, trunc } from './unary.js'

/** a + b */
export const add = binary('add', {
  js: (a, b) => a! + b!,
  expand: p.add,
  vjp: ({ grad }) => [grad, grad],
})
/** a - b */
export const sub = binary('sub', {
  js: (a, b) => a! - b!,
  expand: p.sub,
  vjp: ({ grad }) => [grad, neg(grad)],
})
/** a * b */
export const mul = binary('mul', {
  js: (a, b) => a! * b!,
  integer: (a, b) => Math.imul(a!, b!),
  expand: p.mul,
  vjp: ({ grad, operands: [a, b] }) => [mul(grad, b!), mul(grad, a!)],
})
/** a / b; on integers the quotient is truncated, and by 0 it is `a`. */
export const div = binary('div', {
  js: (a, b) => a! / b!,
  integer: primitives.div.integer!,
  expand: p.div,
  cost: 4,
  vjp: ({ grad, out, operands: [, b] }) => [div(grad, b!), neg(div(mul(grad, out), b!))],
})
/** a to the power of b: NaN for a negative `a` unless `b` is an integer. Where `a` is not positive, no gradient flows to `b`. */
export const pow = binary(
  'pow',
  {
    // JavaScript alone has NaN for powers of 1 and -1 that are infinite or NaN.
    js: (a, b) => (a === 1 || (a === -1 && Math.abs(b!) === Infinity) ? 1 : a! ** b!),
    expand: power,
    cost: 16,
    vjp({ grad, out, operands: [a, b] }) {
      const base = mul(b!, pow(a!, sub(select(equal(b!, 0), 1, b!), 1))) // 0 to the power of -1 must not be formed
      return [mul(grad, base), mul(grad, mul(out, log(select(greater(a!, 0), a!, 1))))]
    },
  },
  FLOAT,
)
/** The larger; equal operands have half of the gradient each. */
export const maximum = binary('maximum', {
  js: Math.max,
  expand: p.max,
  vjp: ({ grad, operands: [a, b] }) => [mul(grad, above(a!, b!)), mul(grad, above(b!, a!))],
})
/** The smaller; equal operands have half of the gradient each. */
export const minimum = binary('minimum', {
  js: Math.min,
  expand: p.min,
  vjp: ({ grad, operands: [a, b] }) => [mul(grad, above(b!, a!)), mul(grad, above(a!, b!))],
})
/** The angle of the point (b, a) in radians, between -pi and pi. */
export const atan2 = binary(
  'atan2',
  {
    js: Math.atan2,
    expand: p.atan2,
    cost: 12,
    vjp({ grad, operands: [a, b] }) {
      const scaled = div(grad, add(mul(a!, a!), mul(b!, b!)))
      return [mul(scaled, b!), neg(mul(scaled, a!))]
    },
  },
  FLOAT,
)
/** a - b * trunc(a / b): has the sign of `a`. Of floats exact, for quotients below 2^40. */
export const rem = binary('rem', {
  js: (a, b) => a! % b!,
  integer: primitives.rem.integer!,
  expand: rest,
  cost: 8,
  vjp: ({ grad, operands: [a, b] }) => [grad, neg(mul(grad, trunc(div(a!, b!))))],
})
/** a - b * floor(a / b): has the sign of `b`. By the integer 0 it is 0, and so is `rem`; `div` by it is `a`. */
export const mod = binary('mod', {
  js: floorRemainder,
  integer: (a, b) => (b === 0 ? 0 : floorRemainder(a, b)),
  expand: floored,
  cost: 8,
  vjp: ({ grad, operands: [a, b] }) => [grad, neg(mul(grad, floor(div(a!, b!))))],
})

function floorRemainder(a: number | undefined, b: number | undefined): number {
  const rest = a! % b!
  return rest !== 0 && rest < 0 !== b! < 0 ? rest + b! : rest
}

/** 1 where a > b, 1/2 where they are equal, 0 elsewhere. */
const above = (a: Tensor, b: Tensor): Tensor =>
  select(
    greater(a, b),
    constant(1, [], a.dtype),
    select(equal(a, b), constant(0.5, [], a.dtype), constant(0, [], a.dtype)),
  )

function binary(name: string, row: Row, on: readonly DType[] = NUMBER) {
  const definition = elementwise(name, row, on)
  const call: Binary = (a, b) => apply(definition, together(a as Tensor | number, b as Tensor | number))
  return operation(definition, call)
}

/** One signature, not overloads: so the message at a wrong argument is the rule's own sentence. */
type Binary = <
  A extends Shape = Shape,
  B extends Shape = Shape,
  D extends DType = never,
  E extends DType = never,
  G extends Gradient = never,
  H extends Gradient = never,
>(
  a: number | Tensor<A, D, G>,
  b: number | Beside<A, B, D, E, Tensor<B, E, H>>,
) => Tensor<Together<A, B, D, E>, NoInfer<D | E>, NoInfer<G | H>>
