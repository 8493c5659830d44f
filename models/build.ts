/** From a recipe to the parts of a run: encoder, method and optimizer. */
import { BadInput } from '../runtime/errors.js'
import type { Augmentations } from './augment/copies.js'
import { convnet } from './encoders/convnet.js'
import { convnet1d } from './encoders/convnet1d.js'
import { convnextTiny } from './encoders/convnext.js'
import type { Encoder } from './encoders/encoder.js'
import { tokenPredictor } from './encoders/predictor.js'
import { resnet18, resnet34, resnet50 } from './encoders/resnet.js'
import { vit, vitSmall, vitTiny } from './encoders/vit.js'
import { projector, prototypes } from './heads.js'
import { methods } from './methods/index.js'
import { gridOf } from './methods/masks.js'
import type { Method } from './methods/method.js'
import { adamw } from './optimizers/adam.js'
import { lars } from './optimizers/lars.js'
import { biasAndNorm, grouped, type Optimizer, within } from './optimizers/optimizer.js'
import { sgd } from './optimizers/sgd.js'
import { checkEncoder } from './recipes/encoders.js'
import { defined, type Listed } from './recipes/listed.js'
import type { Recipe } from './recipes.js'
import { cosineSchedule, linearSchedule, momentumCosine, type Schedule } from './schedules.js'
import type { StepOptions } from './step.js'

/** How long a run is, for schedules. */
export interface Length {
  /** Steps of the whole run, and of one epoch. */
  readonly steps: number
  /** Steps of one epoch. */
  readonly perEpoch: number
}

/** The length in moves of the parameters, which schedules count, rather than in batches. */
const moves = ({ accumulate = 1 }: Recipe, { steps, perEpoch }: Length): Length => ({
  steps: steps / accumulate,
  perEpoch: perEpoch / accumulate,
})

/**
 * The encoder of a recipe for views with so many channels and, where they are images, of so many pixels in height and width.
 * Throws `BadInput` for a part of the recipe that the encoder has no use for.
 */
export function encoderOf(recipe: Recipe, channels: number, size = 32): Encoder<any, number, string, any> {
  checkEncoder(recipe)
  const { encoder, width, splits, stem = 'cifar', stemPadding, zeroInitResidual, patch = 4, depth = 4, pool } = recipe
  const norm = splits ? { norm: { splits } } : {}
  const options = { channels, ...(width && { width }), ...norm }
  if (encoder === 'convnet') return convnet(options)
  if (encoder === 'convnet1d') return convnet1d(options)
  if (encoder === 'convnextTiny') return convnextTiny({ ...options, patch })
  const tokens = { channels, size, patch, ...(pool && { pool }) }
  if (encoder === 'vitTiny') return vitTiny(tokens)
  if (encoder === 'vitSmall') return vitSmall(tokens)
  if (encoder === 'vit') {
    const features = 8 * (width ?? 16)
    return vit({ ...tokens, features, depth, heads: Math.max(1, Math.round(features / 32)) })
  }
  const residual = { ...options, stem, ...defined({ stemPadding, zeroInitResidual }) } as const
  return { resnet18, resnet34, resnet50 }[encoder](residual)
}

