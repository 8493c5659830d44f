/**
 * Losses: plain functions on tensors, as short as the formula. Where a method forbids gradients through an argument,
 * its type is `Stopped`, and forgetting `stopGradient` is a red line.
 */

import { type Stopped, type Tensor, withScope } from '../compiler/graph/node.js'
import { checkOptions } from '../compiler/graph/options.js'
import { logsumexp, mean, normalize, softplus, variance } from '../compiler/language/math.js'
import {
  add,
  cast,
  concat,
  concatAll,
  div,
  equal,
  iota,
  less,
  matmul,
  max,
  mul,
  neg,
  rem,
  reshape,
  select,
  sqrt,
  stopGradient,
  sub,
  sum,
  transpose,
} from '../compiler/ops/index.js'
import type { Alike, Queue, Target } from '../compiler/types/pair.js'
import type { Dim, Shape } from '../compiler/types/shape.js'
import type { Gradient } from '../compiler/types/tensor.js'
import { alike, type Matrix, queueFor, type Vector } from './tensors.js'

export { type CrossEntropyOptions, crossEntropy } from '../compiler/language/math.js'

/**
 * `-mean_i cos(p_i, z_i)`, in [-1, 1]. `p` `[N, D]` predictions, `z` `[N, D]` targets, which take no gradient.
 * Source: SimSiam, arXiv 2011.10566, equation 1.
 */
export const negativeCosine = <N extends Dim, D extends Dim, S extends Shape, G extends Gradient>(
  p: Tensor<[N, D], 'f32'>,
  z: Target<'negativeCosine', [N, D], S, G>,
): Tensor<[], 'f32'> => mean(negativeDots(normalize(p), normalize(alike('negativeCosine', p, z))))
/** `-<p_i, z_i>` of rows `[N, D]` as they are, `[N]`: its mean is `negativeCosine` where they are unit rows. */
export const negativeDots = <N extends Dim, D extends Dim, S extends Shape>(
  p: Tensor<[N, D], 'f32'>,
  z: Alike<'negativeDots', [N, D], S>,
): Tensor<[N], 'f32'> => neg(sum(mul(p, alike('negativeDots', p, z)), -1))

/** `cos(a_i, b_i)` of rows: `[N, D]` and `[N, D]` to `[N]`. */
export const cosineSimilarity = <N extends Dim, D extends Dim, S extends Shape>(
  a: Tensor<[N, D], 'f32'>,
  b: Alike<'cosineSimilarity', [N, D], S>,
): Tensor<[N], 'f32'> => sum(mul(normalize(a), normalize(alike('cosineSimilarity', a, b))), -1)

/**
 * InfoNCE against a queue: cross-entropy of `[q.k, q queue^T] / temperature` with the first column as the target, mean
 * over the batch. `q`, `k` `[N, D]` are scaled to unit rows here; the rows of `queue` `[K, D]` are used as they are.
 * Default temperature 0.2. Source: MoCo, arXiv 1911.05722, equation 1; temperature of MoCo v2, arXiv 2003.04297.
 */
export function infoNCE<
  N extends Dim,
  D extends Dim,
  S extends Shape,
  T extends Shape,
  G extends Gradient,
  H extends Gradient,
>(
  q: Tensor<[N, D], 'f32'>,
  k: Target<'infoNCE', [N, D], S, G>,
  queue: Queue<'infoNCE', D, T, H>,
  temperature = 0.2,
): Tensor<[], 'f32'> {
  return mean(contrasts(againstQueue('infoNCE', q, k, queue), temperature))
}

/** Share of the batch whose positive scores above all negatives: `[]`, no gradient. Arguments as in `infoNCE`. */
export function infoNCEAccuracy<
  N extends Dim,
  D extends Dim,
  S extends Shape,
  T extends Shape,
  G extends Gradient,
  H extends Gradient,
>(
  q: Tensor<[N, D], 'f32'>,
  k: Target<'infoNCEAccuracy', [N, D], S, G>,
  queue: Queue<'infoNCEAccuracy', D, T, H>,
): Stopped<[]> {
  return wins(againstQueue('infoNCEAccuracy', q, k, queue))
}

/** Scores of unit rows with their keys and with a queue, as `infoNCE` and its accuracy take them. */
function againstQueue(name: string, q: Matrix, k: unknown, queue: unknown): Scores {
  return scoresOf(normalize(q), normalize(alike(name, q, k)), { shared: queueFor(name, q, queue) })
}

