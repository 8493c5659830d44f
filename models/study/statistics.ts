/** Means with what is known of their error, from few runs. */

/** Of n values: their mean, and their standard deviation (divisor n - 1; NaN for one value). */
export interface Summary {
  /** How many values. */
  readonly n: number
  /** In the unit of the values. */
  readonly mean: number
  /** In the unit of the values. */
  readonly deviation: number
}
export function summary(values: readonly number[]): Summary {
  const n = values.length
  const mean = values.reduce((a, b) => a + b, 0) / n
  return { n, mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)) }
}

/** A mean and its confidence interval. Of one value the interval is all numbers. */
export interface Estimate extends Summary {
  /** Lower end of the interval. */
  readonly low: number
  /** Upper end of the interval. */
  readonly high: number
}

/**
 * The mean of n paired differences and its confidence interval by Student's t (paired t-test): `mean - t s / sqrt(n)` to
 * `mean + t s / sqrt(n)`, with `s` the standard deviation of the differences and `t` the quantile
 * `(1 + confidence) / 2` at n - 1 degrees of freedom. Source: Student, "The probable error of a mean", Biometrika 6, 1908.
 */
export function estimate(differences: readonly number[], confidence = 0.95): Estimate {
  const known = summary(differences)
  const { n, mean, deviation } = known
  const reach = n < 2 ? Infinity : (studentQuantile(confidence, n - 1) * deviation) / Math.sqrt(n)
  return { ...known, low: mean - reach, high: mean + reach }
}

/**
 * The t with `P(|T| < t) = confidence` for `degrees` degrees of freedom, a whole number. With `angle = atan(t / sqrt(degrees))`
 * that probability is a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4); the angle is found by bisection.
 */
export function studentQuantile(confidence: number, degrees: number): number {
  let [low, high] = [0, Math.PI / 2]
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (within(middle, degrees) < confidence) low = middle
    else high = middle
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2)
}

/**
 * The p value of the two-sided paired t test that the mean of differences is 0: `P(|T| >= |mean| sqrt(n) / s)`; 1 for one value. It is
 * below `1 - confidence` where the interval of that confidence excludes 0.
 */
export function significance({ n, mean, deviation }: Summary): number {
  if (n < 2) return 1
  const t = deviation === 0 ? (mean === 0 ? 0 : Infinity) : (Math.abs(mean) * Math.sqrt(n)) / deviation
  return Math.max(0, 1 - within(Math.atan(t / Math.sqrt(n - 1)), n - 1))
}

/** `P(|T| < sqrt(degrees) tan(angle))`. */
function within(angle: number, degrees: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const odd = degrees % 2 === 1
  // 1 + 1/2 cos^2 + 1 3 / (2 4) cos^4 + ... for even degrees, cos + 2/3 cos^3 + 2 4 / (3 5) cos^5 + ... for odd ones.
  let term = odd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2
    sum += term
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}
