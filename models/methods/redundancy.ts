/** Methods that decorrelate the dimensions of the projections instead of comparing rows: Barlow Twins and VICReg. */
import type { Stopped } from '../../compiler/graph/node.js'
import type { Augmentations } from '../augment/copies.js'
import { type BarlowOptions, barlowTwins, type VicregOptions, vicregLoss, whiteningMse } from '../losses/redundancy.js'
import { spread } from '../losses.js'
import { defined, listed } from '../recipes/listed.js'
import { bn, narrow, solo, soloLars, soloLearn, wide } from '../recipes/sources.js'
import { branches, type PairLoss, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

interface Projected<E extends Encoder, J extends Head, P extends Head> {
  encoder: E
  projector: OnEncoder<J, E>
  /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
  predictor?: OnProjections<P, J>
  /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
  symmetric?: boolean
  augment?: Augmentations
}

/**
 * `L = barlowTwins(z1, z2)` with `z = projector(encoder(view))`, which is not scaled to unit rows. `loss`: options of the formula. Takes two
 * views. `augment`: feature augmentation at the encoder's stages, `pooled` and `projection`; branch `online` is view 1, `target` view
 * 2, whose gradient flows as well unless an augmentation stops it. Metric `spread`. Source: Zbontar et al., arXiv 2103.03230.
 */
export const barlow = <E extends Encoder, const J extends Head, const P extends Head = Head>(
  parts: Projected<E, J, P> & { loss?: BarlowOptions },
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  decorrelated('barlow', parts, (z1, z2) => barlowTwins(z1 as never, z2, parts.loss))

/** `L = vicreg(z1, z2)`; otherwise as `barlow`. Source: Bardes et al., arXiv 2105.04906. */
export const vicreg = <E extends Encoder, const J extends Head, const P extends Head = Head>(
  parts: Projected<E, J, P> & { loss?: VicregOptions },
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  decorrelated('vicreg', parts, (z1, z2) => vicregLoss(z1 as never, z2, parts.loss))

/**
 * W-MSE: `L = whiteningMse(z1, z2)`, `2 - 2 cos` of projections that are whitened over the batch, or over every `group` of its rows, of which there must
 * be more than a projection has numbers; otherwise as `barlow`. Source: Ermolov et al., arXiv 2007.06346, section 3; its code
 * (github.com/htdt/self-supervised) whitens groups of 128 in a random order, which batches are in already.
 */
export const wmse = <E extends Encoder, const J extends Head, const P extends Head = Head>(
  parts: Projected<E, J, P> & { group?: number; epsilon?: number },
): Method<E, { spread: Stopped<[]> }, 'none'> => {
  const { group, epsilon } = parts
  const options = { ...(group !== undefined && { group }), ...(epsilon !== undefined && { epsilon }) }
  return decorrelated('wmse', parts, (z1, z2) => whiteningMse(z1 as never, z2, options))
}

const decorrelated = <E extends Encoder, J extends Head, P extends Head>(
  name: string,
  parts: Projected<E, J, P>,
  loss: PairLoss,
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  method(name, parts, builder => {
    const networks = branches(name, builder, {
      ...partsOf(parts, 'projector', 'predictor'),
      target: 'online',
      unit: false,
    })
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? parts.predictor !== undefined)
        const { q, k } = pairs[0]!
        return {
          loss: networks.over(pairs, loss),
          metrics: { spread: spread(q.projection) },
          pair: [q.projection, k.projection] as const,
        }
      },
    }
  })

/** What recipes, commands and reports know of them. */
export const listings = {
  barlow: listed({
    label: 'Barlow Twins',
    predictor: 'optional',
    takes: ['scale', 'lambda'],
    build: ({ parts, recipe: { scale, lambda } }) => barlow({ ...parts, loss: defined({ scale, lambda }) }),
    published: {
      ...soloLars,
      source: `${soloLearn}/barlow.yaml`,
      learningRate: 0.3,
      weightDecay: 1e-4,
      projector: { out: 2048, hidden: 2048, layers: 3, ...bn },
      scale: 0.1,
      lambda: 0.0051,
      views: 'byol-cifar',
    },
    small: features => ({ ...wide(features), scale: 0.025, learningRate: 0.05 }),
  }),
  vicreg: listed({
    label: 'VICReg',
    predictor: 'optional',
    takes: ['varianceWeight'],
    build: ({ parts, recipe: { varianceWeight } }) => vicreg({ ...parts, loss: defined({ varianceWeight }) }),
    published: {
      ...soloLars,
      source: `${soloLearn}/vicreg.yaml`,
      learningRate: 0.3,
      weightDecay: 1e-4,
      projector: { out: 2048, hidden: 2048, layers: 3, ...bn },
      varianceWeight: 1,
      views: 'vicreg-cifar',
    },
    small: features => ({ ...wide(features), learningRate: 0.02 }),
  }),
  wmse: listed({
    label: 'W-MSE',
    predictor: 'optional',
    takes: ['group'],
    // A batch that is smaller than a group is whitened as a whole.
    build: ({ parts, recipe: { group, batch } }) => wmse({ ...parts, ...(group && { group: Math.min(group, batch) }) }),
    published: {
      ...solo,
      source: `${soloLearn}/wmse.yaml, with decoupled weight decay (AdamW for Adam)`,
      stemPadding: 2,
      warmupStart: 0,
      optimizer: 'adamw',
      learningRate: 2e-3,
      weightDecay: 1e-6,
      projector: { out: 64, hidden: 1024, ...bn },
      group: 128,
      views: 'wmse-cifar',
    },
    small: features => ({ projector: { ...narrow(features), out: features / 8 }, learningRate: 0.02 }),
  }),
}
