/** Mathematics composed of operations: statistics, softmax and its relatives, activations, top-k. */

import { isFloat } from '../graph/graph.js'
import { checkTensors, given, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { checkOptions, checkRange } from '../graph/options.js'
import { axisIndex, numel, ShapeError, show } from '../graph/shape.js'
import { add, div, maximum, mul, pow, sub } from '../ops/binary.js'
import { equal, finite, greater, less, notEqual, select } from '../ops/compare.js'
import { iota } from '../ops/constant.js'
import { stopGradient } from '../ops/flow.js'
import { gather } from '../ops/gather.js'
import { reshape } from '../ops/movement.js'
import { firstInOrder } from '../ops/prefix.js'
import { max, sum } from '../ops/reduce.js'
import { abs, erf, exp, log, log1p, neg, rsqrt, sigmoid, sqrt, square } from '../ops/unary.js'
import type { BroadcastTo, OnAxes, Top } from '../types/axis.js'
import type { Alike, Distances, PerRow } from '../types/pair.js'
import type { AllAxes, Dim, Reduce, Shape } from '../types/shape.js'
import type { Check, DType, Gradient, OfDType, Proved } from '../types/tensor.js'
import { isClass, labelsOf } from './labels.js'

type Float = 'f32' | 'f16'

// Statistics

/** Arithmetic mean over `axes` (default: all); `keepdims` leaves them with size 1. */
export const mean = <
  S extends Shape,
  D extends Float,
  G extends Gradient,
  const A extends number = AllAxes<S>,
  const K extends boolean = false,
>(
  x: Tensor<S, D, G>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K },
): Tensor<Reduce<S, A, NoInfer<K>>, D, G> => {
  checkOptions('mean', options, ['keepdims'])
  return average(x, axes, options?.keepdims)
}

/** Variance over `axes` (default: all): mean of the squared distance to the mean, with divisor `n - correction` (default 0). */
export const variance = <
  S extends Shape,
  D extends Float,
  G extends Gradient,
  const A extends number = AllAxes<S>,
  const K extends boolean = false,
>(
  x: Tensor<S, D, G>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K; correction?: number },
): Tensor<Reduce<S, A, NoInfer<K>>, D, G> => {
  checkOptions('variance', options, ['keepdims', 'correction'])
  // mean((x - c)^2) - (mean - c)^2 is the same for any constant c. With the mean for c nothing cancels, and the
  // gradient of the second term needs no sum over x, as that of a mean in the first would.
  const t: Untyped = x
  const centre = average(t, axes, true)
  const c: Untyped = stopGradient(centre)
  const spread = average(square(sub(t, c)), axes, options?.keepdims, options?.correction)
  const count = numel(t.shape) / numel(centre.shape)
  const rest: Untyped = mul(square(sub(centre, c)), count / (count - (options?.correction ?? 0)))
  return sub(spread, reshape(rest, spread.shape))
}

/** Square root of the variance. Its gradient is unbounded where all elements are equal. */
export const standardDeviation = <
  S extends Shape,
  D extends Float,
  G extends Gradient,
  const A extends number = AllAxes<S>,
  const K extends boolean = false,
>(
  x: Tensor<S, D, G>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K; correction?: number },
): Tensor<Reduce<S, A, NoInfer<K>>, D, G> => {
  checkOptions('standardDeviation', options, ['keepdims', 'correction'])
  return sqrt(variance(x as Untyped, axes as never, options as never) as Untyped)
}

function average(x: Untyped, axes: unknown, keepdims = false, correction = 0): Untyped {
  checkTensors('mean', [x])
  if (!isFloat(x.dtype)) throw new ShapeError(`a mean is taken of f32 or f16, got ${x.dtype}: cast it`)
  const total: Untyped = sum(x, axes as never, { keepdims })
  const count = x.shape.reduce((a, b) => a * b, 1) / total.shape.reduce((a, b) => a * b, 1)
  if (count <= correction)
    throw new ShapeError(
      `the variance of ${count} elements with correction ${correction} is not defined: ${show(x.shape)} has too few`,
    )
  return mul(total, 1 / (count - correction))
}

