/** The nearest training examples of test examples, for people to look at. */
import type { Features } from './features.js'

/**
 * For the first `queries` test examples, the numbers of their `k` nearest training examples by the cosine of their features,
 * nearest first: `[queries][k]`, or fewer where there are fewer.
 */
export function nearestExamples(train: Features, test: Features, queries: number, k: number): number[][] {
  const lengths = Float64Array.from({ length: train.count }, (_, n) => Math.sqrt(dot(row(train, n), row(train, n))))
  return Array.from({ length: Math.min(queries, test.count) }, (_, q) => {
    const query = row(test, q)
    const scores = Float64Array.from({ length: train.count }, (_, n) => dot(query, row(train, n)) / (lengths[n]! || 1))
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, k)
  })
}

const row = ({ values, width }: Features, n: number) => values.subarray(n * width, (n + 1) * width)
function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
