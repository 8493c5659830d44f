/**
 * One pretraining run from start to end: program, training loop, evaluation before and after. The demo, `facet pretrain`
 * and experiments call this one function; what a run consists of is data (`PretrainOptions`), what it gives is data too.
 */
import { compile } from '../compiler/compile.js'
import { targetFor } from '../compiler/kernels/target.js'
import { entry, u8 } from '../compiler/language/program.js'
import type { Device } from '../runtime/device.js'
import { load } from '../runtime/load.js'
import { checkFinite, type Session } from '../runtime/run.js'
import type { FeatureAugmentation } from './augment/feature.js'
import { plain, view } from './augment/image.js'
import { batches, batchesPerEpoch } from './data/batches.js'
import type { ImageSet } from './data/images.js'
import { convnet } from './encoders/convnet.js'
import type { Encoder } from './encoders/encoder.js'
import { embedAll, type Features, knnAccuracy, linearProbe } from './evaluate.js'
import { predictor, projector } from './heads.js'
import type { Method } from './methods/method.js'
import { moco } from './methods/moco.js'
import { simsiam } from './methods/simsiam.js'
import { biasAndNorm } from './optimizers/optimizer.js'
import { sgd } from './optimizers/sgd.js'
import { halves, type ImageRecipe, imageRecipes } from './recipes.js'
import { cosine } from './schedules.js'
import { train } from './train.js'

export type MethodName = keyof typeof methods

export interface PretrainOptions {
  readonly set: ImageSet
  readonly method: MethodName
  /** Feature augmentation. Default: none. */
  readonly augment?: FeatureAugmentation
  readonly steps: number
  readonly batch: number
  readonly seed: number
  /** Pixels of a view. Default: those of the images. */
  readonly size?: number
  /** Channels of the encoder's first stage. Default 16. */
  readonly width?: number
  /** Highest learning rate, reached after a tenth of the steps. Default: that of the method. */
  readonly learningRate?: number
  /** What makes views. Default: crop, flip, colour and grey of SimSiam's CIFAR-10 recipe. */
  readonly images?: ImageRecipe
  /** An evaluation of another run before its training: used again if this run's encoder starts with the same features. */
  readonly known?: Evaluation
}
export interface Watch {
  /** What is being done now. */
  stage?(stage: Stage): void
  /** A step's loss has arrived; they arrive in order, some steps late. */
  step?(step: number, loss: number): void
  /** Aborting stops after the current step; what was trained until then is kept and evaluated no more. */
  readonly signal?: AbortSignal
}
export type Stage = 'compile' | 'before' | 'train' | 'after'

export interface Scores {
  /** Shares of the test images, 0 to 1. */
  readonly knn: number
  readonly linear: number
}
export interface Pretrained {
  /** `[step, loss]`, steps from 1. */
  readonly losses: readonly (readonly [number, number])[]
  readonly before?: Evaluation
  readonly after?: Evaluation
  /** Seconds of training alone. */
  readonly trainSeconds: number
  readonly imagesPerSecond: number
}
export interface Evaluation {
  readonly scores: Scores
  /** Features of the training and of the test images. */
  readonly train: Features
  readonly test: Features
}

/** For short runs of small encoders: narrow heads, a small queue, a target network that follows quickly. */
const methods = {
  simsiam: {
    label: 'SimSiam',
    learningRate: 0.1,
    build(encoder: AnyConvnet, augment: { augment?: FeatureAugmentation }): Method {
      const { features } = encoder
      const norm = { batchNorm: true, lastBatchNorm: true }
      return simsiam({
        encoder,
        projector: projector(features, { out: features, hidden: features, ...norm }),
        predictor: predictor(features, { hidden: features / 4 }),
        ...augment,
      })
    },
  },
  moco: {
    label: 'MoCo v2',
    learningRate: 0.1,
    build(encoder: AnyConvnet, augment: { augment?: FeatureAugmentation }): Method {
      const { features } = encoder
      const norm = { batchNorm: true, lastBatchNorm: true }
      return moco({
        encoder,
        projector: projector(features, { out: 64, hidden: features, ...norm }),
        queue: 512,
        momentum: 0.9,
        ...augment,
      })
    },
  },
} as const
type AnyConvnet = Encoder<3, number>
export const methodNames = Object.keys(methods) as MethodName[]
export const methodLabel = (name: MethodName): string => methods[name].label

