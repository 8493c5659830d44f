/**
 * Scaled dot-product attention (Vaswani et al. 2017, arXiv 1706.03762). Of many tokens it is computed block by block, as Dao does
 * (2023, "FlashAttention-2", arXiv 2307.08691): what is kept of the scores are the maximum and the sum of each row, from which the
 * gradient computes the weights of a block again.
 */

import { checkTensors, type Tensor, type Untyped } from '../graph/node.js'
import { checkOptions } from '../graph/options.js'
import { broadcast, ShapeError, show } from '../graph/shape.js'
import { add, div, mul, sub } from '../ops/binary.js'
import { lessEqual, logicalAnd, select } from '../ops/compare.js'
import { concatAll } from '../ops/concat.js'
import { constant, iota } from '../ops/constant.js'
import { matmul } from '../ops/dot.js'
import { stopGradient, withGradient } from '../ops/flow.js'
import { broadcastTo, transpose } from '../ops/movement.js'
import { max, sum } from '../ops/reduce.js'
import { slice } from '../ops/slice.js'
import { exp } from '../ops/unary.js'
import type { BroadcastTo } from '../types/axis.js'
import type { Attended, Keyed, Scores, Valued } from '../types/product.js'
import type { Shape } from '../types/shape.js'
import type { Check, Gradient, Proved } from '../types/tensor.js'
import { type Blocks, type Named, overBlocks } from './blocks.js'
import { softmax } from './math.js'

/** For scores of shape `S` `[..., queries, keys]` and a mask of shape `W`. */
export interface AttentionOptions<S extends Shape = any, W extends Shape = any> {
  /** Where a query may attend to a key; broadcasts to the scores. Default: everywhere. */
  readonly mask?: Check<BroadcastTo<W, S>, Tensor<W, 'bool'>>
  /** Query `i` attends to keys up to `i` only. Default false. */
  readonly causal?: boolean
}
/**
 * `softmax(q kᵀ / sqrt(D)) v` for `q` `[..., L, D]`, `k` `[..., M, D]`, `v` `[..., M, E]`: `[..., L, E]`. A row whose keys are all
 * masked is their plain mean. Of more than 512 x 512 scores no more than those of 256 queries, in the gradient of 256 keys, are in
 * memory at a time. Throws `ShapeError`.
 */
export const attention = <
  Q extends Shape,
  K extends Shape,
  V extends Shape,
  G extends Gradient,
  H extends Gradient,
  I extends Gradient,
  W extends Shape = any,
>(
  q: Tensor<Q, 'f32', G>,
  keys: Proved<Keyed<Q, K>, Tensor<K, 'f32', H>>,
  values: Proved<Valued<K, V>, Tensor<V, 'f32', I>>,
  options: AttentionOptions<Scores<Q, K>, W> = {},
): Tensor<Attended<Q, V>, 'f32', G | H | I> => {
  checkOptions('attention', options, ['mask', 'causal'])
  const { mask, causal = false } = options
  const [k, v] = [keys as Tensor, values as Tensor]
  checkTensors('attention', [q, k, v])
  const [length, count] = [q.shape.at(-2), k.shape.at(-2)]
  for (const [a, b] of [
    [q, k],
    [k, v],
  ] as const)
    if (a.shape.length < 2 || b.shape.length < 2)
      throw new ShapeError(
        `attention takes [..., L, D], [..., M, D] and [..., M, E], got ${show(a.shape)} and ${show(b.shape)}`,
      )
  if (q.shape.at(-1) !== k.shape.at(-1))
    throw new ShapeError(
      `attention: queries ${show(q.shape)} have ${q.shape.at(-1)} features, keys ${show(k.shape)} have ${k.shape.at(-1)}`,
    )
  if (v.shape.at(-2) !== count)
    throw new ShapeError(`attention: ${show(k.shape)} are ${count} keys, ${show(v.shape)} are ${v.shape.at(-2)} values`)
  if (mask) {
    const { shape } = mask as Tensor
    const scores = [...broadcast(q.shape.slice(0, -2), k.shape.slice(0, -2)), length!, count!]
    // It may have leading axes of its own, but no queries or keys.
    broadcast(shape, scores)
    if (broadcast(shape.slice(-2), scores.slice(-2)).join() !== scores.slice(-2).join())
      throw new ShapeError(`attention: a mask of shape ${show(shape)} is larger than the scores, ${show(scores)}`)
  }
  const scaled = mul(q as Untyped, 1 / Math.sqrt(q.shape.at(-1)!)) as Untyped
  const given: Given = { queries: scaled, keys: k as Untyped, values: v as Untyped, mask: mask as Untyped, causal }
  return length! * count! > LARGE ? inBlocks(given) : atOnce(given)
}
/** Far below every score, and finite after another number is taken from it. */
const MASKED = -1e30
/** Scores of a head from which on they are computed in blocks of so many queries, or keys. */
const LARGE = 512 * 512
const BLOCK = 256
/** In how many parts a causal mask alone is computed, each without the keys that none of its queries sees: 5/8 of all scores. */
const PARTS = 4

