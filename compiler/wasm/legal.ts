/**
 * What WebAssembly has no instruction for, by what it has: primitives as formulas of others, within a few units in the last place
 * of float64 (`tests/wasm/legal.test.ts`), and halves by their bits. Formulas vectorize and share like everything else.
 * The polynomials are those of S. Moshier's Cephes library.
 */
import { type Expression, type Formula, literal, partsOf, registerType, withParts } from '../graph/expression.js'
import { type PrimitiveName, p, polynomial } from '../graph/primitive.js'
import { postOrder } from '../graph/reach.js'
import { expressionsOf, type Kernel, rebuilt } from '../kernels/kernel.js'

/** The nearest whole number, of numbers below 2^21: added to 1.5 x 2^23, where floats are whole numbers. */
const WHOLE = 12582912
/** 2^n with n the nearest whole number to `x`, which lies between -252 and 254, as a product of two powers; and that number. */
function powerOf2(x: Expression): { n: Expression; powers: readonly [Expression, Expression] } {
  // The bits are those of a whole number near n + 254, of which the halves are exponents.
  const shifted = p.add(x, WHOLE + 254)
  const biased = p.sub(p['bitcast.f32.u32'](shifted), 0x4b400000)
  const half = p.shiftRight(biased, 1)
  const power = (exponent: Expression): Expression => p['bitcast.u32.f32'](p.shiftLeft(exponent, 23))
  return { n: p.sub(shifted, WHOLE + 254), powers: [power(half), power(p.sub(biased, half))] }
}

const exp: Formula = given => {
  const x = p.min(p.max(given, -104), 89)
  const { n, powers } = powerOf2(p.mul(x, Math.LOG2E))
  const r = p.fma(n, 2.1219444e-4, p.fma(n, -0.693359375, x))
  const rest = polynomial(
    r,
    [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4],
  )
  return p.mul(p.mul(p.add(p.fma(p.mul(r, r), rest, r), 1), powers[0]), powers[1])
}
const exp2: Formula = given => {
  const x = p.min(p.max(given, -150), 128)
  const { n, powers } = powerOf2(x)
  const r = p.sub(x, n)
  const power = polynomial(
    r,
    [
      1, 6.931472028550421e-1, 2.402264791363012e-1, 5.550332471162809e-2, 9.61843735767464e-3, 1.339887440266574e-3,
      1.5353361883195e-4,
    ],
  )
  return p.mul(p.mul(power, powers[0]), powers[1])
}

/** `x = (1 + f) 2^e` with `1 + f` from sqrt(1/2) to sqrt(2), and log(1 + f) - f; where x is positive and finite. */
function logarithm(given: Expression): { e: Expression; f: Expression; rest: Expression } {
  const small = p.less(given, 1.1754943508222875e-38)
  const x = p.choose(small, p.mul(given, 8388608), given)
  const bits = p.sub(p['bitcast.f32.u32'](x), 0x3f3504f3)
  const biased = p['convert.u32.f32'](p.shiftRight(p.add(bits, 0x40000000), 23))
  const e = p.sub(p.sub(biased, 128), p.mul(p['convert.bool.f32'](small), 23))
  const f = p.sub(p['bitcast.u32.f32'](p.add(p.and(bits, 0x7fffff), 0x3f3504f3)), 1)
  const z = p.mul(f, f)
  const series = polynomial(
    f,
    [
      3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
      1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
    ],
  )
  return { e, f, rest: p.fma(z, -0.5, p.mul(p.mul(f, z), series)) }
}
/** The logarithm of what has none: of 0, of negative numbers and NaN, of infinity. */
const orSpecial = (x: Expression, value: Expression): Expression => {
  const positive = p.choose(p.less(x, Number.POSITIVE_INFINITY), value, x)
  const zero = p.choose(p.equal(x, 0), literal(Number.NEGATIVE_INFINITY, 'f32'), literal(Number.NaN, 'f32'))
  return p.choose(p.greater(x, 0), positive, zero)
}
const log: Formula = x => {
  const { e, f, rest } = logarithm(x)
  return orSpecial(x, p.fma(e, 0.693359375, p.add(f, p.fma(e, -2.1219444e-4, rest))))
}
const log2: Formula = x => {
  const { e, f, rest } = logarithm(x)
  const more = Math.LOG2E - 1
  return orSpecial(x, p.add(e, p.add(f, p.add(rest, p.fma(f, more, p.mul(rest, more))))))
}

/**
 * a^b as 2^(b log2 a), the logarithm and its product with b in two parts each: errors of the exponent are errors of the result.
 * `a` is not negative.
 */
const pow: Formula = (a, b) => {
  const { e, f, rest } = logarithm(a)
  // log2(1 + f) = high + low: the first 12 bits of a sum are multiplied without rounding.
  const upper = (x: Expression): Expression => p['bitcast.u32.f32'](p.and(p['bitcast.f32.u32'](x), 0xfffff000))
  const [F, R] = [upper(f), upper(rest)]
  const natural = p.add(f, rest)
  const N = upper(natural)
  const n = p.add(p.add(p.sub(F, N), R), p.add(p.sub(f, F), p.sub(rest, R)))
  const [C, c] = [1.44287109375, Math.LOG2E - 1.44287109375]
  const high = p.mul(N, C)
  const low = p.fma(N, c, p.mul(n, Math.LOG2E))
  // b (e + high + low), of which whole numbers go to the exponent.
  const sum = p.add(e, high)
  const S = upper(sum)
  const s = p.add(p.sub(p.sub(e, S), p.neg(high)), low)
  const B = upper(b)
  const main = p.mul(S, B)
  const part = p.add(p.mul(S, p.sub(b, B)), p.mul(s, b))
  const whole = p.round(p.min(p.max(p.add(main, part), -1024), 1024))
  const fraction = p.add(p.sub(main, whole), part)
  const { powers } = powerOf2(p.min(p.max(whole, -252), 254))
  const finite = p.mul(p.mul(exp2(fraction, b, b, b), powers[0]), powers[1])
  const ofZero = p.choose(p.greater(b, 0), literal(0, 'f32'), literal(Number.POSITIVE_INFINITY, 'f32'))
  const special = p.choose(p.equal(a, 0), ofZero, finite)
  return p.choose(p.equal(b, 0), literal(1, 'f32'), special)
}

