/** Kinds of data that can be pretrained on: what a batch of them is, how views are made of it, and what embeds it as it is. */
import type { Stopped } from '../compiler/graph/node.js';
import { type Inputs } from '../compiler/language/entry.js';
import { type ViewsRecipe } from './augment/recipes.js';
import { type WaveformRecipe } from './augment/waveform.js';
import type { AudioSet } from './data/audio.js';
import type { StreamedRows } from './data/examples.js';
import type { ImageSet } from './data/images.js';
/** Images or recordings, labelled or not, in a training and a test split. */
export type DataSet = ImageSet<Uint8Array | StreamedRows> | AudioSet;
export interface Domain {
    /** Inputs of an entry: the arrays of a split, in batches of `batch`. */
    readonly inputs: Inputs;
    /** What a batch is called in sentences. */
    readonly examples: 'images' | 'recordings';
    /** Channels of a view. */
    readonly channels: number;
    /** Height and width of the views of images. */
    readonly size?: number;
    readonly views: (batch: Record<string, Stopped<any>>) => readonly [Stopped<any>, ...Stopped<any>[]];
    readonly plain: (batch: Record<string, Stopped<any>>) => Stopped<any>;
}
/**
 * The domain of a set, with views by `recipe`. `size`: height and width of the views of images, by default those of the images. Throws
 * `BadInput` for a recipe of another domain.
 */
export declare function domainOf(set: DataSet, recipe: ViewsRecipe | WaveformRecipe | 'speech', { size }?: {
    readonly size?: number;
}): Domain;
