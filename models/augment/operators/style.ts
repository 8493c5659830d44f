/**
 * Feature augmentation by exchanging or disturbing the statistics of feature maps. Formulas with their draws as arguments:
 * `partner` `[N]` i32 names another row of the batch, deviations are `sqrt(variance + eps)` with divisor n - 1.
 */
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { mean, variance } from '../../../compiler/language/math.js'
import { add, div, mul, sqrt, stopGradient, sub, take } from '../../../compiler/ops/index.js'

interface Moments {
  readonly mean: Untyped
  readonly deviation: Untyped
}
function momentsOver(x: Untyped, axes: readonly number[], epsilon: number): Moments {
  const options = { keepdims: true, correction: 1 }
  return {
    mean: mean(x, axes as number[], { keepdims: true }),
    deviation: sqrt(add(variance(x, axes as number[], options) as Untyped, epsilon)) as Untyped,
  }
}
const standardized = (x: Untyped, { mean, deviation }: Moments): Untyped => div(sub(x, mean), deviation)
const styled = (x: Untyped, { mean, deviation }: Moments): Untyped => add(mul(x, deviation), mean)

/**
 * MixStyle: `(x - mu) / sig (l sig + (1 - l) sig_pi) + l mu + (1 - l) mu_pi` with `mu`, `sig` per row and channel. `x`
 * `[N, C, ...]`, `l` `[N, 1, ...]`, drawn from Beta(0.1, 0.1). The statistics carry no gradient unless `stopStatistics` is
 * false. Default eps 1e-6. Source: Zhou et al., arXiv 2104.02008.
 */
export function mixStyle(
  x: Untyped,
  l: Untyped,
  partner: Tensor<any, 'i32'>,
  { epsilon = 1e-6, stopStatistics = true }: { readonly epsilon?: number; readonly stopStatistics?: boolean } = {},
): Untyped {
  const own = momentsOver(stopStatistics ? (stopGradient(x) as Untyped) : x, spatial(x), epsilon)
  const mixed = (value: Untyped): Untyped => add(mul(l, value), mul(sub(1, l), take(value, partner, 0)))
  return styled(standardized(x, own), { mean: mixed(own.mean), deviation: mixed(own.deviation) })
}

/**
 * Moment exchange: `(x - mean) / std std_pi + mean_pi`, moments over `axes`: `[1]` per position (the default, PONO), `[2, 3]`
 * per channel. They carry gradient. Default eps 1e-5. Source: MoEx, arXiv 2002.11102.
 */
export function exchangeMoments(
  x: Untyped,
  partner: Tensor<any, 'i32'>,
  { axes = [1], epsilon = 1e-5 }: { readonly axes?: readonly number[]; readonly epsilon?: number } = {},
): Untyped {
  const own = momentsOver(x, axes, epsilon)
  return styled(standardized(x, own), { mean: take(own.mean, partner, 0), deviation: take(own.deviation, partner, 0) })
}

/**
 * Uncertain statistics: `(x - mu) / sd (sd + e_sd s(sd)) + mu + e_mu s(mu)` with `mu`, `sd` per row and channel, `s` their own
 * deviation over the batch and `e` `[N, C, 1, ...]` standard normal. `x` `[N, C, ...]`. Everything carries gradient. Default
 * eps 1e-6. Source: DSU, arXiv 2202.03958.
 */
export function disturbMoments(x: Untyped, eMean: Untyped, eDeviation: Untyped, epsilon = 1e-6): Untyped {
  const own = momentsOver(x, spatial(x), epsilon)
  const disturbed = (value: Untyped, e: Untyped): Untyped =>
    add(value, mul(e, momentsOver(value, [0], epsilon).deviation))
  return styled(standardized(x, own), {
    mean: disturbed(own.mean, eMean),
    deviation: disturbed(own.deviation, eDeviation),
  })
}

/** All axes after rows and channels. */
const spatial = (x: Untyped): number[] => x.shape.map((_, axis) => axis).slice(2)
