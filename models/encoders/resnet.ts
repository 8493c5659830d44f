/**
 * ResNets (He et al. 2016) without their classifier: 18 and 34 of basic blocks, 50 of bottlenecks, and any other counts.
 * Variables have torchvision's names, so that checkpoints travel.
 */

import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add } from '../../compiler/ops/binary.js'
import { maxPool2d } from '../../compiler/ops/pool.js'
import { relu } from '../../compiler/ops/unary.js'
import type { Mul } from '../../compiler/types/natural.js'
import { kaimingNormal } from '../init.js'
import { type BatchNormForm, batchNorm, conv, globalAveragePool } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

/** What `resnet18` and its like may be told. */
export interface ResnetOptions {
  /**
   * `'imagenet'`: 7x7 convolution at stride 2 and max-pooling, for large images. `'cifar'`: 3x3 at stride 1, for images
   * of 32 pixels (Chen et al. 2020, appendix B.9). Default `'imagenet'`.
   */
  readonly stem?: 'imagenet' | 'cifar'
  /**
   * Padding of the `'cifar'` stem. 1, the default, keeps the resolution (lightly, the MoCo demo); 2 makes maps of 34
   * pixels out of 32 (solo-learn), which published CIFAR-10 figures differ by.
   */
  readonly stemPadding?: 1 | 2
  /** Channels of the first stage's 3x3 convolutions; those of the last are eight times as many. Default 64. */
  readonly width?: number
  /** Starts the last batch norm of every block at zero, so that blocks begin as the identity (Goyal et al. 2017). Default false. */
  readonly zeroInitResidual?: boolean
  /** Channels of the images. Default 3. */
  readonly channels?: number
  /** What all batch norms have in common: splits, say, or frozen ones. Default: `batchNorm`'s own. */
  readonly norm?: BatchNormForm
}
/** `Times` is 8 for basic blocks and 32 for bottlenecks. */
type Features<O, Times extends number> =
  number extends Option<O, 'width', 64> ? number : Mul<Option<O, 'width', 64>, Times>
const STAGES = ['layer1', 'layer2', 'layer3', 'layer4'] as const
type Site = 'stem' | (typeof STAGES)[number] | 'pooled'

const convolution = (from: number, to: number, kernel: number, stride: number, padding = (kernel - 1) / 2) =>
  conv(from, to, kernel, { stride, padding, bias: false, initial: kaimingNormal })

/** What a block makes of `from` channels: the layers beside the identity, and how many channels they give. */
interface BlockKind {
  /** Channels of the result per channel of the 3x3 convolution. */
  readonly expansion: number
  /** Kernels of its convolutions; the one at `strided` takes the stride. */
  readonly kernels: readonly number[]
  readonly strided: number
}
/** Two 3x3 convolutions; or 1x1, 3x3, 1x1 around a bottleneck, the stride at the 3x3 ("v1.5", as in torchvision). */
const KINDS = {
  basic: { expansion: 1, kernels: [3, 3], strided: 0 },
  bottleneck: { expansion: 4, kernels: [1, 3, 1], strided: 1 },
} as const satisfies Record<string, BlockKind>

/** Convolutions with batch norm beside an identity, or beside a 1x1 convolution where the shape changes. */
const residual = (
  { expansion, kernels, strided }: BlockKind,
  from: number,
  inner: number,
  stride: number,
  { zeroInitResidual = false, norm = {} }: ResnetOptions,
) =>
  module(({ use }) => {
    const to = inner * expansion
    const last = kernels.length - 1
    const layers = kernels.map((kernel, i) => {
      const [into, out] = [i === 0 ? from : inner, i === last ? to : inner]
      return {
        conv: use(`conv${i + 1}`, convolution(into, out, kernel, i === strided ? stride : 1)),
        norm: use(`bn${i + 1}`, batchNorm(out, { ...norm, initial: zeroInitResidual && i === last ? zeros : ones })),
      }
    })
    const downsample =
      stride === 1 && from === to
        ? undefined
        : use('downsample', sequential(convolution(from, to, 1, stride), batchNorm(to, norm)))
    return (x: Untyped) => {
      const changed = layers.reduce((value, { conv, norm }, i) => {
        const normal = norm(conv(value))
        return i === last ? normal : relu(normal)
      }, x)
      return relu(add(changed, downsample ? downsample(x) : x))
    }
  })

