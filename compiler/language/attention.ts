/** Scaled dot-product attention (Vaswani et al. 2017, arXiv 1706.03762). */
import type { Tensor, Untyped } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { add, mul } from '../ops/binary.js'
import { lessEqual, select } from '../ops/compare.js'
import { concat } from '../ops/concat.js'
import { constant, iota } from '../ops/constant.js'
import { matmul } from '../ops/dot.js'
import { permute, reshape, transpose } from '../ops/movement.js'
import { slice } from '../ops/slice.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Gradient } from '../types/tensor.js'
import { softmax } from './math.js'
import { scan } from './scan.js'

export interface AttentionOptions {
  /** Where a query may attend to a key; broadcasts with `[..., queries, keys]`. Default: everywhere. */
  readonly mask?: Tensor<any, 'bool'>
  /** Query `i` attends to keys up to `i` only. Default false. */
  readonly causal?: boolean
}
/** `softmax(q kᵀ / sqrt(D)) v` for `q` `[..., L, D]`, `k` `[..., M, D]`, `v` `[..., M, E]`: `[..., L, E]`. A row whose keys are all masked is their plain mean.
 * Beyond 512 queries no more scores than those of 256 are in memory at a time, in the gradient neither. */
export const attention = <
  B extends Shape,
  L extends Dim,
  M extends Dim,
  D extends Dim,
  E extends Dim,
  G extends Gradient,
  H extends Gradient,
  I extends Gradient,
>(
  q: Tensor<[...B, L, D], 'f32', G>,
  k: Tensor<[...B, M, NoInfer<D>], 'f32', H>,
  v: Tensor<[...B, NoInfer<M>, E], 'f32', I>,
  { mask, causal = false }: AttentionOptions = {},
): Tensor<[...B, L, E], 'f32', G | H | I> => {
  const [length, keys] = [q.shape.at(-2), k.shape.at(-2)]
  if (length === undefined || keys === undefined || q.shape.at(-1) !== k.shape.at(-1) || v.shape.at(-2) !== keys)
    throw new ShapeError(
      `attention takes [..., L, D], [..., M, D] and [..., M, E], got ${show(q.shape)}, ${show(k.shape)} and ${show(v.shape)}`,
    )
  const scaled = mul(q as Untyped, 1 / Math.sqrt(q.shape.at(-1)!)) as Untyped
  const given: Keys = { keys: transpose(k as Untyped) as Untyped, values: v as Untyped, causal }
  const all: Rows = { queries: scaled, ...(mask && { mask: mask as Untyped }), first: 0 }
  return length > LARGE ? inBlocks(all, given, length) : attend(all, given)
}
/** Far below every score, and finite after another number is taken from it. */
const MASKED = -1e30

interface Keys {
  /** `[..., D, M]`. */
  readonly keys: Untyped
  readonly values: Untyped
  readonly causal: boolean
}
/** Queries, scaled; where each may attend to; and which one of all is the first of them. */
interface Rows {
  readonly queries: Untyped
  readonly mask?: Untyped
  readonly first: 0 | Untyped
}
function attend({ queries, mask, first }: Rows, { keys, values, causal }: Keys): Untyped {
  let scores = matmul(queries, keys) as Untyped
  const only = (where: Untyped) => (scores = select(where as Tensor<any, 'bool'>, scores, MASKED) as Untyped)
  if (mask) only(mask)
  if (causal) {
    const size = [queries.shape.at(-2)!, keys.shape.at(-1)!]
    const row = iota(size, 0) as Untyped
    only(lessEqual(iota(size, 1) as Untyped, (first === 0 ? row : add(row, first as Untyped)) as Untyped) as Untyped)
  }
  return matmul(softmax(scores) as Untyped, values) as Untyped
}

// Blocks

/** Queries that attend at once, at most; longer sequences are taken in blocks of at most `BLOCK`. */
const LARGE = 512
const BLOCK = 256

/**
 * The same, a block of queries at a time: no scores are in memory but those of a block, for the gradient neither, which computes
 * them again (as Dao et al. 2022, arXiv 2205.14135, do by blocks of keys as well). The numbers are those of all queries at once.
 */
function inBlocks({ queries, mask }: Rows, given: Keys, length: number): Untyped {
  const size = blockOf(length)
  const whole = length - (length % size)
  const count = whole / size
  const perQuery = mask && mask.shape.at(-2) === length
  const rows = (x: Untyped, from: number, to: number) => slice(x, -2, from, to) as Untyped
  /** `[..., L, D]` as `[blocks, ..., size, D]`. */
  const blocks = (x: Untyped): Untyped => {
    const [lead, last] = [x.shape.slice(0, -2), x.shape.at(-1)!]
    const cut = reshape(rows(x, 0, whole), [...lead, count, size, last]) as Untyped
    return permute(cut, [lead.length, ...lead.keys(), lead.length + 1, lead.length + 2] as never) as Untyped
  }
  const sequence = {
    queries: blocks(queries),
    ...(perQuery && { mask: blocks(mask) }),
    first: mul(iota([count], 0), size) as Untyped,
  }
  const { outputs } = scan(
    (_: Record<string, never>, block: Rows) => ({
      carry: {},
      output: attend({ ...(mask && { mask }), ...block }, given),
    }),
    {},
    sequence as never,
  ) as { outputs: Untyped }
  const { shape } = outputs
  const lead = shape.length - 3
  const order = [...Array.from({ length: lead }, (_, axis) => axis + 1), 0, lead + 1, lead + 2]
  const joined = reshape(permute(outputs, order as never) as Untyped, [...shape.slice(1, -2), whole, shape.at(-1)!])
  if (whole === length) return joined as Untyped
  const rest: Rows = {
    queries: rows(queries, whole, length),
    ...(mask && { mask: perQuery ? rows(mask, whole, length) : mask }),
    first: constant(whole, [], 'i32') as Untyped,
  }
  return concat(joined as Untyped, attend(rest, given) as never, -2) as Untyped
}

/** The largest divisor from a half to the whole of `BLOCK`, so that nothing is left over, or `BLOCK`. */
function blockOf(length: number): number {
  for (let size = BLOCK; size >= BLOCK / 2; size--) if (length % size === 0) return size
  return BLOCK
}
