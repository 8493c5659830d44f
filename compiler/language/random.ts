/**
 * Random tensors. Each call is a stream of its own, keyed by the program's seed and step and by the call's place in the
 * modules, so the same program draws the same numbers on every device. No gradient flows through draws.
 */
import { isTensor, type Stopped, type Tensor, type Untyped } from '../graph/node.js'
import { checkRange } from '../graph/options.js'
import { ShapeError } from '../graph/shape.js'
import { boundShape } from '../graph/sizes.js'
import { add, div, maximum, mul, rem, sub } from '../ops/binary.js'
import { cast, equal, greater, less, logicalAnd, select, shiftRight } from '../ops/compare.js'
import { iota } from '../ops/constant.js'
import { argsort } from '../ops/prefix.js'
import { randomBits } from '../ops/random.js'
import { argmax, sum } from '../ops/reduce.js'
import { cos, log, sigmoid, sqrt, square } from '../ops/unary.js'
import type { Shape } from '../types/shape.js'
import { currentTrace, nextStream } from './trace.js'

/** 32 random bits per element. */
export function bits<const S extends Shape>(shape: S): Stopped<S, 'u32'> {
  const { seed, step } = currentTrace('a random number')
  return randomBits(seed as Untyped, step as Untyped, shape, nextStream())
}

/** The upper 24 bits as a float: all that f32 holds exactly. */
const counts = (shape: Shape): Untyped => cast(shiftRight(bits(shape), 8), 'f32')

/** Uniform on `[low, high)`, by default `[0, 1)`, in steps of 2^-24 of the range. */
export function uniform<const S extends Shape>(shape: S, low = 0, high = 1): Stopped<S> {
  if (!(low <= high && Number.isFinite(high - low)))
    throw new ShapeError(`uniform takes finite numbers low <= high, got ${low} and ${high}`)
  const unit = mul(counts(shape), 2 ** -24)
  return low === 0 && high === 1 ? unit : add(mul(unit, high - low), low)
}

/** Standard normal, by Box and Muller (1958): sqrt(-2 ln u) cos(2 pi v). At most 5.8 in size. */
export function normal<const S extends Shape>(shape: S): Stopped<S> {
  const u = mul(add(counts(shape), 1), 2 ** -24) // in (0, 1]
  const angle = mul(sub(mul(counts(shape), 2 ** -24), 0.5), 2 * Math.PI) // where the device's cosine is accurate
  return mul(sqrt(maximum(mul(log(u), -2), 0)), cos(angle))
}

/** True with probability `p`, a number or a scalar tensor. */
export const bernoulli = <const S extends Shape>(p: number | Tensor<[], 'f32'>, shape: S): Stopped<S, 'bool'> => {
  if (!isTensor(p)) checkRange('bernoulli', 'p', p, { least: 0, most: 1 })
  return less(uniform(shape) as Untyped, p as Untyped)
}

/** Uniform integers `low`, ..., `high - 1`. */
export function randint<const S extends Shape>(low: number, high: number, shape: S): Stopped<S, 'i32'> {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high))
    throw new ShapeError(`randint takes integers low < high, got ${low} and ${high}`)
  return add(cast(rem(bits(shape), high - low), 'i32'), low)
}

/** A random order of `0 .. count - 1`: that of `count` random keys. */
export const permutation = <const N extends number>(count: N): Stopped<[N], 'i32'> =>
  argsort(bits([count]) as Untyped, 0) as Stopped<any, 'i32'>

/** Attempts of the rejection method: all of them fail once in 10^10 draws, which then get the middle value. */
const ATTEMPTS = 8

/** Logarithm of a Gamma(alpha, 1) draw. Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
function logGamma(alpha: number, shape: Shape): Untyped {
  const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3
  const tries = [ATTEMPTS, ...boundShape(shape)]
  const x = normal(tries)
  const root = add(mul(x, 1 / Math.sqrt(9 * d)), 1)
  const inside = greater(root, 0)
  const logV = mul(log(select(inside, root, 1)), 3)
  const v = mul(root, square(root))
  const logU = log(openUniform(tries))
  const bound = add(mul(square(x), 0.5), mul(add(sub(logV, v), 1), d))
  const accepted = logicalAnd(inside, less(logU, bound))
  const first = argmax(cast(accepted, 'i32'), 0)
  const chosen = logicalAnd(accepted, equal(iota(tries, 0), first))
  const drawn = add(sum(select(chosen, logV, 0), 0), Math.log(d))
  return alpha < 1 ? add(drawn, div(log(openUniform(shape)), alpha)) : drawn
}
/** Uniform on (0, 1]. */
const openUniform = (shape: Shape): Untyped => mul(add(counts(shape), 1), 2 ** -24)

/** Beta(a, b) for any positive numbers: x / (x + y) of two gamma draws, formed from their logarithms. */
export function beta<const S extends Shape>(a: number, b: number, shape: S): Stopped<S> {
  if (!(a > 0 && b > 0)) throw new ShapeError(`beta takes positive parameters, got ${a} and ${b}`)
  if (a === 1 && b === 1) return uniform(shape)
  return sigmoid(sub(logGamma(a, shape), logGamma(b, shape)))
}
