/** A detector: an encoder with a feature pyramid and the head of FCOS, its training step and its candidates. */
import { type Stopped, type Tensor, withScope } from '../../compiler/graph/node.js'
import { type Module, module, parametersOf } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { maximum, minimum, mul, reshape, sigmoid, sqrt } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import { type StepOptions, takeStep } from '../step.js'
import type { Images, Matrix } from '../tensors.js'
import { around, assign } from './assign.js'
import { boxesOf } from './boxes.js'
import { detectionHead, type HeadOptions } from './head.js'
import { type DetectionLoss, detectionLoss, type Predictions } from './losses.js'
import { type ImageEncoder, type PyramidOptions, pyramid } from './pyramid.js'

export interface DetectorOptions<Site extends string> extends PyramidOptions<Site>, HeadOptions {
  readonly encoder: ImageEncoder<Site>
  readonly classes: number
}
/** Predictions for images `[N, 3, H, W]` with values around 0. Variables: `pyramid.encoder`, the rest of `pyramid`, `head`. */
export interface Detector extends Module {
  <N extends Dim>(images: Tensor<[N, 3, Dim, Dim], 'f32'>): Predictions
}

/** Throws `ShapeError` as `pyramid` does; not to be called inside an entry. */
export function detector<Site extends string>({
  encoder,
  classes,
  sites,
  ...options
}: Omit<DetectorOptions<Site>, 'sites'> & { readonly sites?: readonly NoInfer<Site>[] }): Detector {
  const maps = pyramid(encoder, { ...options, ...(sites && { sites }) })
  return module(({ use }) => {
    const features = use('pyramid', maps)
    const head = use('head', detectionHead(maps.channels, classes, maps.strides, options))
    return (images: Images): Predictions => head(features(images))
  }) as unknown as Detector
}

/** What is to be found in images: boxes in pixels of the images, and 1 + the class of each, 0 for none. */
export interface Annotations<N extends Dim = any, M extends Dim = any> {
  readonly boxes: Tensor<[N, M, 4], 'f32'>
  readonly labels: Tensor<NoInfer<[N, M]>, 'i32'>
}
/**
 * Trains a detector by one step; to be called inside an entry, whose outputs are what it returns: the losses before the step
 * and the learning rate used. Throws `ShapeError`.
 */
export function trainDetector<N extends Dim>(
  detector: Detector,
  optimizer: Optimizer,
  images: Tensor<[N, 3, Dim, Dim], 'f32'>,
  { boxes, labels }: Annotations<NoInfer<N>>,
  options: StepOptions = {},
): DetectionLoss & { readonly learningRate: Stopped<[]> } {
  const predictions = detector(images)
  const losses = withScope('loss', () => detectionLoss(predictions, assign(predictions.locations, boxes, labels)))
  return { ...losses, ...takeStep(parametersOf(detector), losses.loss, optimizer, options) }
}

/**
 * The box of every location, cut off at the edges of the image, and its score for every class: boxes `[N, L, 4]` in pixels,
 * scores `[N, L, C]`, the geometric mean of class probability and centreness (arXiv 2006.09214, section 2.3). To be called
 * inside an entry; batch norms are in evaluation form.
 */
export function candidates<N extends Dim>(
  detector: Detector,
  images: Tensor<[N, 3, Dim, Dim], 'f32'>,
): { boxes: Tensor<[N, number, 4], 'f32'>; scores: Tensor<[N, number, number], 'f32'> } {
  const [, , height, width] = images.shape as unknown as number[]
  const { logits, distances, centreness, locations } = evaluating(() => detector(images))
  const { left, top, right, bottom } = around(locations, distances)
  const within = (side: Matrix, end: number) => minimum(maximum(side, 0), end)
  const [count, places] = centreness.shape as [number, number]
  const central = sigmoid(reshape(centreness, [count, places, 1]))
  return {
    boxes: boxesOf({
      left: within(left, width!),
      top: within(top, height!),
      right: within(right, width!),
      bottom: within(bottom, height!),
    }) as Tensor<any, 'f32'>,
    scores: sqrt(mul(sigmoid(logits), central)) as Tensor<any, 'f32'>,
  }
}