interface Given {
  /** Scaled. */
  readonly queries: Untyped
  readonly keys: Untyped
  readonly values: Untyped
  readonly mask: Untyped | undefined
  readonly causal: boolean
}
/** Scores of some queries and keys, and where they count; `row` and `column` are the positions of the first. */
function scoresOf({ queries, keys, mask, causal }: Omit<Given, 'values'>, row?: Untyped, column?: Untyped) {
  const scores = matmul(queries, transpose(keys) as Untyped) as Untyped
  const size = [queries.shape.at(-2)!, keys.shape.at(-2)!]
  const position = (axis: number, first: Untyped | undefined): Untyped => {
    const own = iota(size, axis) as Untyped
    return first ? (add(own, first) as Untyped) : own
  }
  const before = causal ? (lessEqual(position(1, column), position(0, row)) as Untyped) : undefined
  const where = mask && before ? (logicalAnd(mask as never, before as never) as Untyped) : (mask ?? before)
  return { scores: where ? (select(where as never, scores, MASKED) as Untyped) : scores, where }
}

const atOnce = (given: Given): Untyped => matmul(softmax(scoresOf(given).scores) as Untyped, given.values) as Untyped

// In blocks

function inBlocks(given: Given): Untyped {
  const { causal, mask } = given
  const [length, count] = [given.queries.shape.at(-2)!, given.keys.shape.at(-2)!]
  const tensors = [given.queries, given.keys, given.values, ...(mask ? [mask] : [])]
  const lead = tensors.map(({ shape }) => shape.slice(0, -2)).reduce((a, b) => broadcast(a, b))
  const [queries, keys, values] = tensors.map(x => broadcastTo(x, [...lead, ...x.shape.slice(-2)]) as Untyped)
  const starts = causal && !mask ? startsOf(Math.min(length, count)) : [0]

  const parts = starts.map((from, i) => {
    const end = starts[i + 1]
    const seen = { keys: rows(keys!, 0, end ?? count), values: rows(values!, 0, end ?? count), mask, causal }
    return forward({ queries: rows(queries!, from, end ?? length), ...seen }, from)
  })
  const [out, peak, total] = (['out', 'peak', 'total'] as const).map(name => joined(parts.map(part => part[name]!)))
  const read = [queries!, keys!, values!, peak!, total!, ...(mask ? [mask] : [])]
  return withGradient(out!, read, (gradient, [queries, keys, values, peak, total, mask], out) => {
    const seen: Seen = {
      queries: queries as Untyped,
      gradient: gradient as Untyped,
      peak: peak as Untyped,
      scale: div(1, total as Untyped) as Untyped,
      shared: sum(mul(gradient, out), -1, { keepdims: true }) as Untyped,
    }
    let ofQueries = constant(0, queries!.shape) as Untyped
    /** Gradients of the queries that see no further part of the keys. */
    const done: Untyped[] = []
    const parts = starts.map((from, i) => {
      const end = starts[i + 1]
      const own = { keys: rows(keys!, from, end ?? count), values: rows(values!, from, end ?? count) }
      const later = Object.fromEntries(Object.entries(seen).map(([name, x]) => [name, rows(x, from, length)]))
      const given = { ...own, mask: mask as Untyped | undefined, causal }
      const part = backward(given, later as unknown as Seen, ofQueries)
      done.push(rows(part.ofQueries, 0, (end ?? length) - from))
      if (end !== undefined) ofQueries = rows(part.ofQueries, end - from, length - from)
      return part
    })
    const [ofKeys, ofValues] = (['keys', 'values'] as const).map(name => joined(parts.map(part => part.outputs[name]!)))
    return [joined(done), ofKeys!, ofValues!, null, null, ...(mask ? [null] : [])]
  }) as Untyped
}

