/**
 * Pretraining as data: published CIFAR-10 runs of every method, each with its source, and small ones for short runs on
 * small machines. A recipe has everything that a run needs but the data; `changed` sets parts of it by name.
 */
import { nearest } from '../compiler/graph/nearest.js'
import { BadInput } from '../runtime/errors.js'
import type { ViewsRecipe } from './augment/recipes.js'
import type { WaveformRecipe } from './augment/waveform.js'
import type { HeadOptions } from './heads.js'
import type { LarsOptions } from './optimizers/lars.js'

// Image augmentation has a file of its own.
export * from './augment/recipes.js'

/** Methods by name, as reports call them. */
export const methodLabels = {
  simclr: 'SimCLR',
  dcl: 'DCL',
  moco: 'MoCo v2',
  mocoV3: 'MoCo v3',
  byol: 'BYOL',
  simsiam: 'SimSiam',
  nnclr: 'NNCLR',
  barlow: 'Barlow Twins',
  vicreg: 'VICReg',
  swav: 'SwAV',
  dino: 'DINO',
  supcon: 'supervised contrast',
  supervised: 'supervised',
} as const
export type MethodName = keyof typeof methodLabels
export const methodNames = Object.keys(methodLabels) as MethodName[]
export const encoderNames = ['convnet', 'resnet18', 'resnet34', 'resnet50', 'convnet1d'] as const
export type EncoderName = (typeof encoderNames)[number]

export interface Recipe {
  /** Where the numbers are from. */
  readonly source: string
  readonly method: MethodName
  readonly epochs: number
  /** The length of the run where it is not `epochs`. */
  readonly steps?: number
  readonly batch: number
  readonly encoder: EncoderName
  /** Channels of the encoder's first stage. Default: the encoder's own. */
  readonly width?: number
  /** Of a ResNet's stem for small images. Default 1. */
  readonly stemPadding?: 1 | 2
  /** The encoder's batch norms see the batch in so many parts (SplitBN). Default 1. */
  readonly splits?: number
  /** The key network sees the batch shuffled (MoCo). Default false. */
  readonly shuffle?: boolean
  readonly projector: HeadOptions
  readonly predictor?: { readonly hidden: number }
  /** Number of prototypes, and the epochs in which they do not move (SwAV, DINO). */
  readonly prototypes?: number
  readonly frozenEpochs?: number
  readonly temperature?: number
  /** Of DINO's teacher; where there is a rise, from `from` over so many epochs. */
  readonly teacherTemperature?: number
  readonly teacherRise?: { readonly from: number; readonly epochs: number }
  /** Rows that are kept of earlier steps (MoCo, NNCLR). */
  readonly queue?: number
  /** Both orders of the views (MoCo). Default false. */
  readonly symmetric?: boolean
  /** Of the target network, and where its cosine over the run ends (default: it stays). */
  readonly targetMomentum?: number
  readonly targetMomentumEnd?: number
  /** Factor of the loss, and of its terms outside of the diagonal (Barlow Twins). */
  readonly scale?: number
  readonly lambda?: number
  /** Of the variance terms of the two views (VICReg): 0.5, the default, averages, 1 sums them. */
  readonly varianceWeight?: number
  readonly optimizer: 'sgd' | 'lars' | 'adamw'
  /** What LARS has beside rate, momentum and weight decay. Default: the defaults of `lars`. */
  readonly lars?: Pick<LarsOptions, 'eta' | 'clip' | 'denominator' | 'rateInMomentum'>
  /** Highest learning rate for the recipe's `batch`; another batch scales it by its ratio (Goyal et al., arXiv 1706.02677). */
  readonly learningRate: number
  /** Default 0.9. */
  readonly momentum?: number
  readonly weightDecay: number
  /** Weight decay also of biases and of the parameters of norms. Default false. */
  readonly decayAll?: boolean
  /** Epochs of the linear rise. Default 0. The rate then falls by half a cosine to 0. */
  readonly warmup?: number
  /** The predictor's learning rate stays (SimSiam, arXiv 2011.10566, section 4.2). Default false. */
  readonly fixedPredictorRate?: boolean
  /** What makes views: of images a recipe or a name of `imageRecipes` or `viewsRecipes`; of recordings a recipe or `'speech'`. */
  readonly views: ViewsRecipe | WaveformRecipe | 'speech'
}

const soloLearn = 'solo-learn, scripts/pretrain/cifar'
const resnet = { encoder: 'resnet18' } as const
/** What all of solo-learn's runs on CIFAR have in common, and its LARS. */
const solo = { ...resnet, stemPadding: 2, warmup: 10, epochs: 1000, batch: 256 } as const
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
    views: 'simclr-cifar',
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
    source: `${soloLearn}/dino.yaml`,
    method: 'dino',
    learningRate: 0.3,
    weightDecay: 1e-6,
    projector: { out: 256, hidden: 2048, layers: 3, activation: 'gelu' },
    prototypes: 4096,
    frozenEpochs: 1,
    temperature: 0.1,
    teacherTemperature: 0.07,
    teacherRise: { from: 0.04, epochs: 50 },
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
export type RecipeName = keyof typeof recipes | `${MethodName}-small`

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
const PREDICTED: readonly MethodName[] = ['simsiam', 'byol', 'mocoV3', 'nnclr']
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

