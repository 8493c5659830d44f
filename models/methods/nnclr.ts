/** NNCLR: the positive of a view is its nearest neighbour among earlier samples. Dwibedi et al., arXiv 2104.14548. */
import type { Stopped } from '../../compiler/graph/node.js'
import type { Augmentations } from '../augment/copies.js'
import { bankOf } from '../bank.js'
import { nearest, pairContrasts } from '../losses/contrast.js'
import { spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { bn, soloLars, soloLearn } from '../recipes/sources.js'
import type { Matrix } from '../tensors.js'
import { branches, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

/**
 * `L = mean of contrast(nn(z1), p2) and contrast(nn(z2), p1)`: `nn(z)` is the row of a queue of earlier projections nearest to `z`
 * (no gradient), told apart by its prediction from those of the rest of the batch. The projections of view 1, before any
 * augmentation, are queued. Defaults: queue 65536, temperature 0.2. `augment`: feature augmentation at the encoder's stages, `pooled`,
 * `projection`, `prediction` and `unit`. Metric `spread` of the projections.
 */
export function nnclr<E extends Encoder, const J extends Head, const P extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  predictor: OnProjections<P, J>
  queue?: number
  temperature?: number
  /** Both orders of the views; `false` predicts view 1 alone, from the neighbours of view 2. Default true. */
  symmetric?: boolean
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { queue = 65536, temperature = 0.2 } = parts
  return method('nnclr', parts, builder => {
    const networks = branches('nnclr', builder, {
      ...partsOf(parts, 'projector', 'predictor'),
      target: 'stopped',
      unit: true,
    })
    const bank = bankOf('nnclr', builder, queue)
    let queued: Matrix
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? true)
        const { projection } = pairs[0]!.q
        const rows = bank.rows(projection.shape[1]!)
        queued = projection
        return {
          loss: networks.over(pairs, (p, z) => pairContrasts(nearest(z, rows).rows, p, 1 / temperature)),
          metrics: { spread: spread(projection) },
          pair: [projection, pairs[0]!.k.projection] as const,
        }
      },
      afterStep: () => bank.push(queued),
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  nnclr: listed({
    label: 'NNCLR',
    predictor: 'needed',
    takes: ['temperature', 'queue'],
    build: ({ parts }) => nnclr(parts),
    published: {
      ...soloLars,
      source: `${soloLearn}/nnclr.yaml`,
      learningRate: 0.4,
      weightDecay: 1e-5,
      projector: { out: 256, hidden: 2048, layers: 3, ...bn, lastBatchNorm: 'affine' },
      predictor: { hidden: 4096 },
      temperature: 0.2,
      queue: 65536,
      views: 'byol-cifar',
    },
    small: features => ({ queue: 1024, temperature: 0.2, predictor: { hidden: features } }),
  }),
}