/** Crop, flip, colour and grey as in SimSiam's CIFAR-10 recipe; values brought to [-1, 1]. */
const defaultImages: ImageRecipe = { ...imageRecipes['simsiam-cifar'], normalize: halves }

/** Program of a run: entries `step` and `embed` on batches of bytes. */
export function program(options: PretrainOptions, device: Device) {
  const { set, batch, steps, width = 16, size = set.height, images: recipe = defaultImages } = options
  const { build, learningRate } = methods[options.method]
  const method = build(convnet({ width }), options.augment ? { augment: options.augment } : {})
  const optimizer = sgd({
    learningRate: cosine(options.learningRate ?? learningRate, {
      steps: Math.max(steps, 2),
      warmup: Math.floor(steps / 10),
    }),
    momentum: 0.9,
    weightDecay: 5e-4,
    exclude: biasAndNorm,
  })
  const bytes = u8(['batch', set.height, set.width, 3])
  const step = entry({ images: bytes }, ({ images }) =>
    train(method, optimizer, [view(images, recipe, { size }), view(images, recipe, { size })]),
  )
  const embed = entry({ images: bytes }, ({ images }) => ({ features: method.embed(plain(images, recipe, { size })) }))
  return compile({ step, embed }, { batch }, { target: targetFor(device) })
}

/**
 * Pretrains and evaluates. `session` is left open for reading weights: `destroy` it. Throws `DataError` if the batch is
 * larger than the set, `NonFinite` if the loss is lost.
 */
export async function pretrain(
  device: Device,
  options: PretrainOptions,
  watch: Watch = {},
): Promise<Pretrained & { session: Session }> {
  const { set, batch, seed } = options
  batchesPerEpoch(set.train, batch)
  watch.stage?.('compile')
  const session = await load(device, program(options, device), { seed })
  try {
    watch.stage?.('before')
    const before = await evaluate(device, session, options, watch, options.known)
    watch.stage?.('train')
    const trained = await loop(session, options, watch)
    watch.stage?.('after')
    const after = trained.losses.length > 0 ? await evaluate(device, session, options, watch) : undefined
    return { session, ...trained, ...(before && { before }), ...(after && { after }) }
  } catch (error) {
    session.destroy()
    throw error
  }
}

/** Steps are enqueued ahead of the device; their losses are read behind it. */
async function loop(
  session: Session,
  { set, batch, seed, steps }: PretrainOptions,
  watch: Watch,
): Promise<Pick<Pretrained, 'losses' | 'trainSeconds' | 'imagesPerSecond'>> {
  const losses: [number, number][] = []
  const start = performance.now()
  const pending: Promise<void>[] = []
  let done = 0
  if (steps > 0)
    for await (const { images } of batches(set, { batch, seed })) {
      if (watch.signal?.aborted) break
      session.run('step', { images })
      const step = ++done
      pending.push(
        session.read('step').then(outputs => {
          checkFinite('step', outputs, ['loss'])
          const loss = outputs.loss![0] as number
          losses.push([step, loss])
          watch.step?.(step, loss)
        }),
      )
      if (pending.length > 2) await pending.shift()
      if (step === steps) break
    }
  await Promise.all(pending)
  const trainSeconds = (performance.now() - start) / 1000
  return { losses, trainSeconds, imagesPerSecond: done === 0 ? 0 : (done * batch) / trainSeconds }
}

/** Nothing if stopped before the end. */
async function evaluate(
  device: Device,
  session: Session,
  { set, batch }: PretrainOptions,
  { signal }: Watch,
  known?: Evaluation,
): Promise<Evaluation | undefined> {
  if (signal?.aborted) return
  const test = await embedAll(session, set.test, batch)
  if (known && same(known.test.values, test.values)) return known
  if (signal?.aborted) return
  const train = await embedAll(session, set.train, batch)
  if (signal?.aborted) return
  const knn = await knnAccuracy(device, train, test)
  if (signal?.aborted) return
  return { train, test, scores: { knn, linear: await linearProbe(device, train, test) } }
}
const same = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i])
