/**
 * ConvNeXt (Liu et al. 2022, arXiv 2201.03545) without its classifier. Variables have torchvision's names, the norm of
 * the pooled features included (`classifier.0`), so that checkpoints travel.
 */

import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { zeros } from '../../compiler/language/create.js'
import { gelu } from '../../compiler/language/math.js'
import { type Module, module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add, mul } from '../../compiler/ops/binary.js'
import { constant } from '../../compiler/ops/constant.js'
import { permute } from '../../compiler/ops/movement.js'
import type { Mul } from '../../compiler/types/natural.js'
import { normalWith } from '../init.js'
import { conv, globalAveragePool, layerNorm, layerNorm2d, linear } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

/** What `convnext` may be told. */
export interface ConvnextOptions {
  /** Channels of the first stage; each further one has twice as many. Default 96. */
  readonly width?: number
  /** Blocks per stage. Default 3, 3, 9, 3. */
  readonly depths?: readonly [number, number, number, number]
  /** Side of the stem's patches, by which it shrinks the image. Default 4; 1 or 2 for images of 32 pixels. */
  readonly patch?: number
  /** What each block's scale starts with. Default 1e-6. */
  readonly layerScale?: number
  /** Channels of the images. Default 3. */
  readonly channels?: number
}
type Features<O> = number extends Option<O, 'width', 96> ? number : Mul<Option<O, 'width', 96>, 8>
const STAGES = ['stage1', 'stage2', 'stage3', 'stage4'] as const
type Site = 'stem' | (typeof STAGES)[number] | 'pooled'
const EPSILON = 1e-6
const initial = normalWith(0.02)

/** `sequential`, whose types cannot follow axes that trade places. */
const chain = (steps: readonly unknown[]): ((x: Untyped) => Untyped) & Module =>
  (sequential as (...steps: readonly unknown[]) => unknown)(...steps) as ((x: Untyped) => Untyped) & Module

/** `x + scale * (4x wider perceptron per pixel)(norm(depthwise 7x7 (x)))`; `scale` is `[C, 1, 1]`. */
const block = (features: number, layerScale: number) =>
  module(({ param, use }) => {
    const scale = param('layer_scale', [features, 1, 1], shape => constant(layerScale, shape))
    const branch = use(
      'block',
      chain([
        convolution(features, features, 7, { padding: 3, groups: features }),
        (x: Untyped) => permute(x, [0, 2, 3, 1]),
        layerNorm(features, { eps: EPSILON }),
        linear(features, 4 * features, { initial, bias: zeros }),
        gelu,
        linear(4 * features, features, { initial, bias: zeros }),
        (x: Untyped) => permute(x, [0, 3, 1, 2]),
      ]),
    )
    return (x: Untyped) => add(x, mul(branch(x), scale))
  })

const convolution = (
  from: number,
  to: number,
  kernel: number,
  where: { padding?: number; groups?: number; stride?: number },
) => conv(from, to, kernel, { ...where, initial, bias: zeros })

/**
 * `[N, channels, H, W]` to `[N, 8 width]`: patches of 4, four stages of blocks at 1/4, 1/8, 1/16 and 1/32 of the image, the mean
 * of each plane, and a norm. Without stochastic depth, which torchvision's training adds. Of 224 pixels 8.9 billion
 * operations per image. Sites: `stem`, `stage1` to `stage4` (C2 to C5), `pooled`. Throws `ShapeError`.
 */
export const convnextTiny = <const O extends ConvnextOptions = {}>(
  options?: O,
): Encoder<Option<O, 'channels', 3>, Features<O>, Site> => {
  checkOptions('convnextTiny', options, ['width', 'depths', 'patch', 'layerScale', 'channels'])
  const {
    width = 96,
    depths = [3, 3, 9, 3],
    patch = 4,
    layerScale = 1e-6,
    channels = 3,
  }: ConvnextOptions = options ?? {}
  return module(({ use }) => {
    const between = (to: number) => [layerNorm2d(to / 2, { eps: EPSILON }), convolution(to / 2, to, 2, { stride: 2 })]
    const stem = [convolution(channels, width, patch, { stride: patch }), layerNorm2d(width, { eps: EPSILON })]
    const features = use(
      'features',
      module(({ use }) => {
        const parts = depths.map((depth, i) => {
          const to = width * 2 ** i
          const blocks = Array.from({ length: depth }, () => block(to, layerScale))
          return [use(`${2 * i}`, chain(i === 0 ? stem : between(to))), use(`${2 * i + 1}`, chain(blocks))] as const
        })
        return (images: Untyped, visit: (site: Site, value: Untyped) => Untyped) =>
          parts.reduce((x, [before, blocks], i) => {
            const smaller = before(x)
            return visit(STAGES[i]!, blocks(i === 0 ? visit('stem', smaller) : smaller))
          }, images)
      }),
    )
    const classifier = use('classifier', chain([layerNorm(8 * width, { eps: EPSILON })]))
    return encoderBody(8 * width, ['stem', ...STAGES, 'pooled'] as Site[], (images, visit) => {
      if (images.shape.length !== 4 || Math.min(images.shape[2]!, images.shape[3]!) < 8 * patch)
        throw new ShapeError(
          `convnext takes images [N, C, H, W] of ${8 * patch} pixels or more, got ${show(images.shape)}`,
        )
      return visit('pooled', classifier(globalAveragePool(features(images, visit))))
    })
  }) as unknown as Encoder<Option<O, 'channels', 3>, Features<O>, Site>
}
