/** Convolutions with their weights, of images `[N, C, H, W]` and of sequences `[N, C, T]`, and the mean over the places of either. */
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { mean } from '../../compiler/language/math.js'
import { type Initial, type Module, module } from '../../compiler/language/module.js'
import { conv1d as convolveSequence } from '../../compiler/language/window.js'
import { add } from '../../compiler/ops/binary.js'
import { conv2d } from '../../compiler/ops/conv.js'
import { reshape } from '../../compiler/ops/movement.js'
import type { Features, OfImages, OfSequences } from '../../compiler/types/layer.js'
import type { Conv2d, ConvOptions, Dim } from '../../compiler/types/shape.js'
import type { DType, Gradient } from '../../compiler/types/tensor.js'
import { fanIn, kaimingUniform, uniformWithin } from '../init.js'

export interface ConvLayerOptions extends ConvOptions {
  /** Whether there is one (not where a batch norm follows), or what it starts with. Default true: uniform within `1 / sqrt(fan in)`. */
  readonly bias?: boolean | Initial
  /** Default `kaimingUniform`. */
  readonly initial?: Initial
}
/** Convolution with a kernel of `K` by `K`. */
export interface Conv<I extends Dim, O extends Dim, K extends Dim, Options extends ConvOptions>
  extends Module,
    Features<I, O>,
    OfImages {
  <N extends Dim, H extends Dim, W extends Dim, G extends Gradient>(
    images: Tensor<[N, I, H, W], 'f32', G>,
  ): Tensor<Conv2d<[N, number, H, W], [O, number, K, K], Options>, 'f32'>
}
/** Convolution of images; `weight` is `[to, from / groups, kernel, kernel]`, `bias` `[to]`. Defaults as for `conv2d`. */
export const conv = <
  const I extends number,
  const O extends number,
  const K extends number,
  const Options extends ConvLayerOptions = {},
>(
  from: I,
  to: O,
  kernel: K,
  options?: Options,
): Conv<I, O, K, NoInfer<Options>> =>
  module(({ param }) => {
    const { bias = true, initial = kaimingUniform, ...where }: ConvLayerOptions = options ?? {}
    const shape = [to, from / (where.groups ?? 1), kernel, kernel]
    const weight = param('weight', shape, initial)
    const shift = bias && param('bias', [to], bias === true ? uniformWithin(1 / Math.sqrt(fanIn(shape))) : bias)
    return (images: Untyped) => {
      const result = conv2d(images, weight, where)
      return shift ? add(result, reshape(shift, [to, 1, 1])) : result
    }
  }) as unknown as Conv<I, O, K, NoInfer<Options>>

/** Convolution along time with a kernel of `K`; types leave the length to the builder. */
export interface Conv1d<I extends Dim, O extends Dim> extends Module, Features<I, O>, OfSequences {
  <N extends Dim, G extends Gradient>(sequences: Tensor<[N, I, Dim], 'f32', G>): Tensor<[N, O, number], 'f32'>
}
/**
 * Convolution of sequences `[N, from, T]` to `[N, to, T']`, `T' = floor((T + 2 padding - dilation (kernel - 1) - 1) / stride) + 1`;
 * `weight` is `[to, from / groups, kernel]`, `bias` `[to]`, as in PyTorch's `Conv1d`. Defaults as for `conv`.
 */
export const conv1d = <const I extends number, const O extends number>(
  from: I,
  to: O,
  kernel: number,
  { bias = true, initial = kaimingUniform, ...where }: ConvLayerOptions = {},
): Conv1d<I, O> =>
  module(({ param }) => {
    const shape = [to, from / (where.groups ?? 1), kernel]
    const weight = param('weight', shape, initial)
    const shift = bias && param('bias', [to], bias === true ? uniformWithin(1 / Math.sqrt(fanIn(shape))) : bias)
    return (sequences: Untyped) => {
      const result = convolveSequence(sequences, weight, where)
      return shift ? add(result, reshape(shift, [to, 1])) : result
    }
  }) as unknown as Conv1d<I, O>

/** The mean of each image plane: `[N, C, H, W]` becomes `[N, C]`. */
export const globalAveragePool = <N extends Dim, C extends Dim, D extends DType, G extends Gradient>(
  images: Tensor<[N, C, Dim, Dim], D, G>,
): Tensor<[N, C], D, G> => mean(images as Untyped, [2, 3])
