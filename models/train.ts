/** A training step: loss, gradients, optimizer, the method's own updates and the step counter, as one traced function. */

import { backward } from '../compiler/gradient/reverse.js'
import { type Stopped, type Tensor, type Untyped, withScope } from '../compiler/graph/node.js'
import { parametersOf, update } from '../compiler/language/module.js'
import { stepVariable } from '../compiler/language/program.js'
import { add, constant } from '../compiler/ops/index.js'
import type { Encoder, Labels, LabelsFor, Method, Metrics, Views, ViewsOf } from './methods/method.js'
import { descend, type Optimizer } from './optimizers/optimizer.js'
import { type LossScale, type ScaleMetrics, scaledGradients } from './optimizers/scaling.js'

export interface TrainOptions {
  /**
   * For programs compiled with `precision: 'f16'`: scales the loss before its gradients are taken, and skips parameters
   * and optimizer on steps that overflow. `'dynamic'` starts at 65536. Default: no scaling, no step is skipped.
   */
  readonly lossScale?: LossScale
}
/** The labels `[N]` i32 of the views, for methods that learn from them. */
type LabelOption<L extends Labels> = 'labels' extends L
  ? { readonly labels: Tensor<any, 'i32'> }
  : { readonly labels?: never }

/** Scaling the loss reports the scale of the step and the number of steps skipped so far. */
type ScaleMetricsOf<O> = O extends { readonly lossScale: LossScale } ? ScaleMetrics : unknown

/**
 * Trains `method` by one step on two or more views of the same images; methods that learn from labels take `labels` too.
 * To be called inside an entry; what it returns are the entry's outputs: the loss before the step, the learning rate used
 * and the method's metrics.
 *
 * ```ts
 * const step = entry({ images: u8(['batch', 32, 32, 3]) }, ({ images }) =>
 *   train(method, sgd({ learningRate: 0.03 }), [view(images, 'simsiam-cifar'), view(images, 'simsiam-cifar')]))
 * ```
 */
export function train<E extends Encoder, M extends Metrics, L extends Labels, const O extends TrainOptions = {}>(
  method: Method<E, M, L>,
  optimizer: Optimizer,
  views: Views<NoInfer<ViewsOf<E>>>,
  { lossScale, labels }: NoInfer<LabelOption<L>> & O & TrainOptions = {} as never,
): M & { loss: Tensor<[], 'f32'>; learningRate: Stopped<[]> } & ScaleMetricsOf<O> {
  const step = stepVariable.tensor as Untyped
  const { loss, metrics } = method.loss(views, ...((labels ? [labels] : []) as unknown as LabelsFor<L>))
  const parameters = parametersOf(method)
  const wrt = parameters.map(({ tensor }) => tensor)
  const scaled = lossScale === undefined ? undefined : scaledGradients(loss, wrt, lossScale)
  const gradients = scaled?.gradients ?? backward([[loss, constant(1, [])]], wrt)
  const learningRate = withScope('optimizer', () => descend(optimizer, parameters, gradients, step, scaled?.guard))
  withScope('target', () => method.afterStep())
  update(step, add(step, 1))
  return { loss, learningRate, ...metrics, ...scaled?.metrics } as ReturnType<typeof train<E, M, L, O>>
}
