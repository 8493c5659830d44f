/** Training: the step entry of a module of one's own (`fit`), and the step of a method on views of images (`train`). */
import { reachedBy } from '../compiler/gradient/reverse.js'
import { checkFunction, given, isTensor, type Tensor, withScope } from '../compiler/graph/node.js'
import { ShapeError } from '../compiler/graph/shape.js'
import { type Entry, entry, type Inputs, isEntry } from '../compiler/language/entry.js'
import {
  isModule,
  type Module,
  module as moduleFrom,
  parametersOf,
  type Variable,
  variablesOf,
} from '../compiler/language/module.js'
import type { Encoder, Method, Metrics, Views, ViewsOf } from './methods/method.js'
import { type MonitorMetrics, monitored } from './monitors.js'
import type { Optimizer } from './optimizers/optimizer.js'
import { type StepOptions, type Stepped, takeStep } from './step.js'

/** What `fit` may be told, beside how a step takes its gradients. */
export interface FitOptions extends StepOptions {
  /** What becomes of parameters that the loss does not depend on: `'zeros'` moves them along a gradient of 0. Default: refused. */
  readonly unreached?: 'zeros'
  /** Updates that follow an optimizer step: a momentum network (`follow`), a queue. */
  readonly afterStep?: () => void
}
/**
 * The entry that trains `module` by one step of `optimizer` along the gradient of `loss`: an entry that returns `{ loss }`, and
 * whatever else is to be reported. The result takes the same inputs and returns the same outputs, and the learning rate
 * used; it updates the parameters, the state of the optimizer, and the counter that schedules and random numbers depend on.
 * Several modules are given by name: `fit({ encoder, head }, ...)`. What the loss reads and `module` does not hold stays
 * as it is. Throws `ShapeError` when traced, where no gradient reaches a parameter, or an output has the name of what the step reports.
 *
 * ```ts
 * const net = sequential(linear(784, 128), relu, linear(128, 10))
 * const loss = entry({ x: ['batch', 784], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(net(x), y) }))
 * const step = fit(net, loss, adamw({ learningRate: cosineSchedule(1e-3, { steps: 1000 }) }), { clip: { norm: 1 } })
 * ```
 */
export function fit<
  const I extends Inputs,
  R extends { loss: Tensor<[], 'f32'> } & Record<string, Tensor>,
  const O extends FitOptions = {},
>(
  module: Module | Readonly<Record<string, Module>>,
  loss: Entry<I, R>,
  optimizer: Optimizer,
  options?: O & FitOptions,
): Entry<I, Omit<R, 'loss'> & Stepped<O>> {
  if (!isEntry(loss) || typeof module !== (isModule(module) ? 'function' : 'object') || isEntry(module))
    throw new ShapeError(
      'fit takes a module (or modules by name), the entry of its loss and an optimizer, in this order: fit(net, entry(inputs, ...), adamw({ learningRate: 1e-3 }))',
    )
  const whole = isModule(module) ? module : mounted(module as Readonly<Record<string, Module>>)
  const { afterStep, unreached, ...rest }: FitOptions = options ?? {}
  if (afterStep !== undefined) checkFunction('afterStep of fit', afterStep)
  return entry(loss.inputs as I, inputs => {
    const outputs = loss.body(inputs)
    if (!isTensor(outputs?.loss))
      throw new ShapeError(
        `the entry that fit trains by returns { loss }, got ${isTensor(outputs) ? 'a tensor' : typeof outputs === 'object' && outputs !== null ? `{ ${Object.keys(outputs).join(', ')} }` : given(outputs)}`,
      )
    const parameters = parametersOf(whole)
    if (unreached !== 'zeros') checkReached(outputs.loss, parameters)
    return reported(outputs, takeStep(parameters, outputs.loss, optimizer, rest, afterStep && { afterStep })) as never
  })
}
/** Modules as parts of one, so that their variables are named after them. */
const mounted = (parts: Readonly<Record<string, Module>>): Module =>
  moduleFrom(({ use }) => {
    for (const [name, part] of Object.entries(parts)) use(name, part)
    return () => undefined
  })

function checkReached(loss: Tensor, parameters: readonly Variable[]): void {
  const reached = reachedBy([loss])
  const missed = parameters.filter(({ tensor }) => !reached.has(tensor)).map(({ name }) => name)
  if (missed.length === 0) return
  const names = `${missed.slice(0, 4).join(', ')}${missed.length > 4 ? ` and ${missed.length - 4} more` : ''}`
  throw new ShapeError(
    `no gradient flows from the loss to ${names}: use what they belong to in the loss, leave it out of the module that is trained, or say { unreached: 'zeros' }`,
  )
}

// Methods

/** What `train` may be told, beside how a step takes its gradients. */
export interface TrainOptions extends StepOptions {
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
type MonitorMetricsOf<O> = O extends { readonly monitor: true } ? MonitorMetrics : unknown
type Outputs<M, O> = M & Stepped<O> & MonitorMetricsOf<O>

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
  { monitor, labels, ...options }: TrainOptions & Partial<Labelled> = {},
): any {
  const { loss, metrics, pair } = method.loss(views, ...(labels ? [labels] : []))
  let monitors: Partial<MonitorMetrics> = {}
  const seen = (gradients: readonly Tensor[]): void => {
    monitors = withScope('monitor', () => monitored(method.label, pair, variablesOf(method), gradients))
  }
  const { augmentations, afterStep } = method
  const around = { augmentations, afterStep, ...(monitor && { seen }) }
  const stepped = takeStep(parametersOf(method), loss, optimizer, options, around)
  // Both may give the spread: the monitors' is of the pair that they are shown.
  return { ...reported(metrics, stepped), ...monitors }
}

/** The outputs of a loss and what its step reports. One name for both would hide the output, and its reader would not know. */
function reported(outputs: object | undefined, stepped: Stepped<unknown>): object {
  const twice = Object.keys(stepped).find(name => name !== 'loss' && Object.hasOwn(outputs ?? {}, name))
  if (twice !== undefined)
    throw new ShapeError(`the loss has an output ${twice}, which its training step reports too: give it another name`)
  return { ...outputs, ...stepped }
}
