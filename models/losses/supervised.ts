/** Losses against labels, all finite for saturated logits. */

import type { Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { logaddexp, logSigmoid } from '../../compiler/language/activation.js'
import { isClass, labelsOf } from '../../compiler/language/labels.js'
import { logSoftmax, mean, softplus } from '../../compiler/language/math.js'
import {
  add,
  div,
  equal,
  exp,
  expandDims,
  expm1,
  greater,
  iota,
  log,
  maximum,
  mul,
  neg,
  pow,
  select,
  square,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Alike, PerRow } from '../../compiler/types/pair.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import { alike, type Matrix, type Vector } from '../tensors.js'

/** True at each row's label: `[N, C]`. */
const atLabel = (logits: Matrix, labels: Vector<'i32'>) =>
  equal(iota([logits.shape[0]!, logits.shape[1]!], 1), expandDims(labels, 1))

/** A number, or what is compared with `a` element by element. */
const alikeOrNumber = <T extends Tensor>(name: string, a: T, b: unknown): T | number =>
  typeof b === 'number' ? b : alike(name, a, b)

/** Mean of `(a - b)^2`; `a` and `b` have one shape, or `b` is one number for all. */
export const meanSquaredError = <S extends Shape, T extends Shape>(
  a: Tensor<S, 'f32'>,
  b: number | Alike<'meanSquaredError', S, T>,
): Tensor<[], 'f32'> => {
  const other = alikeOrNumber('meanSquaredError', a, b)
  return mean(square(sub(a, other)))
}

/**
 * Mean of `-(w t log s(x) + (1 - t) log(1 - s(x)))`, `s` the sigmoid; logits and targets of one shape, or one target for all, as 1
 * for what a discriminator should take for real; `positiveWeight` w broadcasts with them (default 1).
 */
export function binaryCrossEntropy<S extends Shape, T extends Shape>(
  logits: Tensor<S, 'f32'>,
  targets: number | Alike<'binaryCrossEntropy', S, T>,
  positiveWeight?: Tensor<any, 'f32'>,
): Tensor<[], 'f32'> {
  const [x, t] = [logits, alikeOrNumber('binaryCrossEntropy', logits, targets)]
  const positive = mul(t, softplus(neg(x)))
  const weighted = positiveWeight ? mul(positive, positiveWeight as Tensor<S, 'f32'>) : positive
  return mean(add(weighted, mul(sub(1, t), softplus(x))))
}

/**
 * `alpha_t (1 - p_t)^gamma` times the binary cross-entropy, per element: logits and targets of one shape, `alpha` null for
 * no weighting. Defaults: alpha 0.25, gamma 2. Source: Lin et al., arXiv 1708.02002, equation 5.
 */
export function sigmoidFocal<S extends Shape, T extends Shape>(
  logits: Tensor<S, 'f32'>,
  targets: Alike<'sigmoidFocal', S, T>,
  options: { readonly alpha?: number | null; readonly gamma?: number } = {},
): Tensor<S, 'f32'> {
  checkOptions('sigmoidFocal', options, ['alpha', 'gamma'])
  const { alpha = 0.25, gamma = 2 } = options
  const [x, t] = [logits, alike('sigmoidFocal', logits, targets)]
  const entropy = add(mul(t, softplus(neg(x))), mul(sub(1, t), softplus(x)))
  // log(1 - p_t), by logarithms so that a power of a rounded zero is never differentiated.
  const side = (share: Tensor<S, 'f32'>, score: Tensor<S, 'f32'>) => add(log(maximum(share, 1e-37)), logSigmoid(score))
  const miss = logaddexp(side(sub(1, t), x), side(t, neg(x)))
  const focal = mul(exp(mul(miss, gamma)), entropy)
  return alpha === null ? focal : mul(focal, add(mul(t, alpha), mul(sub(1, t), 1 - alpha)))
}

/** Mean of `-(1 - p_t)^gamma log p_t` of the softmax: logits `[N, C]`, labels `[N]`. Default gamma 2. Source: as `sigmoidFocal`. */
export function softmaxFocal<N extends Dim, C extends Dim, L extends Shape>(
  logits: Tensor<[N, C], 'f32'>,
  labels: PerRow<'softmaxFocal', 'label', [N, C], [N], L>,
  options: { readonly gamma?: number } = {},
): Tensor<[], 'f32'> {
  checkOptions('softmaxFocal', options, ['gamma'])
  const { gamma = 2 } = options
  const x = logits
  const label = labelsOf('softmaxFocal', x, labels)
  const own = sum(select(atLabel(x, label), logSoftmax(x), 0), -1)
  const logp = select(isClass(label, x.shape[1]!), own, -Infinity)
  const miss = maximum(neg(expm1(logp)), 1e-20)
  return neg(mean(mul(pow(miss, gamma), logp)))
}

/** `sum p (log p - log q) / N` of rows of probabilities `p` and logarithms `logq` `[N, C]`; terms with p = 0 count 0. */
export function klDivergence<N extends Dim, C extends Dim, S extends Shape>(
  logq: Tensor<[N, C], 'f32'>,
  p: Alike<'klDivergence', [N, C], S>,
): Tensor<[], 'f32'> {
  const given = alike('klDivergence', logq, p)
  const positive = greater(given, 0)
  const terms = mul(given, sub(log(select(positive, given, 1)), logq))
  return div(sum(select(positive, terms, 0)), given.shape[0]!)
}
