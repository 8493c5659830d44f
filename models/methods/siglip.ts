/** SigLIP's loss on pairs of views: every pair of rows is told for itself whether it belongs together. Zhai et al., arXiv 2303.15343. */
import type { Stopped } from '../../compiler/graph/node.js'
import { constant } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { siglipTerms } from '../losses/contrast.js'
import { spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { soloLars, soloLearn } from '../recipes/sources.js'
import { branches, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

/**
 * `L = siglipLoss(z1, z2)` with `z = projector(encoder(view))` as unit rows: a sigmoid for each of the N^2 pairs in place of a softmax over them.
 * `logit_scale` (log 10 at first) and `logit_bias` (-10) are trained. Takes two views. `augment`: feature augmentation at the encoder's stages, `pooled`,
 * `projection`, `prediction` (with a predictor) and `unit`; branch `online` is view 1, `target` view 2, whose gradient flows as well unless an
 * augmentation stops it. Metric `spread` of the projections. Source: Zhai et al., arXiv 2303.15343, algorithm 1, which
 * pairs images with texts.
 */
export function siglip<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
  predictor?: OnProjections<P, J>
  /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
  symmetric?: boolean
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  return method('siglip', parts, builder => {
    const networks = branches('siglip', builder, {
      ...partsOf(parts, 'projector', 'predictor'),
      target: 'online',
      unit: true,
    })
    const logScale = builder.param('logit_scale', [], shape => constant(Math.log(10), shape))
    const bias = builder.param('logit_bias', [], shape => constant(-10, shape))
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? parts.predictor !== undefined)
        const { q, k } = pairs[0]!
        return {
          loss: networks.over(pairs, (one, two) => siglipTerms(one, two, logScale, bias)),
          metrics: { spread: spread(q.projection) },
          pair: [q.projection, k.projection] as const,
        }
      },
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  siglip: listed({
    label: 'SigLIP',
    predictor: 'optional',
    build: ({ parts }) => siglip(parts),
    published: {
      ...soloLars,
      source: `SigLIP, arXiv 2303.15343, which pairs images with texts: everything but the loss is ${soloLearn}/simclr.yaml`,
      learningRate: 0.4,
      weightDecay: 1e-4,
      projector: { out: 256, hidden: 2048 },
      views: 'symmetric-cifar',
    },
  }),
}
