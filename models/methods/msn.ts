/** MSN: a view with hidden patches is assigned to the prototypes as another whole view is. Assran et al., arXiv 2204.07141. */
import type { Stopped } from '../../compiler/graph/node.js'
import type { Fit } from '../../compiler/types/layer.js'
import type { Augmentations } from '../augment/copies.js'
import { type MsnOptions, msnTerms } from '../losses/prototypes.js'
import { spread } from '../losses.js'
import { defined, listed } from '../recipes/listed.js'
import { narrow } from '../recipes/sources.js'
import type { Schedule } from '../schedules.js'
import { branches, pairsOf, partsOf } from './branches.js'
import { gridOf, hiddenOf, perView, randomMask, tokensOf, withClass } from './masks.js'
import { type Encoder, type Given, type Head, type Method, method, type OnEncoder } from './method.js'

/**
 * MSN: `L = msnLoss(prototypes(q), prototypes(k))` with unit rows `q` of view 1, of which the encoder, a `vit`, does not see a random share `hidden` of the
 * patches, and `k` of the whole view 2 by a momentum network. Prototypes are trained by the anchors alone and used by both. Defaults: hidden 0.15,
 * momentum 0.996, and those of `msnLoss` (`loss`); `symmetric` (the mean of both orders) false. Views after the second are not for it.
 * `augment`: feature augmentation at the encoder's stages, `pooled`, `projection` and `unit`; branch `target` is the momentum network. Metric
 * `spread` of its projections. Source: Assran et al., arXiv 2204.07141, section 3, and its configuration for ViT-S
 * (github.com/facebookresearch/msn), which has ten more small anchors.
 */
export function msn<E extends Encoder, const J extends Head, const P extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  /** From unit projections to scores: `prototypes(P, K)`. */
  prototypes: Fit<P, Given<J>>
  /** Share of the patches that the anchors do not have. */
  hidden?: number
  momentum?: number | Schedule
  symmetric?: boolean
  loss?: MsnOptions
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { hidden: ratio = 0.15, momentum = 0.996, symmetric = false } = parts
  const { height, width } = gridOf('msn', parts.encoder)
  const count = height * width
  const hidden = hiddenOf('msn', count, ratio)
  return method('msn', parts, builder => {
    const maskOf = perView(view => randomMask(view.shape[0]!, count, hidden))
    const networks = branches('msn', builder, {
      ...partsOf(parts, 'projector'),
      ...{ target: { momentum }, unit: true },
      hide: { at: 'tokens', seen: (x, view) => withClass(tokensOf(x), maskOf(view).visible) },
    })
    const prototypes = builder.use('prototypes', parts.prototypes as P)
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, symmetric)
        const { q, k } = pairs[0]!
        return {
          loss: networks.over(pairs, (one, two) => msnTerms(prototypes(one), prototypes(two), parts.loss)),
          metrics: { spread: spread(k.projection) },
          pair: [k.projection, q.projection] as const,
        }
      },
      afterStep: networks.follow,
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  msn: listed({
    label: 'MSN',
    predictor: 'none',
    takes: ['hidden', 'prototypes', 'frozenEpochs', 'temperature', 'symmetric', 'targetMomentum', 'targetMomentumEnd'],
    build: ({ parts: { temperature, ...parts }, recipe: { hidden }, scored }) =>
      msn({ ...parts, ...scored(), ...defined({ hidden }), loss: defined({ temperature }) }),
    published: {
      source:
        'MSN, arXiv 2204.07141, and its msn_vits16.yaml, not for CIFAR-10: ViT-Ti with patches of 4, batch 256 and its learning rate by the ratio to 1024, no small anchors, constant weight decay for 0.04 to 0.4, gradients not clipped',
      encoder: 'vitTiny',
      patch: 4,
      epochs: 800,
      batch: 256,
      warmup: 15,
      warmupStart: 5e-5,
      optimizer: 'adamw',
      learningRate: 2.5e-4,
      weightDecay: 0.04,
      projector: { out: 256, hidden: 2048, layers: 3, batchNorm: true, activation: 'gelu' },
      prototypes: 1024,
      temperature: 0.1,
      hidden: 0.15,
      targetMomentum: 0.996,
      targetMomentumEnd: 1,
      views: 'symmetric-cifar',
    },
    small: features => ({
      ...{ encoder: 'vit', optimizer: 'adamw', learningRate: 1e-3, weightDecay: 0.04 },
      ...{ projector: narrow(features), prototypes: 64, targetMomentum: 0.98 },
    }),
  }),
}
