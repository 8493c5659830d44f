/** Feature augmentation by additive noise. */
import type { Stopped, Tensor, Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { normalize, standardDeviation } from '../../../compiler/language/math.js'
import { stepVariable } from '../../../compiler/language/program.js'
import { normal } from '../../../compiler/language/random.js'
import { abs, add, mul, sign, sqrt, stopGradient, sum } from '../../../compiler/ops/index.js'
import { at, type Schedule } from '../../schedules.js'
import { checkCosine, type Operator, operator } from './operator.js'

/**
 * `x' = x + sigma s e`, `e ~ N(0, I)`, `s = ||x|| / sqrt(D)` per row: `sigma` is relative to the size of a typical
 * component. Given as `sigma` (a number, or a schedule over the steps), or as the `cosine` that x' should have to x, solved from
 * `cosine = 1 / sqrt(1 + sigma^2 (D - 1) / D)`. `[N, D]` to `[N, D]`.
 *
 * At a given strength the noise is isotropic, so it does not depend on what the features mean. The scale `s` carries
 * gradient (flow `'full'`). Source: SynCo, arXiv 2410.02401 (type 4, on unit rows); calibration: this project.
 */
export function gaussianNoise(strength: { sigma: number | Schedule } | { cosine: number }): Operator {
  if ('cosine' in strength) {
    const cosine = checkCosine('gaussianNoise', strength.cosine)
    return operator(`gaussianNoise(cosine ${cosine})`, x => withNoise(x, sigmaOfCosine(cosine, x.shape[1]!)))
  }
  const { sigma } = strength
  if (typeof sigma === 'function')
    return operator('gaussianNoise(sigma scheduled)', x => withNoise(x, at(sigma, stepVariable.tensor as Untyped)))
  if (!(sigma >= 0)) throw new ShapeError(`gaussianNoise: sigma must not be negative, got ${sigma}`)
  return operator(`gaussianNoise(sigma ${sigma})`, x => withNoise(x, sigma))
}

function withNoise(x: Untyped, sigma: number | Stopped<[]>): Tensor {
  const length: Untyped = sqrt(add(sum(mul(x, x), 1, { keepdims: true }), TINY))
  const scale: Untyped = mul(length, 1 / Math.sqrt(x.shape[1]!))
  return add(x, mul(mul(scale, sigma), normal(x.shape)))
}

/** `tan(acos(c)) sqrt(D / (D - 1))`: noise of this relative size turns a feature by the angle with cosine `c`. */
export function sigmaOfCosine(cosine: number, features: number): number {
  if (features < 2) throw new ShapeError('gaussianNoise: a cosine needs at least 2 features, got 1: give sigma instead')
  return (Math.sqrt(1 - cosine * cosine) / cosine) * Math.sqrt(features / (features - 1))
}

/** Keeps the gradient of the length finite at x = 0. */
const TINY = 1e-12

// Formulas with their draws as arguments, shaped like x.

/** `x + sigma s e`, `s` `[D]` the deviation of each feature over the batch (divisor N - 1, no gradient): noise along the axes that vary. */
export const batchScaledNoise = (x: Untyped, e: Untyped, sigma: number): Untyped =>
  add(x, mul(mul(e, standardDeviation(stopGradient(x) as Untyped, [0], { correction: 1 }) as Untyped), sigma))

/**
 * `x + sigma sign(x) unit(|e|)`: a step of length `sigma` within the orthant of x. No gradient through the sign. Source:
 * XSimGCL, arXiv 2209.02544 (`e ~ U(0, 1)`, sigma 0.2).
 */
export const signAlignedNoise = (x: Untyped, e: Untyped, sigma: number): Untyped =>
  add(x, mul(mul(sign(stopGradient(x) as Untyped), normalize(abs(e)) as Untyped), sigma))