const tanh: Formula = x => {
  const a = p.abs(x)
  const z = p.mul(x, x)
  const near = p.fma(
    p.mul(x, z),
    polynomial(z, [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3]),
    x,
  )
  const far = p.sub(1, p.div(2, p.add(exp(p.mul(a, 2), a, a, a), 1)))
  return p.choose(p.less(a, 0.625), near, p.choose(p.less(x, 0), p.neg(far), far))
}

/** Of 0 to 1. */
function arctangent(x: Expression): Expression {
  const far = p.greater(x, 0.414213562373095)
  const y = p.choose(far, p.div(p.sub(x, 1), p.add(x, 1)), x)
  const z = p.mul(y, y)
  const series = polynomial(z, [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2])
  const near = p.fma(p.mul(y, z), series, y)
  return p.choose(far, p.add(near, Math.PI / 4), near)
}
const atan2: Formula = (y, x) => {
  const [a, b] = [p.abs(y), p.abs(x)]
  const [low, high] = [p.min(a, b), p.max(a, b)]
  const steep = p.greater(a, b)
  const first = arctangent(p.choose(p.equal(high, 0), low, p.div(low, high)))
  const quarter = p.choose(steep, p.sub(Math.PI / 2, first), first)
  const half = p.choose(p.less(x, 0), p.sub(Math.PI, quarter), quarter)
  return p.choose(p.less(y, 0), p.neg(half), half)
}
const atan: Formula = x => {
  const a = p.abs(x)
  const steep = p.greater(a, 1)
  const first = arctangent(p.choose(steep, p.div(1, a), a))
  const all = p.choose(steep, p.sub(Math.PI / 2, first), first)
  return p.choose(p.less(x, 0), p.neg(all), all)
}

/** On floats. Integers have instructions for all but their sign. */
const FORMULAS: Partial<Record<PrimitiveName, Formula>> = {
  exp,
  exp2,
  log,
  log2,
  pow,
  tanh,
  atan,
  atan2,
  rsqrt: x => p.div(1, p.sqrt(x)),
  rem: (a, b) => p.sub(a, p.mul(b, p.trunc(p.div(a, b)))),
}
const sign: Formula = x => {
  const type = registerType(x.dtype)
  const [one, less] = [1, -1].map(n => literal(n, type)) as [Expression, Expression]
  // What is neither above nor below 0 is 0 or NaN, and stays so.
  return p.choose(p.greater(x, 0), one, p.choose(p.less(x, 0), less, x))
}

// Halves: what is loaded and stored are their bits.

const fromHalf = (bits: Expression): Expression => {
  const size = p['bitcast.f32.u32'](p.mul(p['bitcast.u32.f32'](p.shiftLeft(p.and(bits, 0x7fff), 13)), 2 ** 112))
  const finite = p.less(p.and(bits, 0x7fff), 0x7c00)
  const sign = p.shiftLeft(p.and(bits, 0x8000), 16)
  return p['bitcast.u32.f32'](p.or(p.choose(finite, size, p.or(size, 0x7f800000)), sign))
}
/** The nearest, halves to even; infinite beyond their range. */
const toHalf = (x: Expression): Expression => {
  const small = p.mul(p.min(p.max(x, -65536), 65536), 2 ** -112)
  const bits = p['bitcast.f32.u32'](small)
  const size = p.and(bits, 0x7fffffff)
  const near = p.shiftRight(p.add(p.add(size, 0xfff), p.and(p.shiftRight(size, 13), 1)), 13)
  const broken = p.greater(size, 0x7f800000)
  return p.or(p.choose(broken, literal(0x7e00, 'u32'), near), p.shiftRight(p.and(bits, 0x80000000), 16))
}

/** The kernel, which is made of primitives, in what WebAssembly has. */
export function legalized(kernel: Kernel): Kernel {
  const made = new Map<Expression, Expression>()
  for (const e of postOrder(kernel.body.flatMap(expressionsOf), partsOf)) {
    const parts = partsOf(e).map(part => made.get(part)!)
    made.set(e, legal(e, parts))
  }
  const of = (e: Expression): Expression => made.get(e)!
  const body = kernel.body.map(statement =>
    rebuilt(statement, of, ({ target, index, value }) => ({
      target,
      index: of(index),
      value: target.dtype === 'f16' ? toHalf(of(value)) : of(value),
    })),
  )
  return { ...kernel, body }
}

function legal(e: Expression, parts: readonly Expression[]): Expression {
  if (e.kind === 'load' && e.source.dtype === 'f16') return fromHalf({ ...e, index: parts[0]!, dtype: 'u32' })
  if (e.kind !== 'apply') return withParts(e, parts)
  const name = e.scalar.name as PrimitiveName
  const formula = name === 'sign' ? sign : registerType(e.dtype) === 'f32' ? FORMULAS[name] : undefined
  return formula ? formula(...(parts as Parameters<Formula>)) : withParts(e, parts)
}
