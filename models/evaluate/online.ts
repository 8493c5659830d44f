/**
 * The online linear probe: a linear classifier on the pooled features of the training views, trained inside the training
 * step. Features are stopped, so the encoder learns nothing from labels.
 */
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import { module } from '../../compiler/language/module.js'
import { add, argmax, cast, equal, slice, stopGradient } from '../../compiler/ops/index.js'
import { linear } from '../layers.js'
import { crossEntropy } from '../losses.js'
import type { Encoder, Method, Metrics } from '../methods/method.js'
import { grouped, type Optimizer, within } from '../optimizers/optimizer.js'
import { sgd } from '../optimizers/sgd.js'
import type { Schedule } from '../schedules.js'

/** What a step reports of the classifier beside it. */
export type ProbeMetrics = {
  /** Cross-entropy and share right of the classifier on the first view, before the step. */
  readonly probeLoss: Stopped<[]>
  /** Share of the first views that it gets right before the step. */
  readonly probeAccuracy: Stopped<[]>
}

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
export function withProbe<E extends Encoder & { readonly features: number }, M extends Metrics>(
  encoder: E,
  build: (encoder: E) => Method<E, M, any>,
  { classes }: { readonly classes: number },
): Method<E, M & ProbeMetrics, 'labels'> {
  const outputs: Untyped[] = []
  // The same module with the same variables; a momentum network is built from its definition and is not listened to.
  const listened = Object.assign((...given: readonly unknown[]): unknown => {
    const y = (encoder as any)(...given)
    outputs.push(y)
    return y
  }, encoder) as unknown as E
  const inner = build(listened) as unknown as Method<any, any, any>
  const loss = module(({ use }) => {
    use('', inner)
    const probe = use('probe', linear(encoder.features, classes)) as unknown as (x: Untyped) => Untyped
    return (views: any, labels: Untyped) => {
      outputs.length = 0
      const own = inner.labels === 'labels' ? inner.loss(views, labels) : (inner.loss as any)(views)
      if (!outputs[0])
        throw new ShapeError(`withProbe: the loss of ${inner.label} never called the encoder it was given`)
      // Methods that take both views as one batch give both their features at once.
      const y: Untyped = slice(stopGradient(outputs[0]), 0, 0, labels.shape[0]!)
      const scores = probe(y)
      const cost: Tensor = crossEntropy(scores, labels as never)
      const right = equal(argmax(stopGradient(scores), 1), labels)
      return {
        ...own,
        loss: add(own.loss, cost),
        metrics: {
          ...own.metrics,
          probeLoss: stopGradient(cost),
          probeAccuracy: mean(cast(right, 'f32')),
        },
      }
    }
  })
  const { embed, afterStep, label, augmentations } = inner
  return Object.assign(loss, { loss, embed, afterStep, label, augmentations, labels: 'labels' as const }) as never
}

/**
 * `optimizer`, but for the parameters of `probe`: they have stochastic gradient descent with momentum 0.9, no weight decay and a
 * learning rate of their own. Usual rates: 0.1 x batch / 256, for MoCo 0.3 (solo-learn). Clipping and loss scaling see
 * the gradients of both.
 */
export const withProbeRate = (optimizer: Optimizer, learningRate: number | Schedule): Optimizer =>
  grouped(
    [{ where: within('probe'), optimizer: sgd({ learningRate }) }, ...(optimizer.groups ?? [])],
    optimizer.rest ?? optimizer,
  )
