/**
 * Feature augmentation of what a query is compared with: positives drawn together or apart, negatives mixed. Formulas with
 * their draws as arguments; `q`, `k` `[N, D]`, `queue` `[K, D]`.
 */
import type { Stopped, Tensor, Untyped } from '../../../compiler/graph/node.js'
import { normalize } from '../../../compiler/language/math.js'
import { add, embedding, mul, reshape, slice, stopGradient, sub } from '../../../compiler/ops/index.js'
import { mix } from './mix.js'

const between = (a: Untyped, b: Untyped, l: Untyped): Untyped => add(mul(a, l), mul(b, sub(1, l)))
/** One weight per row of a `[N, S, D]` mixture. */
const perRow = (weights: Untyped): Untyped => reshape(weights, [...weights.shape, 1])

/**
 * `q' = l q + (1 - l) k` and `k' = l k + (1 - l) q`, both from the given `q` and `k`: above 1, `l` (a row's `[N, 1]` or an
 * element's `[N, D]`) moves the pair apart, a harder positive; from 0 to 1 together. No unit rows afterwards by default. Pass a
 * stopped key where it takes no gradient. Source: feature transformation, Zhu et al., arXiv 2108.02982
 * (`l = 1 + Beta(2, 2)`).
 */
export function mixPositives(
  q: Untyped,
  k: Untyped,
  l: Untyped,
  { unit = false }: { readonly unit?: boolean } = {},
): { q: Untyped; k: Untyped } {
  const done = (x: Untyped): Untyped => (unit ? normalize(x) : x)
  return { q: done(between(q, k, l)), k: done(between(k, q, l)) }
}

/** `l queue + (1 - l) queue_pi`, `l` `[K, D]` or `[K, 1]`. No gradient. Source: as `mixPositives` (`Beta(1.6, 1.6)`). */
export const mixQueue = (queue: Untyped, l: Untyped, partner: Tensor<any, 'i32'>): Stopped<any> =>
  stopGradient(mix(stopGradient(queue) as Untyped, l, partner)) as Stopped<any>

/**
 * `unit(a n_i + (1 - a) n_j)` of pairs of hard negatives: `pairs` `[N, S, 2]` i32 rows of the queue, `a` `[N, S]`; result `[N,
 * S, D]`. No gradient. Source: MoCHi, arXiv 2010.01028 (`a ~ U(0, 1)`).
 */
export function mixNegatives(queue: Untyped, pairs: Tensor<any, 'i32'>, a: Untyped): Stopped<any> {
  const [count, size] = pairs.shape as unknown as [number, number]
  const row = (side: number): Untyped =>
    embedding(
      stopGradient(queue) as Untyped,
      reshape(slice(pairs as Untyped, 2, side, side + 1), [count, size]) as Tensor<any, 'i32'>,
    ) as Untyped
  return normalize(between(row(0), row(1), perRow(a))) as Stopped<any>
}

/**
 * `unit(b q + (1 - b) n_j)`, the query itself mixed into hard negatives: `rows` `[N, T]` i32, `b` `[N, T]`; result `[N, T, D]`.
 * No gradient. Source: MoCHi, as above (`b ~ U(0, 0.5)`).
 */
export function mixQueryIntoNegatives(q: Untyped, queue: Untyped, rows: Tensor<any, 'i32'>, b: Untyped): Stopped<any> {
  const [count, features] = q.shape as unknown as [number, number]
  const query: Untyped = reshape(stopGradient(q), [count, 1, features])
  return normalize(
    between(query, embedding(stopGradient(queue) as Untyped, rows) as Untyped, perRow(b)),
  ) as Stopped<any>
}
