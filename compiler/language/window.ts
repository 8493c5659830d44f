/**
 * Windows composed of convolution, pooling and gathering: one and three spatial axes, unfolding, dilated and adaptive
 * pooling. Images are `[N, C, H, W]`, weights `[O, C/groups, ...]`.
 */

import { checkTensors, type Tensor, type Untyped } from '../graph/node.js'
import { CONV_OPTIONS, checkOptions } from '../graph/options.js'
import { checkAtLeast, ShapeError, show } from '../graph/shape.js'
import { add, div, minimum, mul, sub } from '../ops/binary.js'
import { cast, equal, greaterEqual, less, logicalAnd, select } from '../ops/compare.js'
import { concatAll } from '../ops/concat.js'
import { iota } from '../ops/constant.js'
import { conv2d, convTranspose2d } from '../ops/conv.js'
import { dotGeneral } from '../ops/dot.js'
import { stopGradient } from '../ops/flow.js'
import { gather, take } from '../ops/gather.js'
import { permute, reshape } from '../ops/movement.js'
import { pad } from '../ops/pad.js'
import { argmax, max } from '../ops/reduce.js'
import { slice, sliceAll } from '../ops/slice.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Check, Gradient } from '../types/tensor.js'
import type {
  At,
  Conv,
  ConvOptions,
  ConvTranspose,
  ConvTransposeOptions,
  Fold,
  Pool2d,
  Size,
  Unfold,
} from '../types/window.js'

type Pair = readonly [height: number, width: number]
const pairOf = (size: Size): Pair => (typeof size === 'number' ? [size, size] : [size[0]!, size[1]!])

// Convolutions with one and three spatial axes

/** `[N, C, L]` as images of height 1, and back. */
const tall = (x: Tensor): Untyped => reshape(x as Untyped, [...x.shape.slice(0, 2), 1, x.shape[2]!])
const flat = (x: Untyped): Untyped => reshape(x, [...x.shape.slice(0, 2), x.shape[3]!])
function checkRank(name: string, rank: number, ...operands: Tensor[]): void {
  checkTensors(name, operands)
  for (const { shape } of operands)
    if (shape.length !== rank) throw new ShapeError(`${name} takes tensors of ${rank} axes, got ${show(shape)}`)
}
/** An option of a convolution as one number per spatial axis. */
function sizesOf(name: string, key: string, size: Size, rank: number, least: number): number[] {
  const values = typeof size === 'number' ? Array<number>(rank).fill(size) : [...size]
  if (values.length !== rank)
    throw new ShapeError(
      `${name}: ${key} must be a number or one per spatial axis, which are ${rank}, got ${show(values)}`,
    )
  for (const value of values) checkAtLeast(name, key, value, least)
  return values
}

/** `conv2d` with one spatial axis: `x` `[N, C, L]`, `w` `[O, C/groups, K]`. */
export const conv1d = <
  X extends Shape,
  W extends Shape,
  G extends Gradient,
  H extends Gradient,
  const O extends ConvOptions = {},
>(
  x: Tensor<X, 'f32', G>,
  weight: Check<Conv<X, W, NoInfer<O>, 'conv1d'>, Tensor<W, 'f32', H>>,
  options?: O,
): Tensor<Conv<X, W, NoInfer<O>, 'conv1d'>, 'f32', G | H> => {
  const w = weight as Tensor
  checkRank('conv1d', 3, x, w)
  return flat(conv2d(tall(x), tall(w), inPlane('conv1d', options)))
}
/** What a line's convolution takes, for that of a plane of one row. */
function inPlane(name: string, options: ConvOptions = {}) {
  checkOptions(name, options, CONV_OPTIONS)
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options
  const line = (key: string, size: Size, least: number) => sizesOf(name, key, size, 1, least)[0]!
  return {
    stride: [1, line('stride', stride, 1)],
    padding: [0, line('padding', padding, 0)],
    dilation: [1, line('dilation', dilation, 1)],
    groups,
  }
}

/** `convTranspose2d` with one spatial axis: `x` `[N, C, L]`, `w` `[C, O/groups, K]`. */
export const convTranspose1d = <
  X extends Shape,
  W extends Shape,
  G extends Gradient,
  H extends Gradient,
  const O extends ConvTransposeOptions = {},
