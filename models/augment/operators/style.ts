/**
 * Feature augmentation by exchanging or disturbing the statistics of feature maps `[N, C, ...]` (ST1 to ST4 of this
 * project's list). Deviations are `sqrt(variance + eps)` with divisor n - 1.
 */
import type { Tensor } from '../../../compiler/graph/node.js'
import { mean, variance } from '../../../compiler/language/math.js'
import { beta, normal, permutation } from '../../../compiler/language/random.js'
import {
  add,
  div,
  gather,
  mul,
  reshape,
  sort,
  sortRank,
  sqrt,
  stopGradient,
  sub,
  take,
} from '../../../compiler/ops/index.js'
import type { Shape } from '../../../compiler/types/shape.js'
import type { Values, Vector } from '../../tensors.js'
import { stopped } from '../flow.js'
import { atLeastZero, operator, positive } from './operator.js'

/**
 * ST1: `x' = (x - m) / s s_pi + m_pi`, moments m, s of each place over the channels (`over: 'channels'`, default) or of each
 * channel over the places (`'places'`), `pi` a random permutation of the batch. The moments carry gradient. No strength; the source
 * exchanges in half to all of the batches. Source: MoEx, arXiv 2002.11102 (positional moments, eps 1e-5).
 */
export const exchangedMoments = ({ over = 'channels' }: { readonly over?: 'channels' | 'places' } = {}) =>
  operator({
    name: 'moex',
    kind: 'maps',
    traits: ['statistics', 'partner'],
    apply(x, { statistics, partner }) {
      const moments = (of: Values): Moments => momentsOver(statistics(of), over === 'channels' ? [1] : spatial(x), 1e-5)
      return exchanged(x, permutation(x.shape[0]!), moments(x), moments(partner(x)))
    },
  })

/**
 * ST2: `x' = (x - m) / s (w s + (1 - w) s_pi) + w m + (1 - w) m_pi`, moments of each channel over its places, `w ~ Beta(strength, strength)`
 * per row, `pi` a random permutation of the batch. By default the moments carry no gradient. Strength: default 0.1; the source
 * mixes half of the batches. Source: MixStyle, arXiv 2104.02008 (Beta(0.1, 0.1), eps 1e-6).
 */
export const mixedStyle = () =>
  operator({
    name: 'mixstyle',
    kind: 'maps',
    traits: ['statistics', 'partner'],
    strength: 0.1,
    range: positive,
    flow: 'frozen-statistics',
    apply(x, { strength, statistics, partner }) {
      const [rows, ...rest] = x.shape as [number, ...number[]]
      const l = beta(strength, strength, [rows, ...rest.map(() => 1)])
      const moments = (of: Values): Moments => momentsOver(statistics(of), spatial(x), 1e-6)
      return mixed(x, l, permutation(rows), moments(x), moments(partner(x)))
    },
  })

/**
 * ST3: `x' = (x - m) / s (s + a e_s d(s)) + m + a e_m d(m)`, moments of each channel over its places, d their deviation over the batch,
 * `e ~ N(0, 1)` per row and channel. Everything carries gradient. Strength: a, default 1; the source disturbs half of the batches. Source: DSU,
 * arXiv 2202.03958 (eps 1e-6).
 */
export const uncertainMoments = () =>
  operator({
    name: 'dsu',
    kind: 'maps',
    traits: ['statistics'],
    strength: 1,
    range: atLeastZero,
    apply(x, { strength, statistics }) {
      const [rows, channels, ...places] = x.shape as [number, number, ...number[]]
      const e = () => mul(normal([rows, channels, ...places.map(() => 1)]), strength)
      return disturbed(x, e(), e(), momentsOver(statistics(x), spatial(x), 1e-6), 1e-6)
    },
  })

/**
 * ST4: `x' = x + (1 - w) (y - x)`, y the partner's value of the same rank within its channel, `w ~ Beta(strength, strength)` per row: the
 * whole distribution of a channel is mixed, not its moments alone. By default x passes its gradient on unchanged, and the partner its
 * share. Strength: default 0.1; the source mixes half of the batches. Source: EFDMix, Zhang et al., arXiv 2203.07740.
 */
export const mixedDistribution = () =>
  operator({
    name: 'efdmix',
    kind: 'maps',
    traits: ['statistics', 'partner'],
    strength: 0.1,
    range: positive,
    flow: 'frozen-statistics',
    apply(x, { strength, statistics, partner }) {
      const [rows, channels, ...places] = x.shape as [number, number, ...number[]]
      const flat = (of: Values) => reshape(of, [rows, channels, -1])
      const rank = sortRank(flat(stopGradient(x)), 2)
      const others = take(sort(flat(partner(x))).values, permutation(rows), 0)
      const matched = reshape(gather(others, rank, 2), [...x.shape])
      const w = beta(strength, strength, [rows, 1, ...places.map(() => 1)])
      return add(x, mul(sub(matched, statistics(x)), sub(1, w)))
    },
  })

