/**
 * What authors of models and losses write for any sizes: typed without a cast, as `generic.ts`, of which this is the second part. Checked
 * by `tsc`, never run.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import {
  crossEntropy,
  logSoftmax,
  logsumexp,
  mean,
  normalize,
  softmax,
  topK,
  variance,
} from '../../compiler/language/math.js'
import { module } from '../../compiler/language/module.js'
import { index } from '../../compiler/language/movement.js'
import { einsum } from '../../compiler/language/pattern.js'
import { conv1d } from '../../compiler/language/window.js'
import {
  add,
  argmax,
  cast,
  concat,
  concatAll,
  div,
  equal,
  expandDims,
  gather,
  iota,
  less,
  logicalAnd,
  matmul,
  max,
  maximum,
  mul,
  neg,
  oneHot,
  relu,
  reshape,
  rsqrt,
  scatterAdd,
  select,
  slice,
  split,
  sqrt,
  square,
  squeeze,
  stack,
  sub,
  sum,
  take,
  transpose,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import { conv } from '../../models/layers/conv.js'
import { gru } from '../../models/layers/recurrent.js'
import { meanSquaredError } from '../../models/losses/supervised.js'
import { ntXent } from '../../models/losses.js'

type F32<S extends Shape, G extends Gradient = Gradient> = Tensor<S, 'f32', G>
type I32<S extends Shape> = Tensor<S, 'i32'>
type Bool<S extends Shape> = Tensor<S, 'bool'>

export const sideBySide = <B extends Dim>(y: F32<[B, 3]>, z: F32<[B, 5]>): F32<[B, 8]> => concat(y, z, 1)
export const thrice = <B extends Dim, D extends Dim>(y: F32<[B, D]>): F32<[B, number]> => concatAll([y, y, y], -1)
export const chosen = <B extends Dim, D extends Dim, K extends Dim>(x: F32<[B, D]>, i: I32<[B, K]>): F32<[B, K]> =>
  gather(x, i, 1)
export const counted = <B extends Dim, K extends Dim>(x: F32<[B, K]>, i: I32<[B, K]>): F32<[B, 10]> =>
  scatterAdd(x, i, 1, 10)
export const bestTwo = <B extends Dim, N extends Dim>(x: F32<[B, N]>): F32<[B, 2]> => topK(x, 2).values
export const products = <B extends Dim, D extends Dim, N extends Dim>(x: F32<[B, D]>, y: F32<[N, D]>): F32<[B, N]> =>
  einsum(x, y, 'b d, n d -> b n')
export const rowsWhere = <B extends Dim, D extends Dim>(x: F32<[B, D]>, m: Bool<[B]>): F32<[B, D]> =>
  select(expandDims(m, 1), x, 0)
export const columnsWhere = <B extends Dim, D extends Dim>(x: F32<[B, D]>, m: Bool<[D]>): F32<[B, D]> => select(m, x, 0)
export const paddedAttention = <B extends Dim, H extends Dim, L extends Dim, M extends Dim, D extends Dim>(
  q: F32<[B, H, L, D]>,
  k: F32<[B, H, M, D]>,
  v: F32<[B, H, M, D]>,
  real: Bool<[B, M]>,
): F32<[B, H, L, D]> => {
  const scores = matmul(q, transpose(k))
  const there = expandDims(expandDims(real, 1), 1)
  return matmul(softmax(select(there, scores, -1e9)), v)
}
export const attentionScores = <B extends Dim, H extends Dim, L extends Dim, M extends Dim, D extends Dim>(
  q: F32<[B, H, L, D]>,
  k: F32<[B, H, M, D]>,
): F32<[B, H, L, M]> => einsum(q, k, 'b h l d, b h m d -> b h l m')
export const pooledPlanes = <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, C, H, W]>,
): F32<[N, C]> => mean(x, [-1, -2])
export const largestOfPlanes = <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, C, H, W]>,
): F32<[N, C, 1, 1]> => max(x, [-2, -1], { keepdims: true })
export const largestOfTokens = <N extends Dim, L extends Dim, D extends Dim>(x: F32<[N, L, D]>): F32<[N, D]> =>
  max(x, -2)
export const overRowsAndFeatures = <N extends Dim, L extends Dim, D extends Dim>(x: F32<[N, L, D]>): F32<[L]> =>
  sum(x, [0, -1])
export const layerNormByHand = <S extends Shape>(x: F32<S>): F32<S> =>
  div(sub(x, mean(x, -1, { keepdims: true })), sqrt(add(variance(x, -1, { keepdims: true }), 1e-5)))
export const batchNormByHand = <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, C, H, W]>,
  g: F32<[C]>,
  b: F32<[C]>,
): F32<[N, C, H, W]> => {
  const c = sub(x, mean(x, [0, 2, 3], { keepdims: true }))
  const n = mul(c, rsqrt(add(mean(square(c), [0, 2, 3], { keepdims: true }), 1e-5)))
  return add(mul(n, reshape(g, [g.shape[0]!, 1, 1])), reshape(b, [b.shape[0]!, 1, 1]))
}
export const gatedChannels = <N extends Dim, C extends Dim, L extends Dim>(
  x: F32<[N, C, L]>,
  g: F32<[C]>,
): F32<[N, C, L]> => mul(x, expandDims(g, -1))
export const oneHotLoss = <B extends Dim, C extends number>(x: F32<[B, C]>, y: I32<[B]>, classes: C): F32<[]> =>
  neg(mean(sum(mul(oneHot(y, classes), logSoftmax(x)), -1)))
export const smoothedLoss = <B extends Dim, C extends Dim>(x: F32<[B, C]>, y: I32<[B]>, s: number): F32<[]> => {
  const logp = logSoftmax(x)
  const own = squeeze(gather(logp, expandDims(y, -1), -1), -1)
  return neg(mean(add(mul(own, 1 - s), mul(mean(logp, -1), s))))
}
export const accuracy = <B extends Dim, C extends Dim>(x: F32<[B, C]>, y: I32<[B]>): F32<[]> =>
  mean(cast(equal(argmax(x, -1), y), 'f32'))
export const cosines = <N extends Dim, M extends Dim, D extends Dim>(x: F32<[N, D]>, y: F32<[M, D]>): F32<[N, M]> =>
  sum(mul(expandDims(normalize(x), 1), expandDims(normalize(y), 0)), -1)
export const contrastOfTwoWidths = <N extends Dim, D extends Dim, E extends Dim, O extends number>(
  x: F32<[N, D]>,
  y: F32<[N, E]>,
  wx: F32<[D, O]>,
  wy: F32<[E, O]>,
): F32<[]> => {
  const s = div(matmul(normalize(matmul(x, wx)), transpose(normalize(matmul(y, wy)))), 0.1)
  const n = iota([x.shape[0]!], 0)
  return mul(add(crossEntropy(s, n), crossEntropy(transpose(s), n)), 0.5)
}
export const contrastWithQueue = <N extends Dim, D extends Dim, K extends Dim>(
  q: F32<[N, D]>,
  k: F32<[N, D]>,
  queue: F32<[K, D]>,
): F32<[]> => {
  const pos = sum(mul(q, k), -1, { keepdims: true })
  const logits = concat(pos, matmul(q, transpose(queue)), 1)
  return mean(sub(logsumexp(logits, -1), squeeze(pos, 1)))
}
export const bothViews = <N extends Dim, D extends Dim>(x: F32<[N, D]>, y: F32<[N, D]>): F32<[number, D]> =>
  concat(x, y, 0)
export const withoutSelf = <N extends Dim, D extends Dim>(x: F32<[N, D]>): F32<[N, N]> => {
  const r = x.shape[0]!
  return select(equal(iota([r, r], 0), iota([r, r], 1)), -1e9, matmul(x, transpose(x)))
}
export const mixedRows = <N extends Dim, D extends Dim>(x: F32<[N, D]>, l: F32<[N, 1]>, p: I32<[N]>): F32<[N, D]> =>
  add(mul(l, x), mul(sub(1, l), take(x, p)))
export const mixedExamples = <N extends Dim, R extends Shape>(
  x: F32<[N, ...R]>,
  l: F32<[]>,
  p: I32<[N]>,
): F32<[N, ...R]> => add(mul(x, l), mul(take(x, p, 0), sub(1, l)))
export const pastedImages = <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, C, H, W]>,
  m: Bool<[N, 1, H, W]>,
  p: I32<[N]>,
): F32<[N, C, H, W]> => select(m, x, take(x, p, 0))
export const averageView = <N extends Dim, D extends Dim>(x: F32<[N, D]>, y: F32<[N, D]>): F32<[N, D]> =>
  mean(stack([x, y]), 0)
export const maskedMean = <N extends Dim, D extends Dim>(x: F32<[N, D]>, m: Bool<[N, D]>): F32<[N]> =>
  div(sum(select(m, x, 0), -1), maximum(sum(cast(m, 'f32'), -1), 1))
export const maskedTokens = <N extends Dim, L extends Dim, D extends Dim>(
  x: F32<[N, L, D]>,
  m: Bool<[N, L]>,
): F32<[N, D]> => {
  const w = cast(m, 'f32')
  return div(einsum(x, w, 'n l d, n l -> n d'), maximum(sum(w, -1, { keepdims: true }), 1))
}
export const pairsOfPlaces = <N extends Dim, L extends Dim>(a: Bool<[N, L]>): Bool<[N, L, L]> =>
  logicalAnd(expandDims(a, 1), expandDims(a, 2))
export const beforeLength = <N extends Dim, L extends Dim>(x: F32<[N, L]>, n: I32<[N]>): F32<[N, L]> =>
  select(less(iota([x.shape[1]!], 0), expandDims(n, 1)), x, 0)
export const classToken = <N extends Dim, L extends Dim, D extends Dim>(x: F32<[N, L, D]>): F32<[N, D]> =>
  squeeze(slice(x, 1, 0, 1), 1)
export const halves = <N extends Dim, D extends Dim>(x: F32<[N, D]>): F32<[N, number]> => split(x, 2, 1)[0]
export const tokensAt = <N extends Dim, L extends Dim, D extends Dim, K extends Dim>(
  x: F32<[N, L, D]>,
  i: I32<[N, K]>,
): F32<[N, K, D]> => gather(x, expandDims(i, 2), 1)
export const embedded = <V extends Dim, D extends Dim, N extends Dim, L extends Dim>(
  w: F32<[V, D]>,
  i: I32<[N, L]>,
): F32<[N, L, D]> => take(w, i)
export const firstTwo = <N extends Dim, R extends Shape>(x: Tensor<[N, ...R], 'f32'>): Tensor<[2, ...R], 'f32'> =>
  slice(x, 0, 0, 2)
export const twoFeatures = <B extends Shape, D extends Dim>(x: Tensor<[...B, D], 'f32'>): Tensor<[...B, 2], 'f32'> =>
  slice(x, -1, 0, 2)
export const together = <R extends Shape>(x: Tensor<[Dim, ...R], 'f32'>[]): Tensor<[Dim, ...R], 'f32'> =>
  concatAll(x, 0)

export const lastOf = <B extends Shape, S extends Shape>(x: F32<[...B, 4]>, y: F32<S>): [F32<B>, F32<Shape>] => [
  index(x, -1, 3),
  slice(y, 0, 1),
]
/** Windows that keep every size keep that of any length. */
export const dilatedBlock = module(({ use }) => {
  const first = use('first', conv(16, 32, [3], { dilation: 2, padding: 2 }))
  const second = use('second', conv(32, 16, [3], { dilation: 4, padding: 4 }))
  return <N extends Dim, T extends Dim>(x: F32<[N, 16, T]>): F32<[N, 16, T]> => add(x, second(relu(first(x))))
})
export const causal = <N extends Dim, C extends Dim, T extends Dim>(
  x: F32<[N, C, T]>,
  w: F32<[C, C, 3]>,
): F32<[N, C, T]> => add(x, slice(conv1d(x, w, { dilation: 2, padding: 4 }), 2, 0, x.shape[2]!))
export const states = <N extends Dim, T extends Dim>(x: F32<[N, T, 64]>): F32<[N, T, 32]> => gru(64, 32)(x)
export const bothLosses = <N extends Dim, D extends Dim>(x: F32<[N, D]>, y: F32<[N, D]>): F32<[]> =>
  add(ntXent(x, y), meanSquaredError(x, y))
export const errorOfAny = <S extends Shape>(x: F32<S>, y: F32<S>): F32<[]> => meanSquaredError(x, y)
