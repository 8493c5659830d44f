/** Feature augmentation by additive noise (N1, N2, N4, N5, N6 of this project's list). */
import type { Tensor } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { mean, normalize, standardDeviation, variance } from '../../../compiler/language/math.js'
import { normal, uniform } from '../../../compiler/language/random.js'
import { abs, add, matmul, mul, sign, sqrt, stopGradient, sub, sum } from '../../../compiler/ops/index.js'
import type { Dim, Shape } from '../../../compiler/types/shape.js'
import { atLeastZero, operator, type Solve } from './operator.js'

/**
 * N1: `x' = x + sigma s e`, `e ~ N(0, I)`, with the scale `s` by name:
 * - `'length'` (default): `||x|| / sqrt(D)` per row, so that sigma is relative to the size of a typical component; it carries gradient;
 * - `'batch'`: the root mean square of all components of the batch, a statistic;
 * - `'one'`: 1, so that the Jacobian is the identity.
 *
 * Strength: sigma, default 0.1. From a cosine: `cosine = 1 / sqrt(1 + sigma^2 (D - 1) / D)`; scale `'one'` is solved for unit
 * rows. The noise is isotropic: it does not depend on what the features mean. Source: SynCo, arXiv 2410.02401 (type 4: unit
 * rows, sigma 0.01); calibration: this project.
 */
export const gaussianNoise = ({ scale = 'length' }: { readonly scale?: 'length' | 'batch' | 'one' } = {}) =>
  operator({
    name: 'gaussian',
    kind: 'any',
    traits: ['statistics'],
    strength: 0.1,
    range: atLeastZero,
    solve:
      scale === 'one' ? (cosine, features) => sigmaOfCosine(cosine, features) / Math.sqrt(features) : sigmaOfCosine,
    apply(x, { strength, statistics }) {
      const [rows, features] = x.shape as [number, number]
      const noise = mul(normal([rows, features]), strength)
      if (scale === 'one') return add(x, noise)
      const squares = mul(statistics(x), statistics(x))
      if (scale === 'batch') return add(x, mul(noise, sqrt(add(mean(squares), TINY))))
      return add(x, mul(noise, sqrt(add(mul(sum(squares, 1, { keepdims: true }), 1 / features), TINY))))
    },
  })

/** `tan(acos(c)) sqrt(D / (D - 1))`: noise of this relative size turns a feature by the angle with cosine `c`. */
export const sigmaOfCosine: Solve = (cosine, features) => {
  if (features < 2) throw new ShapeError('a cosine needs at least 2 features, got 1: give a strength instead')
  return tangent(cosine) * Math.sqrt(features / (features - 1))
}
const tangent = (cosine: number): number => Math.sqrt(1 - cosine * cosine) / cosine

/**
 * N2: `x' = x + r ||x|| u`, `u` uniform on the unit sphere: a step of fixed length. Strength: r, default 0.1; from a cosine: `r
 * = tan(acos(cosine))`, the step being orthogonal to x in expectation. The length carries gradient. Source: SimGCL, arXiv 2112.08679.
 */
export const sphereNoise = () =>
  operator({
    name: 'sphere',
    kind: 'any',
    traits: ['statistics'],
    strength: 0.1,
    range: atLeastZero,
    solve: tangent,
    apply: (x, { strength, statistics }) =>
      add(x, mul(mul(normalize(normal(x.shape)), strength), lengthOf(statistics(x)))),
  })

/**
 * N4: `x' = x + sigma std(x) e` with the deviation of each feature over the batch (divisor N - 1): noise along the axes that vary. Strength:
 * sigma, default 0.3; from a cosine as for `gaussianNoise`, exact for features with mean 0 and equal deviations. By default the
 * deviation carries no gradient. Source: this project.
 */
export const diagonalNoise = () =>
  operator({
    name: 'diagonal',
    kind: 'any',
    traits: ['statistics'],
    strength: 0.3,
    range: atLeastZero,
    solve: sigmaOfCosine,
    flow: 'frozen-statistics',
    apply(x, { strength, statistics }) {
      const deviation = sqrt(add(variance(statistics(x), [0], { correction: 1 }), TINY))
      return add(x, mul(mul(normal(x.shape), deviation), strength))
    },
  })

