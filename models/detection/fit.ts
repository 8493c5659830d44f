/** One detector from start to end: its program, training on a set of annotated images, average precision on the test split. */
import { compile } from '../../compiler/compile.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32, u8 } from '../../compiler/language/entry.js'
import { bernoulli } from '../../compiler/language/random.js'
import { cast, flip, mul, permute, reshape, select, sub } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Device } from '../../runtime/device.js'
import { load } from '../../runtime/load.js'
import type { Session } from '../../runtime/run.js'
import type { Tensors } from '../../runtime/safetensors.js'
import { normalized } from '../augment/colour.js'
import type { ImageRecipe } from '../augment/recipes.js'
import { type DetectionSet, type DetectionSplit, truthsOf } from '../data/detection.js'
import { emptyRows, readExamples } from '../data/examples.js'
import { inOrder } from '../evaluate/features.js'
import { runSteps } from '../loop.js'
import { adamw } from '../optimizers/adam.js'
import { biasAndNorm } from '../optimizers/optimizer.js'
import type { Watch } from '../pretrain.js'
import { cosineSchedule } from '../schedules.js'
import { type ImportOptions, importWeights } from '../weights.js'
import { type AveragePrecision, averagePrecision, type Detection } from './average-precision.js'
import { boxesOf, sidesOf } from './boxes.js'
import { candidates, detector, trainDetector } from './detector.js'
import type { HeadOptions } from './head.js'
import { type SuppressOptions, suppress } from './nms.js'
import type { ImageEncoder, PyramidOptions } from './pyramid.js'
import { type VocPrecision, vocPrecision } from './voc-precision.js'

export interface DetectOptions extends PyramidOptions, HeadOptions {
  readonly set: DetectionSet
  readonly encoder: ImageEncoder
  /** What the encoder starts from: tensors with its variables' names below `prefix`. Default: its own random weights. */
  readonly weights?: { readonly tensors: Tensors } & Pick<ImportOptions, 'prefix' | 'ignore'>
  /** What the encoder's images are normalised by. */
  readonly normalize: ImageRecipe['normalize']
  readonly steps: number
  readonly seed: number
  /** Default 8. */
  readonly batch?: number
  /** Of AdamW, which falls by half a cosine after a linear rise over a tenth of the steps. Default 0.002. */
  readonly learningRate?: number
}
export interface Detected {
  /** `[step, loss]`, steps from 1. */
  readonly losses: readonly (readonly [number, number])[]
  /** On the test split, by the names of the set's classes where `label` is their place. */
  readonly precision: AveragePrecision
  /** VOC2007's AP of the same detections. */
  readonly voc: VocPrecision
  /** Seconds of training alone. */
  readonly trainSeconds: number
}

/**
 * Trains a detector on the training split, all layers of the encoder with it, images mirrored at random, and evaluates it
 * on the test split. Aborting `watch.signal` stops after the current step and evaluates what there is. Throws
 * `DataError` if the batch is larger than the set, `NonFinite` if the loss or a variable is lost, `BadInput` for weights that do not fit.
 */
export async function fitDetector(
  device: Device,
  options: DetectOptions,
  watch: Pick<Watch, 'step' | 'signal' | 'stage'> = {},
): Promise<Detected> {
  const { set, weights, seed, steps, batch = 8 } = options
  watch.stage?.('compile')
  const session: Session = await load(device, program(options, device), { seed })
  try {
    if (weights) importWeights(session, weights.tensors, { ...weights, to: 'pyramid.encoder' })
    watch.stage?.('train')
    const { losses, seconds } = await runSteps(session, {
      ...{ set, batch, seed, steps, signal: watch.signal },
      keep: () => session.checkVariables(),
      seen: (step, loss) => watch.step?.(step, loss),
    })
    watch.stage?.('after')
    const found = await detectAll(session, set.test, batch)
    const truths = truthsOf(set.test)
    const precision = averagePrecision(truths, found)
    return { losses, trainSeconds: seconds, precision, voc: vocPrecision(truths, found) }
  } finally {
    session.destroy()
  }
}

