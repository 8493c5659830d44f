/** MAE: hidden patches are told from a few visible ones. He et al., arXiv 2111.06377. */
import type { Stopped } from '../../compiler/graph/node.js'
import { rearrange } from '../../compiler/language/pattern.js'
import type { Augmentations } from '../augment/copies.js'
import type { TokenPredictor } from '../encoders/predictor.js'
import { maeLoss } from '../losses/masked.js'
import { spread } from '../losses.js'
import { defined, listed } from '../recipes/listed.js'
import { branches, partsOf } from './branches.js'
import { gridOf, hiddenOf, perView, randomMask, tokensAt, tokensOf, withClass } from './masks.js'
import { type Encoder, type Method, method } from './method.js'

/**
 * MAE: `L = maeLoss(decoder(encoder(visible patches)), hidden patches)`: the encoder, a `vit`, sees its class token and a random share `1 - hidden` of the
 * patches of the first view; `decoder`, a `tokenPredictor` with `patch * patch * channels` outputs, tells the others. Defaults: hidden 0.75, patches
 * standardized (`normalized`). Takes one view or more, of which the second is for monitors alone. `augment`: feature augmentation at the encoder's
 * stages, branch `online`; there is no row that it could be placed on. Metric `spread` of the pooled features. Source: He et al., arXiv 2111.06377,
 * section 3; its code's decoder also sees the tokens in their order, which changes nothing.
 */
export function mae<E extends Encoder>(parts: {
  encoder: E
  decoder: TokenPredictor
  /** Share of the patches that is hidden. */
  hidden?: number
  normalized?: boolean
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { hidden: ratio = 0.75, normalized = true } = parts
  const { height, width, patch } = gridOf('mae', parts.encoder)
  const count = height * width
  const hidden = hiddenOf('mae', count, ratio)
  return method('mae', { ...parts, views: 1 }, builder => {
    const maskOf = perView(view => randomMask(view.shape[0]!, count, hidden))
    const networks = branches('mae', builder, {
      ...partsOf(parts),
      ...{ target: 'none', unit: false, maps: true, rows: false },
      hide: { at: 'tokens', seen: (x, view) => withClass(tokensOf(x), maskOf(view).visible) },
    })
    const decoder = builder.use('decoder', parts.decoder)
    return {
      encoder: networks.encoder,
      loss(views) {
        const { online } = networks.pass()
        const [q, other] = views.slice(0, 2).map(online)
        const { visible: known, hidden: asked } = maskOf(views[0])
        const patches = rearrange(views[0], 'n c (h p) (w q) -> n (h w) (p q c)', { p: patch, q: patch })
        return {
          loss: networks.over([{ q: q!, k: q! }], (_q, _k, copy) =>
            maeLoss(decoder({ tokens: tokensOf(q!.maps[copy]!), known, asked }), tokensAt(patches, asked), undefined, {
              normalized,
            }),
          ),
          metrics: { spread: spread(q!.projection) },
          ...(other && { pair: [q!.projection, other.projection] as const }),
        }
      },
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  mae: listed({
    label: 'MAE',
    predictor: 'none',
    takes: ['hidden', 'teller'],
    headless: true,
    build: ({ parts, recipe: { hidden }, told }) =>
      mae({ ...parts, decoder: told('mae', ({ patch, channels }) => patch ** 2 * channels), ...defined({ hidden }) }),
    published: {
      source:
        'solo-learn, scripts/pretrain/cifar/mae.yaml and reconstruction.yaml; the decoder learns its positions, and features are the mean of the patches',
      encoder: 'vitSmall',
      patch: 4,
      pool: 'mean',
      epochs: 1000,
      batch: 256,
      warmup: 10,
      warmupStart: 3e-5,
      optimizer: 'adamw',
      beta2: 0.95,
      learningRate: 2e-4,
      weightDecay: 0.05,
      hidden: 0.75,
      teller: { width: 512, depth: 8, heads: 16 },
      views: 'mae-cifar',
    },
    small: {
      encoder: 'vit',
      pool: 'mean',
      optimizer: 'adamw',
      learningRate: 1e-3,
      weightDecay: 0.05,
      views: 'mae-cifar',
    },
  }),
}
