/** What a paired comparison of n seeds can see: the power of its t test, and the seeds that a wanted effect takes. */
import { studentQuantile } from './statistics.js'

/**
 * The distribution function of the standard normal, to 1e-14: `1/2 + phi(z) (z + z^3 / 3 + z^5 / (3 5) + ...)`. Source: Marsaglia,
 * "Evaluating the normal distribution", Journal of Statistical Software 11, 2004.
 */
export function normalProbability(z: number): number {
  if (Math.abs(z) > 8) return z < 0 ? 0 : 1
  let [term, sum] = [z, z]
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) sum += term *= (z * z) / k
  return 0.5 + (sum * Math.exp(-z * z * 0.5)) / Math.sqrt(2 * Math.PI)
}

export interface Comparison {
  /** Mean of the differences that is to be seen, and the standard deviation of one, in the same unit. */
  readonly effect: number
  readonly deviation: number
  /** Differences, one per seed: 2 or more. */
  readonly n: number
  /** Of the interval that is to exclude 0. Default 0.95. */
  readonly confidence?: number
}
/**
 * The probability that the interval of the mean of `n` differences (`estimate`) excludes 0: the power of the two-sided paired t
 * test, from the noncentral t distribution. With `u` the estimated deviation over the true one, whose density is proportional to
 * `u^(v - 1) exp(-v u^2 / 2)` for `v = n - 1` degrees of freedom, it is the mean over `u` of `P(|Z + d| > t u)`, `d` the effect
 * over its standard error. Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 31.
 */
export function power({ effect, deviation, n, confidence = 0.95 }: Comparison): number {
  if (n < 2) return 0
  const degrees = n - 1
  const t = studentQuantile(confidence, degrees)
  const d = (Math.abs(effect) * Math.sqrt(n)) / deviation
  if (!Number.isFinite(d)) return 1
  const reach = 8 / Math.sqrt(2 * degrees)
  const [from, to] = [Math.max(0, 1 - reach), 1 + reach]
  const weight = (u: number): number =>
    u === 0 && degrees > 1 ? 0 : Math.exp((degrees - 1) * Math.log(u || 1) - (degrees * (u * u - 1)) / 2)
  const seen = (u: number): number => normalProbability(d - t * u) + normalProbability(-d - t * u)
  const steps = 200
  return simpson(u => weight(u) * seen(u), from, to, steps) / simpson(weight, from, to, steps)
}

/** The smallest number of seeds, at most `most` (default 10,000), whose comparison has a power of `wanted`; Infinity if there is none. */
export function seedsFor(
  wanted: number,
  { most = 10_000, ...comparison }: Omit<Comparison, 'n'> & { readonly most?: number },
): number {
  if (power({ ...comparison, n: most }) < wanted) return Infinity
  let [low, high] = [1, most]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (power({ ...comparison, n: middle }) < wanted) low = middle
    else high = middle
  }
  return high
}

/** Holm's correction: p values that may each be compared with the level of the whole family, in the given order. */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!)
  const corrected = [...values]
  let least = 0
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, values[at]! * (values.length - rank)))
    corrected[at] = least
  }
  return corrected
}

/** The standard error of a share that was counted on so many test examples: what other test examples would change. */
export const standardError = (share: number, examples: number): number => Math.sqrt((share * (1 - share)) / examples)

function simpson(f: (x: number) => number, from: number, to: number, steps: number): number {
  const width = (to - from) / steps
  let sum = f(from) + f(to)
  for (let i = 1; i < steps; i++) sum += f(from + i * width) * (i % 2 === 1 ? 4 : 2)
  return (sum * width) / 3
}
