/** RMSprop: the gradient divided by its typical size. */
import { add, div, mul, sqrt, square, sub } from '../../compiler/ops/index.js'
import type { Schedule } from '../schedules.js'
import { decayOf, type Optimizer, type Told, toldOptions, type Where } from './optimizer.js'

/**
 * `g += wd p; s = a s + (1 - a) g^2; d = g / (sqrt(s) + eps); buf = m buf + d; p -= lr buf`. `centered` takes the square of
 * the mean gradient from `s` under the root. Defaults: a 0.99, eps 1e-8, no momentum, no weight decay. Source: Hinton,
 * lecture 6e of "Neural networks for machine learning", 2012; centered: Graves, arXiv 1308.0850.
 */
export function rmsprop(
  told: Told<{
    learningRate: number | Schedule
    alpha?: number
    epsilon?: number
    momentum?: number
    weightDecay?: number
    centered?: boolean
    exclude?: Where
  }>,
): Optimizer {
  const {
    learningRate,
    alpha = 0.99,
    epsilon = 1e-8,
    momentum = 0,
    weightDecay = 0,
    centered = false,
    exclude,
  } = toldOptions('rmsprop', told, [
    'learningRate',
    'alpha',
    'epsilon',
    'momentum',
    'weightDecay',
    'centered',
    'exclude',
  ])
  return {
    learningRate,
    descend(parameter, gradient, { learningRate: rate, kept, keep }) {
      const p = parameter.tensor
      const decay = decayOf(parameter, weightDecay, exclude)
      const g = decay ? add(gradient, mul(p, decay)) : gradient
      const averaged = (name: string, x: typeof g) => keep(name, add(mul(kept(name), alpha), mul(x, 1 - alpha)))
      const s = averaged('square', square(g))
      const spread = centered ? sub(s, square(averaged('mean', g))) : s
      const d = div(g, add(sqrt(spread), epsilon))
      return sub(p, mul(rate, momentum ? keep('momentum', add(mul(kept('momentum'), momentum), d)) : d))
    },
  }
}