export const recipeNames = [
  ...Object.keys(recipes),
  ...methodNames.map(name => `${name}-small`),
] as readonly RecipeName[]

/** A recipe by its name. Throws `BadInput` with the known names and the nearest. */
export function recipe(name: RecipeName | (string & {})): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name as keyof typeof recipes]
  const method = methodNames.find(method => name === `${method}-small`)
  if (method) return small(method)
  throw new BadInput(
    `there is no recipe ${name}: did you mean ${nearest(name, recipeNames)}? All are ${recipeNames.join(', ')}`,
  )
}

// Changes

type Kind = 'number' | 'count' | 'flag' | 'name' | readonly string[]
/** What may be set, and as what; `projector.out` is part `out` of the projector. */
const settings: Readonly<Record<string, Kind>> = {
  epochs: 'number',
  steps: 'count',
  batch: 'count',
  encoder: encoderNames,
  width: 'count',
  stemPadding: 'count',
  splits: 'count',
  shuffle: 'flag',
  'projector.out': 'count',
  'projector.hidden': 'count',
  'projector.layers': 'count',
  'projector.batchNorm': 'flag',
  'predictor.hidden': 'count',
  prototypes: 'count',
  frozenEpochs: 'number',
  temperature: 'number',
  teacherTemperature: 'number',
  'teacherRise.from': 'number',
  'teacherRise.epochs': 'number',
  queue: 'count',
  symmetric: 'flag',
  targetMomentum: 'number',
  targetMomentumEnd: 'number',
  scale: 'number',
  lambda: 'number',
  varianceWeight: 'number',
  optimizer: ['sgd', 'lars', 'adamw'],
  'lars.eta': 'number',
  'lars.clip': 'flag',
  'lars.rateInMomentum': 'flag',
  learningRate: 'number',
  momentum: 'number',
  weightDecay: 'number',
  decayAll: 'flag',
  warmup: 'number',
  fixedPredictorRate: 'flag',
  views: 'name',
}

/** Methods with a target network, a temperature, prototypes: what is not listed is for every method. */
const followed: readonly MethodName[] = ['moco', 'mocoV3', 'byol', 'dino']
const scored: readonly MethodName[] = ['swav', 'dino']
const onlyFor: Readonly<Record<string, readonly MethodName[]>> = {
  'predictor.hidden': PREDICTED,
  fixedPredictorRate: PREDICTED,
  prototypes: scored,
  frozenEpochs: scored,
  temperature: ['simclr', 'dcl', 'moco', 'mocoV3', 'nnclr', 'swav', 'dino', 'supcon'],
  teacherTemperature: ['dino'],
  'teacherRise.from': ['dino'],
  'teacherRise.epochs': ['dino'],
  queue: ['moco', 'nnclr'],
  symmetric: ['moco'],
  shuffle: ['moco'],
  targetMomentum: followed,
  targetMomentumEnd: followed,
  scale: ['barlow'],
  lambda: ['barlow'],
  varianceWeight: ['vicreg'],
}

/**
 * The recipe with parts of it set: `changed(recipe('simsiam-cifar10'), { epochs: '2', 'projector.out': '512' })`. Values are text
 * as on a command line, or of their own type. Setting
 * the batch scales the learning rate with it; setting epochs makes them the length. Throws `BadInput`
 * for a name that is not known, with the nearest, for one that the method has no use for, and for a value of another kind.
 */
export function changed(given: Recipe, changes: Readonly<Record<string, string | number | boolean>>): Recipe {
  const { steps: _, ...long } = given
  let result = { ...('epochs' in changes ? long : given) } as Record<string, unknown>
  for (const [name, value] of Object.entries(changes)) {
    const kind = Object.hasOwn(settings, name) ? settings[name]! : undefined
    if (!kind) {
      const names = Object.keys(settings)
      throw new BadInput(
        `a recipe has no ${name}: did you mean ${nearest(name, names)}? What can be set: ${names.join(', ')}`,
      )
    }
    const methods = onlyFor[name]
    if (methods && !methods.includes(given.method))
      throw new BadInput(`${given.method} has no ${name}: it is a setting of ${methods.join(', ')}`)
    const [part, inner] = name.split('.') as [string, string | undefined]
    const read = readAs(name, kind, value)
    result = { ...result, [part]: inner ? { ...(result[part] as object), [inner]: read } : read }
  }
  const next = result as unknown as Recipe
  return 'batch' in changes && !('learningRate' in changes)
    ? { ...next, learningRate: (given.learningRate * next.batch) / given.batch }
    : next
}

function readAs(name: string, kind: Kind, value: string | number | boolean): unknown {
  const text = `${value}`.trim()
  const number = text === '' ? Number.NaN : Number(text)
  const read = (holds: boolean, result: unknown, what: string): unknown => {
    if (holds) return result
    throw new BadInput(`${name} of a recipe takes ${what}, got ${JSON.stringify(text)}`)
  }
  if (kind === 'name') return read(text !== '', text, 'a name')
  if (kind === 'flag') return read(text === 'true' || text === 'false', text === 'true', 'true or false')
  if (kind === 'number') return read(number >= 0 && number < Infinity, number, 'a number from 0 on')
  if (kind === 'count') return read(Number.isInteger(number) && number > 0, number, 'a whole number from 1 on')
  return read(kind.includes(text), text, `one of ${kind.join(', ')}`)
}
