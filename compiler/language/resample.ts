/**
 * Resampling of images. Resizing by a filter is separable and linear in the pixels, so it is two small matrix products
 * per image, with one matrix of interpolation weights per axis; boxes may differ from image to image and be computed
 * on the device. Pixels are squares whose centres lie at `i + 0.5` (align_corners false).
 */

import { checkList, shapeOf, type Tensor } from '../graph/node.js'
import { checkOptions } from '../graph/options.js'
import { ShapeError, show } from '../graph/shape.js'
import { add, div, maximum, mul, sub } from '../ops/binary.js'
import { greaterEqual, less, logicalAnd, select } from '../ops/compare.js'
import { constant, iota } from '../ops/constant.js'
import { dotGeneral } from '../ops/dot.js'
import { take } from '../ops/gather.js'
import { permute, reshape } from '../ops/movement.js'
import { sum } from '../ops/reduce.js'
import { abs } from '../ops/unary.js'
import type { Dim } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'

/** One box per image, in pixels; fractions are allowed, sizes must be at least 1. */
export interface Box<B extends Dim = any> {
  readonly top: Tensor<[B], 'f32'>
  readonly left: Tensor<[B], 'f32'>
  readonly height: Tensor<[B], 'f32'>
  readonly width: Tensor<[B], 'f32'>
}
/** What a pixel weighs at a distance of so many pixels. */
const FILTERS = {
  /** The triangle `1 - d`. */
  bilinear: d => maximum(sub(1, d) as Tensor, 0) as Tensor,
  /** Keys' cubic convolution with `a = -1/2`, as PIL has it (Keys 1981, equation 15). */
  bicubic: d => {
    const near = add(mul(mul(d, d), sub(mul(d, 1.5), 2.5)), 1)
    const far = add(mul(add(mul(sub(2.5, mul(d, 0.5)), d), -4), d), 2)
    return select(less(d, 1), near, select(less(d, 2), far, 0)) as Tensor
  },
} as const satisfies Record<string, (distance: Tensor) => Tensor>
export type FilterName = keyof typeof FILTERS

export interface ResampleOptions<B extends Dim = any> {
  /** Default `'bilinear'`. `'bicubic'` keeps more of the detail, and goes beyond the range of the pixels at edges. */
  readonly filter?: FilterName
  /** Widens the filter by the scale when shrinking, as PIL does. Default true. */
  readonly antialias?: boolean
  /** Images to mirror left to right. */
  readonly flip?: Tensor<[B], 'bool'>
}

/**
 * Interpolation weights `[B, out, size]` from an axis of `size` pixels to `out` pixels that cover the interval from
 * `start` `[B]` of length `extent` `[B]`: `w[i, j] = filter(|j - p_i| / s)`, `p_i = start + (i + 1/2) extent / out - 1/2`,
 * `s = max(1, extent / out)` (1 without antialias), over pixels `j` with their centre in the interval, normalised to
 * sum 1. With `flip` `[B]`, the order of `i` is reversed where it holds.
 */
export function resizeWeights(
  start: Tensor<[any], 'f32'>,
  extent: Tensor<[any], 'f32'>,
  size: number,
  out: number,
  { filter = 'bilinear', antialias = true, flip }: ResampleOptions = {},
): Tensor<[any, number, number], 'f32'> {
  const [count] = start.shape as [number]
  const column = (x: Tensor): Tensor => reshape(x, [count, 1, 1])
  const pixels: Tensor = iota([1, 1, size], 2, 'f32')
  const forward: Tensor = iota([1, out, 1], 1, 'f32')
  const order = flip ? select(column(flip) as Tensor<any, 'bool'>, sub(out - 1, forward), forward) : forward
  const [from, length] = [column(start), column(extent)]
  const scale = mul(length, 1 / out)
  const position = add(sub(from, 0.5), mul(add(order as Tensor, 0.5) as Tensor, scale))
  const distance = abs(sub(pixels, position) as Tensor<any, 'f32'>) as Tensor
  const weight = FILTERS[filter]((antialias ? div(distance, maximum(scale, 1)) : distance) as Tensor)
  const centre: Tensor = add(pixels, 0.5)
  const inside = logicalAnd(
    greaterEqual(centre, from) as Tensor<any, 'bool'>,
    less(centre, add(from, length) as Tensor) as Tensor<any, 'bool'>,
  )
  const raw: Tensor = select(inside as Tensor<any, 'bool'>, weight, 0)
  return div(raw, sum(raw, 2 as never, { keepdims: true }) as Tensor) as Tensor<any, any, any>
}

/**
 * Cuts a box out of each image of `[B, C, H, W]` and resizes it to `size`, bilinearly by default: `[B, C, OH, OW]`. Only pixels
 * inside the box count, as if the image were cropped first. Throws `ShapeError`.
 */
