/** Feature augmentation without draws: the expectation over Gaussian translations, in closed form. */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { crossEntropy } from '../../../compiler/language/math.js'
import { add, matmul, mul, reshape, stopGradient, sub, sum, take, transpose } from '../../../compiler/ops/index.js'

/**
 * Cross-entropy of `logits_ij + strength / 2 (w_j - w_y)^T S_y (w_j - w_y)`: an upper bound of its expectation when features
 * move by `N(0, strength S_y)`. `features` `[N, D]`, `weight` `[C, D]`, `bias` `[C]`, `covariances` `[C, D, D]` per class (no
 * gradient), `labels` `[N]`. Source: ISDA, Wang et al., arXiv 1909.12220.
 */
export function implicitCrossEntropy(
  features: Untyped,
  { weight, bias }: { readonly weight: Untyped; readonly bias?: Untyped },
  covariances: Untyped,
  labels: Tensor<any, 'i32'>,
  strength: number,
): Tensor<[], 'f32'> {
  const [classes, size] = weight.shape as unknown as [number, number]
  const rows = features.shape[0]!
  const product: Untyped = matmul(features, transpose(weight) as Untyped)
  const logits: Untyped = bias ? add(product, bias) : product
  const own: Untyped = reshape(take(weight, labels, 0), [rows, 1, size])
  const apart: Untyped = sub(reshape(weight, [1, classes, size]), own)
  const spread: Untyped = matmul(apart, stopGradient(take(covariances, labels, 0)) as Untyped)
  return crossEntropy(add(logits, mul(sum(mul(spread, apart), -1), strength / 2)) as Untyped, labels as Untyped)
}