>(
  x: Tensor<X, 'f32', G>,
  weight: Check<ConvTranspose<X, W, NoInfer<O>, 1>, Tensor<W, 'f32', H>>,
  options?: O,
): Tensor<ConvTranspose<X, W, NoInfer<O>, 1>, 'f32', G | H> => {
  const w = weight as Tensor
  const { outputPadding = 0, ...given }: ConvTransposeOptions = options ?? {}
  const name = 'convTranspose1d'
  checkRank(name, 3, x, w)
  const wide = {
    ...inPlane(name, given),
    outputPadding: [0, sizesOf(name, 'outputPadding', outputPadding, 1, 0)[0]!],
  }
  return flat(convTranspose2d(tall(x), tall(w), wide))
}

/** `conv2d` with three spatial axes, `x` `[N, C, D, H, W]`, `w` `[O, C/groups, KD, KH, KW]`: one convolution of all slices per kernel slice. */
export const conv3d = <
  X extends Shape,
  W extends Shape,
  G extends Gradient,
  H extends Gradient,
  const O extends ConvOptions = {},
>(
  x: Tensor<X, 'f32', G>,
  weight: Check<Conv<X, W, NoInfer<O>, 'conv3d'>, Tensor<W, 'f32', H>>,
  options?: O,
): Tensor<Conv<X, W, NoInfer<O>, 'conv3d'>, 'f32', G | H> => {
  const w = weight as Tensor
  checkRank('conv3d', 5, x, w)
  const given: ConvOptions = options ?? {}
  checkOptions('conv3d', given, CONV_OPTIONS)
  const { groups = 1 } = given
  const [stride, padding, dilation] = [
    sizesOf('conv3d', 'stride', given.stride ?? 1, 3, 1),
    sizesOf('conv3d', 'padding', given.padding ?? 0, 3, 0),
    sizesOf('conv3d', 'dilation', given.dilation ?? 1, 3, 1),
  ] as unknown as [Triple, Triple, Triple]
  const [n, c, depth, ...size] = x.shape as number[] as [number, number, number, ...number[]]
  const kernel = w.shape[2] as number
  const count = Math.floor((depth + 2 * padding[0] - dilation[0] * (kernel - 1) - 1) / stride[0]) + 1
  if (count < 1) throw new ShapeError(`kernel ${show(w.shape.slice(2))} does not fit ${show(x.shape.slice(2))}`)
  const none = [0, 0] as [number, number]
  const padded: Untyped = pad(x as Untyped, [none, none, [padding[0], padding[0]], none, none])
  let total: Untyped | undefined
  for (let k = 0; k < kernel; k++) {
    const from = k * dilation[0]
    const slices: Untyped = slice(padded, 2, from, from + (count - 1) * stride[0] + 1, stride[0])
    const images: Untyped = reshape(permute(slices, [0, 2, 1, 3, 4]) as Untyped, [n * count, c, ...size])
    const weights: Untyped = reshape(slice(w as Untyped, 2, k, k + 1) as Untyped, [
      ...w.shape.slice(0, 2),
      ...w.shape.slice(3),
    ])
    const flatOptions = { stride: stride.slice(1), padding: padding.slice(1), dilation: dilation.slice(1), groups }
    const part: Untyped = conv2d(images, weights, flatOptions)
    total = total ? add(total, part) : part
  }
  const [, o, ...out] = total!.shape as [number, number, ...number[]]
  return permute(reshape(total!, [n, count, o, ...out]) as Untyped, [0, 2, 1, 3, 4]) as Untyped
}
type Triple = readonly [depth: number, height: number, width: number]

// Unfolding: a convolution whose kernels are the unit vectors

/** Where windows lie: options of `unfold` and `fold`. A size is a number, or `[height, width]`. */
export interface WindowOptions {
  /** Default 1. */
  readonly stride?: Size
  /** Zeros on each side. Default 0. */
  readonly padding?: Size
  /** Default 1. */
  readonly dilation?: Size
}
const WINDOW_OPTIONS = ['stride', 'padding', 'dilation'] as const
const unitKernels = ([h, w]: Pair): Untyped => {
  const diagonal = equal(iota([h * w, h * w], 0) as Untyped, iota([h * w, h * w], 1) as Untyped)
  return reshape(cast(diagonal as Untyped, 'f32'), [h * w, 1, h, w]) as Untyped
}

