/**
 * Scalar functions as formulas of primitives, where they are more than one: written once for every target. Polynomials are of
 * single precision; what drivers get wrong (huge arguments, small results) is kept from them here. What enters as NaN leaves
 * as NaN: a comparison with it does not hold, so it is what a `select` gives where none does.
 */
import {
  type Expression,
  equals,
  type Formula,
  literal,
  quotient,
  registerType,
  remainder,
  select,
} from '../graph/expression.js'
import { convert, p, polynomial } from '../graph/primitive.js'

const number = (value: number): Expression => literal(value, 'f32')
export const atLeast = (x: Expression, low: number): Expression => select(p.less(x, low), number(low), x)
export const atMost = (x: Expression, high: number): Expression => select(p.greater(x, high), number(high), x)
const clamped = (x: Expression, low: number, high: number): Expression => atMost(atLeast(x, low), high)

/** 1 / (1 + exp(-x)). */
export const sigmoid: Formula = x => p.div(1, p.add(p.exp(p.neg(atLeast(x, -87))), 1))

/** tanh(x): its power series near 0, where drivers lose everything; clamped far out, where they overflow. */
export const tanh: Formula = x => {
  const series = p.mul(x, polynomial(p.mul(x, x), [1, -0.33333333, 0.13333333, -0.053968254]))
  return select(p.less(p.abs(x), 0.1), series, p.tanh(clamped(x, -15, 15)))
}

/** exp(x) - 1: its power series near 0, where the difference would cancel. */
export const expm1: Formula = x => {
  const series = p.mul(x, polynomial(x, [1, 0.5, 0.16666667, 0.041666667, 0.0083333333, 0.0013888889, 0.0001984127]))
  return select(p.less(p.abs(x), 0.5), series, p.sub(p.exp(x), 1))
}

/** log(1 + x): near 0 as 2 artanh(x / (2 + x)), by its power series. */
export const log1p: Formula = x => {
  const s = p.div(x, p.add(x, 2))
  const series = p.mul(p.mul(s, 2), polynomial(p.mul(s, s), [1, 0.33333333, 0.2, 0.14285714, 0.11111111]))
  return select(p.less(p.abs(x), 0.4), series, p.log(p.add(x, 1)))
}

/** Error function: power series near 0, and W. J. Cody's rational approximations (Math. Comp. 23, 1969) beyond. */
export const erf: Formula = x => {
  const a = p.abs(x)
  const z = p.mul(x, x)
  const near = p.div(
    p.mul(x, polynomial(z, [242.66795, 21.979261, 6.9963834, -0.035609843])),
    polynomial(z, [215.05887, 91.16491, 15.082797, 1]),
  )
  const b = atMost(a, 4)
  const above = polynomial(
    b,
    [
      300.45926102, 451.91895371, 339.32081673, 152.98928505, 43.162227222, 7.2117582509, 0.56419551748,
      -0.000000136864857,
    ],
  )
  const below = polynomial(
    b,
    [300.45926096, 790.95092532, 931.35409485, 638.98026447, 277.58544475, 77.000152935, 12.78272732, 1],
  )
  const rest = p.div(p.mul(p.exp(p.neg(p.mul(b, b))), above), below)
  return select(p.less(a, 0.5), near, p.mul(p.sign(x), p.sub(1, rest)))
}

/** a to the power of b as IEEE 754 has it: a negative number has integer powers alone. */
export const power: Formula = (a, b) => {
  const negative = p.greater(p['bitcast.f32.u32'](a), 0x7fffffff)
  const size = p.abs(a)
  const [infinite, infinitely] = [p.equal(size, Infinity), p.equal(p.abs(b), Infinity)]
  // At the ends, where drivers lose their logarithms, there are two results.
  const atEnd = select(p.equal(p.less(size, 1), p.less(b, 0)), number(Infinity), number(0))
  const magnitude = select(p.or(p.or(p.equal(size, 0), infinite), infinitely), atEnd, p.pow(size, b))
  const odd = p.equal(p.abs(p.sub(b, p.mul(p.round(p.mul(b, 0.5)), 2))), 1)
  const signed = select(p.and(negative, odd), p.neg(magnitude), magnitude)
  const fraction = p.and(p.less(a, 0), p.and(p.notEqual(p.round(b), b), p.not(infinite)))
  const broken = p.or(p.or(notANumber(a), notANumber(b)), fraction)
  const one = p.or(p.equal(b, 0), p.or(p.equal(a, 1), p.and(p.equal(a, -1), infinitely)))
  return select(one, number(1), select(broken, number(Number.NaN), signed))
}

