/**
 * Pretraining as data: published CIFAR-10 runs of every method, each with its source, and small ones for short runs on
 * small machines. A recipe has everything that a run needs but the data; `changed` sets parts of it by name.
 */
import { nearest } from '../compiler/graph/nearest.js'
import { BadInput } from '../runtime/errors.js'
import {
  type EncoderName,
  type MethodName,
  methodNames,
  PREDICTABLE,
  PREDICTED,
  type Recipe,
} from './recipes/recipe.js'

// Image augmentation has a file of its own.
export * from './augment/recipes.js'
export {
  type EncoderName,
  encoderNames,
  type MethodName,
  methodLabels,
  methodNames,
  type Recipe,
} from './recipes/recipe.js'
export { changed } from './recipes/settings.js'

const soloLearn = 'solo-learn, scripts/pretrain/cifar'
const resnet = { encoder: 'resnet18' } as const
/** What all of solo-learn's runs on CIFAR have in common, and its LARS. */
const solo = { ...resnet, stemPadding: 2, warmup: 10, warmupStart: 3e-5, epochs: 1000, batch: 256 } as const
const soloLars = {
  ...solo,
  optimizer: 'lars',
  lars: { eta: 0.02, clip: true, denominator: 'sum-of-norms' },
} as const
const sgd = { optimizer: 'sgd' } as const
const bn = { batchNorm: true } as const

/** Published runs on CIFAR-10 with a ResNet-18. */
export const recipes = {
  'simclr-cifar10': {
    ...resnet,
    source:
      'SimCLR, arXiv 2002.05709, appendix B.9, and its code (github.com/google-research/simclr): learning rate 1.0 x batch / 256',
    method: 'simclr',
    epochs: 1000,
    batch: 512,
    optimizer: 'lars',
    lars: { rateInMomentum: true },
    joint: true,
    zeroInitResidual: true,
    warmup: 10,
    learningRate: 2,
    weightDecay: 1e-4,
    projector: { out: 128, hidden: 512, layers: 3, ...bn, lastBatchNorm: 'affine' },
    temperature: 0.5,
    views: 'simclr-cifar',
  },
  'dcl-cifar10': {
    ...{ ...resnet, ...sgd },
    source: 'lightly, benchmarks for CIFAR-10: SimCLR with the loss of DCL, arXiv 2110.06848',
    method: 'dcl',
    epochs: 200,
    batch: 512,
    learningRate: 0.24,
    weightDecay: 5e-4,
    decayAll: true,
    projector: { out: 128, hidden: 512, ...bn, lastBatchNorm: 'affine' },
    temperature: 0.1,
    views: 'lightly-cifar',
  },
  'moco-cifar10': {
    ...{ ...resnet, ...sgd },
    source: "MoCo's authors' demo on CIFAR-10 (github.com/facebookresearch/moco, colab notebook)",
    method: 'moco',
    epochs: 200,
    batch: 512,
    learningRate: 0.06,
    weightDecay: 5e-4,
    decayAll: true,
    projector: { out: 128, layers: 1 },
    temperature: 0.1,
    queue: 4096,
    targetMomentum: 0.99,
    splits: 8,
    shuffle: true,
    views: 'moco-cifar',
  },
  'mocoV3-cifar10': {
    ...soloLars,
    source: `${soloLearn}/mocov3.yaml`,
    method: 'mocoV3',
    learningRate: 0.3,
    weightDecay: 1e-6,
    projector: { out: 256, hidden: 4096, ...bn, lastBatchNorm: true },
    predictor: { hidden: 4096 },
    temperature: 0.2,
    targetMomentum: 0.99,
    targetMomentumEnd: 1,
    views: 'byol-cifar',
  },
  'byol-cifar10': {
    ...soloLars,
    source: `${soloLearn}/byol.yaml`,
    method: 'byol',
    learningRate: 1,
    weightDecay: 1e-5,
    projector: { out: 256, hidden: 4096, ...bn },
    predictor: { hidden: 4096 },
    targetMomentum: 0.99,
    targetMomentumEnd: 1,
    views: 'byol-cifar',
  },
  'simsiam-cifar10': {
    ...{ ...resnet, ...sgd },
    source: 'SimSiam, arXiv 2011.10566, appendix D: learning rate 0.03 x batch / 256',
    method: 'simsiam',
    epochs: 800,
    batch: 512,
    learningRate: 0.06,
    weightDecay: 5e-4,
    decayAll: true,
    projector: { out: 2048, hidden: 2048, ...bn, lastBatchNorm: true },
    predictor: { hidden: 512 },
    fixedPredictorRate: true,
    views: 'simsiam-cifar',
  },
  'nnclr-cifar10': {
    ...soloLars,
    source: `${soloLearn}/nnclr.yaml`,
    method: 'nnclr',
    learningRate: 0.4,
    weightDecay: 1e-5,
    projector: { out: 256, hidden: 2048, layers: 3, ...bn, lastBatchNorm: 'affine' },
    predictor: { hidden: 4096 },
    temperature: 0.2,
    queue: 65536,
    views: 'byol-cifar',
  },
  'barlow-cifar10': {
    ...soloLars,
    source: `${soloLearn}/barlow.yaml`,
    method: 'barlow',
    learningRate: 0.3,
    weightDecay: 1e-4,
    projector: { out: 2048, hidden: 2048, layers: 3, ...bn },
    scale: 0.1,
    lambda: 0.0051,
    views: 'byol-cifar',
  },
  'vicreg-cifar10': {
    ...soloLars,
    source: `${soloLearn}/vicreg.yaml`,
    method: 'vicreg',
    learningRate: 0.3,
    weightDecay: 1e-4,
    projector: { out: 2048, hidden: 2048, layers: 3, ...bn },
    varianceWeight: 1,
    views: 'vicreg-cifar',
  },
  'swav-cifar10': {
    ...soloLars,
    source: `${soloLearn}/swav.yaml, without its queue of 3840 features from epoch 50 on`,
    method: 'swav',
    learningRate: 0.6,
    weightDecay: 1e-6,
    projector: { out: 128, hidden: 2048, ...bn },
    prototypes: 3000,
    frozenEpochs: 2,
    temperature: 0.1,
    views: 'symmetric-cifar',
  },
  'dino-cifar10': {
    ...soloLars,
    source: `${soloLearn}/dino.yaml, where the teacher's temperature rises over 0 epochs by default`,
    method: 'dino',
    learningRate: 0.3,
    weightDecay: 1e-6,
    projector: { out: 256, hidden: 2048, layers: 3, activation: 'gelu', deviation: 0.02 },
    prototypes: 4096,
    frozenEpochs: 1,
    temperature: 0.1,
    teacherTemperature: 0.07,
    targetMomentum: 0.9995,
    targetMomentumEnd: 1,
    views: 'byol-cifar',
  },
  'supcon-cifar10': {
    ...{ ...solo, ...sgd },
    source: `${soloLearn}/supcon.yaml`,
    method: 'supcon',
    learningRate: 0.4,
    weightDecay: 1e-5,
    decayAll: true,
    projector: { out: 256, hidden: 2048 },
    temperature: 0.2,
    variant: 'sum-in',
    views: 'symmetric-cifar',
  },
  'supervised-cifar10': {
    ...{ ...resnet, ...sgd },
    source: 'the usual supervised baseline: SGD, learning rate 0.1, weight decay 5e-4, cosine, crop and flip',
    method: 'supervised',
    epochs: 200,
    batch: 128,
    learningRate: 0.1,
    weightDecay: 5e-4,
    decayAll: true,
    projector: { out: 10, layers: 1 },
    views: 'weak',
  },
} as const satisfies Record<string, Recipe>
/** Methods that have no predictor but take one: a recipe `METHOD-predictor-...` is the other with it. */
const OPTIONAL = methodNames.filter(name => !PREDICTED.includes(name) && PREDICTABLE.includes(name))
type Optional = Exclude<MethodName, 'mocoV3' | 'byol' | 'simsiam' | 'nnclr' | 'supcon' | 'supervised'>
type Length = 'cifar10' | 'small'
/** The name of a recipe: a method, and `cifar10` (as published) or `small` (some hundred steps of small images). */
export type RecipeName = `${MethodName}-${Length}` | `${Optional}-predictor-${Length}`

