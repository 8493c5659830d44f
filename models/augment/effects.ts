/**
 * Effects on images beside crop and colour: blur, solarization, erasing. Images are `[N, C, H, W]` with values in [0, 1];
 * parameters may differ from image to image and be computed on the device.
 */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import type { Box } from '../../compiler/language/resample.js'
import {
  abs,
  add,
  concatAll,
  constant,
  div,
  dotGeneral,
  exp,
  greaterEqual,
  iota,
  less,
  lessEqual,
  logicalAnd,
  maximum,
  mul,
  permute,
  reshape,
  select,
  square,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'

/** One number for all images, or one per image `[N]`. */
type PerImage = number | Tensor<any, 'f32'>
const perImage = (value: PerImage, shape: number[]) =>
  typeof value === 'number' ? constant(value, shape) : reshape(value, shape)

/**
 * Gaussian blur, along rows and columns in turn: weights `exp(-(d / sigma)^2 / 2)` for `|d| <= (size - 1) / 2`, normalized;
 * beyond the edge the image is mirrored at its outermost pixels. `kernel` and `sigma` are `[x, y]`, sizes odd and at most
 * twice the image less one; a deviation of 0 leaves an image exactly as it is. Throws `ShapeError`. Source: blur of SimCLR, arXiv 2002.05709, appendix A (sigma ~ U(0.1, 2)).
 */
export function gaussianBlur<N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  images: Tensor<[N, C, H, W], 'f32'>,
  kernel: readonly [number, number],
  sigma: readonly [PerImage, PerImage],
): Tensor<[N, C, H, W], 'f32'> {
  const [count, , height, width] = images.shape as unknown as [number, number, number, number]
  const rows = blurWeights(count, height, kernel[1], sigma[1])
  const columns = blurWeights(count, width, kernel[0], sigma[0])
  const tall = dotGeneral(rows, images, { batch: [[0], [0]], contract: [[2], [2]] }) // [N, H, C, W]
  const blurred = dotGeneral(tall, columns, { batch: [[0], [0]], contract: [[3], [2]] }) // [N, H, C, W]
  return permute(blurred, [0, 2, 1, 3])
}

/** `w[n, i, j]`: what pixel `j`, and its mirror images at both ends, give to pixel `i` of an axis. */
function blurWeights(count: number, size: number, kernel: number, sigma: PerImage) {
  const radius = (kernel - 1) / 2
  if (!(Number.isInteger(radius) && radius >= 0 && radius < size))
    throw new ShapeError(
      `gaussianBlur: a kernel of ${kernel} must be odd and reach less than ${size} pixels to each side`,
    )
  const deviation = maximum(perImage(sigma, [count, 1, 1]), 1e-3) // below it, neighbours weigh exactly nothing
  const weight = <S extends [number, number, number]>(distance: Tensor<S, 'f32'>) =>
    exp(mul(square(div(distance, deviation)), -0.5))
  const taps = sub(iota([1, 1, kernel], 2, 'f32'), radius)
  const total = sum(weight(taps), [2], { keepdims: true })
  const [i, j] = [iota([1, size, 1], 1, 'f32'), iota([1, 1, size], 2, 'f32')]
  const reaching = (
    distance: Stopped<[1, number, number]>,
    where?: Stopped<[1, number, 1] | [1, 1, number], 'bool'>,
  ) => {
    const near = lessEqual(abs(distance), radius)
    return select(where ? logicalAnd(near, where) : near, weight(distance), 0)
  }
  const own = reaching(sub(i, j))
  const before = reaching(add(i, j), greaterEqual(j, 1))
  const after = reaching(sub(2 * (size - 1), add(i, j)), less(j, size - 1))
  return div(add(own, add(before, after)), total)
}

/**
 * `1 - x` where `x >= threshold`. Default threshold 0.5; above 1 nothing changes. Source: BYOL, arXiv 2006.07733,
 * appendix B.
 */
export const solarize = <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: Tensor<[N, C, H, W], 'f32'>,
  threshold: PerImage = 0.5,
): Tensor<[N, C, H, W], 'f32'> => select(greaterEqual(x, perImage(threshold, [x.shape[0]!, 1, 1, 1])), sub(1, x), x)

/** The pixels of a box per image replaced by `values`, one per channel. Source: Zhong et al., arXiv 1708.04896. */
export function erase<N extends Dim, C extends Dim, H extends Dim, W extends Dim>(
  x: Tensor<[N, C, H, W], 'f32'>,
  box: Box,
  values: readonly number[],
): Tensor<[N, C, H, W], 'f32'> {
  const [count, channels, height, width] = x.shape as unknown as [number, number, number, number]
  if (values.length !== channels)
    throw new ShapeError(`erase takes one value per channel: ${channels} expected, got ${values.length}`)
  const within = (axis: 2 | 3, start: Tensor, length: Tensor) => {
    const size = axis === 2 ? height : width
    const at = iota(axis === 2 ? [1, 1, size, 1] : [1, 1, 1, size], axis, 'f32')
    const from = reshape(start, [count, 1, 1, 1])
    return logicalAnd(greaterEqual(at, from), less(at, add(from, reshape(length, [count, 1, 1, 1]))))
  }
  const inside = logicalAnd(within(2, box.top, box.height), within(3, box.left, box.width))
  const filling = concatAll(
    values.map(value => constant(value, [1, 1, 1, 1])),
    1,
  )
  return select(inside, filling, x)
}