/** The first 192 bits of 2 / pi after the point, behind a word of zeros. */
const TWO_OVER_PI = [0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041]
/**
 * A quarter turn around 0 and the number of quarters, of |x|. Up to an eighth of a turn that is the angle itself; beyond, the
 * quarters are x times 2 / pi, exactly as far as they count (Payne and Hanek, "Radian reduction for trigonometric functions",
 * SIGNUM Newsletter 18, 1983): x is a 24-bit integer times a power of 2, which says where in the bits of 2 / pi the 64 begin
 * whose product with it is neither whole turns nor too small.
 */
function reduced(x: Expression): { rest: Expression; quarters: Expression } {
  const bits = p['bitcast.f32.u32'](p.abs(x))
  const mantissa = p.or(p.and(bits, 0x7fffff), 0x800000)
  const start = p.sub(p.shiftRight(bits, 23), 120)
  const [word, shift] = [p.shiftRight(start, 5), p.and(start, 31)]
  const wordAt = (offset: number): Expression =>
    [3, 2, 1, 0].reduce<Expression>(
      (later, k) => select(p.equal(word, k), literal(TWO_OVER_PI[k + offset]!, 'u32'), later),
      literal(TWO_OVER_PI[4 + offset]!, 'u32'),
    )
  const [a, b, c] = [wordAt(0), wordAt(1), wordAt(2)]
  const window = (high: Expression, low: Expression): Expression =>
    p.or(p.shiftLeft(high, shift), p.shiftRight(p.shiftRight(low, 1), p.sub(31, shift)))
  const [high, low] = [window(a, b), window(b, c)]
  // Two bits of whole quarters, then the fraction.
  const top = p.add(p.mul(mantissa, high), p.mulHigh(mantissa, low))
  const bottom = p.mul(mantissa, low)
  const fraction = convert(p.or(p.shiftLeft(top, 2), p.shiftRight(bottom, 30)), 'i32')
  const fine = p.mul(convert(p.shiftLeft(bottom, 2), 'f32'), 2 ** -64)
  const rest = p.mul(p.add(p.mul(convert(fraction, 'f32'), 2 ** -32), fine), Math.PI / 2)
  const small = p.less(p.abs(x), Math.PI / 4)
  return {
    rest: select(small, p.abs(x), rest),
    quarters: select(small, literal(0, 'u32'), p.shiftRight(p.add(top, 0x20000000), 30)),
  }
}
/**
 * Sine and cosine, by the polynomials of S. Moshier's Cephes around 0; of what is not finite, NaN. WGSL's own functions may
 * be off by 2^-11, too much for a normal draw, and promise nothing beyond a turn.
 */
function sineAndCosine(x: Expression): { sine: Expression; cosine: Expression } {
  const { rest: r, quarters } = reduced(x)
  const z = p.mul(r, r)
  const s = p.fma(p.mul(r, z), polynomial(z, [-0.16666654611, 0.0083321608736, -0.00019515295891]), r)
  const c = p.fma(p.mul(z, z), polynomial(z, [0.04166664568, -0.001388731625, 0.00002443315712]), p.fma(z, -0.5, 1))
  const swapped = p.equal(p.and(quarters, 1), 1)
  const half = p.equal(p.and(quarters, 2), 2)
  const negative = p.greater(p['bitcast.f32.u32'](x), 0x7fffffff)
  const signed = (negate: Expression, value: Expression): Expression =>
    select(finite(x), select(negate, p.neg(value), value), number(Number.NaN))
  return {
    sine: signed(p.xor(half, negative), select(swapped, c, s)),
    // Where a quarter and a half turn disagree.
    cosine: signed(p.xor(swapped, half), select(swapped, s, c)),
  }
}
export const sine: Formula = x => sineAndCosine(x).sine
export const cosine: Formula = x => sineAndCosine(x).cosine
export const tangent: Formula = x => {
  const { sine, cosine } = sineAndCosine(x)
  return p.div(sine, cosine)
}

/**
 * a - b * trunc(a / b). Of floats exactly, for quotients below 2^40, as long division of their mantissas, eight bits at a time:
 * a rounded quotient loses the remainder from 2^24 on, and near whole quotients before.
 */
