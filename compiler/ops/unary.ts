/** Elementwise operations of one tensor: one row each. Adding a row adds the operation everywhere. */
import { apply, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { p, primitives } from '../graph/primitive.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { add, div, mul, sub } from './binary.js'
import { greater, select } from './compare.js'
import { elementwise, FLOAT, NUMBER, type Row, SIGNED } from './elementwise.js'
import * as formulas from './formulas.js'

/** e to the power of x. */
export const exp = unary('exp', {
  js: Math.exp,
  expand: p.exp,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, out)],
})
/** 2 to the power of x. */
export const exp2 = unary('exp2', {
  js: x => 2 ** x!,
  expand: p.exp2,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, mul(out, Math.LN2))],
})
/** exp(x) - 1, accurate near 0. */
export const expm1 = unary('expm1', {
  js: Math.expm1,
  expand: formulas.expm1,
  cost: 12,
  vjp: ({ grad, out }) => [mul(grad, add(out, 1))],
})
/** Natural logarithm. */
export const log = unary('log', {
  js: Math.log,
  expand: p.log,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, x!)],
})
/** Logarithm to base 2. */
export const log2 = unary('log2', {
  js: Math.log2,
  expand: p.log2,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, mul(x!, Math.LN2))],
})
/** log(1 + x), accurate near 0. */
export const log1p = unary('log1p', {
  js: Math.log1p,
  expand: formulas.log1p,
  cost: 12,
  vjp: ({ grad, operands: [x] }) => [div(grad, add(x!, 1))],
})
/** Square root; the gradient at 0 is unbounded. */
export const sqrt = unary('sqrt', {
  js: Math.sqrt,
  expand: p.sqrt,
  cost: 4,
  vjp: ({ grad, out }) => [div(mul(grad, 0.5), out)],
})
/** 1 / sqrt(x). */
export const rsqrt = unary('rsqrt', {
  js: x => 1 / Math.sqrt(x!),
  expand: p.rsqrt,
  cost: 4,
  vjp: ({ grad, out }) => [mul(mul(grad, -0.5), mul(out, mul(out, out)))],
})
/** x * x. */
export const square = unary('square', {
  js: x => x! * x!,
  expand: x => p.mul(x, x),
  vjp: ({ grad, operands: [x] }) => [mul(grad, mul(x!, 2))],
})
/** 1 / x. */
export const reciprocal = unary('reciprocal', {
  js: x => 1 / x!,
  expand: x => p.div(1, x),
  cost: 4,
  vjp: ({ grad, out }) => [neg(mul(grad, mul(out, out)))],
})

/** Sine of an angle in radians. */
export const sin = unary('sin', {
  js: Math.sin,
  expand: formulas.sine,
  cost: 16,
  vjp: ({ grad, operands: [x] }) => [mul(grad, cos(x!))],
})
/** Cosine of an angle in radians. */
export const cos = unary('cos', {
  js: Math.cos,
  expand: formulas.cosine,
  cost: 16,
  vjp: ({ grad, operands: [x] }) => [neg(mul(grad, sin(x!)))],
})
/** Tangent of an angle in radians. */
export const tan = unary('tan', {
  js: Math.tan,
  expand: formulas.tangent,
  cost: 20,
  vjp: ({ grad, out }) => [mul(grad, add(mul(out, out), 1))],
})
/** Inverse tangent, in radians. */
export const atan = unary('atan', {
  js: Math.atan,
  expand: p.atan,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, add(mul(x!, x!), 1))],
})
/** Hyperbolic tangent, saturating (drivers overflow beyond about 40). */
export const tanh = unary('tanh', {
  js: Math.tanh,
  expand: formulas.tanh,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, sub(1, mul(out, out)))],
})
/** 1 / (1 + exp(-x)), saturating without overflow. */
export const sigmoid = unary('sigmoid', {
  js: x => 1 / (1 + Math.exp(-x!)),
  expand: formulas.sigmoid,
  cost: 12,
  vjp: ({ grad, out }) => [mul(grad, mul(out, sub(1, out)))],
})
/** Gauss error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('erf', {
  js: errorFunction,
  expand: formulas.erf,
  cost: 20,
  vjp: ({ grad, operands: [x] }) => [mul(grad, mul(exp(neg(square(x!))), 2 / Math.sqrt(Math.PI)))],
})
/** max(x, 0); the gradient at 0 is 0. */
export const relu = unary('relu', {
  js: x => Math.max(x!, 0),
  expand: x => formulas.atLeast(x, 0),
  vjp: ({ grad, out }) => [select(greater(out, 0), grad, 0)],
})

/** Negation. */
export const neg = unaryNumber('neg', { js: x => -x!, expand: p.neg, vjp: ({ grad }) => [neg(grad)] }, SIGNED)
/** Absolute value; the gradient at 0 is 0. */
export const abs = unaryNumber(
  'abs',
  { js: Math.abs, expand: p.abs, vjp: ({ grad, operands: [x] }) => [mul(grad, sign(x!))] },
  NUMBER,
)

// Constant almost everywhere: no gradient flows.

/** -1, 0 or 1. */
export const sign = unaryNumber('sign', { js: Math.sign, expand: p.sign }, SIGNED)
/** The integer below. */
export const floor = unary('floor', { js: Math.floor, expand: p.floor })
/** The integer above. */
export const ceil = unary('ceil', { js: Math.ceil, expand: p.ceil })
/** The nearest integer, halves to even. */
export const round = unary('round', { js: primitives.round.js, expand: p.round })
/** The integer towards 0. */
export const trunc = unary('trunc', { js: Math.trunc, expand: p.trunc })

function unary(name: string, row: Row): Unary<'f32' | 'f16'> {
  const definition = elementwise(name, row, FLOAT)
  return operation(definition, x => apply(definition, [x]))
}
function unaryNumber(name: string, row: Row, on: readonly DType[]): Unary<DType> {
  const definition = elementwise(name, row, on)
  return operation(definition, x => apply(definition, [x]))
}
type Unary<On extends DType> = { readonly operation: Operation } & (<S extends Shape, D extends On, G extends Gradient>(
  x: Tensor<S, D, G>,
) => Tensor<S, D, G>)

/** To float64 accuracy: a series of positive terms up to 3, a continued fraction (Abramowitz and Stegun 7.1.6, 7.1.14) beyond. */
function errorFunction(x: number): number {
  const a = Math.abs(x)
  if (a > 6) return Math.sign(x)
  const scale = Math.exp(-a * a) / Math.sqrt(Math.PI)
  if (a < 3) {
    let term = a
    let total = a
    for (let n = 1; term > 1e-17 * total; n++) total += term *= (2 * a * a) / (2 * n + 1)
    return Math.sign(x) * 2 * scale * total
  }
  let fraction = a
  for (let n = 60; n > 0; n--) fraction = a + n / 2 / fraction
  return Math.sign(x) * (1 - scale / fraction)
}
