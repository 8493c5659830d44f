/** Linear support vector machines on a few images of each class. */
import { BadInput } from '../../runtime/errors.js'
import { generator, permutation } from '../data/random.js'
import { checkFeatures, classCount, type Features, share } from './features.js'

/** What `lowShot` may be told. */
export interface LowShotOptions {
  /** Training images of each class. Default 1, 2, 4, 8, 16. */
  readonly shots?: readonly number[]
  /** Independent draws of these. Default 5. */
  readonly draws?: number
  /** Weight of the errors against the square of the weights: C of LIBLINEAR. Default 1. */
  readonly cost?: number
  /** Of the draws. Default 0. */
  readonly seed?: number
}
/** What `lowShot` found with so many images of each class. */
export interface LowShot {
  /** Images of each class that were learned from. */
  readonly shots: number
  /** Share of the test images that is right: mean over the draws, and its deviation (divisor n - 1; 0 of one draw). */
  readonly mean: number
  /** Deviation over the draws. */
  readonly deviation: number
}

/**
 * Linear classification with few labels: one machine for each class against all others, on unit features of `shots` training images of each class,
 * drawn several times; the class of the highest value is predicted. Classes with fewer images give all. Protocol: Goyal et al., arXiv 1905.01235, section 4.
 * Computed here in float64. Throws `BadInput` for shots or draws that are no whole numbers from 1 on, `DataError` for features that are infinite or NaN.
 */
export function lowShot(
  train: Features,
  test: Features,
  { shots = [1, 2, 4, 8, 16], draws = 5, cost = 1, seed = 0 }: LowShotOptions = {},
): LowShot[] {
  checkFeatures(train, test)
  for (const [name, values] of [
    ['shots', shots],
    ['draws', [draws]],
  ] as const)
    for (const value of values)
      if (!Number.isInteger(value) || value < 1)
        throw new BadInput(`${name} of low-shot classification must be whole numbers from 1 on, got ${value}.`)
  const classes = classCount(train, test)
  const [rows, queries] = [unitRows(train), unitRows(test)]
  return shots.map(count => {
    const accuracies = Array.from({ length: draws }, (_, draw) => {
      const chosen = drawn(train.labels, count, seed, draw)
      const examples = chosen.map(n => rows[n]!)
      const machines = Array.from({ length: classes }, (_, label) =>
        supportVectorMachine(
          examples,
          chosen.map(n => (train.labels[n] === label ? 1 : -1)),
          { cost },
        ),
      )
      const predicted = queries.map(query => {
        const values = machines.map(weights => dot(weights, query))
        return values.indexOf(Math.max(...values))
      })
      return share(predicted, test.labels)
    })
    const mean = accuracies.reduce((a, b) => a + b, 0) / draws
    const squares = accuracies.reduce((sum, accuracy) => sum + (accuracy - mean) ** 2, 0)
    return { shots: count, mean, deviation: draws > 1 ? Math.sqrt(squares / (draws - 1)) : 0 }
  })
}

/** Numbers of `count` rows of each class, or of all where there are fewer. */
function drawn(labels: Uint8Array, count: number, seed: number, draw: number): number[] {
  const taken = new Map<number, number>()
  return [...permutation(labels.length, generator(seed, 0x5407, draw))].filter(n => {
    const before = taken.get(labels[n]!) ?? 0
    taken.set(labels[n]!, before + 1)
    return before < count
  })
}

/** Rows of length one, with a 1 behind them for the bias. */
function unitRows({ values, count, width }: Features): Float64Array[] {
  return Array.from({ length: count }, (_, n) => {
    const row = Float64Array.from(values.subarray(n * width, (n + 1) * width))
    const length = Math.sqrt(dot(row, row)) || 1
    return Float64Array.from({ length: width + 1 }, (_, i) => (i < width ? row[i]! / length : 1))
  })
}

/**
 * Weights `w` that minimise `|w|^2 / 2 + cost * sum(max(0, 1 - y x.w)^2)` over rows `x` with signs `y`: coordinate descent on the
 * dual, whose variables are `>= 0` (Hsieh et al., ICML 2008, algorithm 1 with the squared hinge), until no gradient is above `tolerance`.
 */
export function supportVectorMachine(
  rows: readonly Float64Array[],
  signs: readonly number[],
  { cost = 1, tolerance = 1e-8 }: { readonly cost?: number; readonly tolerance?: number } = {},
): Float64Array {
  const weights = new Float64Array(rows[0]!.length)
  const alphas = new Float64Array(rows.length)
  const diagonal = 1 / (2 * cost)
  const squares = rows.map(row => dot(row, row) + diagonal)
  for (let epoch = 0; epoch < MOST_EPOCHS; epoch++) {
    let largest = 0
    for (const [i, row] of rows.entries()) {
      const gradient = signs[i]! * dot(weights, row) - 1 + diagonal * alphas[i]!
      const projected = alphas[i] === 0 ? Math.min(gradient, 0) : gradient
      largest = Math.max(largest, Math.abs(projected))
      if (projected === 0) continue
      const next = Math.max(alphas[i]! - gradient / squares[i]!, 0)
      const change = (next - alphas[i]!) * signs[i]!
      alphas[i] = next
      for (let k = 0; k < row.length; k++) weights[k]! += change * row[k]!
    }
    if (largest < tolerance) break
  }
  return weights
}
const MOST_EPOCHS = 10_000

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
