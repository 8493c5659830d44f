/**
 * Sampling of images at computed places (Jaderberg et al. 2015, arXiv 1506.02025): four gathered pixels per point, weighted by
 * their distance, so that gradients reach image and places. Places are `(x, y)` in [-1, 1], from edge to edge of the image.
 */

import { checkList, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { checkOptions } from '../graph/options.js'
import { ShapeError, show } from '../graph/shape.js'
import { add, maximum, minimum, mod, mul, sub } from '../ops/binary.js'
import { cast, equal, greaterEqual, lessEqual, logicalAnd, select } from '../ops/compare.js'
import { concatAll } from '../ops/concat.js'
import { iota } from '../ops/constant.js'
import { dotGeneral } from '../ops/dot.js'
import { stopGradient } from '../ops/flow.js'
import { gather } from '../ops/gather.js'
import { broadcastTo, reshape } from '../ops/movement.js'
import { slice } from '../ops/slice.js'
import { abs, floor, round } from '../ops/unary.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Check, Gradient } from '../types/tensor.js'
import type { Sampled } from '../types/window.js'
import { clamp } from './math.js'

/** How `gridSample` reads between and beyond the pixels. */
export interface SampleOptions {
  /** Default `bilinear`. */
  readonly mode?: 'bilinear' | 'nearest'
  /** What stands outside: zeros, the nearest edge, or the image mirrored. Default `zeros`. */
  readonly padding?: 'zeros' | 'border' | 'reflection'
  /** Whether -1 and 1 are the centres of the outermost pixels (true) or their outer edges. Default false. */
  readonly alignCorners?: boolean
}

/** `images` `[N, C, H, W]` at `grid` `[N, OH, OW, 2]`: `[N, C, OH, OW]`. Nearest pixels give no gradient to the grid. Throws `ShapeError`. */
export const gridSample = <S extends Shape, T extends Shape, G extends Gradient, H extends Gradient>(
  images: Tensor<S, 'f32', G>,
  grid: Check<Sampled<S, T>, Tensor<T, 'f32', H>>,
  options: SampleOptions = {},
): Tensor<Sampled<S, T>, 'f32', G | H> => {
  checkOptions('gridSample', options, ['mode', 'padding', 'alignCorners'])
  const { mode = 'bilinear', padding = 'zeros', alignCorners = false } = options
  const places = grid as Untyped
  const sizes = shapeOf('gridSample', places)
  if (
    shapeOf('gridSample', images).length !== 4 ||
    sizes.length !== 4 ||
    sizes[3] !== 2 ||
    sizes[0] !== images.shape[0]
  )
    throw new ShapeError(
      `gridSample takes [N, C, H, W] and [N, OH, OW, 2], got ${show(images.shape)} and ${show(sizes)}`,
    )
  const [n, c, h, w] = images.shape as number[] as [number, number, number, number]
  const [, oh, ow] = sizes as number[] as [number, number, number]
  const pixels = reshape(images as Untyped, [n, c, h * w]) as Untyped
  const along = (axis: 0 | 1, size: number) => {
    const place = reshape(slice(places, 3, axis, axis + 1) as Untyped, [n, 1, oh * ow]) as Untyped
    return inImage(place, size, padding, alignCorners)
  }
  const [x, y] = [along(0, w), along(1, h)]
  /** The pixels at whole numbers `column`, `row`; zero outside. */
  const pixel = (column: Untyped, row: Untyped): Untyped => {
    const index = cast(add(mul(clamp(row, 0, h - 1), w), clamp(column, 0, w - 1)) as Untyped, 'i32') as Untyped
    const inside = logicalAnd(within(column, w), within(row, h)) as Tensor<any, 'bool'>
    return select(inside, gather(pixels, index, 2) as Untyped, 0) as Untyped
  }
  if (mode === 'nearest')
    return reshape(pixel(round(stopGradient(x)) as Untyped, round(stopGradient(y)) as Untyped), [
      n,
      c,
      oh,
      ow,
    ]) as Untyped
  const [left, top]: Untyped[] = [floor(stopGradient(x)), floor(stopGradient(y))] as Untyped[]
  const [right, below] = [sub(x, left!) as Untyped, sub(y, top!) as Untyped]
  const mixed = (row: Untyped): Untyped =>
    add(mul(pixel(left!, row), sub(1, right)), mul(pixel(add(left!, 1) as Untyped, row), right)) as Untyped
  const result = add(mul(mixed(top!), sub(1, below)), mul(mixed(add(top!, 1) as Untyped), below))
  return reshape(result as Untyped, [n, c, oh, ow]) as Untyped
}

const within = (x: Untyped, size: number): Tensor<any, 'bool'> =>
  logicalAnd(greaterEqual(x, 0) as Tensor<any, 'bool'>, lessEqual(x, size - 1) as Tensor<any, 'bool'>) as Tensor<
    any,
    'bool'
  >

/** A place in [-1, 1] in pixels, brought into the image as `padding` says. */
function inImage(place: Untyped, size: number, padding: string, alignCorners: boolean): Untyped {
  const pixel: Untyped = alignCorners ? mul(add(place, 1), (size - 1) / 2) : sub(mul(add(place, 1), size / 2), 0.5)
  if (padding === 'zeros') return pixel
  const reflected = padding === 'reflection' ? mirrored(pixel, size, alignCorners) : pixel
  return maximum(minimum(reflected, size - 1), 0) as Untyped
}

/** Reflected at the centres of the outermost pixels, or at their outer edges, as often as it takes. */
function mirrored(pixel: Untyped, size: number, alignCorners: boolean): Untyped {
  const [low, span] = alignCorners ? [0, size - 1] : [-0.5, size]
  if (span === 0) return mul(pixel, 0)
  const away: Untyped = abs(sub(pixel, low) as Untyped)
  const rest: Untyped = mod(away, span)
  // Nearly a whole number: rounded, not cut.
  const turns: Untyped = round(mul(stopGradient(sub(away, rest) as Untyped), 1 / span) as Untyped) as Untyped
  const odd = equal(mod(turns, 2), 1) as Tensor<any, 'bool'>
  return add(select(odd, sub(span, rest) as Untyped, rest), low) as Untyped
}

/** Places for `gridSample` from affine maps `theta` `[N, 2, 3]` of the output's own places: `[N, OH, OW, 2]`. */
export const affineGrid = <N extends Dim, const H extends number, const W extends number, G extends Gradient>(
  theta: Tensor<[N, 2, 3], 'f32', G>,
  size: readonly [H, W],
  options: Pick<SampleOptions, 'alignCorners'> = {},
): Tensor<[N, H, W, 2], 'f32', G> => {
  checkOptions('affineGrid', options, ['alignCorners'])
  checkList('affineGrid', size, '[height, width]', 2)
  const [height, width] = size
  const { alignCorners = false } = options
  if (shapeOf('affineGrid', theta).length !== 3 || theta.shape[1] !== 2 || theta.shape[2] !== 3)
    throw new ShapeError(`affineGrid takes [N, 2, 3], got ${show(theta.shape)}`)
  const base = (size: number, axis: number): Untyped => {
    const i = iota([height, width, 1], axis, 'f32') as Untyped
    if (!alignCorners) return sub(mul(add(i, 0.5), 2 / size), 1) as Untyped
    return (size === 1 ? mul(i, 0) : sub(mul(i, 2 / (size - 1)), 1)) as Untyped
  }
  const ones = broadcastTo(add(mul(base(width, 1), 0), 1) as Untyped, [height, width, 1]) as Untyped
  const places = concatAll([base(width, 1), base(height, 0), ones], 2) as Untyped
  const mapped: Untyped = dotGeneral(theta as Untyped, places, { batch: [[], []], contract: [[2], [2]] }) as Untyped
  // [N, 2, H, W]: the coordinate comes last.
  const [n] = theta.shape as number[] as [number]
  const coordinate = (axis: number): Untyped =>
    reshape(slice(mapped, 1, axis, axis + 1) as Untyped, [n, height, width, 1]) as Untyped
  return concatAll([coordinate(0), coordinate(1)], 3) as Untyped
}
