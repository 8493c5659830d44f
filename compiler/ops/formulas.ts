/**
 * Scalar functions as formulas of primitives, where they are more than one: written once for every target. Polynomials are of
 * single precision; what drivers get wrong (huge arguments, small results) is kept from them here.
 */
import { type Expression, equals, type Formula, literal, quotient, remainder, select } from '../graph/expression.js'
import { convert, p, polynomial } from '../graph/primitive.js'

export const clamped = (x: Expression, low: number, high: number): Expression => p.min(p.max(x, low), high)

/** 1 / (1 + exp(-x)). */
export const sigmoid: Formula = x => p.div(1, p.add(p.exp(p.neg(clamped(x, -87, 87))), 1))

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
  const b = p.min(a, 4)
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

/** a to the power of b, also for 0 and for negative `a` with integer `b`. */
export const power: Formula = (a, b) => {
  const size = p.pow(p.abs(a), b)
  const odd = p.equal(p.abs(p.sub(b, p.mul(p.round(p.mul(b, 0.5)), 2))), 1)
  const signed = select(p.and(p.less(a, 0), odd), p.neg(size), size)
  const ofZero = select(p.less(b, 0), literal(3.4028234663852886e38, 'f32'), literal(0, 'f32'))
  return select(p.equal(b, 0), literal(1, 'f32'), select(p.equal(a, 0), ofZero, signed))
}

/**
 * Sine and cosine: Cody and Waite's reduction to a quarter turn around 0, then the polynomials of S. Moshier's Cephes.
 * WGSL's own functions may be off by 2^-11, too much for a normal draw, and promise nothing beyond a turn.
 */
function sineAndCosine(x: Expression): { sine: Expression; cosine: Expression } {
  const quarter = p.round(p.mul(x, 0.63661977))
  const part = (r: Expression, of: number): Expression => p.sub(r, p.mul(quarter, of))
  const r = part(part(part(x, 1.5703125), 0.000483751296997), 0.0000000754978994877)
  const z = p.mul(r, r)
  const s = p.fma(p.mul(r, z), polynomial(z, [-0.16666654611, 0.0083321608736, -0.00019515295891]), r)
  const c = p.fma(p.mul(z, z), polynomial(z, [0.04166664568, -0.001388731625, 0.00002443315712]), p.fma(z, -0.5, 1))
  const turn = convert(quarter, 'i32')
  const swapped = p.equal(p.and(turn, 1), 1)
  const half = p.equal(p.and(turn, 2), 2)
  /** Where a quarter and a half turn disagree, the cosine is negative. */
  const differ = p.xor(swapped, half)
  const [sine, cosine] = [select(swapped, c, s), select(swapped, s, c)]
  return { sine: select(half, p.neg(sine), sine), cosine: select(differ, p.neg(cosine), cosine) }
}
export const sine: Formula = x => sineAndCosine(x).sine
export const cosine: Formula = x => sineAndCosine(x).cosine
export const tangent: Formula = x => {
  const { sine, cosine } = sineAndCosine(x)
  return p.div(sine, cosine)
}

/** a - b * floor(a / b), by remainders alone. */
export const floored: Formula = (a, b) => p.rem(p.add(p.rem(a, b), b), b)

/**
 * The nearest f16, halves to even. By its bits above 2^-14, as a multiple of 2^-24 below: drivers drop a conversion to f16
 * and back, and `quantizeToF16` loses what is small.
 */
export const toHalf: Formula = x => {
  const y = clamped(x, -65504, 65504)
  const bits = p['bitcast.f32.u32'](y)
  const rounded = p.add(p.add(bits, 0xfff), p.and(p.shiftRight(bits, 13), 1))
  const near = p['bitcast.u32.f32'](p.and(rounded, 0xffffe000))
  const small = p.mul(p.round(p.mul(y, 16777216)), 5.9604645e-8)
  return select(p.less(p.abs(y), 6.1035156e-5), small, near)
}

/** Not all bits of the exponent are set: shaders may be compiled as if infinities and NaN did not occur. */
export const finite: Formula = x => p.notEqual(p.and(p['bitcast.f32.u32'](x), 0x7f800000), 0x7f800000)
export const notANumber: Formula = x => p.greater(p.and(p['bitcast.f32.u32'](x), 0x7fffffff), 0x7f800000)

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
