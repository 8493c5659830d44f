/** Elementwise operations of one tensor: one row each. Adding a row adds the operation everywhere. */
import { apply, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'
import { add, div, mul, sub } from './binary.js'
import { greater, select } from './compare.js'
import { elementwise, FLOAT, NUMBER, type Row, SIGNED } from './elementwise.js'

/** e to the power of x. */
export const exp = unary('exp', {
  js: Math.exp,
  wgsl: x => `exp(${x})`,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, out)],
})
/** 2 to the power of x. */
export const exp2 = unary('exp2', {
  js: x => 2 ** x!,
  wgsl: x => `exp2(${x})`,
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, mul(out, Math.LN2))],
})
/** exp(x) - 1, accurate near 0. */
export const expm1 = unary('expm1', {
  js: Math.expm1,
  wgsl: x => `expm1(${x})`,
  helpers: ['expm1'],
  cost: 12,
  vjp: ({ grad, out }) => [mul(grad, add(out, 1))],
})
/** Natural logarithm. */
export const log = unary('log', {
  js: Math.log,
  wgsl: x => `log(${x})`,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, x!)],
})
/** Logarithm to base 2. */
export const log2 = unary('log2', {
  js: Math.log2,
  wgsl: x => `log2(${x})`,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, mul(x!, Math.LN2))],
})
/** log(1 + x), accurate near 0. */
export const log1p = unary('log1p', {
  js: Math.log1p,
  wgsl: x => `log1p(${x})`,
  helpers: ['log1p'],
  cost: 12,
  vjp: ({ grad, operands: [x] }) => [div(grad, add(x!, 1))],
})
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
/** x * x. */
export const square = unary('square', {
  js: x => x! * x!,
  wgsl: x => `(${x} * ${x})`,
  vjp: ({ grad, operands: [x] }) => [mul(grad, mul(x!, 2))],
})
/** 1 / x. */
export const reciprocal = unary('reciprocal', {
  js: x => 1 / x!,
  wgsl: x => `(1.0 / ${x})`,
  cost: 4,
  vjp: ({ grad, out }) => [neg(mul(grad, mul(out, out)))],
})

/** Sine of an angle in radians. */
export const sin = unary('sin', {
  js: Math.sin,
  wgsl: x => `sine_cosine(${x}).x`,
  helpers: ['sine_cosine'],
  cost: 16,
  vjp: ({ grad, operands: [x] }) => [mul(grad, cos(x!))],
})
/** Cosine of an angle in radians. */
export const cos = unary('cos', {
  js: Math.cos,
  wgsl: x => `sine_cosine(${x}).y`,
  helpers: ['sine_cosine'],
  cost: 16,
  vjp: ({ grad, operands: [x] }) => [neg(mul(grad, sin(x!)))],
})
/** Tangent of an angle in radians. */
export const tan = unary('tan', {
  js: Math.tan,
  wgsl: x => `(sine_cosine(${x}).x / sine_cosine(${x}).y)`,
  helpers: ['sine_cosine'],
  cost: 20,
  vjp: ({ grad, out }) => [mul(grad, add(mul(out, out), 1))],
})
/** Inverse tangent, in radians. */
export const atan = unary('atan', {
  js: Math.atan,
  wgsl: x => `atan(${x})`,
  cost: 8,
  vjp: ({ grad, operands: [x] }) => [div(grad, add(mul(x!, x!), 1))],
})
/** Hyperbolic tangent, saturating (drivers overflow beyond about 40). */
export const tanh = unary('tanh', {
  js: Math.tanh,
  wgsl: x => `saturating_tanh(${x})`,
  helpers: ['saturating_tanh'],
  cost: 8,
  vjp: ({ grad, out }) => [mul(grad, sub(1, mul(out, out)))],
})
/** 1 / (1 + exp(-x)), saturating without overflow. */
export const sigmoid = unary('sigmoid', {
  js: x => 1 / (1 + Math.exp(-x!)),
  wgsl: x => `(1.0 / (1.0 + exp(-clamp(${x}, -87.0, 87.0))))`,
  cost: 12,
  vjp: ({ grad, out }) => [mul(grad, mul(out, sub(1, out)))],
})
/** Gauss error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('erf', {
  js: errorFunction,
  wgsl: x => `erf(${x})`,
  helpers: ['erf'],
  cost: 20,
  vjp: ({ grad, operands: [x] }) => [mul(grad, mul(exp(neg(square(x!))), 2 / Math.sqrt(Math.PI)))],
})
/** max(x, 0); the gradient at 0 is 0. */
export const relu = unary('relu', {
  js: x => Math.max(x!, 0),
  wgsl: x => `max(${x}, 0.0)`,
  vjp: ({ grad, out }) => [select(greater(out, 0), grad, 0)],
})

/** Negation. */
export const neg = unaryNumber('neg', { js: x => -x!, wgsl: x => `(-(${x}))`, vjp: ({ grad }) => [neg(grad)] }, SIGNED)
/** Absolute value; the gradient at 0 is 0. */
export const abs = unaryNumber(
  'abs',
  { js: Math.abs, wgsl: x => `abs(${x})`, vjp: ({ grad, operands: [x] }) => [mul(grad, sign(x!))] },
  NUMBER,
)

// Constant almost everywhere: no gradient flows.

/** -1, 0 or 1. */
export const sign = unaryNumber('sign', { js: Math.sign, wgsl: x => `sign(${x})` }, SIGNED)
/** The integer below. */
export const floor = unary('floor', { js: Math.floor, wgsl: x => `floor(${x})` })
/** The integer above. */
export const ceil = unary('ceil', { js: Math.ceil, wgsl: x => `ceil(${x})` })
/** The nearest integer, halves to even. */
export const round = unary('round', {
  js(x) {
    const below = Math.floor(x!)
    const rest = x! - below
    return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
  },
  wgsl: x => `round(${x})`,
})
/** The integer towards 0. */
export const trunc = unary('trunc', { js: Math.trunc, wgsl: x => `trunc(${x})` })

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