/** Vectors along `axis` (default: the last) divided by their Euclidean length, or by `epsilon` where that is larger: zero stays zero. */
export const normalize = <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(
  x: Tensor<S, D, G>,
  axis: Check<OnAxes<S, A>, A> = -1 as never,
  epsilon = 1e-12,
): Tensor<S, D, G> => {
  const t: Untyped = x
  return mul(t, rsqrt(maximum(sum(square(t), axis as number, { keepdims: true }), epsilon * epsilon)))
}

/**
 * Length of the vectors over `axes` (default: all): `(sum |x|^p)^(1/p)`, the largest `|x|` for `p = Infinity`. Default: `p = 2`,
 * `keepdims` false. The gradient of a zero vector is 0.
 */
export const vectorNorm = <
  S extends Shape,
  G extends Gradient,
  const A extends number = AllAxes<S>,
  const K extends boolean = false,
>(
  x: Tensor<S, 'f32', G>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options: { p?: number; keepdims?: K } = {},
): Tensor<Reduce<S, A, NoInfer<K>>, 'f32', G> => {
  checkOptions('vectorNorm', options, ['p', 'keepdims'])
  const { p = 2, keepdims = false } = options
  const [size, along]: [Untyped, any] = [abs(x as Untyped), axes]
  if (p === Number.POSITIVE_INFINITY) return max(size, along, { keepdims })
  if (!(p > 0)) throw new ShapeError(`vectorNorm takes a positive p, got ${p}`)
  if (p === 1) return sum(size, along, { keepdims })
  const total: Untyped = sum(p === 2 ? square(size) : pow(size, p), along, { keepdims })
  const zero = equal(total, 0)
  const safe: Untyped = select(zero, 1, total)
  return select(zero, 0, p === 2 ? sqrt(safe) : pow(safe, 1 / p)) as Untyped
}

/**
 * Euclidean distances of the rows of `a` `[..., N, D]` from `rows` `[..., M, D]`: `[..., N, M]`. No gradient flows where two
 * rows are equal. Throws `ShapeError`.
 */
export const cdist = <
  B extends Shape,
  N extends Dim,
  D extends Dim,
  S extends Shape,
  G extends Gradient,
  H extends Gradient,
>(
  a: Tensor<[...B, N, D], 'f32', G>,
  rows: Proved<Distances<B, N, D, S>, Tensor<S, 'f32', H>>,
): Tensor<Distances<B, N, D, S>, 'f32', G | H> => {
  const b = rows as Untyped
  const [n, m] = [shapeOf('cdist', a).at(-2), shapeOf('cdist', b).at(-2)]
  const [before, width] = [a.shape.slice(0, -2), a.shape.at(-1)]
  if (n === undefined || m === undefined || [...before, m, width].join() !== b.shape.join())
    throw new ShapeError(`cdist takes [..., N, D] and [..., M, D], got ${show(a.shape)} and ${show(b.shape)}`)
  const apart: Untyped = sub(
    reshape(a as Untyped, [...before, n, 1, width!]),
    reshape(b as Untyped, [...before, 1, m, width!]),
  )
  return vectorNorm(apart, -1) as Untyped
}

// Softmax and its relatives: the maximum is taken out first, so nothing overflows. It cancels, so it takes no gradient.

/** log(sum(exp(x))) over `axes` (default: all); of nothing but -Infinity, -Infinity. */
export const logsumexp = <
  S extends Shape,
  D extends Float,
  G extends Gradient,
  const A extends number = AllAxes<S>,
  const K extends boolean = false,
