/** Scaled dot-product attention (Vaswani et al. 2017, arXiv 1706.03762). */
import type { Tensor, Untyped } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { mul } from '../ops/binary.js'
import { lessEqual, select } from '../ops/compare.js'
import { iota } from '../ops/constant.js'
import { matmul } from '../ops/dot.js'
import { transpose } from '../ops/movement.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Gradient } from '../types/tensor.js'
import { softmax } from './math.js'

export interface AttentionOptions {
  /** Where a query may attend to a key; broadcasts with `[..., queries, keys]`. Default: everywhere. */
  readonly mask?: Tensor<any, 'bool'>
  /** Query `i` attends to keys up to `i` only. Default false. */
  readonly causal?: boolean
}
/** `softmax(q kᵀ / sqrt(D)) v` for `q` `[..., L, D]`, `k` `[..., M, D]`, `v` `[..., M, E]`: `[..., L, E]`. A row whose keys are all masked is their plain mean. */
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
  let scores = matmul(
    mul(q as Untyped, 1 / Math.sqrt(q.shape.at(-1)!)) as Untyped,
    transpose(k as Untyped) as Untyped,
  ) as Untyped
  const only = (where: Tensor<any, 'bool'>) => (scores = select(where, scores, MASKED) as Untyped)
  if (mask) only(mask)
  if (causal) only(lessEqual(iota([length, keys], 1), iota([length, keys], 0)) as Tensor<any, 'bool'>)
  return matmul(softmax(scores) as Untyped, v as Untyped) as Untyped
}
/** Far below every score, and finite after another number is taken from it. */
const MASKED = -1e30