/** The method of a recipe. `classes`: of the data, for the supervised baseline. */
export function methodOf(
  recipe: Recipe,
  encoder: Encoder<any, number, string, any>,
  length: Length,
  { augment, classes }: { readonly augment?: Augmentations; readonly classes: number },
): Method<any, any, any> {
  const { steps, perEpoch } = moves(recipe, length)
  const { temperature, queue, symmetric, shuffle, joint, variant } = recipe
  const { predictor: predicting, build, headless }: Listed = methods[recipe.method]
  if (predicting === 'needed') part(recipe, 'predictor')
  const head = headless ? undefined : part(recipe, 'projector')
  const momentum = momentumOf(recipe, steps)
  const predictor =
    head && recipe.predictor && projector(head.out, { ...recipe.predictor, out: head.out, batchNorm: true })
  const given = defined({ temperature, queue, symmetric, shuffle, joint, variant, augment, momentum, predictor })
  return build({
    recipe,
    encoder,
    classes,
    perEpoch,
    parts: { encoder, ...(head && { projector: projector(encoder.features, head) }), ...given },
    headOf: () => projector(encoder.features, part(recipe, 'projector')),
    told(name, out) {
      const grid = gridOf(name, encoder)
      const { width = encoder.features / 2, depth = 2, heads = 4 } = recipe.teller ?? {}
      const sizes = { places: grid.height * grid.width, width, depth, heads, out: out(grid) }
      return tokenPredictor(encoder.features, sizes)
    },
    scored() {
      const frozen = Math.round((recipe.frozenEpochs ?? 0) * perEpoch)
      return { prototypes: prototypes(part(recipe, 'projector').out, part(recipe, 'prototypes'), { frozen }) }
    },
    teacherTemperature: () => sharpnessOf(recipe, perEpoch),
  })
}

/** Throws `ShapeError` where the method of a recipe refuses feature augmentations. What the data are like does not matter to it. */
export function checkAugmentations(recipe: Recipe, augment: Augmentations, size?: number): void {
  methodOf(recipe, encoderOf(recipe, 3, size), { steps: 2, perEpoch: 1 }, { augment, classes: 2 })
}

function part<K extends 'projector' | 'predictor' | 'prototypes'>(recipe: Recipe, name: K): NonNullable<Recipe[K]> {
  const value = recipe[name]
  if (value === undefined) throw new BadInput(`a recipe of ${recipe.method} needs ${name}`)
  return value as NonNullable<Recipe[K]>
}
/** Of the target network: from its start to its end by half a cosine over the run, or as it is. */
const momentumOf = ({ targetMomentum: start, targetMomentumEnd: end }: Recipe, steps: number) =>
  start === undefined || end === undefined ? start : momentumCosine(start, { steps, end })

/** The temperature of DINO's teacher, after its rise if there is one. */
function sharpnessOf({ teacherTemperature: to, teacherRise: rise }: Recipe, perEpoch: number) {
  if (to === undefined || !rise) return to
  if (rise.from === undefined || rise.epochs === undefined)
    throw new BadInput('the rise of a teacher temperature takes both teacherRise.from and teacherRise.epochs')
  return linearSchedule(rise.from, to, { steps: Math.max(1, Math.round(rise.epochs * perEpoch)) })
}

/** The optimizer of a recipe: the learning rate rises from `warmupStart` for `warmup` epochs and falls by half a cosine to 0. */
export function optimizerOf(recipe: Recipe, length: Length): Optimizer {
  const { steps, perEpoch } = moves(recipe, length)
  const { learningRate: base, momentum = 0.9, weightDecay, decayAll, fixedPredictorRate } = recipe
  const { warmup = 0, warmupStart = 0 } = recipe
  const rise = Math.min(Math.floor(warmup * perEpoch), Math.floor(steps / 2))
  const make = (learningRate: number | Schedule): Optimizer => {
    const exclude = decayAll ? {} : { exclude: biasAndNorm }
    if (recipe.optimizer === 'adamw')
      return adamw({ learningRate, weightDecay, ...exclude, ...(recipe.beta2 && { betas: [0.9, recipe.beta2] }) })
    if (recipe.optimizer === 'lars') return lars({ learningRate, momentum, weightDecay, ...recipe.lars })
    return sgd({ learningRate, momentum, weightDecay, ...exclude })
  }
  const rest = make(cosineSchedule(base, { steps: Math.max(steps, 2), warmup: rise, start: warmupStart }))
  return fixedPredictorRate ? grouped([{ where: within('predictor'), optimizer: make(base) }], rest) : rest
}

/** How a step of a recipe takes its gradients. What is stored as f16 has its loss scaled. */
export const stepOptionsOf = ({ accumulate, clip, precision }: Recipe): StepOptions =>
  defined({ accumulate, clip, lossScale: precision === 'f16' ? 'dynamic' : undefined })
