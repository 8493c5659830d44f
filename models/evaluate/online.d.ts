/**
 * The online linear probe: a linear classifier on the pooled features of the training views, trained inside the training
 * step. Features are stopped, so the encoder learns nothing from labels.
 */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Encoder, Method, Metrics } from '../methods/method.js';
import { type Optimizer } from '../optimizers/optimizer.js';
import type { Schedule } from '../schedules.js';
/** What a step reports of the classifier beside it. */
export type ProbeMetrics = {
    /** Cross-entropy and share right of the classifier on the first view, before the step. */
    readonly probeLoss: Stopped<[]>;
    /** Share of the first views that it gets right before the step. */
    readonly probeAccuracy: Stopped<[]>;
};
/**
 * The method that `build` makes of `encoder`, with a linear classifier of `classes` beside it as `probe`. Its loss is the
 * method's plus the classifier's cross-entropy, `L + crossEntropy(probe(stop(y)), labels)`, `y` being the pooled features of the
 * first view; `train` takes the labels `[N]`. Give `train` the optimizer of `withProbeRate`. Throws `ShapeError` when
 * traced, if the method never calls the encoder. Source: solo-learn's online classifier.
 *
 * ```ts
 * const method = withProbe(convnet(), encoder => simclr({ encoder, projector: projector(128, { out: 64 }) }), { classes: 10 })
 * train(method, withProbeRate(sgd({ learningRate: 0.06 }), 0.1), [one, two], { labels })
 * ```
 */
export declare function withProbe<E extends Encoder & {
    readonly features: number;
}, M extends Metrics>(encoder: E, build: (encoder: E) => Method<E, M, any>, { classes }: {
    readonly classes: number;
}): Method<E, M & ProbeMetrics, 'labels'>;
/**
 * `optimizer`, but for the parameters of `probe`: they have stochastic gradient descent with momentum 0.9, no weight decay and a
 * learning rate of their own. Usual rates: 0.1 x batch / 256, for MoCo 0.3 (solo-learn). Clipping and loss scaling see
 * the gradients of both.
 */
export declare const withProbeRate: (optimizer: Optimizer, learningRate: number | Schedule) => Optimizer;
