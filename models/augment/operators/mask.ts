/** Feature augmentation by leaving components out. */
import type { Untyped } from '../../../compiler/graph/node.js'
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
  return operator(label, (x: Untyped) => mul(x, mul(cast(bernoulli(1 - p, x.shape), 'f32'), 1 / (1 - p))))
}
