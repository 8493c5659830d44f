/**
 * Feature augmentation of negatives: the queue mixed, hard negatives mixed with each other and with the query, or moved towards
 * it (MX7 to MX10, N8 of this project's list). `q` `[N, D]` are unit queries without gradient, the queue `[K, D]` unit rows; hard negatives are kept per query,
 * beside the queue. `augment({ operator: gaussianNoise({ scale: 'one' }), strength: 0.01, at: 'negatives' })` is SynCo's noise.
 */
import type { Stopped, Tensor } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { normalize, topK } from '../../../compiler/language/math.js'
import { index } from '../../../compiler/language/movement.js'
import { beta, randint, uniform } from '../../../compiler/language/random.js'
import {
  add,
  embedding,
  expandDims,
  gather,
  iota,
  matmul,
  mul,
  rem,
  reshape,
  sign,
  stopGradient,
  sub,
  transpose,
} from '../../../compiler/ops/index.js'
import type { Dim } from '../../../compiler/types/shape.js'
import type { Matrix, Vector } from '../../tensors.js'
import { type Draw, mix, weightsOf } from './mix.js'
import { atLeastZero, operator, positive } from './operator.js'

/**
 * MX7: `Q' = w Q + (1 - w) Q_pi`, `w ~ Beta(strength, strength)` once per step (default), per row or per element, in place of the queue.
 * `pi` shifts the ring by a random number of rows, at least one, so that partners differ from step to step and cost nothing to
 * find. No unit rows afterwards; the keys themselves are queued. Strength: default 1.6. Source: feature transformation, arXiv 2108.02982.
 */
export const queueMixing = ({ draw = 'step' }: { readonly draw?: Draw } = {}) =>
  operator({
    name: 'mixqueue',
    kind: 'negatives',
    strength: 1.6,
    range: positive,
    apply({ shared, ...rest }, _, { strength }) {
      const [rows, features] = shared.shape as [number, number]
      const w = beta(strength, strength, weightsOf(draw, rows, features))
      const shift = rows > 1 ? randint(1, rows, [1]) : 0
      const partner = rem(add(iota([rows], 0), shift), rows)
      return { ...rest, shared: mixQueue(shared, w, partner) }
    },
  })

/** What `hardMixing` and its like may be told. */
export interface HardOptions {
  /** How many of the queue count as hard: those nearest to the query. Default 32. */
  readonly hardest?: number
  /** Negatives made per query. Default 16. */
  readonly count?: number
}

/**
 * MX8: `count` negatives `unit(a n_i + (1 - a) n_j)` per query beside the queue, `n_i`, `n_j` among its `hardest` by `q.n`, `a ~ U(0, 1)`. No
 * strength. Source: MoCHi, arXiv 2010.01028 (1024 of each with queues of 65536; small queues: 32 and 16, the defaults).
 */
export const hardMixing = (options: HardOptions = {}) =>
  hardNegatives('mochi', options, (queue, hard, count, q) =>
    mixNegatives(queue, picked(hard, count, 2), uniform([q.shape[0]!, count])),
  )

/**
 * MX9: `count` negatives `unit(b q + (1 - b) n_j)` per query beside the queue, `n_j` among its `hardest`, `b ~ U(0, strength)`. Strength:
 * default 0.5, at most 1. Source: MoCHi, as `hardMixing`.
 */
export const queryMixing = (options: HardOptions = {}) =>
  hardNegatives(
    'mochi-query',
    options,
    (queue, hard, count, q, strength) => {
      const b = uniform([q.shape[0]!, count], 0, strength)
      return mixQueryIntoNegatives(q, queue, rowsOf(picked(hard, count, 1), 0), b)
    },
    { strength: 0.5, range: ['at least 0 and at most 1', s => s >= 0 && s <= 1] },
  )

/**
 * MX10: `count` negatives `unit(q + b (n_j - q))` per query beside the queue, `n_j` among its `hardest`, `b ~ U(1, 1 + strength)`: beyond
 * the negative, away from the query. Strength: default 0.5. Source: SynCo, arXiv 2410.02401, type 2 (256 of 1024).
 */
export const negativeExtrapolation = (options: HardOptions = {}) =>
  hardNegatives(
    'synco',
    options,
    (queue, hard, count, q, strength) => {
      const beyond = sub(1, uniform([q.shape[0]!, count], 1, 1 + strength)) // of the query: 1 - b
      return mixQueryIntoNegatives(q, queue, rowsOf(picked(hard, count, 1), 0), beyond)
    },
    { strength: 0.5, range: atLeastZero },
  )

/**
 * N8: `count` negatives `unit(n_j + a d)` per query beside the queue, `n_j` among its `hardest`: a step up the score `q.n`, whose
 * gradient is the query: `d = q`, or its signs (`step: 'sign'`). Strength: a, default 0.01. Source: SynCo, arXiv 2410.02401, types 5
 * and 6 (64 of each).
 */
