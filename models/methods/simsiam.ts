/** SimSiam: instance similarity without negatives, momentum network or large batches. Chen and He, arXiv 2011.10566. */
import type { Stopped } from '../../compiler/graph/node.js'
import type { Augmentations } from '../augment/copies.js'
import { negativeDots, spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { bn, resnet, wide, withSgd } from '../recipes/sources.js'
import { branches, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

/**
 * `L = D(p1, sg z2) / 2 + D(p2, sg z1) / 2` with `z = projector(encoder(view))`, `p = predictor(z)` and `D` the negative
 * cosine. `encoder` gives `[N, F]`, `projector` takes F and gives P, `predictor` takes and gives P: a mismatch is an
 * error in the editor, and a `ShapeError` when traced. Views after the second are predictions only. `symmetric: false`
 * predicts view 1 alone, from view 2. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection` (online: what the predictor takes), `prediction` and `unit`.
 * Metric `spread` of the projections: 0 is collapse.
 */
export function simsiam<E extends Encoder, const J extends Head, const P extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  predictor: OnProjections<P, J>
  /** Both orders of the views. Default true. */
  symmetric?: boolean
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  return method('simsiam', parts, builder => {
    const networks = branches('simsiam', builder, {
      ...partsOf(parts, 'projector', 'predictor'),
      target: 'stopped',
      unit: true,
    })
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? true)
        return {
          loss: networks.over(pairs, negativeDots),
          metrics: { spread: spread(pairs[0]!.k.projection) },
          pair: [pairs[0]!.k.projection, pairs[0]!.q.projection] as const,
        }
      },
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  simsiam: listed({
    label: 'SimSiam',
    predictor: 'needed',
    build: ({ parts }) => simsiam(parts),
    published: {
      ...resnet,
      ...withSgd,
      source: 'SimSiam, arXiv 2011.10566, appendix D: learning rate 0.03 x batch / 256',
      epochs: 800,
      batch: 512,
      learningRate: 0.06,
      weightDecay: 5e-4,
      decayAll: true,
      projector: { out: 2048, hidden: 2048, ...bn, lastBatchNorm: true },
      predictor: { hidden: 512 },
      fixedPredictorRate: true,
      views: 'simsiam-cifar',
    },
    small: features => ({ ...wide(features), predictor: { hidden: features / 4 } }),
  }),
}
