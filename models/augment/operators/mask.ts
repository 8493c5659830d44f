/** Feature augmentation by leaving components out. */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { bernoulli } from '../../../compiler/language/random.js'
import { cast, mul } from '../../../compiler/ops/index.js'
import { checkCosine, type Operator, operator } from './operator.js'

/**
 * `x' = x m / (1 - p)`, `m ~ Bernoulli(1 - p)` per element: each component is dropped with probability `p`, the rest
 * scaled so that the mean stays. Given as `p`, or as the `cosine` that x' should have to x: `p = 1 - cosine^2` (since
 * `cos = sqrt(sum_kept x^2 / sum x^2)`, whose square has mean 1 - p). `[N, D]` to `[N, D]`.
 * Source: dropout as augmentation in SimCSE, arXiv 2104.08821 (p = 0.1).
 */
export function dropoutMask(strength: { p: number } | { cosine: number }): Operator {
  const p = 'p' in strength ? strength.p : 1 - checkCosine('dropoutMask', strength.cosine) ** 2
  if (!(p >= 0 && p < 1)) throw new ShapeError(`dropoutMask: p must be at least 0 and less than 1, got ${p}`)
  const label = 'p' in strength ? `dropoutMask(p ${p})` : `dropoutMask(cosine ${strength.cosine})`
  return operator(label, (x: Untyped) => masked(x, bernoulli(1 - p, x.shape), 1 / (1 - p)))
}

/** `x m scale`: what `mask` (booleans or 0 and 1, broadcasting with `x`) leaves, by default as it is. */
export const masked = (x: Untyped, mask: Tensor<any, 'bool' | 'i32'>, scale = 1): Untyped => {
  const kept: Untyped = cast(mask as Untyped, 'f32')
  return mul(x, scale === 1 ? kept : mul(kept, scale))
}
