/** Losses against labels, all finite for saturated logits. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { logaddexp, logSigmoid } from '../../compiler/language/activation.js'
import { isClass } from '../../compiler/language/labels.js'
import { logSoftmax, mean, softplus } from '../../compiler/language/math.js'
import {
  add,
  div,
  equal,
  exp,
  expm1,
  greater,
  iota,
  log,
  maximum,
  mul,
  neg,
  notEqual,
  pow,
  reshape,
  select,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'

type Labels<N extends Dim> = Tensor<[NoInfer<N>], 'i32'>
/** True at each row's label: `[N, C]`. */
const atLabel = (logits: Untyped, labels: Untyped): Untyped =>
  equal(iota(logits.shape, 1), reshape(labels, [logits.shape[0]!, 1]))

export interface CrossEntropyOptions {
  /** Share of the target that is spread over all classes. Default 0. */
  readonly smoothing?: number
  /** Weight per class, `[C]`: multiplies each `-log p_c`, and the mean is divided by the sum of the labels' weights. */
  readonly weights?: Tensor<any, 'f32'>
  /** Rows with this label are left out. */
  readonly ignore?: number
}
/**
 * `crossEntropy` with smoothed targets, class weights and rows left out: the mean of `(1 - a) (-log p_t) + a / C sum_c
 * (-log p_c)`. Logits `[N, C]`, labels `[N]`; Infinity if one is no class and not ignored. Source of smoothing: Szegedy et al., arXiv 1512.00567.
 */
export function labelCrossEntropy<N extends Dim, C extends Dim>(
  logits: Tensor<[N, C], 'f32'>,
  labels: Labels<N>,
  { smoothing = 0, weights, ignore }: CrossEntropyOptions = {},
): Tensor<[], 'f32'> {
  const [x, y] = [logits as Untyped, labels as Untyped]
  const label = atLabel(x, y)
  const classes = x.shape[1]!
  const weight = (weights ?? 1) as Untyped
  const surprise: Untyped = mul(neg(logSoftmax(x)) as Untyped, weight)
  // Selected, not multiplied by 0: what is infinite for another class does not count.
  const own: Untyped = sum(select(label, surprise, 0) as Untyped, -1)
  const smoothed: Untyped =
    smoothing === 0 ? own : add(mul(own, 1 - smoothing), mul(sum(surprise, -1), smoothing / classes))
  const checked: Untyped = select(isClass(y, classes), smoothed, Infinity)
  const counted = (of: Untyped): Untyped => (ignore === undefined ? of : select(notEqual(y, ignore), of, 0)) as Untyped
  const share: Untyped = sum(select(label, weight, 0) as Untyped, -1)
  return div(sum(counted(checked)), maximum(sum(counted(share)), 1e-12))
}

/**
 * Mean of `-(w t log s(x) + (1 - t) log(1 - s(x)))`, `s` the sigmoid; logits and targets of one shape, `positiveWeight` w
 * broadcasts with them (default 1).
 */
export function binaryCrossEntropy(
  logits: Tensor<any, 'f32'>,
  targets: Tensor<any, 'f32'>,
  positiveWeight?: Tensor<any, 'f32'>,
): Tensor<[], 'f32'> {
  const [x, t] = [logits as Untyped, targets as Untyped]
  const positive: Untyped = mul(t, softplus(neg(x) as Untyped))
  const weighted: Untyped = positiveWeight ? mul(positive, positiveWeight as Untyped) : positive
  return mean(add(weighted, mul(sub(1, t), softplus(x))) as Untyped)
}

/**
 * `alpha_t (1 - p_t)^gamma` times the binary cross-entropy, per element: logits and targets of one shape, `alpha` null for
 * no weighting. Defaults: alpha 0.25, gamma 2. Source: Lin et al., arXiv 1708.02002, equation 5.
 */
export function sigmoidFocal(
  logits: Tensor<any, 'f32'>,
  targets: Tensor<any, 'f32'>,
  { alpha = 0.25, gamma = 2 }: { readonly alpha?: number | null; readonly gamma?: number } = {},
): Tensor<any, 'f32'> {
  const [x, t] = [logits as Untyped, targets as Untyped]
  const entropy: Untyped = add(mul(t, softplus(neg(x) as Untyped)), mul(sub(1, t), softplus(x)))
  // log(1 - p_t), by logarithms so that a power of a rounded zero is never differentiated.
  const side = (share: Untyped, score: Untyped): Untyped => add(log(maximum(share, 1e-37)), logSigmoid(score))
  const miss: Untyped = logaddexp(side(sub(1, t), x), side(t, neg(x) as Untyped))
  const focal: Untyped = mul(exp(mul(miss, gamma)), entropy)
  return alpha === null ? focal : mul(focal, add(mul(t, alpha), mul(sub(1, t), 1 - alpha)))
}

/** Mean of `-(1 - p_t)^gamma log p_t` of the softmax: logits `[N, C]`, labels `[N]`. Default gamma 2. Source: as `sigmoidFocal`. */
export function softmaxFocal<N extends Dim, C extends Dim>(
  logits: Tensor<[N, C], 'f32'>,
  labels: Labels<N>,
  { gamma = 2 }: { readonly gamma?: number } = {},
): Tensor<[], 'f32'> {
  const x = logits as Untyped
  const own: Untyped = sum(select(atLabel(x, labels as Untyped), logSoftmax(x), 0) as Untyped, -1)
  const logp: Untyped = select(isClass(labels as Untyped, x.shape[1]!), own, -Infinity)
  const miss: Untyped = maximum(neg(expm1(logp)), 1e-20)
  return neg(mean(mul(pow(miss, gamma), logp) as Untyped))
}

/** `sum p (log p - log q) / N` of rows of probabilities `p` and logarithms `logq` `[N, C]`; terms with p = 0 count 0. */
export function klDivergence<N extends Dim, C extends Dim>(
  logq: Tensor<[N, C], 'f32'>,
  p: Tensor<NoInfer<[N, C]>, 'f32'>,
): Tensor<[], 'f32'> {
  const given = p as Untyped
  const positive: Untyped = greater(given, 0)
  const terms: Untyped = mul(given, sub(log(select(positive, given, 1)), logq as Untyped))
  return div(sum(select(positive, terms, 0) as Untyped), given.shape[0]!)
}
