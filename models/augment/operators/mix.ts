/** Feature augmentation by mixing with other features of the batch. */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { normalize } from '../../../compiler/language/math.js'
import { beta, permutation, uniform } from '../../../compiler/language/random.js'
import { add, maximum, mul, stopGradient, sub, take } from '../../../compiler/ops/index.js'
import { type Operator, operator } from './operator.js'

/**
 * `x'_i = l_i x_i + (1 - l_i) x_pi(i)`, `pi` a random permutation of the batch and `l` `[N, 1]` one weight per row.
 * Either `l ~ Beta(alpha, alpha)`, folded to `max(l, 1 - l)` so that the anchor dominates (`alpha` 1 is uniform on
 * [0.5, 1]), or `l ~ U(low, high)` with `lambda: [low, high]` (above 1 extrapolates away from the partner). The mixed
 * feature stands for its anchor: targets are not mixed. Gradient flows to anchor and partner. `[N, D]` to `[N, D]`.
 * Source: manifold mixup, arXiv 1806.05236; folding: i-Mix, arXiv 2010.08887; range: DACL, arXiv 2011.04419.
 */
export function featureMixup(strength: { alpha: number } | { lambda: readonly [number, number] }): Operator {
  if ('alpha' in strength) {
    const { alpha } = strength
    if (!(alpha > 0)) throw new ShapeError(`featureMixup: alpha must be positive, got ${alpha}`)
    return mixup(`featureMixup(alpha ${alpha})`, rows => {
      const l: Untyped = beta(alpha, alpha, [rows, 1])
      return maximum(l, sub(1, l))
    })
  }
  const [low, high] = strength.lambda
  if (!(low <= high && low >= 0.5))
    throw new ShapeError(
      `featureMixup: lambda must be [low, high] with 0.5 <= low <= high, so that the anchor dominates, got [${low}, ${high}]`,
    )
  return mixup(`featureMixup(lambda ${low} to ${high})`, rows => uniform([rows, 1], low, high))
}

const mixup = (label: string, weights: (rows: number) => Tensor): Operator =>
  operator(label, (x: Untyped) => {
    const rows = x.shape[0]!
    return mix(x, weights(rows), permutation(rows))
  })

export interface MixOptions {
  /** No gradient through the partner. Default false. */
  readonly stopPartner?: boolean
  /** Unit rows before and after mixing. Default false. */
  readonly unitBefore?: boolean
  readonly unitAfter?: boolean
}
/** `l x + (1 - l) x[partner]`: `x` `[N, D]`, `l` `[N, 1]` or `[N, D]`, `partner` `[N]` i32. */
export function mix(
  x: Untyped,
  l: Untyped,
  partner: Tensor<any, 'i32'>,
  { stopPartner = false, unitBefore = false, unitAfter = false }: MixOptions = {},
): Untyped {
  const own: Untyped = unitBefore ? normalize(x) : x
  const other = stopPartner ? (stopGradient(own) as Untyped) : own
  const mixed: Untyped = add(mul(own, l), mul(take(other, partner, 0), sub(1, l)))
  return unitAfter ? normalize(mixed) : mixed
}
