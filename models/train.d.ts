import { type Tensor } from '../compiler/graph/node.js';
import { type Entry, type Inputs } from '../compiler/language/entry.js';
import { type Module } from '../compiler/language/module.js';
import type { Encoder, Method, Metrics, Views, ViewsOf } from './methods/method.js';
import { type MonitorMetrics } from './monitors.js';
import type { Optimizer } from './optimizers/optimizer.js';
import { type StepOptions, type Stepped } from './step.js';
/** What `fit` may be told, beside how a step takes its gradients. */
export interface FitOptions extends StepOptions {
    /** What becomes of parameters that the loss does not depend on: `'zeros'` moves them along a gradient of 0. Default: refused. */
    readonly unreached?: 'zeros';
    /** Updates that follow an optimizer step: a momentum network (`follow`), a queue. */
    readonly afterStep?: () => void;
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
export declare function fit<const I extends Inputs, R extends {
    loss: Tensor<[], 'f32'>;
} & Record<string, Tensor>, const O extends FitOptions = {}>(module: Module | Readonly<Record<string, Module>>, loss: Entry<I, R>, optimizer: Optimizer, options?: O & FitOptions): Entry<I, Omit<R, 'loss'> & Stepped<O>>;
/** What `train` may be told, beside how a step takes its gradients. */
export interface TrainOptions extends StepOptions {
    /**
     * Reports how good the projections are, and the gradient norm of each part (`monitors.ts`). Meant for a second entry that
     * takes the place of the plain one every so many steps: they share all variables.
     */
    readonly monitor?: boolean;
}
/** For methods that learn from labels: those of the views, `[N]` i32. */
interface Labelled {
    readonly labels: Tensor<any, 'i32'>;
}
type MonitorMetricsOf<O> = O extends {
    readonly monitor: true;
} ? MonitorMetrics : unknown;
type Outputs<M, O> = M & Stepped<O> & MonitorMetricsOf<O>;
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
export declare function train<E extends Encoder, M extends Metrics, const O extends TrainOptions = {}>(method: Method<E, M, 'labels'>, optimizer: Optimizer, views: Views<NoInfer<ViewsOf<E>>>, options: O & TrainOptions & Labelled): Outputs<M, O>;
export declare function train<E extends Encoder, M extends Metrics, const O extends TrainOptions = {}>(method: Method<E, M, 'none'>, optimizer: Optimizer, views: Views<NoInfer<ViewsOf<E>>>, options?: O & TrainOptions): Outputs<M, O>;
export {};
