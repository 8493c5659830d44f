/**
 * A small convolutional encoder for images of 16 to 32 pixels: each stage halves the resolution and doubles the channels,
 * so that all stages but the first cost the same.
 */
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { relu } from '../../compiler/ops/unary.js'
import type { Mul } from '../../compiler/types/natural.js'
import { kaimingNormal } from '../init.js'
import { type BatchNormForm, batchNorm, conv, globalAveragePool } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

/** What `convnet` may be told. */
export interface ConvnetOptions {
  /** Channels of the first stage. Default 16. */
  readonly width?: number
  /** Default 4. */
  readonly stages?: 1 | 2 | 3 | 4 | 5 | 6
  /** Channels of the images. Default 3. */
  readonly channels?: number
  /** What all batch norms have in common: splits, say. Default: `batchNorm`'s own. */
  readonly norm?: BatchNormForm
}
/** Channels of the last stage. */
type Features<O> =
  number extends Option<O, 'width', 16>
    ? number
    : Mul<Option<O, 'width', 16>, [1, 1, 2, 4, 8, 16, 32][Option<O, 'stages', 4>]>

/**
 * Stages of a 3x3 convolution, batch norm and relu, at stride 1 in the first stage and 2 in the others, then the mean of
 * each plane: `[N, channels, H, W]` to `[N, width 2^(stages-1)]`. With the default options 2 million operations per image
 * of 16 pixels (four times that at 32) and 128 features. Sites: `stage1`, `stage2`, ..., `pooled`.
 */
export const convnet = <const O extends ConvnetOptions = {}>(
  options?: O,
): Encoder<Option<O, 'channels', 3>, Features<O>> => {
  checkOptions('convnet', options, ['width', 'stages', 'channels', 'norm'])
  const { width = 16, stages = 4, channels = 3, norm = {} }: ConvnetOptions = options ?? {}
  if (!Number.isInteger(stages) || stages < 1) throw new ShapeError(`convnet needs a stage or more, got ${stages}`)
  const names = Array.from({ length: stages }, (_, i) => `stage${i + 1}`)
  return module(({ use }) => {
    const layers = names.map((name, i) => {
      const to = width * 2 ** i
      const step = conv(i === 0 ? channels : to / 2, to, 3, {
        stride: i === 0 ? 1 : 2,
        padding: 1,
        bias: false,
        initial: kaimingNormal,
      })
      return use(name, sequential(step, batchNorm(to, norm), relu))
    })
    return encoderBody(width * 2 ** (stages - 1), [...names, 'pooled'], (images, visit) => {
      const last = names.reduce((x, name, i) => visit(name, layers[i]!(x)), images)
      return visit('pooled', globalAveragePool(last))
    })
  }) as unknown as Encoder<Option<O, 'channels', 3>, Features<O>>
}
