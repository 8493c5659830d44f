/** What normalizations share: the moments of a tensor, and standardizing with them. */
import type { Untyped } from '../../compiler/graph/node.js'
import { mean } from '../../compiler/language/math.js'
import { add, mul, sub } from '../../compiler/ops/binary.js'
import { stopGradient } from '../../compiler/ops/flow.js'
import { rsqrt, square } from '../../compiler/ops/unary.js'

export interface Moments {
  readonly mean: Untyped
  readonly variance: Untyped
}
/**
 * Mean and biased variance over `axes`; `along` brings their result into a shape that broadcasts with `x`. The variance
 * is `mean((x - c)^2) - (mean - c)^2`, which does not depend on the constant `c`. With the mean itself as that constant
 * nothing cancels, and its gradient needs no sum over `x` of its own.
 */
export function moments(x: Untyped, axes: readonly number[], along: (statistic: Untyped) => Untyped): Moments {
  const centre = mean(x, axes as number[])
  const c = stopGradient(centre)
  const variance = sub(mean(square(sub(x, along(c))), axes as number[]), square(sub(centre, c)))
  return { mean: centre, variance }
}

/** `(x - mean) / sqrt(variance + eps) * weight + bias`, one scale and one shift of the centred `x`. */
export function standardize(
  x: Untyped,
  { mean, variance }: Moments,
  {
    along,
    eps,
    weight,
    bias,
  }: { along: (statistic: Untyped) => Untyped; eps: number; weight?: Untyped | false; bias?: Untyped | false },
) {
  const c = stopGradient(mean)
  const inverse = rsqrt(add(variance, eps))
  const scale = weight ? mul(inverse, weight) : inverse
  const rest = mul(sub(c, mean), scale) // zero, but not its gradient
  const shift = bias ? add(rest, bias) : rest
  return add(mul(sub(x, along(c)), along(scale)), along(shift))
}
