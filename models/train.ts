/** A training step: loss, gradients, optimizer, the method's own updates and the step counter, as one traced function. */

import { backward } from '../compiler/gradient/reverse.js'
import { type Stopped, type Tensor, type Untyped, withScope } from '../compiler/graph/node.js'
import { parametersOf, update, updateWhere, variablesOf } from '../compiler/language/module.js'
import { stepVariable } from '../compiler/language/program.js'
import { add, constant } from '../compiler/ops/index.js'
import { moduleOf } from './augment/operators/operator.js'
import type { Encoder, Method, Metrics, Views, ViewsOf } from './methods/method.js'
import { type MonitorMetrics, monitored } from './monitors.js'
import { accumulated } from './optimizers/accumulate.js'
import { type Clip, clipped } from './optimizers/clip.js'
import { descend, type Group, grouped, type Optimizer } from './optimizers/optimizer.js'
import { type LossScale, type ScaleMetrics, scaledGradients } from './optimizers/scaling.js'

export interface TrainOptions {
  /**
   * For programs compiled with `precision: 'f16'`: scales the loss before its gradients are taken, and skips parameters
   * and optimizer on steps that overflow. `'dynamic'` starts at 65536. Default: no scaling, no step is skipped.
   */
  readonly lossScale?: LossScale
  /**
   * Calls per optimizer step: gradients are averaged over so many batches, and parameters, optimizer, momentum networks,
   * queues and the step counter (so schedules too) move on the last of them only. Outputs are those of the one
   * batch, and batch norm sees each batch for itself. With `lossScale` a batch that overflows is left out. Default 1.
   */
  readonly accumulate?: number
  /** Clips the gradients that the optimizer gets: `{ norm: 1 }` all together, `{ value: 0.5 }` each element. Default: not at all. */
  readonly clip?: Clip
  /**
   * Reports how good the projections are, and the gradient norm of each part (`monitors.ts`). Meant for a second entry that
   * takes the place of the plain one every so many steps: they share all variables.
   */
  readonly monitor?: boolean
}
/** For methods that learn from labels: those of the views, `[N]` i32. */
interface Labelled {
  readonly labels: Tensor<any, 'i32'>
}

/** Scaling the loss reports the scale of the step and the number of steps skipped so far. */
type ScaleMetricsOf<O> = O extends { readonly lossScale: LossScale } ? ScaleMetrics : unknown
/** Clipping by norm reports what the norm was. */
type ClipMetricsOf<O> = O extends { readonly clip: { readonly norm: number } }
  ? { readonly gradientNorm: Stopped<[]> }
  : unknown
type MonitorMetricsOf<O> = O extends { readonly monitor: true } ? MonitorMetrics : unknown
type Outputs<M, O> = M & { loss: Tensor<[], 'f32'>; learningRate: Stopped<[]> } & ScaleMetricsOf<O> &
  ClipMetricsOf<O> &
  MonitorMetricsOf<O>

/**
 * Trains `method` by one step on two or more views of the same images; methods that learn from labels take `labels` too.
 * To be called inside an entry; what it returns are the entry's outputs: the loss before the step, the learning rate used
 * and the method's metrics. A learned feature augmentation may bring an optimizer for its parameters.
 *
 * ```ts
 * const step = entry({ images: u8(['batch', 32, 32, 3]) }, ({ images }) =>
 *   train(method, sgd({ learningRate: 0.03 }), [imageView(images, 'simsiam-cifar'), imageView(images, 'simsiam-cifar')]))
 * ```
 */
export function train<E extends Encoder, M extends Metrics, const O extends TrainOptions = {}>(
  method: Method<E, M, 'labels'>,
  optimizer: Optimizer,
  views: Views<NoInfer<ViewsOf<E>>>,
  options: O & TrainOptions & Labelled,
): Outputs<M, O>
export function train<E extends Encoder, M extends Metrics, const O extends TrainOptions = {}>(
  method: Method<E, M, 'none'>,
  optimizer: Optimizer,
  views: Views<NoInfer<ViewsOf<E>>>,
  options?: O & TrainOptions,
): Outputs<M, O>
export function train(
  method: Method<any, any, any>,
  optimizer: Optimizer,
  views: Views<any>,
  { lossScale, accumulate, clip, monitor, labels }: TrainOptions & Partial<Labelled> = {},
): any {
  const step = stepVariable.tensor as Untyped
  const { loss, metrics, pair } = method.loss(views, ...(labels ? [labels] : []))
  const parameters = parametersOf(method)
  const wrt = parameters.map(({ tensor }) => tensor)
  const scaled = lossScale === undefined ? undefined : scaledGradients(loss, wrt, lossScale)
  const gradients = scaled?.gradients ?? backward([[loss, constant(1, [])]], wrt)
  const seen = monitor && withScope('monitor', () => monitored(method.label, pair, variablesOf(method), gradients))
  const group =
    accumulate === undefined ? undefined : accumulated(optimizer, parameters, gradients, accumulate, scaled?.guard.good)
  const along = clip && clipped(group?.mean ?? gradients, clip)
  let learningRate!: Stopped<[]>
  const advance = (): void => {
    const guard = group ? undefined : scaled?.guard
    learningRate = withScope('optimizer', () =>
      descend(withLearned(method, optimizer), parameters, along?.clipped ?? group?.mean ?? gradients, step, guard),
    )
    withScope('target', () => method.afterStep())
    update(step, add(step, 1))
  }
  if (group) updateWhere(group.due, advance)
  else advance()
  return {
    loss,
    learningRate,
    ...metrics,
    ...scaled?.metrics,
    ...(along?.total && { gradientNorm: along.total }),
    ...seen,
  }
}

/** `optimizer`, but for learned feature augmentations that bring one: it moves their parameters unless a group of `optimizer` does. */
function withLearned({ augmentations }: Method<any, any, any>, optimizer: Optimizer): Optimizer {
  const brought = augmentations.flatMap(({ operator }): Group[] => {
    if (!operator.optimizer) return []
    const names = new Set(parametersOf(moduleOf(operator)!).map(({ name }) => name))
    return [{ where: name => names.has(name), optimizer: operator.optimizer }]
  })
  if (brought.length === 0) return optimizer
  return grouped([...(optimizer.groups ?? []), ...brought], optimizer.rest ?? optimizer)
}
