/** Methods that learn from labels, with the same augmentations: supervised contrast and a supervised baseline. */
import type { Stopped } from '../../compiler/graph/node.js'
import { type CrossEntropyOptions, crossEntropy, mean } from '../../compiler/language/math.js'
import { argmax, cast, concat, equal, stopGradient } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { projector } from '../heads.js'
import { type SupervisedContrastOptions, supervisedContrast } from '../losses/contrast.js'
import { spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { resnet, solo, soloLearn, withSgd } from '../recipes/sources.js'
import { branches, first, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder } from './method.js'

/**
 * Supervised contrast: `L = supervisedContrast([z1; z2], labels)`, every row being pulled to all rows of its label. Default
 * temperature 0.1, `variant` of that loss `'out'`. Takes two views and labels `[N]`. `augment`: as `simclr`. Metric `spread` of the projections.
 * Source: Khosla et al., arXiv 2004.11362.
 */
export function supcon<E extends Encoder, const J extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  temperature?: number
  /** Default `'out'`. */
  variant?: SupervisedContrastOptions['variant']
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'labels'> {
  const { temperature = 0.1, variant = 'out' } = parts
  return method('supcon', { ...parts, labels: 'labels' as const }, builder => {
    const networks = branches('supcon', builder, { ...partsOf(parts, 'projector'), target: 'online', unit: true })
    return {
      encoder: networks.encoder,
      loss(views, labels) {
        const pair = first(networks, views)
        const twice = concat(labels, labels, 0)
        return {
          loss: networks.over([pair], (q, k) =>
            supervisedContrast(concat(q, k, 0), twice as never, { temperature, variant, unit: false }),
          ),
          metrics: { spread: spread(pair.q.projection) },
          pair: [pair.q.projection, pair.k.projection] as const,
        }
      },
    }
  })
}

/**
 * The supervised baseline: `L = mean over views of crossEntropy(classifier(encoder(view)), labels)`. `classifier` takes the encoder's
 * features and gives a score per class. Any number of views from one on, and labels `[N]`. `augment`: feature augmentation at the
 * encoder's stages and `pooled`, branch `online`, and at the `scores` of a linear classifier. Metric `accuracy` on the first view.
 */
export function supervised<E extends Encoder, const C extends Head>(parts: {
  encoder: E
  classifier: OnEncoder<C, E>
  smoothing?: number
  augment?: Augmentations
}): Method<E, { accuracy: Stopped<[]> }, 'labels'> {
  const options: CrossEntropyOptions = parts.smoothing ? { smoothing: parts.smoothing } : {}
  return method('supervised', { ...parts, labels: 'labels' as const, views: 1 }, builder => {
    const networks = branches('supervised', builder, { ...partsOf(parts), target: 'none', unit: false, scores: true })
    const classifier = builder.use('classifier', parts.classifier as C)
    return {
      encoder: networks.encoder,
      loss(views, labels) {
        const { online } = networks.pass()
        const rows = views.map(view => online(view))
        const right = equal(argmax(stopGradient(classifier(rows[0]!.compared[0]!)), -1), labels)
        return {
          loss: networks.over(
            rows.map(q => ({ q, k: q })),
            (q, _, copy) =>
              crossEntropy(networks.copies.scores(copy, classifier, q, labels as never), labels as never, options),
          ),
          metrics: { accuracy: mean(cast(right, 'f32')) as unknown as Stopped<[]> },
        }
      },
    }
  })
}

/** What recipes, commands and reports know of them. */
export const listings = {
  supcon: listed({
    label: 'supervised contrast',
    predictor: 'none',
    takes: ['temperature', 'variant'],
    build: ({ parts }) => supcon(parts),
    published: {
      ...solo,
      ...withSgd,
      source: `${soloLearn}/supcon.yaml`,
      learningRate: 0.4,
      weightDecay: 1e-5,
      decayAll: true,
      projector: { out: 256, hidden: 2048 },
      temperature: 0.2,
      variant: 'sum-in',
      views: 'symmetric-cifar',
    },
    small: { temperature: 0.1 },
  }),
  supervised: listed({
    label: 'supervised',
    predictor: 'none',
    build: ({ parts, encoder, recipe, classes }) =>
      supervised({ ...parts, classifier: projector(encoder.features, { ...recipe.projector!, out: classes }) }),
    published: {
      ...resnet,
      ...withSgd,
      source: 'the usual supervised baseline: SGD, learning rate 0.1, weight decay 5e-4, cosine, crop and flip',
      epochs: 200,
      batch: 128,
      learningRate: 0.1,
      weightDecay: 5e-4,
      decayAll: true,
      projector: { out: 10, layers: 1 },
      views: 'weak',
    },
    small: { projector: { out: 10, layers: 1 } },
  }),
}
