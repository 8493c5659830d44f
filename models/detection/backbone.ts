/** What a saved pretraining run gives a detector: its encoder, built anew, the weights, and how its images were normalised. */
import { BadInput } from '../../runtime/errors.js'
import type { Checkpoint } from '../../runtime/restore.js'
import { type ImageRecipe, imageRecipe, recipesOfViews, type ViewsRecipe } from '../augment/recipes.js'
import { encoderOf } from '../build.js'
import { encoderNames, type Recipe, small } from '../recipes.js'
import type { DetectOptions } from './fit.js'
import type { ImageEncoder } from './pyramid.js'

export interface Backbone {
  /** A new encoder with variables of its own: a module belongs to one program. */
  readonly encoder: () => ImageEncoder
  readonly normalize: ImageRecipe['normalize']
  /** Of its pretraining; none for a random one. */
  readonly weights?: NonNullable<DetectOptions['weights']>
}

/** The encoder of the small recipes, with random weights. */
export const randomBackbone = ({ width }: { readonly width?: number } = {}): Backbone => ({
  encoder: encoderIn(small('simsiam', { ...(width && { width }) })),
  normalize: imageRecipe('simclr').normalize,
})

/** The encoder of a checkpoint that `pretrain` saved. Throws `BadInput` for another kind of checkpoint, or an encoder of recordings. */
export function backboneOf({ tensors, state }: Checkpoint, place: string): Backbone {
  const run = state.run as { readonly recipe?: Recipe } | undefined
  const recipe = typeof run === 'object' ? run?.recipe : undefined
  if (!recipe || !encoderNames.includes(recipe.encoder))
    throw new BadInput(`${place} holds no pretraining run: its state has no recipe with an encoder.`)
  if (recipe.encoder === 'convnet1d')
    throw new BadInput(`${place} holds an encoder of recordings: a detector needs one of images.`)
  if (recipe.encoder.startsWith('vit'))
    throw new BadInput(
      `${place} holds a transformer: a detector needs feature maps, as a convnet or a ResNet has them.`,
    )
  const { normalize } = recipesOfViews(recipe.views as ViewsRecipe).global[0]
  return { encoder: encoderIn(recipe), normalize, weights: { tensors, prefix: 'encoder' } }
}

/** Without the split batch norm of its pretraining, whose splits may not divide a batch here. */
const encoderIn =
  ({ splits: _, ...recipe }: Recipe) =>
  (): ImageEncoder =>
    encoderOf(recipe, 3) as ImageEncoder
