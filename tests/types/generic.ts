/** Library code, generic in its sizes, that must type-check and needs no cast. Checked by `tsc`, never run. */
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { attention as attend } from '../../compiler/language/attention.js'
import { map } from '../../compiler/language/map.js'
import { cdist, crossEntropy, logSoftmax, mean, normalize, softmax, topK } from '../../compiler/language/math.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { scan } from '../../compiler/language/scan.js'
import { type Layer, sequential } from '../../compiler/language/sequential.js'
import {
  abs,
  add,
  cast,
  constant,
  div,
  dot,
  exp,
  expandDims,
  gather,
  greater,
  iota,
  log,
  matmul,
  max,
  maximum,
  mul,
  neg,
  permute,
  relu,
  reshape,
  rsqrt,
  select,
  square,
  squeeze,
  sub,
  sum,
  tanh,
  transpose,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import { linear } from '../../models/layers.js'

declare function weight<const S extends Shape>(shape: S): Tensor<S, 'f32', 'flows'>
type F32<S extends Shape, G extends Gradient = Gradient> = Tensor<S, 'f32', G>

export function dense<B extends Shape, I extends Dim, O extends Dim>(
  x: F32<[...B, I]>,
  w: F32<[I, O]>,
  b: F32<[O]>,
): F32<[...B, O]> {
  return add(dot(x, w), b)
}
export function residual<S extends Shape>(x: F32<S>): F32<S> {
  return add(x, relu(x))
}
export function cosineLoss<N extends Dim, D extends Dim>(p: F32<[N, D]>, z: Stopped<NoInfer<[N, D]>>): F32<[]> {
  return neg(mean(sum(mul(normalize(p), normalize(z)), 1)))
}
/** Layers compose to a layer: the inner sizes are literals, the outer ones whatever the caller has. */
export function mlp<const I extends number, const O extends number>(from: I, to: O): Layer<I, O> {
  return sequential(linear(from, 64), relu, linear(64, to))
}
/** Multi-head attention over any batch and any length. */
export function attention<B extends Dim, N extends Dim>(x: F32<[B, N, 384]>): F32<[B, N, 384]> {
  const heads = (): F32<[B, 6, N, 64]> => rearrange(dot(x, weight([384, 384])), 'b n (h d) -> b h n d', { h: 6 })
  const scores = softmax(matmul(heads(), permute(heads(), [0, 1, 3, 2])))
  return add(x, rearrange(matmul(scores, heads()), 'b h n d -> b n (h d)'))
}
/** Negative axes, `keepdims` and broadcasting of sizes that are only names for what a caller has. */
export function rms<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[B, D]> {
  return mul(x, rsqrt(add(mean(square(x), -1, { keepdims: true }), 1e-6)))
}
export function centred<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[B, D]> {
  return sub(x, mean(x, 0))
}
export function distances<B extends Dim, D extends Dim>(x: F32<[B, D]>, y: F32<[B, D]>): F32<[B]> {
  return sum(square(sub(x, y)), -1)
}
export function pairwise<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[B, B, D]> {
  return sub(expandDims(x, 1), expandDims(x, 0))
}
export function pooled<B extends Dim, D extends Dim>(x: F32<[B, 4, D]>, w: F32<[B, 4]>): F32<[B, D]> {
  return sum(mul(x, expandDims(w, -1)), 1)
}
export function columns<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[B, D]> {
  return transpose(sub(transpose(x), mean(transpose(x), -1, { keepdims: true })))
}
export function shifted<B extends Shape, O extends Dim>(b: F32<[O]>, x: F32<[...B, 4, O]>): F32<[...B, 4, O]> {
  return add(b, x)
}
/** Any number of axes before the last. */
export function centredRows<B extends Shape, D extends Dim>(x: F32<[...B, D]>): F32<[...B, D]> {
  return sub(x, mean(x, -1, { keepdims: true }))
}
export function scaledRows<B extends Shape, D extends Dim>(x: F32<[...B, D]>, y: F32<[...B, 1]>): F32<[...B, D]> {
  return mul(x, y)
}
export function rowSums<B extends Shape, D extends Dim>(x: F32<[...B, D]>): F32<B> {
  return sum(x, -1)
}
export function softmaxOf<B extends Shape, D extends Dim>(x: F32<[...B, D]>): F32<[...B, D]> {
  return div(exp(x), sum(exp(x), -1, { keepdims: true }))
}
export function diagonalLoss<B extends Dim>(logits: F32<[B, B]>): F32<[]> {
  return crossEntropy(logits, iota([logits.shape[0]!], 0))
}
/** Any shape at all, of which only the last axis is spoken of. */
export function rmsOf<S extends Shape>(x: F32<S>): F32<S> {
  return mul(x, rsqrt(add(mean(square(x), -1, { keepdims: true }), 1e-6)))
}
export function softmaxOfAny<S extends Shape, G extends Gradient>(x: F32<S, G>): F32<S, G> {
  return div(exp(x), sum(exp(x), -1, { keepdims: true }))
}
export function logSoftmaxOfAny<S extends Shape>(x: F32<S>): F32<S> {
  const below = sub(x, max(x, -1, { keepdims: true }))
  return sub(below, log(sum(exp(below), -1, { keepdims: true })))
}
export function scaledFromTheLeft<S extends Shape>(x: F32<S>): F32<S> {
  return mul(sum(x, -1, { keepdims: true }), x)
}
export function gated<S extends Shape>(x: F32<S>, gate: F32<[]>): F32<S> {
  return add(mul(x, gate), mul(gate, x))
}
export function masked<S extends Shape>(x: F32<S>, where: Tensor<S, 'bool'>): F32<S> {
  return select(where, x, 0)
}
export function meanWhere<S extends Shape>(x: F32<S>, where: Tensor<S, 'bool'>): F32<[]> {
  return div(sum(select(where, x, 0)), sum(cast(where, 'f32')))
}
export function huber<S extends Shape>(x: F32<S>, y: F32<S>): F32<[]> {
  const apart = sub(x, y)
  return mean(select(greater(abs(apart), 1), sub(abs(apart), 0.5), mul(square(apart), 0.5)))
}
export function pairsOfColumns<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[number, 2]> {
  return reshape(x, [-1, 2])
}
/** Sizes read off a tensor are numbers, which take those of the other operand. */
export function dropped<N extends Dim, D extends Dim>(x: F32<[N, D]>): F32<[N, D]> {
  return mul(x, iota([x.shape[0]!, 1], 0, 'f32'))
}
export function covariance<N extends Dim, D extends Dim>(x: F32<[N, D]>): F32<[D, D]> {
  const centred = sub(x, mean(x, 0, { keepdims: true }))
  return mul(matmul(transpose(centred), centred), 1 / x.shape[0]!)
}
export function squeezeAndExcite<N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, C, H, W]>,
  w: F32<[C, C]>,
): F32<[N, C, H, W]> {
  return mul(x, expandDims(expandDims(matmul(mean(x, [2, 3]), w), -1), -1))
}
export function selfAttention<B extends Shape, L extends Dim, D extends Dim>(
  x: F32<[...B, L, D]>,
  where: Tensor<[L, L], 'bool'>,
): F32<[...B, L, D]> {
  return attend(x, x, x, { mask: where })
}
export function padded<B extends Dim, H extends Dim, L extends Dim, D extends Dim>(
  x: F32<[B, H, L, D]>,
  real: Tensor<[B, 1, 1, L], 'bool'>,
): F32<[B, H, L, D]> {
  return attend(x, x, x, { mask: real })
}
export function flipped<N extends Dim, H extends Dim, W extends Dim>(
  x: F32<[N, 3, H, W]>,
  turned: Tensor<[N, 1, 1, 1], 'bool'>,
): F32<[N, 3, H, W]> {
  return select(turned, mul(x, -1), x)
}
/** Beyond the types: an untyped interior under a typed signature, checked when the graph is built. */
export function centre<N extends Dim, C extends Dim>(x: F32<[N, C]>): F32<[N, C]> {
  const any: Untyped = x
  return sub(any, mean(any, 1, { keepdims: true }))
}
/** Heads, lengths, rows and numbers of choices of any size. */
export function scaledAttention<B extends Dim, H extends Dim, L extends Dim, D extends Dim>(
  q: F32<[B, H, L, D]>,
  k: F32<[B, H, L, D]>,
  v: F32<[B, H, L, D]>,
): F32<[B, H, L, D]> {
  const scores = mul(matmul(q, transpose(k)), rsqrt(constant(q.shape[3]!, [])))
  return matmul(softmax(scores, -1), v)
}
export function centredMatrices<B extends Shape, H extends Dim, W extends Dim>(
  x: F32<[...B, H, W]>,
): F32<[...B, H, W]> {
  const m = mean(x, [-2, -1], { keepdims: true })
  return sub(x, m)
}
export function matrixSums<B extends Shape, H extends Dim, W extends Dim>(x: F32<[...B, H, W]>): F32<B> {
  return sum(x, [-2, -1])
}
export function columnSums<B extends Shape, H extends Dim, W extends Dim>(x: F32<[...B, H, W]>): F32<[...B, W]> {
  return sum(x, -2)
}
export function centredColumns<B extends Shape, H extends Dim, W extends Dim>(x: F32<[...B, H, W]>): F32<[...B, H, W]> {
  return sub(x, mean(x, -2, { keepdims: true }))
}
export function largest<B extends Dim, N extends Dim, K extends number>(x: F32<[B, N]>, k: K): F32<[B, K]> {
  return topK(x, k).values
}
export function surprises<B extends Dim, V extends Dim>(logits: F32<[B, V]>, ids: Tensor<[B], 'i32'>): F32<[B]> {
  return neg(squeeze(gather(logSoftmax(logits), expandDims(ids, 1), 1), 1))
}
export function recurrent<T extends Dim, B extends Dim, D extends Dim>(
  x: F32<[T, B, D]>,
  h: F32<[B, D]>,
  w: F32<[D, D]>,
): F32<[T, B, D]> {
  return scan(
    (carry: F32<[B, D]>, e: F32<[B, D]>) => {
      const next = tanh(add(e, matmul(carry, w)))
      return { carry: next, output: next }
    },
    h,
    x,
  ).outputs
}
export function squaresOfEach<B extends Dim, D extends Dim>(x: F32<[B, D]>): F32<[B]> {
  return map((r: F32<[D]>) => sum(square(r)), x)
}
export function flat<S extends Shape>(x: F32<S>): F32<[number]> {
  return reshape(x, [-1])
}
export function projected<B extends Dim, I extends Dim, J extends Dim, K extends Dim>(
  a: F32<[B, I, J]>,
  b: F32<[J, K]>,
): F32<[B, I, K]> {
  return matmul(a, b)
}
export function pooledWhere<B extends Dim, L extends Dim, D extends Dim>(
  x: F32<[B, L, D]>,
  mask: Tensor<[B, L], 'bool'>,
): F32<[B, D]> {
  const m = expandDims(cast(mask, 'f32'), -1)
  return div(sum(mul(x, m), 1), maximum(sum(m, 1), 1))
}
export function squaredDistances<N extends Dim, M extends Dim, D extends Dim>(
  x: F32<[N, D]>,
  y: F32<[M, D]>,
): F32<[N, M]> {
  const xx = sum(square(x), -1, { keepdims: true })
  const yy = transpose(sum(square(y), -1, { keepdims: true }))
  return sub(add(xx, yy), mul(matmul(x, transpose(y)), 2))
}
export function affineNorm<B extends Shape, D extends Dim>(
  x: F32<[...B, D]>,
  gamma: F32<[D]>,
  beta: F32<[D]>,
): F32<[...B, D]> {
  const c = sub(x, mean(x, -1, { keepdims: true }))
  const v = mean(square(c), -1, { keepdims: true })
  return add(mul(mul(c, rsqrt(add(v, 1e-5))), gamma), beta)
}
export function assigned<B extends Dim, D extends Dim, K extends Dim>(
  x: F32<[B, D]>,
  centres: F32<[K, D]>,
): F32<[B, K]> {
  return softmax(neg(cdist(x, centres)), -1)
}
