/** Kinds of data that can be pretrained on: what a batch of them is, how views are made of it, and what embeds it as it is. */
import type { Stopped } from '../compiler/graph/node.js'
import { f32, type Inputs, u8 } from '../compiler/language/entry.js'
import { BadInput } from '../runtime/errors.js'
import { imageViews, plainImage } from './augment/image.js'
import { recipesOfViews, type ViewsRecipe } from './augment/recipes.js'
import { plainWaveform, speechViews, type WaveformRecipe, waveformView } from './augment/waveform.js'
import type { AudioSet } from './data/audio.js'
import type { StreamedRows } from './data/examples.js'
import type { ImageSet } from './data/images.js'

/** Images or recordings, labelled or not, in a training and a test split. */
export type DataSet = ImageSet<Uint8Array | StreamedRows> | AudioSet

export interface Domain {
  /** Inputs of an entry: the arrays of a split, in batches of `batch`. */
  readonly inputs: Inputs
  /** What a batch is called in sentences. */
  readonly examples: 'images' | 'recordings'
  /** Channels of a view. */
  readonly channels: number
  /** Height and width of the views of images. */
  readonly size?: number
  readonly views: (batch: Record<string, Stopped<any>>) => readonly [Stopped<any>, ...Stopped<any>[]]
  readonly plain: (batch: Record<string, Stopped<any>>) => Stopped<any>
}

/**
 * The domain of a set, with views by `recipe`. `size`: height and width of the views of images, by default those of the images. Throws
 * `BadInput` for a recipe of another domain.
 */
export function domainOf(
  set: DataSet,
  recipe: ViewsRecipe | WaveformRecipe | 'speech',
  { size }: { readonly size?: number } = {},
): Domain {
  const sound = recipe === 'speech' || (typeof recipe === 'object' && 'speed' in recipe)
  if ('samples' in set) {
    if (!sound) throw new BadInput(`${set.name} are recordings: views of them are made by the recipe speech`)
    const made = recipe === 'speech' ? speechViews : recipe
    return {
      inputs: { waveforms: f32(['batch', set.samples]) },
      examples: 'recordings',
      channels: 1,
      views: ({ waveforms }) => [waveformView(waveforms!, made), waveformView(waveforms!, made)],
      plain: ({ waveforms }) => plainWaveform(waveforms!),
    }
  }
  if (sound) throw new BadInput(`${set.name} are images: the recipe speech is for recordings`)
  recipesOfViews(recipe) // throws for a name that is not known
  const side = size ?? set.height
  return {
    inputs: { images: u8(['batch', set.height, set.width, 3]) },
    examples: 'images',
    channels: 3,
    size: side,
    views: ({ images }) => imageViews(images as never, recipe, { size: side }) as never,
    plain: ({ images }) => plainImage(images as never, recipe, { size: side }),
  }
}
