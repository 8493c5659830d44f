/**
 * Pretraining as data: published CIFAR-10 runs of every method, each with its source, and small ones for short runs on
 * small machines. A recipe has everything that a run needs but the data; `changed` sets parts of it by name.
 */
import { nearest } from '../compiler/graph/nearest.js'
import { BadInput } from '../runtime/errors.js'
import { methods } from './methods/index.js'
import type { EncoderName } from './recipes/encoders.js'
import type { Listed } from './recipes/listed.js'
import { type MethodName, methodNames, type Recipe } from './recipes/recipe.js'
import { narrow } from './recipes/sources.js'

// Image augmentation has a file of its own.
export * from './augment/recipes.js'
export { type EncoderName, encoderNames } from './recipes/encoders.js'
export { type MethodName, methodLabels, methodNames, type Recipe } from './recipes/recipe.js'
export { changed, settingNames } from './recipes/settings.js'

/** Published runs on CIFAR-10 with a ResNet-18. */
export const recipes = Object.fromEntries(
  methodNames.map(method => [`${method}-cifar10`, { ...methods[method].published, method }]),
) as Readonly<Record<`${MethodName}-cifar10`, Recipe>>
/** Methods that have no predictor but take one: a recipe `METHOD-predictor-...` is the other with it. */
const OPTIONAL = methodNames.filter(name => methods[name].predictor === 'optional')
type Optional = {
  [M in MethodName]: (typeof methods)[M] extends Listed<'optional'> ? M : never
}[MethodName]
type Length = 'cifar10' | 'small'
/** The name of a recipe: a method, and `cifar10` (as published) or `small` (some hundred steps of small images). */
export type RecipeName = `${MethodName}-${Length}` | `${Optional}-predictor-${Length}`

// Small runs

/**
 * A recipe for a small encoder and some hundred steps: `convnet` (or `convnet1d`), heads as wide as its features, stochastic
 * gradient descent with learning rate 0.1 at batch 64. `width` (default 16) is that of the encoder's first stage.
 */
export function small(method: MethodName, { width = 16, encoder = 'convnet' as EncoderName } = {}): Recipe {
  const features = 8 * width
  const { small, headless }: Listed = methods[method]
  return {
    source: 'this project, for short runs of a small encoder',
    method,
    epochs: 16,
    steps: 500,
    batch: 64,
    encoder,
    width,
    optimizer: 'sgd',
    learningRate: 0.1,
    weightDecay: 5e-4,
    warmup: 1.6,
    ...(!headless && { projector: narrow(features) }),
    views: encoder === 'convnet1d' ? 'speech' : 'simsiam-cifar',
    ...(typeof small === 'function' ? small(features) : small),
  }
}

/** All names of recipes. */
export const recipeNames = [
  ...Object.keys(recipes),
  ...methodNames.map(name => `${name}-small`),
  ...OPTIONAL.flatMap(name => [`${name}-predictor-cifar10`, `${name}-predictor-small`]),
] as readonly RecipeName[]

/** A recipe with a predictor as wide as BYOL's: sixteen times the projections (arXiv 2006.07733, appendix J: 4096 for 256). */
const predicting = (given: Recipe, hidden = 16 * given.projector!.out): Recipe => ({
  ...given,
  source: `${given.source}; with a predictor (arXiv 2410.12396), its size this project's`,
  predictor: { hidden },
})

/** A recipe by its name. Throws `BadInput` with the known names and the nearest. */
export function recipe(name: RecipeName | (string & {})): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name as keyof typeof recipes]
  const method = methodNames.find(method => name === `${method}-small`)
  if (method) return small(method)
  const predicted = OPTIONAL.find(method => name.startsWith(`${method}-predictor-`))
  if (predicted && name === `${predicted}-predictor-small`) {
    const given = small(predicted)
    return predicting(given, given.projector!.hidden!)
  }
  if (predicted && name === `${predicted}-predictor-cifar10`) return predicting(recipe(`${predicted}-cifar10`))
  throw new BadInput(
    `there is no recipe ${name}: did you mean ${nearest(name, recipeNames)}? All are ${recipeNames.join(', ')}`,
  )
}
