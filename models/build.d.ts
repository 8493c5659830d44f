import type { Augmentations } from './augment/copies.js';
import type { Encoder } from './encoders/encoder.js';
import type { Method } from './methods/method.js';
import { type Optimizer } from './optimizers/optimizer.js';
import type { Recipe } from './recipes.js';
import type { StepOptions } from './step.js';
/** How long a run is, for schedules. */
export interface Length {
    /** Steps of the whole run, and of one epoch. */
    readonly steps: number;
    /** Steps of one epoch. */
    readonly perEpoch: number;
}
/**
 * The encoder of a recipe for views with so many channels and, where they are images, of so many pixels in height and width.
 * Throws `BadInput` for a part of the recipe that the encoder has no use for.
 */
export declare function encoderOf(recipe: Recipe, channels: number, size?: number): Encoder<any, number, string, any>;
/** The method of a recipe. `classes`: of the data, for the supervised baseline. */
export declare function methodOf(recipe: Recipe, encoder: Encoder<any, number, string, any>, length: Length, { augment, classes }: {
    readonly augment?: Augmentations;
    readonly classes: number;
}): Method<any, any, any>;
/** Throws `ShapeError` where the method of a recipe refuses feature augmentations. What the data are like does not matter to it. */
export declare function checkAugmentations(recipe: Recipe, augment: Augmentations, size?: number): void;
/** The optimizer of a recipe: the learning rate rises from `warmupStart` for `warmup` epochs and falls by half a cosine to 0. */
export declare function optimizerOf(recipe: Recipe, length: Length): Optimizer;
/** How a step of a recipe takes its gradients. What is stored as f16 has its loss scaled. */
export declare const stepOptionsOf: ({ accumulate, clip, precision }: Recipe) => StepOptions;
