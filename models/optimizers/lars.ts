/** LARS: stochastic gradient descent whose step is scaled, per parameter, to the size of the parameter. */
import { vectorNorm } from '../../compiler/language/math.js'
import { add, div, greater, maximum, minimum, mul, select, sub } from '../../compiler/ops/index.js'
import type { Schedule } from '../schedules.js'
import { ratio } from './adam.js'
import { biasAndNorm, type Optimizer, type Told, toldOptions, type Where } from './optimizer.js'

/** What `lars` is told. */
export interface LarsOptions {
  /**
   * The global rate, which the trust ratio of each parameter scales: a number, or what a schedule says for the step.
   */
  readonly learningRate: number | Schedule
  /** Default 0.9. */
  readonly momentum?: number
  /** Default 0. */
  readonly weightDecay?: number
  /** Trust coefficient. Default 0.001. */
  readonly eta?: number
  /** Added to the sum of norms. Default 1e-8. */
  readonly epsilon?: number
  /** What the norm of a parameter is compared with: `||g + wd p||` (default) or `||g|| + wd ||p||`. */
  readonly denominator?: 'norm-of-sum' | 'sum-of-norms'
  /** The learning rate inside the momentum buffer, as in the paper; matters where it changes. Default false. */
  readonly rateInMomentum?: boolean
  /** Default false. */
  readonly nesterov?: boolean
  /** LARC: the scaled rate is at most the learning rate. Default false. */
  readonly clip?: boolean
  /** Parameters with neither weight decay nor scaling. Default `biasAndNorm`. */
  readonly exclude?: Where
}

/**
 * `u = g + wd p; q = eta ||p|| / ||u||` (1 where a norm is 0); `v = m v + q u; p -= lr v`. Public implementations differ in
 * the denominator and in where the learning rate stands: see the options. Source: You et al., arXiv 1708.03888; excluded
 * parameters as in SimCLR, arXiv 2002.05709, and BYOL, arXiv 2006.07733.
 */
export function lars(told: Told<LarsOptions>): Optimizer {
  const options = toldOptions('lars', told, [
    'learningRate',
    'momentum',
    'weightDecay',
    'eta',
    'epsilon',
    'denominator',
    'rateInMomentum',
    'nesterov',
    'clip',
    'exclude',
  ])
  const { momentum = 0.9, weightDecay = 0, eta = 0.001, epsilon = 1e-8, exclude = biasAndNorm } = options
  const { denominator = 'norm-of-sum', rateInMomentum = false, nesterov = false, clip = false } = options
  return {
    learningRate: options.learningRate,
    descend(parameter, gradient, { learningRate: rate, kept, keep }) {
      const p = parameter.tensor
      const plain = exclude(parameter.name, p.shape)
      const u = plain || !weightDecay ? gradient : add(gradient, mul(p, weightDecay))
      const trust = () => {
        const size = vectorNorm(p)
        const steps = vectorNorm(denominator === 'norm-of-sum' ? u : gradient)
        // A zero norm must reach `ratio` as zero.
        const against =
          denominator === 'norm-of-sum'
            ? steps
            : select(greater(steps, 0), add(steps, add(mul(size, weightDecay), epsilon)), 0)
        const q = ratio(mul(size, eta), against)
        return clip ? minimum(div(q, maximum(rate, 1e-30)), 1) : q
      }
      const scaled = plain ? u : mul(u, trust())
      const d = rateInMomentum ? mul(scaled, rate) : scaled
      const buffer = keep('momentum', add(mul(kept('momentum'), momentum), d))
      const step = nesterov ? add(d, mul(buffer, momentum)) : buffer
      return sub(p, rateInMomentum ? step : mul(step, rate))
    },
  }
}
