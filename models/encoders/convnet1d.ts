/**
 * An encoder for sequences: raw audio, sensor readings. Strided convolutions, wide ones first, as in the networks of Dai
 * et al. 2017 (arXiv 1610.00087) on waveforms of 8 kHz, with a stride for each of their poolings.
 */
import type { Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { relu } from '../../compiler/ops/unary.js'
import type { Mul } from '../../compiler/types/natural.js'
import type { Dim } from '../../compiler/types/shape.js'
import { kaimingNormal } from '../init.js'
import { type BatchNormForm, batchNorm, conv } from '../layers.js'
import { type Encoder, encoderBody, type Option } from './encoder.js'

/** What `convnet1d` may be told. */
export interface Convnet1dOptions {
  /** Channels of the first stage; each further one has twice as many. Default 16. */
  readonly width?: number
  /** Default 4. */
  readonly stages?: 1 | 2 | 3 | 4 | 5 | 6
  /** Channels of the sequences. Default 1. */
  readonly channels?: number
  /** Samples that the first stage sees at once. Default 80: 10 ms at 8 kHz, more than a period of a voice. Time series take less. */
  readonly kernel?: number
  /** By how much each stage shortens; the kernels after the first are twice as long. Default 4. */
  readonly stride?: number
  /** What all batch norms have in common. Default: `batchNorm`'s own. */
  readonly norm?: BatchNormForm
}
/** Channels of the last stage. */
type Features<O> =
  number extends Option<O, 'width', 16>
    ? number
    : Mul<Option<O, 'width', 16>, [1, 1, 2, 4, 8, 16, 32][Option<O, 'stages', 4>]>

/**
 * Stages of a strided convolution, batch norm and relu, then the mean over time: `[N, channels, T]` to
 * `[N, width 2^(stages-1)]`. Stage `i` (from 1) has about `T / stride^i` places. With the default options 17.4
 * million operations per second of audio at 8 kHz and 128 features. Sites: `stage1`, `stage2`, ..., `pooled`. Throws
 * `ShapeError` for sequences that are too short.
 */
export const convnet1d = <const O extends Convnet1dOptions = {}>(
  options?: O,
): Encoder<Option<O, 'channels', 1>, Features<O>, `stage${number}` | 'pooled', [Dim]> => {
  checkOptions('convnet1d', options, ['width', 'stages', 'channels', 'kernel', 'stride', 'norm'])
  const { width = 16, stages = 4, channels = 1, kernel = 80, stride = 4, norm = {} }: Convnet1dOptions = options ?? {}
  if (!Number.isInteger(stages) || stages < 1) throw new ShapeError(`convnet1d needs a stage or more, got ${stages}`)
  if (kernel < stride)
    throw new ShapeError(`convnet1d: a kernel of ${kernel} skips samples at stride ${stride}: choose a longer one`)
  const names = Array.from({ length: stages }, (_, i) => `stage${i + 1}`)
  return module(({ use }) => {
    const layers = names.map((name, i) => {
      const to = width * 2 ** i
      const length = i === 0 ? kernel : 2 * stride
      const padding = Math.ceil((length - stride) / 2)
      const step = conv(i === 0 ? channels : to / 2, to, [length], {
        stride,
        padding,
        bias: false,
        initial: kaimingNormal,
      })
      return use(name, sequential(step, batchNorm(to, norm), relu)) as unknown as (x: Untyped) => Untyped
    })
    return encoderBody(width * 2 ** (stages - 1), [...names, 'pooled'], (sequences, visit) => {
      if (sequences.shape.length !== 3 || sequences.shape[2]! < stride ** stages)
        throw new ShapeError(
          `convnet1d takes sequences [N, ${channels}, T] of ${stride ** stages} samples or more, got ${show(sequences.shape)}`,
        )
      const last = names.reduce((x, name, i) => visit(name, layers[i]!(x)), sequences)
      return visit('pooled', mean(last, 2))
    })
  }) as unknown as Encoder<Option<O, 'channels', 1>, Features<O>, `stage${number}` | 'pooled', [Dim]>
}