// Small runs

/** What short runs of each method need beside `small`'s defaults. */
const shortened: Partial<Record<MethodName, Partial<Recipe>>> = {
  // A target network that follows quickly: a run has some hundred steps.
  moco: { queue: 512, targetMomentum: 0.9, temperature: 0.2 },
  mocoV3: { targetMomentum: 0.95, temperature: 0.2 },
  byol: { targetMomentum: 0.95 },
  dino: { prototypes: 256, temperature: 0.1, teacherTemperature: 0.04, targetMomentum: 0.95 },
  swav: { prototypes: 64, temperature: 0.1 },
  nnclr: { queue: 1024, temperature: 0.2 },
  simclr: { temperature: 0.2 },
  dcl: { temperature: 0.2 },
  supcon: { temperature: 0.1 },
  barlow: { scale: 0.025, learningRate: 0.05 },
  vicreg: { learningRate: 0.02 },
}
const WIDE: readonly MethodName[] = ['simsiam', 'barlow', 'vicreg']

/**
 * A recipe for a small encoder and some hundred steps: `convnet` (or `convnet1d`), heads as wide as its features, stochastic
 * gradient descent with learning rate 0.1 at batch 64. `width` (default 16) is that of the encoder's first stage.
 */
export function small(method: MethodName, { width = 16, encoder = 'convnet' as EncoderName } = {}): Recipe {
  const features = 8 * width
  const head = { hidden: features, ...bn, lastBatchNorm: true } as const
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
    projector:
      method === 'supervised'
        ? { out: 10, layers: 1 }
        : { ...head, out: WIDE.includes(method) ? features : features / 2 },
    ...(PREDICTED.includes(method) && { predictor: { hidden: method === 'simsiam' ? features / 4 : features } }),
    ...shortened[method],
    views: encoder === 'convnet1d' ? 'speech' : 'simsiam-cifar',
  }
}

/** All names of recipes. */
export const recipeNames = [
  ...Object.keys(recipes),
  ...methodNames.map(name => `${name}-small`),
  ...OPTIONAL.flatMap(name => [`${name}-predictor-cifar10`, `${name}-predictor-small`]),
] as readonly RecipeName[]

/** A recipe with a predictor as wide as BYOL's: sixteen times the projections (arXiv 2006.07733, appendix J: 4096 for 256). */
const predicting = (given: Recipe, hidden = 16 * given.projector.out): Recipe => ({
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
    return predicting(given, given.projector.hidden)
  }
  if (predicted && name === `${predicted}-predictor-cifar10`) return predicting(recipe(`${predicted}-cifar10`))
  throw new BadInput(
    `there is no recipe ${name}: did you mean ${nearest(name, recipeNames)}? All are ${recipeNames.join(', ')}`,
  )
}
