/** Stochastic gradient descent. */
import { add, equal, mul, select, sub } from '../../compiler/ops/index.js'
import type { Schedule } from '../schedules.js'
import { decayOf, type Optimizer, type Told, toldOptions, type Where } from './optimizer.js'

/**
 * Stochastic gradient descent with momentum, as PyTorch defines it: `g += wd p; buf = m buf + g; p -= lr buf`
 * (`nesterov`: `p -= lr (g + m buf)`). The learning rate stays outside of the buffer. With `dampening` d the buffer takes
 * `(1 - d) g`, except at the first step. Defaults: momentum 0.9, no dampening, no weight decay. Source: Sutskever et al., ICML 2013.
 */
export function sgd(
  told: Told<{
    learningRate: number | Schedule
    momentum?: number
    dampening?: number
    weightDecay?: number
    nesterov?: boolean
    exclude?: Where
  }>,
): Optimizer {
  const {
    learningRate,
    momentum = 0.9,
    dampening = 0,
    weightDecay = 0,
    nesterov = false,
    exclude,
  } = toldOptions('sgd', told, ['learningRate', 'momentum', 'dampening', 'weightDecay', 'nesterov', 'exclude'])
  return {
    learningRate,
    descend(parameter, gradient, { learningRate: rate, step, kept, keep }) {
      const p = parameter.tensor
      const decay = decayOf(parameter, weightDecay, exclude)
      const g = decay ? add(gradient, mul(p, decay)) : gradient
      const taken = dampening ? select(equal(step, 0), g, mul(g, 1 - dampening)) : g
      const buffer = momentum ? keep('momentum', add(mul(kept('momentum'), momentum), taken)) : g
      const direction = nesterov && momentum ? add(g, mul(buffer, momentum)) : buffer
      return sub(p, mul(rate, direction))
    },
  }
}