/** Blocks of queries, the first of which is number `from`: their results, and the maximum and sum that a softmax has of each row. */
function forward({ queries, keys, values, mask, causal }: Given, from: number): Named {
  const length = queries.shape.at(-2)!
  const cut = { queries: [queries, -2], ...maskAlong(-2, length, mask) } as const
  return overBlocks({ length, size: BLOCK, cut, carry: {} }, (_, { queries, mask: own = mask }, first) => {
    const { scores } = scoresOf({ queries: queries!, keys, mask: own, causal }, add(first, from) as Untyped)
    const peak = max(stopGradient(scores) as Untyped, -1, { keepdims: true }) as Untyped
    const weights = exp(sub(scores, peak)) as Untyped
    const total = sum(weights, -1, { keepdims: true }) as Untyped
    return { carry: {}, outputs: { out: div(matmul(weights, values), total) as Untyped, peak, total } }
  }).outputs
}

/** What the gradient of keys needs of each query that sees them, `[..., queries, _]`. */
interface Seen {
  readonly queries: Untyped
  /** Of the results. */
  readonly gradient: Untyped
  /** The maximum of the scores, and one over the sum of their exponentials. */
  readonly peak: Untyped
  readonly scale: Untyped
  /** What a softmax takes from the gradient of each weight: <weights, their gradients>, which is <results, their gradients>. */
  readonly shared: Untyped
}
/**
 * Blocks of keys: gradients of keys and values, and those of queries on top of `before`. For a causal mask
 * the first query has the number of the first key.
 */
function backward(
  { keys, values, mask, causal }: Omit<Given, 'queries'>,
  { queries, gradient, peak, scale, shared }: Seen,
  before: Untyped,
): { readonly ofQueries: Untyped; readonly outputs: Named } {
  const length = keys.shape.at(-2)!
  const cut = { keys: [keys, -2], values: [values, -2], ...maskAlong(-1, length, mask) } as const
  const made = overBlocks(
    { length, size: BLOCK, cut, carry: { queries: before } },
    (so, { keys, values, mask: own = mask }, first) => {
      const { scores, where } = scoresOf({ queries, keys: keys!, mask: own, causal }, undefined, first)
      const weights = mul(exp(sub(scores, peak)), scale) as Untyped
      const ofWeights = matmul(gradient, transpose(values!) as Untyped) as Untyped
      const all = mul(weights, sub(ofWeights, shared)) as Untyped
      const ofScores = where ? (select(where as never, all, 0) as Untyped) : all
      return {
        carry: { queries: add(so.queries!, matmul(ofScores, keys!)) as Untyped },
        outputs: {
          keys: matmul(transpose(ofScores) as Untyped, queries) as Untyped,
          values: matmul(transpose(weights) as Untyped, gradient) as Untyped,
        },
      }
    },
  )
  return { ofQueries: made.carry.queries!, outputs: made.outputs }
}

/** The mask, if it has an element for each of those that are cut. */
const maskAlong = (axis: number, size: number, mask: Untyped | undefined): Blocks['cut'] =>
  mask && mask.shape.at(axis) === size ? { mask: [mask, axis] } : {}
/** Where parts begin, in whole vectors. */
const startsOf = (length: number): number[] => {
  const parts = Math.max(1, Math.min(PARTS, Math.floor(length / BLOCK)))
  return Array.from({ length: parts }, (_, i) => 4 * Math.floor((length * i) / parts / 4))
}
const rows = (x: Tensor, from: number, to: number): Untyped => slice(x as Untyped, -2, from, to) as Untyped
const joined = (parts: readonly Untyped[]): Untyped => concatAll(parts, -2 as never) as Untyped