>(
  x: Tensor<S, D, G>,
  axes?: Check<OnAxes<S, A>, A | A[]>,
  options?: { keepdims?: K },
): Tensor<Reduce<S, A, NoInfer<K>>, D, G> => {
  checkOptions('logsumexp', options, ['keepdims'])
  const [t, along]: [Untyped, any] = [x, axes]
  // An infinite maximum stays in: taken out, it would leave the difference of infinities.
  const top = (keepdims: boolean): Untyped => {
    const most: Untyped = max(stopGradient(t), along, { keepdims })
    return select(finite(most), most, 0)
  }
  const shifted = exp(sub(t, top(true)))
  return add(log(sum(shifted, along, options)), top(options?.keepdims ?? false))
}

/** exp(x) / sum(exp(x)) along `axis` (default: the last). */
export const softmax = <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(
  x: Tensor<S, D, G>,
  axis: Check<OnAxes<S, A>, A> = -1 as never,
): Tensor<S, D, G> => exp(logSoftmax(x as Untyped, axis as number)) as Untyped

/** log(softmax(x)) along `axis` (default: the last). */
export const logSoftmax = <S extends Shape, D extends Float, G extends Gradient, const A extends number = -1>(
  x: Tensor<S, D, G>,
  axis: Check<OnAxes<S, A>, A> = -1 as never,
): Tensor<S, D, G> => {
  const t: Untyped = x
  const along = axis as number
  const shifted = sub(t, max(stopGradient(t), along, { keepdims: true }))
  return sub(shifted, log(sum(exp(shifted), along, { keepdims: true })))
}

/** What `crossEntropy` may be told. */
export interface CrossEntropyOptions {
  /** Share of the target that is spread over all classes. Default 0. */
  readonly smoothing?: number
  /** Weight per class, `[C]`: multiplies each `-log p_c`, and the mean is divided by the sum of the labels' weights. */
  readonly weights?: Tensor<any, 'f32'>
  /** Rows with this label are left out. Default: none. */
  readonly ignore?: number
}
/**
 * The mean of `-log softmax(logits)[label]`: logits `[..., C]`, labels `[...]` integers from 0 to C - 1; Infinity if one is another,
 * and not ignored. Smoothed (Szegedy et al., arXiv 1512.00567), the mean of `(1 - a) (-log p_label) + a / C sum_c (-log p_c)`. Throws `ShapeError`.
 */
export const crossEntropy = <
  B extends Shape,
  C extends Dim,
  L extends Shape,
  G extends Gradient,
  J extends DType = 'i32',
>(
  logits: Tensor<[...B, C], 'f32', G>,
  labels: OfDType<J, 'i32', PerRow<'crossEntropy', 'label', [...B, C], B, L, Tensor<L, J>>, `labels are i32, got ${J}`>,
  options: CrossEntropyOptions = {},
): Tensor<[], 'f32', G> => {
  const given = labelsOf('crossEntropy', logits, labels)
  checkOptions('crossEntropy', options, ['smoothing', 'weights', 'ignore'])
  const classes = logits.shape.at(-1)!
  const [rows, label] = [rowsOf(logits, classes), columnOf(rowsOf(given))]
  const chosen = equal(iota(rows.shape, 1), label)
  const known = isClass(label, classes)
  const { smoothing = 0, weights, ignore } = options
  checkRange('crossEntropy', 'smoothing', smoothing, { least: 0, most: 1 })
  if (smoothing === 0 && weights === undefined && ignore === undefined) {
    const others = select(known, 0, -Infinity)
    return mul(sum(select(chosen, logSoftmax(rows), others)), -1 / rows.shape[0]!)
  }
  const weight = weights ?? 1
  const surprise = mul(neg(logSoftmax(rows)), weight)
  // Selected, not multiplied by 0: what is infinite for another class does not count.
  const own = sum(select(chosen, surprise, 0), -1, { keepdims: true })
  const spread = smoothing === 0 ? 0 : mul(sum(surprise, -1, { keepdims: true }), smoothing / classes)
  const smoothed = smoothing === 0 ? own : add(mul(own, 1 - smoothing), spread)
  const counted = (of: Untyped): Untyped => (ignore === undefined ? of : select(notEqual(label, ignore), of, 0))
  const share = sum(select(chosen, weight, 0), -1, { keepdims: true })
  return div(sum(counted(select(known, smoothed, Infinity))), maximum(sum(counted(share)), 1e-12))
}
// Activations and interpolation

