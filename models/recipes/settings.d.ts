import { type Recipe } from './recipe.js';
/** What `changed` can set. */
export declare const settingNames: readonly string[];
/**
 * The recipe with parts of it set: `changed(recipe('simsiam-cifar10'), { epochs: '2', 'projector.out': '512' })`. Values are text
 * as on a command line, or of their own type. Setting
 * the batch, or how many are accumulated, scales the learning rate with it; setting epochs makes them the length; setting the encoder leaves
 * out what only the one before it had. Throws `BadInput` for a name that is not known, with the nearest, for one that the method or the
 * encoder has no use for, and for a value of another kind.
 */
export declare function changed(given: Recipe, changes: Readonly<Record<string, string | number | boolean>>): Recipe;
/** Throws `BadInput` where so many steps of a recipe would end within a group of accumulated batches, which would be lost. */
export declare function checkSteps({ accumulate }: Recipe, steps: number): void;
