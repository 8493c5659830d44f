/**
 * ResNet-18 (He et al. 2016) without its classifier. Variables have the names of torchvision's `resnet18`, so that
 * checkpoints travel.
 */
import type { Untyped } from '../../compiler/graph/node.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add } from '../../compiler/ops/binary.js'
import { maxPool2d } from '../../compiler/ops/pool.js'
import { relu } from '../../compiler/ops/unary.js'
import type { Mul } from '../../compiler/types/natural.js'
import { kaimingNormal, ones, zeros } from '../init.js'
import { batchNorm, conv, globalAveragePool } from '../layers.js'
import { type Encoder, encoderBody } from './encoder.js'

export interface ResnetOptions {
  /**
   * `'imagenet'`: 7x7 convolution at stride 2 and max-pooling, for large images. `'cifar'`: 3x3 at stride 1, for images
   * of 32 pixels (Chen et al. 2020, appendix B.9). Default `'imagenet'`.
   */
  readonly stem?: 'imagenet' | 'cifar'
  /** Channels of the first stage; the last has eight times as many. Default 64. */
  readonly width?: number
  /** Starts the last batch norm of every block at zero, so that blocks begin as the identity (Goyal et al. 2017). Default false. */
  readonly zeroInitResidual?: boolean
  /** Channels of the images. Default 3. */
  readonly channels?: number
}
type Option<O, K extends string, Default> = O extends { readonly [k in K]: infer V extends number } ? V : Default
type Features<O> = number extends Option<O, 'width', 64> ? number : Mul<Option<O, 'width', 64>, 8>
const STAGES = ['layer1', 'layer2', 'layer3', 'layer4'] as const
type Site = 'stem' | (typeof STAGES)[number] | 'pooled'

const convolution = (from: number, to: number, kernel: number, stride: number) =>
  conv(from, to, kernel, { stride, padding: (kernel - 1) / 2, bias: false, initial: kaimingNormal })

/** Two 3x3 convolutions beside an identity, or beside a 1x1 convolution where the shape changes. */
const basicBlock = (from: number, to: number, stride: number, zeroInit: boolean) =>
  module(({ use }) => {
    const conv1 = use('conv1', convolution(from, to, 3, stride))
    const bn1 = use('bn1', batchNorm(to))
    const conv2 = use('conv2', convolution(to, to, 3, 1))
    const bn2 = use('bn2', batchNorm(to, { initial: zeroInit ? zeros : ones }))
    const downsample =
      stride === 1 && from === to
        ? undefined
        : use('downsample', sequential(convolution(from, to, 1, stride), batchNorm(to)))
    return (x: Untyped): Untyped => {
      const changed = bn2(conv2(relu(bn1(conv1(x)))))
      return relu(add(changed as Untyped, (downsample ? downsample(x) : x) as Untyped))
    }
  })

/**
 * `[N, channels, H, W]` to `[N, 8 width]`: a stem, four stages of two blocks at 1, 1/2, 1/4 and 1/8 of its resolution, and
 * the mean of each plane. Sites: `stem`, `layer1` to `layer4`, `pooled`.
 */
export const resnet18 = <const O extends ResnetOptions = {}>(
  options?: O,
): Encoder<Option<O, 'channels', 3>, Features<O>, Site> => {
  const { stem = 'imagenet', width = 64, zeroInitResidual = false, channels = 3 }: ResnetOptions = options ?? {}
  return module(({ use }) => {
    const conv1 = use(
      'conv1',
      stem === 'cifar' ? convolution(channels, width, 3, 1) : convolution(channels, width, 7, 2),
    )
    const bn1 = use('bn1', batchNorm(width))
    const stages = STAGES.map((name, i) => {
      const to = width * 2 ** i
      const [from, stride] = i === 0 ? [to, 1] : [to / 2, 2]
      return use(name, chain([basicBlock(from, to, stride, zeroInitResidual), basicBlock(to, to, 1, zeroInitResidual)]))
    })
    return encoderBody(width * 8, ['stem', ...STAGES, 'pooled'] satisfies Site[] as Site[], (images, visit) => {
      const first = relu(bn1(conv1(images))) as Untyped
      const small = stem === 'cifar' ? first : maxPool2d(first, 3, { stride: 2, padding: 1 })
      const last = STAGES.reduce((x, name, i) => visit(name, stages[i]!(x)), visit('stem', small))
      return visit('pooled', globalAveragePool(last))
    })
  }) as unknown as Encoder<Option<O, 'channels', 3>, Features<O>, Site>
}

/** Blocks one after the other, named by position. */
const chain = (blocks: readonly ReturnType<typeof basicBlock>[]) =>
  module(({ use }) => {
    const mounted = blocks.map((block, i) => use(`${i}`, block))
    return (x: Untyped): Untyped => mounted.reduce((value, block) => block(value), x)
  })
