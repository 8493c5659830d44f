/** TiCo: invariance, and a contrast with the covariance of earlier projections. Zhu et al., arXiv 2206.10698. */
import type { Stopped } from '../../compiler/graph/node.js'
import { update } from '../../compiler/language/module.js'
import { constant, stopGradient } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { ticoTerms } from '../losses/redundancy.js'
import { spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { bn, following, soloLars, soloLearn } from '../recipes/sources.js'
import type { Schedule } from '../schedules.js'
import type { Matrix } from '../tensors.js'
import { branches, meanOf, type Pair, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

/**
 * TiCo: `L = mean_i (1 - <z1_i, z2_i> + rho z1_i^T C z1_i)` on unit rows, `z1 = projector(encoder(view 1))` and `z2` the same of view 2 by a momentum
 * network; `C` `[D, D]`, zeros at first, is the moving average `beta C + (1 - beta) z1^T z1 / N` with this batch in it, and takes no gradient.
 * Defaults: beta 0.9, rho 8, momentum 0.99; one order of the views, as in the authors' listing (`symmetric: true` averages both, and their
 * covariances). `augment`: feature augmentation at the encoder's stages, `pooled`, `projection`, `prediction` (with a predictor) and `unit`; `C` is of
 * the rows as the loss compares them, of the main copy. Metric `spread` of the projections. Source: Zhu et al., arXiv 2206.10698, algorithm 1.
 */
export function tico<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  predictor?: OnProjections<P, J>
  /** Weight of the past in the covariance. */
  beta?: number
  /** Weight of the covariance term. */
  rho?: number
  momentum?: number | Schedule
  symmetric?: boolean
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { beta = 0.9, rho = 8, momentum = 0.99, symmetric = false } = parts
  return method('tico', parts, builder => {
    const options = { ...partsOf(parts, 'projector', 'predictor'), target: { momentum }, unit: true }
    const networks = branches('tico', builder, options)
    let previous: Stopped<[number, number]> | undefined
    let moved: Map<Pair, Matrix>
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, symmetric)
        const { q, k } = pairs[0]!
        const size = q.projection.shape[1]!
        const before = (previous ??= builder.state('covariance', [size, size], shape => constant(0, shape)))
        moved = new Map()
        const loss = networks.over(pairs, (one, two, _, pair) => {
          const { terms, covariance } = ticoTerms(one, two, before, { beta, rho, unit: false })
          // The main copy is the first.
          if (!moved.has(pair)) moved.set(pair, covariance)
          return terms
        })
        return { loss, metrics: { spread: spread(q.projection) }, pair: [q.projection, k.projection] as const }
      },
      afterStep() {
        networks.follow()
        update(previous!, stopGradient(meanOf([...moved.values()])))
      },
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  tico: listed({
    label: 'TiCo',
    predictor: 'optional',
    takes: ['targetMomentum', 'targetMomentumEnd', 'rho'],
    build: ({ parts, recipe: { rho } }) => tico({ ...parts, ...(rho !== undefined && { rho }) }),
    published: {
      ...soloLars,
      source: `TiCo, arXiv 2206.10698, which trains on ImageNet as BYOL does: optimization, head and views are those of ${soloLearn}/byol.yaml`,
      learningRate: 1,
      weightDecay: 1e-5,
      projector: { out: 256, hidden: 4096, ...bn },
      rho: 8,
      targetMomentum: 0.99,
      targetMomentumEnd: 1,
      views: 'byol-cifar',
    },
    small: following,
  }),
}
