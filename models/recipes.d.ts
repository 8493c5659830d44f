import { methods } from './methods/index.js';
import type { Listed } from './recipes/listed.js';
import { type MethodName, type Recipe } from './recipes/recipe.js';
export * from './augment/recipes.js';
export { type EncoderName, encoderNames } from './recipes/encoders.js';
export { type MethodName, methodLabels, methodNames, type Recipe } from './recipes/recipe.js';
export { changed, settingNames } from './recipes/settings.js';
/** Published runs on CIFAR-10 with a ResNet-18. */
export declare const recipes: Readonly<Record<`${MethodName}-cifar10`, Recipe>>;
type Optional = {
    [M in MethodName]: (typeof methods)[M] extends Listed<'optional'> ? M : never;
}[MethodName];
type Length = 'cifar10' | 'small';
/** The name of a recipe: a method, and `cifar10` (as published) or `small` (some hundred steps of small images). */
export type RecipeName = `${MethodName}-${Length}` | `${Optional}-predictor-${Length}`;
/**
 * A recipe for a small encoder and some hundred steps: `convnet` (or `convnet1d`), heads as wide as its features, stochastic
 * gradient descent with learning rate 0.1 at batch 64. `width` (default 16) is that of the encoder's first stage.
 */
export declare function small(method: MethodName, { width, encoder }?: {
    encoder?: "convnet" | "convnet1d" | "convnextTiny" | "resnet18" | "resnet34" | "resnet50" | "vit" | "vitSmall" | "vitTiny" | undefined;
    width?: number | undefined;
}): Recipe;
/** All names of recipes. */
export declare const recipeNames: readonly RecipeName[];
/** A recipe by its name. Throws `BadInput` with the known names and the nearest. */
export declare function recipe(name: RecipeName | (string & {})): Recipe;