/** What queries are told apart from: rows `[K, D]` for all of them, and rows `[N, S, D]` for each its own. */
export interface Negatives {
  /** Rows `[K, D]` for all queries. */
  readonly shared: Matrix
  /** Rows `[N, S, D]`, `S` for each query. Default: none. */
  readonly own?: readonly Tensor<[Dim, Dim, Dim], 'f32'>[]
}
/** Scores of each query: of its key, `[N]`, and of what it is told apart from, `[N, K]`. */
export interface Scores {
  /** Of each query with its key, `[N]`. */
  readonly positive: Vector
  /** Of each query with what it is told apart from, `[N, K]`. */
  readonly negative: Matrix
}
/**
 * Dot products of queries `q` `[N, D]` with their keys `k` `[N, D]` and with their negatives. Rows as they are.
 */
export function scoresOf(q: Matrix, k: Matrix, { shared, own = [] }: Negatives): Scores {
  const [rows, size] = q.shape as [number, number]
  const apart = own.map(n => sum(mul(n, reshape(q, [rows, 1, size])), -1))
  return {
    positive: sum(mul(q, k), -1),
    negative: concatAll([matmul(q, transpose(shared)), ...apart], 1),
  }
}

/** `-log(e^(p / T) / (e^(p / T) + sum e^(n / T)))` of each query, `[N]`: InfoNCE from scores. */
export function contrasts({ positive, negative }: Scores, temperature: number) {
  const others = logsumexp(div(negative, temperature), -1)
  return softplus(sub(others, div(positive, temperature)))
}

/** Share of the queries whose positive scores above all negatives: `[]`, no gradient. */
export const wins = ({ positive, negative }: Scores): Stopped<[]> =>
  mean(cast(less(max(stopGradient(negative), -1), stopGradient(positive)), 'f32')) as Stopped<[]>

/**
 * NT-Xent: every row of `[z1; z2]` (unit rows, `[2N, D]`) is pulled to its other view and pushed from the 2N - 2 others:
 * mean over rows of `logsumexp_{j != i} s_ij - s_i,pos(i)` with `s = z z^T / temperature`. Default temperature 0.5.
 * `unit: false` takes the rows as they are. Source: SimCLR, arXiv 2002.05709, equation 1.
 */
export function ntXent<N extends Dim, D extends Dim, S extends Shape>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'ntXent', [N, D], S>,
  temperature = 0.5,
  options: Rows = {},
): Tensor<[], 'f32'> {
  checkOptions('ntXent', options, ['unit'])
  const { unit = true } = options
  const z = rowsOf(concat(z1, alike('ntXent', z1, z2), 0), unit)
  const rows = z.shape[0]!
  const scores = div(matmul(z, transpose(z)), temperature)
  const self = equal(iota([rows, rows], 0), iota([rows, rows], 1))
  const others = select(self, MASKED, scores)
  // Read off the same scores, so that both terms round alike: without negatives the loss is 0.
  const partner = equal(iota([rows, rows], 1), rem(add(iota([rows, rows], 0), rows / 2), rows))
  const positive = sum(select(partner, scores, 0), -1)
  return mean(sub(logsumexp(others, -1), positive))
}
/** What losses that compare unit rows may be told. */
export interface Rows {
  /** Scale rows to unit length first. Default true; false for rows that are, or that an augmentation has moved from there. */
  readonly unit?: boolean
}
/** The rows `[N, D]` as a loss compares them: of unit length where `unit` says so, else as they are. */
export const rowsOf = <N extends Dim, D extends Dim, G extends Gradient>(x: Tensor<[N, D], 'f32', G>, unit: boolean) =>
  unit ? normalize(x) : x

/** Stands for minus infinity, which shader compilers may take for impossible. */
const MASKED = -1e30

/**
 * How far features are from collapse: the mean over dimensions of the standard deviation over the batch of unit rows,
 * times `sqrt(D)`. 1 for directions spread evenly over the sphere, 0 when all rows are equal. No gradient.
 * Source: SimSiam, arXiv 2011.10566, section 4.1.
 */
export const spread = (z: Matrix): Stopped<[]> =>
  withScope('spread', () => {
    const unit = normalize(stopGradient(z))
    return mul(mean(sqrt(variance(unit, 0))), Math.sqrt(z.shape[1]!))
  })
