/** Fine-tuning: encoder and a linear classifier trained together on labels, from the pretrained weights. */
import { compile } from '../../compiler/compile.js'
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import { variable } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { argmax, cast, constant, mul, stopGradient } from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import { load } from '../../runtime/load.js'
import { checkFinite, type Session } from '../../runtime/run.js'
import { imageView } from '../augment/image.js'
import { type ImageRecipe, imageRecipes, recipesOfViews, type ViewsRecipe } from '../augment/recipes.js'
import { batches } from '../data/batches.js'
import { arraysOf, type Examples, pickExamples } from '../data/examples.js'
import type { DataSet } from '../domains.js'
import { linear } from '../layers.js'
import { supervised } from '../methods/supervised.js'
import { grouped, within } from '../optimizers/optimizer.js'
import { sgd } from '../optimizers/sgd.js'
import { at, cosineSchedule, type Schedule } from '../schedules.js'
import { train } from '../train.js'
import { accuracyOf, heldOut } from './features.js'
import { type AnyEncoder, domainFor, loadWeights, type Subject } from './subject.js'

/** What `finetune` may be told. */
export interface FinetuneOptions {
  /** Times through the training split. Default 30. */
  readonly epochs?: number
  /** The same in steps, whatever the split's size. Default: by `epochs`. */
  readonly steps?: number
  /** Default 64, or the training split if that is smaller. */
  readonly batch?: number
  /**
   * Highest rate for a batch of 256, scaled with the batch; it falls by half a cosine. Of several, the best on every
   * tenth training example, held out, is used, and training starts again with all of them. Default 0.05.
   */
  readonly learningRates?: readonly number[]
  /**
   * The encoder stays as it is, in evaluation form, and the classifier learns from the views of pretraining: what an online
   * probe does beside a method. Default false.
   */
  readonly frozen?: boolean
  /** The classifier's rate over the encoder's. Default 1. */
  readonly headRate?: number
  /** Default 0. */
  readonly weightDecay?: number
  /** Of the classifier's weights, the order of examples and the views. Default 0. */
  readonly seed?: number
  /** After each step: how many are done of how many. */
  readonly progress?: (done: number, total: number) => void
}
/** What `finetune` found. */
export interface Finetuned {
  /** Share of the test examples that is right. */
  readonly accuracy: number
  /** For a batch of 256. */
  readonly learningRate: number
  /** `[rate, share of the examples held out]`, where more than one rate was tried. */
  readonly tried: readonly (readonly [number, number])[]
}

/**
 * Accuracy after fine-tuning on `set.train`, by SGD with momentum 0.9 and softmax cross-entropy. Images are cropped (20 to
 * 100 % of the area) and mirrored; recordings get the views of pretraining. Throws `BadInput` for fewer than 2
 * training examples, `NonFinite` if the loss is lost. Defaults: lightly's fine-tuning benchmark, at smaller batches.
 */
export async function finetune(
  device: Device,
  subject: Subject,
  set: DataSet,
  options: FinetuneOptions = {},
): Promise<Finetuned> {
  const { epochs = 30, learningRates = [0.05], headRate = 1, weightDecay = 0, seed = 0, frozen = false } = options
  const { count } = set.train
  if (count < 2)
    throw new BadInput(`fine-tuning needs 2 training examples or more, got ${count}: batch norm needs others.`)
  const swept = learningRates.length > 1
  const parts = heldOut(count)
  const batch = Math.min(options.batch ?? 64, swept ? parts.fitted.length : count)
  const steps = options.steps ?? epochs * Math.max(1, Math.floor(count / batch))

  const domain = domainFor(subject, set)
  const encoder = subject.encoder(domain.channels, domain.size)
  const classifier = linear(encoder.features, set.classes.length)
  const method = supervised({ encoder: frozen ? still(encoder) : encoder, classifier: classifier as never })
  // A variable, so that one program serves every rate.
  const peak = variable(
    () => 'peak',
    'state',
    [],
    () => constant(0, []),
  ).tensor
  const falling = cosineSchedule(1, { steps: Math.max(steps, 2) })
  const rate =
    (factor: number): Schedule =>
    step =>
      mul(mul(at(falling, step), peak), factor) as Stopped<[]>
  const make = (factor: number) => sgd({ learningRate: rate(factor), weightDecay })
  const optimizer =
    headRate === 1 ? make(1) : grouped([{ where: within('classifier'), optimizer: make(headRate) }], make(1))
  const augmented = (given: any): Stopped<any> =>
    given.images && !frozen
      ? imageView(given.images, cropped(subject.views as ViewsRecipe), sizeOf(subject))
      : domain.views(given)[0]

  const step = entry({ ...domain.inputs, labels: u8(['batch']) }, (given: any) =>
    train(method as never, optimizer, [augmented(given)] as never, { labels: cast(given.labels, 'i32') } as never),
  )
  const predict = entry(domain.inputs, (given: any) => {
    const features = method.embed(domain.plain(given) as never)
    return { predicted: argmax(classifier(features), 1) as Tensor }
  })
  const program = compile({ step, predict } as never, { batch } as never, { target: targetFor(device) })
  const total = steps * (swept ? learningRates.length + 1 : 1)
  let done = 0

  /** Trains from the start on `from`; the share of `on` that is then right. */
  const run = async (learningRate: number, from: Examples, on: Examples): Promise<number> => {
    const session: Session = await load(device, program, { seed })
    try {
      loadWeights(session, subject)
      session.writeVariables({ peak: Float32Array.of((learningRate * batch) / 256) })
      let left = steps
      for await (const rows of batches({ train: from }, { batch, seed })) {
        if (left-- <= 0) break
        session.run('step', arraysOf(rows as never) as never)
        await session.ready()
        options.progress?.(++done, total)
      }
      if (steps > 0) checkFinite('step', await session.read('step'), ['loss'])
      return await accuracyOf(on, batch, async inputs => (await session.call('predict', inputs)).predicted!)
    } finally {
      session.destroy()
    }
  }
  const tried: [number, number][] = []
  if (swept) {
    const [fitted, held] = [parts.fitted, parts.held].map(rows => pickExamples(set.train as Examples, rows))
    for (const learningRate of learningRates) tried.push([learningRate, await run(learningRate, fitted!, held!)])
  }
  const [learningRate] = tried.reduce(
    (best, next) => (next[1] > best[1] ? next : best),
    tried[0] ?? [learningRates[0]!, 0],
  )
  return { accuracy: await run(learningRate, set.train, set.test), learningRate, tried }
}

/** The same module, through which no gradient flows and whose statistics do not move. */
const still = (encoder: AnyEncoder): AnyEncoder =>
  Object.assign(
    (...given: Parameters<AnyEncoder>): unknown =>
      stopGradient(evaluating(() => (encoder as (...x: unknown[]) => Tensor)(...given))),
    encoder,
  ) as unknown as AnyEncoder

/** Crop and mirror image, normalised as the subject expects it. */
const cropped = (views: ViewsRecipe): ImageRecipe => ({
  ...imageRecipes.weak,
  normalize: recipesOfViews(views).global[0].normalize,
})
const sizeOf = ({ size }: Subject): { size?: number } => (size === undefined ? {} : { size })