/**
 * N5: `x' = x + sigma n`, `n ~ N(0, (1 - shrink) S + shrink t I)` with `S` `[D, D]` the covariance of the batch and `t` its mean diagonal:
 * noise shaped like the features are spread. It is drawn as `sqrt((1 - shrink) / (N - 1)) E C + sqrt(shrink t) e` with `C` the centred
 * rows and `E` `[N, N]`, `e` standard normal, which has this covariance without a factorization of it. `shrink` default 0.1. Strength:
 * sigma, default 0.3; from a cosine as for `diagonalNoise`. By default the covariance carries no gradient.
 */
export function covarianceNoise({ shrink = 0.1 }: { readonly shrink?: number } = {}) {
  if (!(shrink >= 0 && shrink <= 1)) throw new ShapeError(`covarianceNoise: shrink must be from 0 to 1, got ${shrink}`)
  return operator({
    name: 'covariance',
    kind: 'rows',
    traits: ['statistics'],
    strength: 0.3,
    range: atLeastZero,
    solve: sigmaOfCosine,
    flow: 'frozen-statistics',
    apply(x, { strength, statistics }) {
      const [rows, size] = x.shape as [number, number]
      if (rows < 2) throw new ShapeError('covariance: one row has no covariance')
      const given = statistics(x)
      const centred = sub(given, mean(given, 0, { keepdims: true }))
      const spread = mul(matmul(normal([rows, rows]), centred), Math.sqrt((1 - shrink) / (rows - 1)))
      const diagonal = mul(sum(mul(centred, centred), [0, 1]), 1 / ((rows - 1) * size))
      const even = mul(normal(x.shape), sqrt(add(mul(diagonal, shrink), TINY)))
      return add(x, mul(add(spread, even), strength))
    },
  })
}

/**
 * N6: `x' = x + eps ||x|| sign(x) n / ||n||`, `n ~ U[0, 1)^D` per row: a step of fixed length within the orthant of x. No gradient
 * through the sign. Strength: eps, default 0.2; from a cosine for features of normal components, whose step has the expected part
 * `m = sqrt(3 / (2 pi))` along x: `cosine = (1 + eps m) / sqrt(1 + 2 eps m + eps^2)`. Source: XSimGCL, arXiv 2209.02544
 * (unscaled, eps 0.2); calibration: this project.
 */
export const signNoise = () =>
  operator({
    name: 'sign',
    kind: 'any',
    traits: ['statistics'],
    strength: 0.2,
    range: atLeastZero,
    solve: ((cosine: number) => {
      // The step's part across x is sqrt(1 - m^2): tan = eps across / (1 + eps m).
      const along = Math.sqrt(3 / (2 * Math.PI))
      const across = Math.sqrt(1 - along * along)
      if (tangent(cosine) * along >= across)
        throw new ShapeError(`sign: no strength reaches cosine ${cosine}; the smallest is ${along.toFixed(2)}`)
      return tangent(cosine) / (across - tangent(cosine) * along)
    }) as Solve,
    apply: (x, { strength, statistics }) =>
      add(x, mul(signAlignedStep(x, uniform([x.shape[0]!, x.shape[1]!]), strength), lengthOf(statistics(x)))),
  })

/** `||x||` per row, `[N, 1]`, with a finite gradient at 0. */
const lengthOf = <N extends Dim, D extends Dim>(x: Tensor<[N, D], 'f32'>) =>
  sqrt(add(sum(mul(x, x), 1, { keepdims: true }), TINY))
const TINY = 1e-12

// Formulas with their draws as arguments, shaped like x.

/** `x + sigma s e`, `s` `[D]` the deviation of each feature over the batch (divisor N - 1, no gradient). */
export const batchScaledNoise = <N extends Dim, D extends Dim>(
  x: Tensor<[N, D], 'f32'>,
  e: Tensor<[N, D], 'f32'>,
  sigma: number,
): Tensor<[N, D], 'f32'> => add(x, mul(mul(e, standardDeviation(stopGradient(x), [0], { correction: 1 })), sigma))

/** `x + sigma sign(x) unit(|e|)`: a step of length `sigma` within the orthant of x. No gradient through the sign. */
export const signAlignedNoise = <S extends Shape>(
  x: Tensor<S, 'f32'>,
  e: Tensor<S, 'f32'>,
  sigma: number,
): Tensor<S, 'f32'> => add(x, signAlignedStep(x, e, sigma))
const signAlignedStep = <S extends Shape>(x: Tensor<S, 'f32'>, e: Tensor<S, 'f32'>, sigma: number): Tensor<S, 'f32'> =>
  mul(mul(sign(stopGradient(x)), normalize(abs(e))), sigma)