export function cropResize<
  B extends Dim,
  C extends Dim,
  G extends Gradient,
  const OH extends number,
  const OW extends number,
>(
  images: Tensor<[B, C, Dim, Dim], 'f32', G>,
  box: Box<NoInfer<B>>,
  size: readonly [OH, OW],
  options: ResampleOptions<NoInfer<B>> = {},
): Tensor<[B, C, OH, OW], 'f32', G> {
  checkOptions('cropResize', options, ['filter', 'antialias', 'flip'])
  const { flip, ...filter } = options
  if (shapeOf('cropResize', images).length !== 4)
    throw new ShapeError(`cropResize takes [batch, channels, height, width], got ${show(images.shape)}`)
  const [batch, , height, width] = images.shape as [number, number, number, number]
  for (const [name, value] of Object.entries({ ...box, ...(flip && { flip }) }))
    if (show(value.shape) !== show([batch]))
      throw new ShapeError(
        `cropResize: ${name} must be ${show([batch])}, one number per image, got ${show(value.shape)}`,
      )
  const rows = resizeWeights(box.top, box.height, height, size[0], filter)
  const columns = resizeWeights(box.left, box.width, width, size[1], { ...filter, ...(flip && { flip }) })
  const tall: Tensor = dotGeneral(rows, images, { batch: [[0], [0]], contract: [[2], [2]] }) // [B, OH, C, W]
  const resized: Tensor = dotGeneral(tall, columns, { batch: [[0], [0]], contract: [[3], [2]] }) // [B, OH, C, OW]
  return permute(resized, [0, 2, 1, 3]) as Tensor<any, any, any>
}

/** The whole of each image resized, bilinearly by default. With `alignCorners` the centres of the outermost pixels stay where they are. */
export function resize<
  B extends Dim,
  C extends Dim,
  G extends Gradient,
  const OH extends number,
  const OW extends number,
>(
  images: Tensor<[B, C, Dim, Dim], 'f32', G>,
  size: readonly [OH, OW],
  given: Pick<ResampleOptions, 'filter' | 'antialias'> & { alignCorners?: boolean } = {},
): Tensor<[B, C, OH, OW], 'f32', G> {
  checkOptions('resize', given, ['filter', 'antialias', 'alignCorners'])
  const { alignCorners = false, ...options } = given
  if (shapeOf('resize', images).length !== 4)
    throw new ShapeError(`resize takes images [B, C, H, W], got ${show(images.shape)}`)
  const [, , height, width] = images.shape as [number, number, number, number]
  if (alignCorners && options.filter === 'bicubic')
    throw new ShapeError('resize: with alignCorners it is linear: leave the filter bicubic out, or alignCorners')
  const whole = (extent: number, out: number): Tensor => {
    if (alignCorners) return alignedWeights(extent, out)
    const [start, length] = [0, extent].map(x => constant(x, [1]))
    return resizeWeights(start!, length!, extent, out, options)
  }
  const rows: Tensor = reshape(whole(height, size[0]) as Tensor, [size[0], height])
  const columns: Tensor = reshape(whole(width, size[1]) as Tensor, [size[1], width])
  const tall: Tensor = dotGeneral(images, rows, { batch: [[], []], contract: [[2], [1]] }) // [B, C, W, OH]
  return dotGeneral(tall, columns, { batch: [[], []], contract: [[2], [1]] }) as Tensor<any, any, any>
}

/** Weights `[out, size]` of linear interpolation at `i (size - 1) / (out - 1)`; the first element where `out` is 1. */
function alignedWeights(size: number, out: number): Tensor {
  const step = out === 1 ? 0 : (size - 1) / (out - 1)
  const position = mul(iota([out, 1], 0, 'f32') as Tensor, step) as Tensor
  const distance = abs(sub(iota([1, size], 1, 'f32') as Tensor, position) as Tensor<any, 'f32'>) as Tensor
  return maximum(sub(1, distance) as Tensor, 0) as Tensor
}

/** The pixel at `floor(i size / out)` for each output pixel `i` of an axis. */
export function resizeNearest<
  N extends Dim,
  C extends Dim,
  D extends DType,
  G extends Gradient,
  const H extends number,
  const W extends number,
>(images: Tensor<[N, C, Dim, Dim], D, G>, size: readonly [height: H, width: W]): Tensor<[N, C, H, W], D, G> {
  checkList('resizeNearest', size, '[height, width]', 2)
  if (shapeOf('resizeNearest', images).length !== 4)
    throw new ShapeError(`resizeNearest takes images [N, C, H, W], got ${show(images.shape)}`)
  return size.reduce((x: Tensor, out, axis) => {
    const index = div(mul(iota([out], 0) as Tensor, x.shape[2 + axis]!) as Tensor, out) as Tensor<any, 'i32'>
    return take(x, index, 2 + axis) as Tensor
  }, images as Tensor) as Tensor<any, any, any>
}