/** `block` and the number of blocks in each of the four stages, beside `ResnetOptions`. */
export interface ResnetShape {
  /** `'basic'`: two 3x3 convolutions. `'bottleneck'`: 1x1, 3x3, 1x1, with four times the channels at its end. */
  readonly block: keyof typeof KINDS
  /** Blocks of each of the four stages: 2, 2, 2, 2 of a ResNet-18. */
  readonly layers: readonly [number, number, number, number]
}
/**
 * `[N, channels, H, W]` to `[N, 8 width]`, with bottlenecks `[N, 32 width]`: a stem, four stages of blocks at 1, 1/2, 1/4 and
 * 1/8 of its resolution, and the mean of each plane. Sites: `stem`, `layer1` to `layer4` (C2 to C5), `pooled`. Throws
 * `ShapeError` for a `stemPadding` of a stem that has its own.
 */
export function resnet({ block, layers, ...options }: ResnetShape & ResnetOptions): Encoder<number, number, Site> {
  checkOptions('resnet', options, ['stem', 'stemPadding', 'width', 'zeroInitResidual', 'channels', 'norm'])
  const { stem = 'imagenet', stemPadding, width = 64, channels = 3, norm = {} } = options
  if (stem === 'imagenet' && stemPadding !== undefined)
    throw new ShapeError(`resnet: a padding of ${stemPadding} is for the stem 'cifar', the stem 'imagenet' has 3`)
  const kind: BlockKind = KINDS[block]
  return module(({ use }) => {
    const conv1 = use(
      'conv1',
      stem === 'cifar' ? convolution(channels, width, 3, 1, stemPadding) : convolution(channels, width, 7, 2),
    )
    const bn1 = use('bn1', batchNorm(width, norm))
    const stages = STAGES.map((name, i) => {
      const inner = width * 2 ** i
      const blocks = Array.from({ length: layers[i]! }, (_, j) => {
        const from = j > 0 ? inner * kind.expansion : i === 0 ? width : (inner / 2) * kind.expansion
        return residual(kind, from, inner, i > 0 && j === 0 ? 2 : 1, options)
      })
      return use(name, chain(blocks))
    })
    const sites = ['stem', ...STAGES, 'pooled'] satisfies Site[] as Site[]
    return encoderBody(width * 8 * kind.expansion, sites, (images, visit) => {
      const first = relu(bn1(conv1(images)))
      const small = stem === 'cifar' ? first : maxPool2d(first, 3, { stride: 2, padding: 1 })
      const last = STAGES.reduce((x, name, i) => visit(name, stages[i]!(x)), visit('stem', small))
      return visit('pooled', globalAveragePool(last))
    })
  }) as unknown as Encoder<number, number, Site>
}

type Resnet<O, Times extends number> = Encoder<Option<O, 'channels', 3>, Features<O, Times>, Site>
/**
 * `resnet` with two basic blocks per stage: `[N, 8 width]` features, 512 by default. 3.6 billion operations per image of 224
 * pixels; 1.1 billion per image of 32 pixels with the stem `'cifar'`.
 */
export const resnet18 = <const O extends ResnetOptions = {}>(options?: O): Resnet<O, 8> =>
  resnet({ block: 'basic', layers: [2, 2, 2, 2], ...(options as ResnetOptions) }) as unknown as Resnet<O, 8>
/** `resnet` with 3, 4, 6 and 3 basic blocks: `[N, 8 width]` features, 512 by default. 7.3 and 2.3 billion operations. */
export const resnet34 = <const O extends ResnetOptions = {}>(options?: O): Resnet<O, 8> =>
  resnet({ block: 'basic', layers: [3, 4, 6, 3], ...(options as ResnetOptions) }) as unknown as Resnet<O, 8>
/** `resnet` with 3, 4, 6 and 3 bottlenecks: `[N, 32 width]` features, 2048 by default. 8.2 and 2.6 billion operations. */
export const resnet50 = <const O extends ResnetOptions = {}>(options?: O): Resnet<O, 32> =>
  resnet({ block: 'bottleneck', layers: [3, 4, 6, 3], ...(options as ResnetOptions) }) as unknown as Resnet<O, 32>

/** Blocks one after the other, named by position. */
const chain = (blocks: readonly ReturnType<typeof residual>[]) =>
  module(({ use }) => {
    const mounted = blocks.map((block, i) => use(`${i}`, block))
    return (x: Untyped) => mounted.reduce((value, block) => block(value), x)
  })