export function rest(a: Expression, b: Expression): Expression {
  if (registerType(a.dtype) !== 'f32') return p.rem(a, b)
  // By powers of 2 nothing is rounded.
  if (b.kind === 'literal' && Math.abs(b.value) >= 1 && Number.isInteger(Math.log2(Math.abs(b.value))))
    return p.sub(a, p.mul(p.trunc(p.mul(a, 1 / b.value)), b))
  const [x, y] = [parts(a), parts(b)]
  const shift = p.sub(x.exponent, p.min(x.exponent, y.exponent))
  let left = p.rem(x.mantissa, y.mantissa)
  for (let done = 0; done < 40; done += 8) {
    const now = p.min(p.sub(shift, p.min(shift, done)), 8)
    left = p.rem(p.shiftLeft(left, now), y.mantissa)
  }
  const size = p.mul(p.mul(convert(left, 'f32'), 2 ** -23), p['bitcast.u32.f32'](p.shiftLeft(y.exponent, 23)))
  const divided = select(p.less(a, 0), p.neg(size), size)
  const undefinedHere = p.or(p.not(finite(a)), p.or(notANumber(b), p.equal(b, 0)))
  return select(undefinedHere, number(Number.NaN), select(p.less(p.abs(a), p.abs(b)), a, divided))
}
/** The size of a number: mantissa * 2^(exponent - 150). */
function parts(x: Expression): { mantissa: Expression; exponent: Expression } {
  const bits = p['bitcast.f32.u32'](p.abs(x))
  const exponent = p.shiftRight(bits, 23)
  const fraction = p.and(bits, 0x7fffff)
  return {
    mantissa: select(p.equal(exponent, 0), fraction, p.or(fraction, 0x800000)),
    exponent: p.max(exponent, 1),
  }
}

/** a - b * floor(a / b): the remainder, moved to the side of `b`, which cannot overflow; by the integer 0 it is 0. */
export const floored: Formula = (a, b) => {
  const left = rest(a, b)
  if (registerType(a.dtype) === 'u32') return left
  const apart = p.and(p.notEqual(left, 0), p.xor(p.less(left, 0), p.less(b, 0)))
  return select(apart, p.add(left, b), left)
}

/**
 * The nearest f16, halves to even, infinite beyond its range. By its bits above 2^-14, as a multiple of 2^-24 below: drivers
 * drop a conversion to f16 and back, and `quantizeToF16` loses what is small.
 */
export const toHalf: Formula = x => {
  const bits = p['bitcast.f32.u32'](x)
  const rounded = p.add(p.add(bits, 0xfff), p.and(p.shiftRight(bits, 13), 1))
  const near = p['bitcast.u32.f32'](p.and(rounded, 0xffffe000))
  const small = p.mul(p.round(p.mul(x, 16777216)), 5.9604645e-8)
  const size = p.abs(x)
  // From halfway to 2^16 on. What is infinite or NaN is kept.
  const large = p.mul(x, Infinity)
  return select(p.less(size, 6.1035156e-5), small, select(p.less(size, 65520), near, large))
}

/** Not all bits of the exponent are set: shaders may be compiled as if infinities and NaN did not occur. */
export const finite = (x: Expression): Expression => p.notEqual(p.and(p['bitcast.f32.u32'](x), 0x7f800000), 0x7f800000)
export const notANumber = (x: Expression): Expression =>
  p.greater(p.and(p['bitcast.f32.u32'](x), 0x7fffffff), 0x7f800000)

/** The key of NaN, above that of Infinity. */
export const LAST_KEY = 0xfffffffe
/** Floats in the order of their bits: those of negative numbers, which are ordered the other way round, inverted. */
export const orderKey = (x: Expression): Expression => {
  const bits = p['bitcast.f32.u32'](x)
  const size = p.and(bits, 0x7fffffff)
  const ordered = select(p.greater(bits, 0x80000000), p.xor(bits, 0xffffffff), p.or(size, 0x80000000))
  return select(p.greater(size, 0x7f800000), literal(LAST_KEY, 'u32'), ordered)
}

/** Philox 4x32-10 at a position, of a key whose second word is given: neighbours share the block of four words. */
export const philox =
  (key1: number): Formula =>
  (i, step, stream, seed) => {
    let c: readonly Expression[] = [convert(quotient(i, 4), 'u32'), literal(0, 'u32'), step, stream]
    for (let round = 0; round < 10; round++) {
      const [c0, c1, c2, c3] = c as [Expression, Expression, Expression, Expression]
      const k0 = p.add(seed, (round * 0x9e3779b9) % 2 ** 32)
      const k1 = (key1 + round * 0xbb67ae85) % 2 ** 32
      c = [
        p.xor(p.xor(p.mulHigh(c2, 0xcd9e8d57), c1), k0),
        p.mul(c2, 0xcd9e8d57),
        p.xor(p.xor(p.mulHigh(c0, 0xd2511f53), c3), k1),
        p.mul(c0, 0xd2511f53),
      ]
    }
    const lane = remainder(i, 4)
    const [first, second, third, fourth] = c as [Expression, Expression, Expression, Expression]
    return [first, second, third].reduceRight((rest, word, n) => select(equals(lane, n), word, rest), fourth)
  }