/** What a convolution sees: `[N, C, H, W]` to `[N, C KH KW, L]`, the `L` places of the window in row-major order. */
export const unfold = <X extends Shape, G extends Gradient, const K extends Size, const O extends WindowOptions = {}>(
  images: Tensor<X, 'f32', G>,
  kernel: Check<Unfold<X, NoInfer<K>, NoInfer<O>>, K>,
  options?: O,
): Tensor<Unfold<X, NoInfer<K>, NoInfer<O>>, 'f32', G> => {
  checkRank('unfold', 4, images)
  checkOptions('unfold', options, WINDOW_OPTIONS)
  const [n, c, h, w] = images.shape as number[] as [number, number, number, number]
  const [kh, kw] = pairOf(kernel as Size)
  const planes: Untyped = reshape(images as Untyped, [n * c, 1, h, w])
  const { stride = 1, padding = 0, dilation = 1 }: WindowOptions = options ?? {}
  const seen: Untyped = conv2d(planes, unitKernels([kh, kw]), { stride, padding, dilation })
  return reshape(seen, [n, c * kh * kw, -1]) as Untyped
}

/** The adjoint of `unfold`: `[N, C KH KW, L]` to `[N, C, H, W]` of the given size, where what overlaps is added up. */
export const fold = <X extends Shape, G extends Gradient, const S extends Size, const K extends Size>(
  x: Tensor<X, 'f32', G>,
  size: S,
  kernel: K,
  options: WindowOptions = {},
): Tensor<Fold<X, S, K>, 'f32', G> => {
  checkRank('fold', 3, x)
  checkOptions('fold', options, WINDOW_OPTIONS)
  const [n, rows, places] = x.shape as number[] as [number, number, number]
  const [to, k, stride, padding, dilation] = [
    size,
    kernel,
    options.stride ?? 1,
    options.padding ?? 0,
    options.dilation ?? 1,
  ].map(given => pairOf(given)) as [Pair, Pair, Pair, Pair, Pair]
  const span = (axis: 0 | 1) => to[axis] + 2 * padding[axis] - dilation[axis] * (k[axis] - 1) - 1
  const [oh, ow] = [Math.floor(span(0) / stride[0]) + 1, Math.floor(span(1) / stride[1]) + 1]
  const channels = rows / (k[0] * k[1])
  if (!Number.isInteger(channels) || oh * ow !== places)
    throw new ShapeError(
      `cannot fold ${show(x.shape)} to ${show(to)}: a window of ${show(k)} has ${oh * ow} places and ${k[0] * k[1]} elements`,
    )
  const seen = reshape(x as Untyped, [n * channels, k[0] * k[1], oh, ow])
  const images: Untyped = convTranspose2d(seen as Untyped, unitKernels(k), {
    stride,
    padding,
    dilation,
    outputPadding: [span(0) - (oh - 1) * stride[0], span(1) - (ow - 1) * stride[1]],
  }) as Untyped
  return reshape(images, [n, channels, ...to]) as Untyped
}

// Pooling

/** `maxPool2d` over windows whose elements lie `dilation` apart; the gradient goes to the first maximum. `ceil` as there. */
export const dilatedMaxPool2d = <
  X extends Shape,
  G extends Gradient,
  const K extends Size,
  const O extends WindowOptions & { readonly ceil?: boolean } = {},
>(
  images: Tensor<X, 'f32', G>,
  kernelSize: K,
  given?: O,
): Tensor<Pool2d<X, K, NoInfer<O>>, 'f32', G> => {
  const kernel: Size = kernelSize
  const options: WindowOptions & { readonly ceil?: boolean } = given ?? {}
  checkRank('dilatedMaxPool2d', 4, images)
  checkOptions('dilatedMaxPool2d', options, [...WINDOW_OPTIONS, 'ceil'])
  const [k, stride, padding, dilation] = [
    kernel,
    options.stride ?? kernel,
    options.padding ?? 0,
    options.dilation ?? 1,
  ].map(given => pairOf(given)) as [Pair, Pair, Pair, Pair]
  const both = [0, 1] as const
  const counts = both.map(axis => {
    const span = images.shape[2 + axis]! + 2 * padding[axis] - dilation[axis] * (k[axis] - 1) - 1
    const count = Math[options.ceil ? 'ceil' : 'floor'](span / stride[axis]) + 1
    if (span < 0)
      throw new ShapeError(`window ${show(k)} with dilation ${show(dilation)} does not fit ${show(images.shape)}`)
    // A window does not start in the padding after the image.
    return (count - 1) * stride[axis] >= images.shape[2 + axis]! + padding[axis] ? count - 1 : count
  }) as unknown as Pair
  const after = both.map(axis => {
    const reach = (counts[axis] - 1) * stride[axis] + dilation[axis] * (k[axis] - 1) + 1
    return Math.max(0, reach - padding[axis] - images.shape[2 + axis]!)
  }) as unknown as Pair
  const amounts: [number, number][] = [
    [0, 0],
    [0, 0],
    [padding[0], after[0]],
    [padding[1], after[1]],
  ]
  const padded = pad(images as Untyped, amounts, -Infinity) as Untyped
  const taps: Untyped[] = []
  for (let i = 0; i < k[0]; i++)
    for (let j = 0; j < k[1]; j++) {
      const start = [0, 0, i * dilation[0], j * dilation[1]]
      const stop = [
        ...padded.shape.slice(0, 2),
        ...both.map(axis => start[2 + axis]! + (counts[axis] - 1) * stride[axis] + 1),
      ]
      const tap = sliceAll(padded, start, stop as number[], [1, 1, ...stride]) as Untyped
      taps.push(reshape(tap, [...tap.shape, 1]) as Untyped)
    }
  return chosen(concatAll(taps, 4) as Untyped)
}