// Formulas with their draws as arguments: `partner` `[N]` i32 names another row of the batch.

interface Moments {
  readonly mean: Values
  readonly deviation: Values
}
function momentsOver(x: Values, axes: readonly number[], epsilon: number): Moments {
  const options = { keepdims: true, correction: 1 }
  return {
    mean: mean(x, axes as number[], { keepdims: true }),
    deviation: sqrt(add(variance(x, axes as number[], options), epsilon)),
  }
}
const standardized = <S extends Shape>(x: Tensor<S, 'f32'>, { mean, deviation }: Moments) =>
  div(sub(x, mean), deviation)
const styled = <S extends Shape>(x: Tensor<S, 'f32'>, { mean, deviation }: Moments) => add(mul(x, deviation), mean)

/**
 * MixStyle: `(x - mu) / sig (l sig + (1 - l) sig_pi) + l mu + (1 - l) mu_pi` with `mu`, `sig` per row and channel. `x`
 * `[N, C, ...]`, `l` `[N, 1, ...]`, drawn from Beta(0.1, 0.1). The statistics carry no gradient unless `stopStatistics` is
 * false. Default eps 1e-6. Source: Zhou et al., arXiv 2104.02008.
 */
export const mixStyle = <S extends Shape>(
  x: Tensor<S, 'f32'>,
  l: Values,
  partner: Vector<'i32'>,
  { epsilon = 1e-6, stopStatistics = true }: { readonly epsilon?: number; readonly stopStatistics?: boolean } = {},
): Tensor<S, 'f32'> => mixed(x, l, partner, momentsOver(stopStatistics ? stopped(x) : x, spatial(x), epsilon))
function mixed<S extends Shape>(x: Tensor<S, 'f32'>, l: Values, partner: Vector<'i32'>, own: Moments, other = own) {
  const between = (a: Values, b: Values) => add(mul(l, a), mul(sub(1, l), take(b, partner, 0)))
  return styled(standardized(x, own), {
    mean: between(own.mean, other.mean),
    deviation: between(own.deviation, other.deviation),
  })
}

/**
 * Moment exchange: `(x - mean) / std std_pi + mean_pi`, moments over `axes`: `[1]` per position (the default, PONO), `[2, 3]`
 * per channel. They carry gradient. Default eps 1e-5. Source: MoEx, arXiv 2002.11102.
 */
export const exchangeMoments = <S extends Shape>(
  x: Tensor<S, 'f32'>,
  partner: Vector<'i32'>,
  { axes = [1], epsilon = 1e-5 }: { readonly axes?: readonly number[]; readonly epsilon?: number } = {},
): Tensor<S, 'f32'> => exchanged(x, partner, momentsOver(x, axes, epsilon))
const exchanged = <S extends Shape>(x: Tensor<S, 'f32'>, partner: Vector<'i32'>, own: Moments, other = own) =>
  styled(standardized(x, own), { mean: take(other.mean, partner, 0), deviation: take(other.deviation, partner, 0) })

/**
 * Uncertain statistics: `(x - mu) / sd (sd + e_sd s(sd)) + mu + e_mu s(mu)` with `mu`, `sd` per row and channel, `s` their own
 * deviation over the batch and `e` `[N, C, 1, ...]` standard normal. `x` `[N, C, ...]`. Everything carries gradient. Default
 * eps 1e-6. Source: DSU, arXiv 2202.03958.
 */
export const disturbMoments = <S extends Shape>(
  x: Tensor<S, 'f32'>,
  eMean: Values,
  eDeviation: Values,
  epsilon = 1e-6,
): Tensor<S, 'f32'> => disturbed(x, eMean, eDeviation, momentsOver(x, spatial(x), epsilon), epsilon)
function disturbed<S extends Shape>(
  x: Tensor<S, 'f32'>,
  eMean: Values,
  eDeviation: Values,
  own: Moments,
  epsilon: number,
) {
  const moved = (value: Values, e: Values) => add(value, mul(e, momentsOver(value, [0], epsilon).deviation))
  return styled(standardized(x, own), {
    mean: moved(own.mean, eMean),
    deviation: moved(own.deviation, eDeviation),
  })
}

/** All axes after rows and channels. */
const spatial = (x: Values): number[] => x.shape.map((_, axis) => axis).slice(2)