function program(options: DetectOptions, device: Device) {
  const { set, steps, normalize, learningRate = 0.002, batch = 8 } = options
  const { height, width, classes } = set
  const model = detector({ ...options, classes: classes.length })
  const most = set.train.labels.length / set.train.count
  const optimizer = adamw({
    learningRate: cosineSchedule(learningRate, { steps: Math.max(steps, 2), warmup: Math.floor(steps / 10) }),
    weightDecay: 1e-4,
    exclude: biasAndNorm,
  })
  const bytes = u8(['batch', height, width, 3])
  const floats = <N extends Dim>(images: Tensor<[N, Dim, Dim, 3], 'u8'>): Tensor<[N, 3, Dim, Dim], 'f32'> =>
    normalized(mul(cast(permute(images, [0, 3, 1, 2]), 'f32'), 1 / 255), normalize)
  const annotated = { images: bytes, boxes: f32(['batch', most, 4]), labels: u8(['batch', most]) }
  const step = entry(annotated, ({ images, boxes, labels }) => {
    const seen = mirrored(floats(images), boxes)
    const { loss, classLoss, boxLoss, centrenessLoss } = trainDetector(
      model,
      optimizer,
      seen.images,
      { boxes: seen.boxes, labels: cast(labels, 'i32') },
      { clip: { norm: 10 } },
    )
    return { loss, classLoss, boxLoss, centrenessLoss }
  })
  const detect = entry({ images: bytes }, ({ images }): Record<string, Tensor> => {
    const { boxes, scores } = candidates(model, floats(images))
    return { boxes, scores }
  })
  return compile({ step, detect }, { batch }, { target: targetFor(device) })
}

/** Every image, with its boxes, mirrored left to right with probability 1/2: images `[N, C, H, W]`, boxes `[N, M, 4]` in pixels. */
export function mirrored<N extends Dim, M extends Dim>(
  images: Tensor<[N, 3, Dim, Dim], 'f32'>,
  boxes: Tensor<[N, M, 4], 'f32'>,
): { images: Tensor<[N, 3, Dim, Dim], 'f32'>; boxes: Tensor<[N, M, 4], 'f32'> } {
  const [count, , , width] = images.shape as unknown as [number, number, number, number]
  const turned = bernoulli(0.5, [count])
  const { left, top, right, bottom } = sidesOf(boxes)
  const opposite = boxesOf({ left: sub(width, right), top, right: sub(width, left), bottom })
  return {
    images: select(reshape(turned, [count, 1, 1, 1]), flip(images, 3), images),
    boxes: select(reshape(turned, [count, 1, 1]), opposite, boxes),
  }
}

export interface FindOptions extends SuppressOptions {
  /** Candidates with a lower score are not looked at. Default 0.05. */
  readonly threshold?: number
}
/**
 * What is found in every image of a split, by the `detect` entry of a loaded program: images u8 `[batch, H, W, 3]` to boxes
 * `[batch, L, 4]` and scores `[batch, L, C]`. The last batch is filled up with its first image.
 */
export async function detectAll(
  session: Session,
  split: DetectionSplit,
  batch: number,
  { threshold = 0.05, ...suppressing }: FindOptions = {},
): Promise<Detection[]> {
  const rows = emptyRows(split, batch)
  const found: Detection[] = []
  for (let first = 0; first < split.count; first += batch) {
    await readExamples(split, inOrder(first, batch, split.count), rows)
    const { boxes, scores } = (await session.call('detect', { images: rows.images })) as Record<string, Float32Array>
    const places = boxes!.length / 4 / batch
    const classes = scores!.length / batch / places
    for (let i = 0; i < Math.min(batch, split.count - first); i++) {
      const given: Detection[] = []
      for (let at = i * places * classes; at < (i + 1) * places * classes; at++) {
        const score = scores![at]!
        if (score < threshold) continue
        const place = 4 * Math.floor(at / classes)
        const [left, top, right, bottom] = boxes!.subarray(place, place + 4)
        given.push({ image: first + i, label: at % classes, box: [left!, top!, right!, bottom!], score })
      }
      found.push(...suppress(given, suppressing))
    }
  }
  return found
}