/** The first maximum along the last axis, which alone gets the gradient. */
function chosen(x: Untyped): Untyped {
  const index = argmax(stopGradient(x) as Untyped, -1) as Untyped
  return reshape(gather(x, reshape(index, [...index.shape, 1]) as Untyped, x.shape.length - 1) as Untyped, index.shape)
}

/** First and last element of window `i` of `count` over `size` elements: `floor(i size / count)` and `ceil((i + 1) size / count) - 1`. */
function adaptiveBounds(size: number, count: number, rank: number): [first: Untyped, last: Untyped] {
  const i = iota([count, ...Array(rank - 1).fill(1)] as number[], 0) as Untyped
  const first: Untyped = div(mul(i, size), count)
  return [first, sub(div(add(mul(add(i, 1), size), count - 1), count), 1)]
}

/** Means of `OH` by `OW` windows that cover the image as evenly as can be: `[N, C, OH, OW]`. */
export const adaptiveAvgPool2d = <N extends Dim, C extends Dim, G extends Gradient, const S extends Size>(
  images: Tensor<[N, C, Dim, Dim], 'f32', G>,
  size: S,
): Tensor<[N, C, At<S, '0'>, At<S, '1'>], 'f32', G> => {
  checkRank('adaptiveAvgPool2d', 4, images)
  return pairOf(size).reduce((x: Untyped, count) => {
    const extent = x.shape[2]!
    const [first, last] = adaptiveBounds(extent, count, 2)
    const at = iota([1, extent], 1) as Untyped
    const inside = logicalAnd(greaterEqual(at, first) as Untyped, less(at, add(last, 1) as Untyped) as Untyped)
    const length: Untyped = cast(add(sub(last, first), 1) as Untyped, 'f32') as Untyped
    const weights: Untyped = select(inside as Untyped, div(1, length), 0)
    // The first spatial axis is contracted and its windows come last, so that the second is next.
    return dotGeneral(x, weights, { batch: [[], []], contract: [[2], [1]] }) as Untyped
  }, images as Untyped) as Untyped
}

/** Maxima of the windows of `adaptiveAvgPool2d`. */
export const adaptiveMaxPool2d = <N extends Dim, C extends Dim, G extends Gradient, const S extends Size>(
  images: Tensor<[N, C, Dim, Dim], 'f32', G>,
  size: S,
): Tensor<[N, C, At<S, '0'>, At<S, '1'>], 'f32', G> => {
  checkRank('adaptiveMaxPool2d', 4, images)
  return pairOf(size).reduce((x: Untyped, count, spatial) => {
    const axis = 2 + spatial
    const extent = x.shape[axis]!
    const longest = Math.max(
      ...Array.from(
        { length: count },
        (_, i) => Math.ceil(((i + 1) * extent) / count) - Math.floor((i * extent) / count),
      ),
    )
    // Shorter windows repeat their last element.
    const [first, last] = adaptiveBounds(extent, count, 2)
    const index = minimum(add(first, iota([1, longest], 1) as Untyped), last) as Untyped
    return max(take(x, index, axis) as Untyped, (axis + 1) as never) as Untyped
  }, images as Untyped) as Untyped
}
