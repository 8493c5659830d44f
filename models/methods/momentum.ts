/** Methods with a predictor online and a momentum network for the targets: BYOL and MoCo v3. */
import type { Stopped } from '../../compiler/graph/node.js'
import { add, mul } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { pairContrasts } from '../losses/contrast.js'
import { negativeDots, spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { bn, following, soloLars, soloLearn } from '../recipes/sources.js'
import type { Schedule } from '../schedules.js'
import { branches, type PairLoss, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

interface Predicted<E extends Encoder, J extends Head, P extends Head> {
  encoder: E
  projector: OnEncoder<J, E>
  predictor: OnProjections<P, J>
  /** Of the target network: `target = m target + (1 - m) online` after each step. */
  momentum?: number | Schedule
  /** Both orders of the views; `false` predicts view 1 alone, from view 2, with the same weight in all. Default true. */
  symmetric?: boolean
  augment?: Augmentations
}

/**
 * BYOL: `L = (2 - 2 cos(p1, z2)) + (2 - 2 cos(p2, z1))` with predictions `p` of the online network and projections `z` of the
 * momentum network, which take no gradient. Default momentum 0.99 (`momentumCosine(0.99, ...)` in the paper). Views after
 * the second are predictions only, and the loss is twice the mean over pairs. `augment`: feature augmentation at the
 * encoder's stages, `pooled`, `projection`, `prediction` and `unit`. Metric `spread` of the targets.
 * Source: Grill et al., arXiv 2006.07733, equation 2.
 */
export const byol = <E extends Encoder, const J extends Head, const P extends Head>(
  parts: Predicted<E, J, P>,
): Method<E, { spread: Stopped<[]> }, 'none'> => predicted('byol', parts, (p, z) => add(mul(negativeDots(p, z), 4), 4))

/**
 * MoCo v3: `L = 2 T (contrast(q1, k2) + contrast(q2, k1))`: each prediction is told which key of the batch is its own, the
 * others being negatives; keys are those of the momentum network. Defaults: temperature 0.2, momentum 0.99. Otherwise as
 * `byol`. Source: Chen et al., arXiv 2104.02057, algorithm 1.
 */
export const mocoV3 = <E extends Encoder, const J extends Head, const P extends Head>(
  parts: Predicted<E, J, P> & { temperature?: number },
): Method<E, { spread: Stopped<[]> }, 'none'> => {
  const { temperature = 0.2 } = parts
  return predicted('mocoV3', parts, (q, k) => mul(pairContrasts(q, k, 1 / temperature), 4 * temperature))
}

const predicted = <E extends Encoder, J extends Head, P extends Head>(
  name: string,
  parts: Predicted<E, J, P>,
  loss: PairLoss,
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  method(name, parts, builder => {
    const target = { momentum: parts.momentum ?? 0.99 }
    const networks = branches(name, builder, { ...partsOf(parts, 'projector', 'predictor'), target, unit: true })
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? true)
        const { q, k } = pairs[0]!
        return {
          loss: networks.over(pairs, loss),
          metrics: { spread: spread(k.projection) },
          pair: [k.projection, q.projection] as const,
        }
      },
      afterStep: networks.follow,
    }
  })

/** What recipes, commands and reports know of them. */
export const listings = {
  mocoV3: listed({
    label: 'MoCo v3',
    predictor: 'needed',
    takes: ['temperature', 'targetMomentum', 'targetMomentumEnd'],
    build: ({ parts }) => mocoV3(parts),
    published: {
      ...soloLars,
      source: `${soloLearn}/mocov3.yaml`,
      learningRate: 0.3,
      weightDecay: 1e-6,
      projector: { out: 256, hidden: 4096, ...bn, lastBatchNorm: true },
      predictor: { hidden: 4096 },
      temperature: 0.2,
      targetMomentum: 0.99,
      targetMomentumEnd: 1,
      views: 'byol-cifar',
    },
    small: features => ({ ...following, temperature: 0.2, predictor: { hidden: features } }),
  }),
  byol: listed({
    label: 'BYOL',
    predictor: 'needed',
    takes: ['targetMomentum', 'targetMomentumEnd'],
    build: ({ parts }) => byol(parts),
    published: {
      ...soloLars,
      source: `${soloLearn}/byol.yaml`,
      learningRate: 1,
      weightDecay: 1e-5,
      projector: { out: 256, hidden: 4096, ...bn },
      predictor: { hidden: 4096 },
      targetMomentum: 0.99,
      targetMomentumEnd: 1,
      views: 'byol-cifar',
    },
    small: features => ({ ...following, predictor: { hidden: features } }),
  }),
}
