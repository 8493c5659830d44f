/** MoCo v2: instance discrimination against a queue of keys. He et al., arXiv 1911.05722; Chen et al., arXiv 2003.04297. */
import type { Stopped } from '../../compiler/graph/node.js'
import { concatAll, mul } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { bankOf } from '../bank.js'
import { contrasts, scoresOf, spread, wins } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { resnet, withSgd } from '../recipes/sources.js'
import type { Schedule } from '../schedules.js'
import { type Branch, branches, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

/**
 * `L = infoNCE(q, k, queue)` with `q = projector(encoder(view 1))` and `k` the same of view 2 by a momentum network,
 * which starts as a copy and follows the new parameters after each step: `target = m target + (1 - m) online`. As in
 * the authors' code its batch norms keep running statistics of their own. The keys, as unit rows, then replace the
 * oldest of the queue, which starts as random unit rows. Defaults: queue 4096, temperature 0.2, momentum 0.99.
 *
 * `symmetric`: the sum of both orders of the views, as in the authors' demo; both sets of keys are queued. `predictor`: on the
 * queries, as the paper on feature augmentation has it for its architectures (arXiv 2410.12396); none by default. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection`, `prediction` (with a predictor), `unit` and `negatives`; queued are the
 * keys before any at `projection` or `unit`. Metrics: `accuracy` (positive above all negatives) and `spread` of the queries. Throws `ShapeError` where a
 * batch of keys does not fit the queue.
 */
export function moco<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  predictor?: OnProjections<P, J>
  queue?: number
  temperature?: number
  momentum?: number | Schedule
  symmetric?: boolean
  /** The key encoder sees the batch shuffled, so that its batch norms (with `splits`) tell nothing. Default false. */
  shuffle?: boolean
  augment?: Augmentations
}): Method<E, { accuracy: Stopped<[]>; spread: Stopped<[]> }, 'none'> {
  const { queue: size = 4096, temperature = 0.2, momentum = 0.99, symmetric = false } = parts
  return method('moco', parts, builder => {
    const options = {
      ...partsOf(parts, 'projector', 'predictor'),
      target: { momentum },
      unit: true,
      negatives: true,
      shuffle: parts.shuffle,
    }
    const networks = branches('moco', builder, options)
    const bank = bankOf('moco', builder, size)
    let keys: readonly Branch[] = []
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, symmetric)
        keys = [...new Set(pairs.map(({ k }) => k))]
        const queue = bank.rows(pairs[0]!.q.projection.shape[1]!)
        const mean = networks.over(pairs, (q, k, copy) =>
          contrasts(scoresOf(q, k, networks.copies.negatives(copy, q, queue)), temperature),
        )
        const { q, k } = pairs[0]!
        return {
          loss: symmetric ? mul(mean, 2) : mean,
          metrics: {
            accuracy: wins(scoresOf(q.compared[0]!, k.compared[0]!, { shared: queue })),
            spread: spread(q.projection),
          },
          pair: [q.projection, k.projection] as const,
        }
      },
      afterStep() {
        networks.follow()
        bank.push(
          concatAll(
            keys.map(({ projection }) => projection),
            0,
          ),
        )
      },
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  moco: listed({
    label: 'MoCo v2',
    predictor: 'optional',
    takes: ['temperature', 'queue', 'shuffle', 'targetMomentum', 'targetMomentumEnd'],
    build: ({ parts }) => moco(parts),
    published: {
      ...resnet,
      ...withSgd,
      source: "MoCo's authors' demo on CIFAR-10 (github.com/facebookresearch/moco, colab notebook)",
      epochs: 200,
      batch: 512,
      learningRate: 0.06,
      weightDecay: 5e-4,
      decayAll: true,
      projector: { out: 128, layers: 1 },
      temperature: 0.1,
      queue: 4096,
      targetMomentum: 0.99,
      splits: 8,
      shuffle: true,
      views: 'moco-cifar',
    },
    small: { queue: 512, targetMomentum: 0.9, temperature: 0.2 },
  }),
}
