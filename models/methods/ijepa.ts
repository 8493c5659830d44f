/** I-JEPA: the features of blocks of an image are told from those of the rest. Assran et al., arXiv 2301.08243. */
import type { Stopped } from '../../compiler/graph/node.js'
import { stopGradient } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import type { TokenPredictor } from '../encoders/predictor.js'
import { jepaLoss } from '../losses/masked.js'
import { spread } from '../losses.js'
import { defined, listed } from '../recipes/listed.js'
import type { Schedule } from '../schedules.js'
import { branches, meanOf, partsOf } from './branches.js'
import { gridOf, patchesOf, perView, randomBlocks, tokensAt, tokensOf, withClass } from './masks.js'
import { type Encoder, type Method, method } from './method.js'

/**
 * I-JEPA: `L = mean over blocks of jepaLoss(predictor(context, block), target)`. The encoder, a `vit`, sees the context alone: random patches that are in no
 * block. A momentum network sees the whole first view, and its tokens in a block are the target; `predictor`, a `tokenPredictor` with as many outputs as the
 * encoder has features, tells each block for itself. `blocks` rectangles of the share `scale`, as nearly square as whole patches allow, are
 * anywhere; the context has as many patches as are left where no two of them overlap. Defaults: 4 blocks of 0.175, momentum 0.996. Takes one view or
 * more, of which the second is for monitors alone. `augment`: feature augmentation at the encoder's stages; branch `target` is the momentum
 * network. Metric `spread` of the pooled features.
 *
 * Source: Assran et al., arXiv 2301.08243, section 3, and its code (github.com/facebookresearch/ijepa). There sizes are drawn for each batch (0.15 to 0.2 of
 * the image, aspect 0.75 to 1.5), the context is a block of 0.85 to 1 with the targets cut out, and encoders have no class token.
 */
export function ijepa<E extends Encoder>(parts: {
  encoder: E
  predictor: TokenPredictor
  blocks?: number
  scale?: number
  momentum?: number | Schedule
  augment?: Augmentations
}): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { blocks = 4, scale = 0.175, momentum = 0.996 } = parts
  const { height, width } = gridOf('ijepa', parts.encoder)
  return method('ijepa', { ...parts, views: 1 }, builder => {
    const placesOf = perView(view => randomBlocks(view.shape[0]!, { height, width, blocks, scale }))
    const networks = branches('ijepa', builder, {
      ...partsOf(parts),
      ...{ target: { momentum }, unit: false, maps: true, rows: false },
      hide: { at: 'tokens', seen: (x, view) => withClass(tokensOf(x), placesOf(view).context) },
    })
    const predictor = builder.use('predictor', parts.predictor)
    return {
      encoder: networks.encoder,
      loss(views) {
        const { online, target } = networks.pass()
        const [q, k] = [online(views[0]), target(views[0])]
        const { context, blocks: told } = placesOf(views[0])
        const loss = networks.over([{ q, k }], (_q, _k, copy) => {
          const targets = stopGradient(patchesOf(tokensOf(k.maps[copy]!)))
          const tokens = tokensOf(q.maps[copy]!)
          return meanOf(
            told.map(asked => jepaLoss(predictor({ tokens, known: context, asked }), tokensAt(targets, asked))),
          )
        })
        return {
          loss,
          metrics: { spread: spread(k.projection) },
          ...(views[1] && { pair: [k.projection, target(views[1]).projection] as const }),
        }
      },
      afterStep: networks.follow,
    }
  })
}

/** What recipes, commands and reports know of it. */
export const listings = {
  ijepa: listed({
    label: 'I-JEPA',
    predictor: 'none',
    headless: true,
    takes: ['teller', 'blocks', 'blockScale', 'targetMomentum', 'targetMomentumEnd'],
    build: ({ parts, encoder, recipe: { blocks, blockScale: scale }, told }) =>
      ijepa({ ...parts, predictor: told('ijepa', () => encoder.features), ...defined({ blocks, scale }) }),
    published: {
      source:
        'I-JEPA, arXiv 2301.08243, and its in1k_vith14_ep300.yaml, not for CIFAR-10: ViT-Ti with patches of 4 for ViT-H of 14, batch 256 and its learning rate by the ratio to 2048, predictor of half the width, constant weight decay for 0.04 to 0.4',
      encoder: 'vitTiny',
      patch: 4,
      pool: 'mean',
      epochs: 300,
      batch: 256,
      warmup: 40,
      warmupStart: 2.5e-5,
      optimizer: 'adamw',
      learningRate: 1.25e-4,
      weightDecay: 0.04,
      teller: { width: 96, depth: 6, heads: 3 },
      blocks: 4,
      blockScale: 0.175,
      targetMomentum: 0.996,
      targetMomentumEnd: 1,
      views: 'ijepa-cifar',
    },
    // Images of 16 pixels have 16 patches of 4.
    small: {
      ...{ encoder: 'vit', pool: 'mean', optimizer: 'adamw', learningRate: 1e-3, weightDecay: 0.04 },
      ...{ blocks: 2, targetMomentum: 0.98, views: 'ijepa-cifar' },
    },
  }),
}
