/** A training step: loss, gradients, optimizer, the method's own updates and the step counter, as one traced function. */

import { backward } from '../compiler/gradient/reverse.js'
import { type Stopped, type Tensor, type Untyped, withScope } from '../compiler/graph/node.js'
import { parametersOf, update } from '../compiler/language/module.js'
import { stepVariable } from '../compiler/language/program.js'
import { add, constant } from '../compiler/ops/index.js'
import type { Encoder, Method, Metrics, ViewsOf } from './methods/method.js'
import { descend, type Optimizer } from './optimizers.js'

/**
 * Trains `method` by one step on two views of the same images. To be called inside an entry; what it returns are the
 * entry's outputs: the loss before the step, the learning rate used and the method's metrics.
 *
 * ```ts
 * const step = entry({ images: u8(['batch', 32, 32, 3]) }, ({ images }) =>
 *   train(method, sgd({ learningRate: 0.03 }), view(images, 'simsiam-cifar'), view(images, 'simsiam-cifar')))
 * ```
 */
export function train<E extends Encoder, M extends Metrics>(
  method: Method<E, M>,
  optimizer: Optimizer,
  one: NoInfer<ViewsOf<E>>,
  two: NoInfer<ViewsOf<E>>,
): M & { loss: Tensor<[], 'f32'>; learningRate: Stopped<[]> } {
  const step = stepVariable.tensor as Untyped
  const { loss, metrics } = method.loss(one, two)
  const parameters = parametersOf(method)
  const gradients = backward(
    [[loss, constant(1, [])]],
    parameters.map(({ tensor }) => tensor),
  )
  const learningRate = withScope('optimizer', () => descend(optimizer, parameters, gradients, step))
  withScope('target', () => method.afterStep())
  update(step, add(step, 1))
  return { loss, learningRate, ...metrics }
}