/** x Phi(x) with the normal distribution function Phi. Hendrycks and Gimpel 2016, arXiv 1606.08415. */
export const gelu = <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>): Tensor<S, D, G> =>
  mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1))
/** x sigmoid(x). */
export const silu = <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>): Tensor<S, D, G> =>
  // Where x is below -100 no float of sigmoid(x) is small enough to multiply it with.
  mul(maximum(x, -100), sigmoid(x))
/** log(1 + exp(x)), without overflow. */
export const softplus = <S extends Shape, D extends Float, G extends Gradient>(x: Tensor<S, D, G>): Tensor<S, D, G> =>
  add(maximum(x, 0), log1p(exp(neg(abs(x)))))
/** x where it is positive, else `slope` x; the gradient at 0 is `slope`. */
export const leakyRelu = <S extends Shape, D extends Float, G extends Gradient>(
  x: Tensor<S, D, G>,
  slope = 0.01,
): Tensor<S, D, G> => select(greater(x, 0), x, mul(x, slope))

/** x held between `low` and `high`; the gradient at the bounds is 1. */
export function clamp<S extends Shape, D extends Float, G extends Gradient>(
  x: Tensor<S, D, G>,
  low: number,
  high: number,
): Tensor<S, D, G> {
  if (!(low <= high)) throw new ShapeError(`clamp takes two numbers, low <= high, got ${given(low)} and ${given(high)}`)
  const t: Untyped = x
  return select(less(t, low), low, select(greater(t, high), high, t))
}

/** a + weight (b - a): `a` at weight 0, `b` at 1. The weight, a number or a tensor, broadcasts. */
export const lerp = <
  S extends Shape,
  T extends Shape,
  D extends Float,
  G extends Gradient,
  H extends Gradient,
  W extends Shape = any,
>(
  a: Tensor<S, D, G>,
  b: Alike<'lerp', S, T, Tensor<T, NoInfer<D>, H>>,
  weight: number | Check<BroadcastTo<W, S>, Tensor<W, NoInfer<D>>>,
): Tensor<S, D, G | H> => {
  const [from, to, by]: Untyped[] = [a, b as Untyped, weight as Untyped]
  return add(from!, mul(by!, sub(to!, from!)))
}

// Selection

/**
 * The `k` largest elements along the last axis, in descending order, and their positions (the first on ties, NaN last). The
 * gradient flows to the elements found. Work grows as n log k.
 */
export function topK<S extends Shape, G extends Gradient, const K extends number>(
  x: Tensor<S, 'f32', G>,
  k: Check<Top<S, K>, K>,
): { values: Tensor<Top<S, K>, 'f32', G>; indices: Tensor<Top<S, K>, 'i32', 'stopped'> } {
  const count = k as number
  const axis = axisIndex(shapeOf('topK', x), -1)
  const size = x.shape[axis]!
  if (!(Number.isInteger(count) && count >= 1 && count <= size))
    throw new ShapeError(`topK takes k from 1 to ${size}, the last size of ${show(x.shape)}, got ${count}`)
  const indices = firstInOrder(x as Untyped, axis, count, true)
  return { values: gather(x as Untyped, indices, axis) as Untyped, indices }
}

/** With a last axis of size 1. */
const columnOf = (x: Untyped): Untyped => reshape(x, [...x.shape, 1])
/** All axes as one, before a last one of `size` if there is one. */
const rowsOf = (x: Untyped, size?: number): Untyped => {
  const shape = [numel(x.shape) / (size ?? 1), ...(size === undefined ? [] : [size])]
  return shape.join() === x.shape.join() ? x : reshape(x, shape)
}