export const adversarialSteps = ({
  step = 'gradient',
  ...options
}: HardOptions & { readonly step?: 'gradient' | 'sign' } = {}) =>
  hardNegatives(
    'adverse',
    options,
    (queue, hard, count, q, strength) => {
      const [rows, features] = q.shape as [number, number]
      const up = reshape(step === 'sign' ? sign(q) : q, [rows, 1, features])
      return normalize(add(embedding(queue, rowsOf(picked(hard, count, 1), 0)), mul(up, strength)))
    },
    { strength: 0.01, range: atLeastZero },
  )

/** An operator that makes `count` rows `[N, count, D]` per query out of its hardest negatives, `hard` `[N, hardest]` of the queue. */
const hardNegatives = <const N extends string>(
  name: N,
  { hardest = 32, count = 16 }: HardOptions,
  make: (queue: Matrix, hard: Matrix<'i32'>, count: number, q: Matrix, strength: number) => PerQuery,
  strength: { readonly strength?: number; readonly range?: readonly [string, (s: number) => boolean] } = {},
) => {
  for (const [what, value] of Object.entries({ hardest, count }))
    if (!(Number.isInteger(value) && value >= 1))
      throw new ShapeError(`${name}: ${what} must be a whole number from 1 on, got ${value}`)
  return operator({
    name,
    kind: 'negatives',
    ...strength,
    apply({ shared, own = [] }, q, { strength }) {
      const queue = stopGradient(shared)
      if (hardest > queue.shape[0]!)
        throw new ShapeError(`${name}: there are no ${hardest} hardest of ${queue.shape[0]} negatives: give hardest`)
      const { indices } = topK(matmul(q, transpose(queue)), hardest as never)
      return { shared, own: [...own, make(queue, indices, count, q, strength)] }
    },
  })
}

/** `[N, count, sides]` rows of the queue, drawn from `hard` `[N, hardest]` with replacement. */
function picked(hard: Matrix<'i32'>, count: number, sides: number): Tensor<[number, number, number], 'i32'> {
  const [rows, hardest] = hard.shape as [number, number]
  const drawn = gather(hard, randint(0, hardest, [rows, count * sides]), 1)
  return reshape(drawn, [rows, count, sides])
}
/** One side of `[N, count, sides]`: `[N, count]`. */
const rowsOf = <N extends Dim, M extends Dim>(
  pairs: Tensor<[N, M, number], 'i32'>,
  side: number,
): Tensor<[N, M], 'i32'> => index(pairs, 2, side)

// Formulas with their draws as arguments.

/** Rows `[N, S, D]`: `S` for each query. */
type PerQuery = Tensor<[Dim, Dim, Dim], 'f32'>
/** `l a + (1 - l) b` with one weight per row, `[N, S]`, as unit rows. */
function between(a: PerQuery, b: PerQuery, l: Matrix): PerQuery {
  const w = expandDims(l, -1)
  return normalize(add(mul(a, w), mul(b, sub(1, w))))
}

/** `l queue + (1 - l) queue_pi`, `l` `[K, D]` or `[K, 1]`. No gradient. Source: as `mixPositives` (`Beta(1.6, 1.6)`). */
export const mixQueue = (queue: Matrix, l: Matrix, partner: Vector<'i32'>): Stopped<[Dim, Dim]> =>
  stopGradient(mix(stopGradient(queue), l, partner))

/**
 * `unit(a n_i + (1 - a) n_j)` of pairs of hard negatives: `pairs` `[N, S, 2]` i32 rows of the queue, `a` `[N, S]`; result `[N,
 * S, D]`. No gradient. Source: MoCHi, arXiv 2010.01028 (`a ~ U(0, 1)`).
 */
export function mixNegatives(
  queue: Matrix,
  pairs: Tensor<[Dim, Dim, number], 'i32'>,
  a: Matrix,
): Stopped<[Dim, Dim, Dim]> {
  const row = (side: number) => embedding(stopGradient(queue), rowsOf(pairs, side))
  return stopGradient(between(row(0), row(1), a))
}

/**
 * `unit(b q + (1 - b) n_j)`, the query itself mixed into hard negatives: `rows` `[N, T]` i32, `b` `[N, T]`; result `[N, T, D]`.
 * No gradient. Source: MoCHi, as above (`b ~ U(0, 0.5)`).
 */
export function mixQueryIntoNegatives(
  q: Matrix,
  queue: Matrix,
  rows: Matrix<'i32'>,
  b: Matrix,
): Stopped<[Dim, Dim, Dim]> {
  const query = expandDims(stopGradient(q), 1)
  return stopGradient(between(query, embedding(stopGradient(queue), rows), b))
}
