/**
 * Which location of the feature maps answers for which box, as tensor operations: boxes are padded to a fixed number per image
 * with label 0, so that shapes never change, and every pair of location and box is looked at.
 * Source: FCOS, arXiv 1904.01355, section 3.2; centre sampling: its table 3 and arXiv 2006.09214, section 2.1.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import {
  add,
  argmin,
  concatAll,
  constant,
  div,
  gather,
  greater,
  greaterEqual,
  iota,
  less,
  lessEqual,
  logicalAnd,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  select,
  sqrt,
  stopGradient,
  sub,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { DType } from '../../compiler/types/tensor.js'
import type { Matrix, Vector } from '../tensors.js'
import { areaOf, type Sides, sidesOf } from './boxes.js'

/** A feature map of so many rows and columns, one place every `stride` pixels of the image. */
export interface FeatureMap {
  readonly height: number
  readonly width: number
  readonly stride: number
}
/** The locations of all maps, finest map first, row by row: tensors `[L]`. */
export interface Locations {
  /** The middle of the location's square, in pixels. */
  readonly x: Vector
  readonly y: Vector
  readonly stride: Vector
  /** The longest distance to a side that the location answers for lies between these. */
  readonly low: Vector
  readonly high: Vector
}
/** Of every image, location and box; of size 1 what is the same for all of an axis. */
type Pairs = [Dim, Dim, Dim]
/** More than any box has. */
const ENDLESS = 1e8

/** Map i answers for longest distances from 8 strides of the map before it, or 0, to 8 of its own; the last for all above. */
export function locationsOf(maps: readonly FeatureMap[]): Locations {
  const each = (value: (map: FeatureMap, i: number) => Matrix): Vector =>
    concatAll(
      maps.map((map, i) => reshape(value(map, i), [map.height * map.width])),
      0,
    )
  const same = (value: number, { height, width }: FeatureMap): Matrix => constant(value, [height, width])
  const middle = ({ height, width, stride }: FeatureMap, axis: number): Matrix =>
    mul(add(iota([height, width], axis, 'f32'), 0.5), stride)
  return {
    x: each(map => middle(map, 1)),
    y: each(map => middle(map, 0)),
    stride: each(map => same(map.stride, map)),
    low: each((map, i) => same(i === 0 ? 0 : 8 * maps[i - 1]!.stride, map)),
    high: each((map, i) => same(i === maps.length - 1 ? ENDLESS : 8 * map.stride, map)),
  }
}

/** What each location of each image is to predict; no gradient flows to the boxes. */
export interface Targets {
  /** Whether it answers for a box: bool `[N, L]`. What follows holds where it does. */
  readonly positive: Matrix<'bool'>
  /** The box's class, from 0: i32 `[N, L]`. */
  readonly label: Matrix<'i32'>
  /** Distances from the location to the box's sides, in pixels: `[N, L]` each. */
  readonly distances: Sides<[Dim, Dim]>
  /** `sqrt(min(l, r) / max(l, r) min(t, b) / max(t, b))`: `[N, L]` (equation 3). */
  readonly centreness: Matrix
}

/**
 * A location answers for the smallest of the boxes whose middle is near (`radius` strides along each axis, default 1.5), which
 * it lies in, and whose longest distance is in its range. `boxes` `[N, M, 4]` in pixels; `labels` `[N, M]` i32, 1 + the class,
 * 0 for no box.
 */
export function assign<N extends Dim, M extends Dim>(
  locations: Locations,
  boxes: Tensor<[N, M, 4], 'f32'>,
  labels: Tensor<NoInfer<[N, M]>, 'i32'>,
  { radius = 1.5 }: { readonly radius?: number } = {},
): Targets {
  const [count, most] = boxes.shape as number[]
  const places = locations.x.shape[0]!
  const sides = sidesOf(stopGradient(boxes)) // [N, M]
  const wide = <D extends DType>(perBox: Matrix<D>): Tensor<Pairs, D> => reshape(perBox, [count!, 1, most!])
  const tall = (perPlace: Vector): Tensor<Pairs, 'f32'> => reshape(perPlace, [1, places, 1])
  const box = {
    left: wide(sides.left),
    top: wide(sides.top),
    right: wide(sides.right),
    bottom: wide(sides.bottom),
  }
  const [x, y, reach] = [tall(locations.x), tall(locations.y), tall(mul(locations.stride, radius))]
  const middle = (a: Tensor<Pairs, 'f32'>, b: Tensor<Pairs, 'f32'>) => mul(add(a, b), 0.5)
  const [cx, cy] = [middle(box.left, box.right), middle(box.top, box.bottom)]
  const near: Sides<Pairs> = {
    left: maximum(box.left, sub(cx, reach)),
    top: maximum(box.top, sub(cy, reach)),
    right: minimum(box.right, add(cx, reach)),
    bottom: minimum(box.bottom, add(cy, reach)),
  }
  const inside = greater(shortest(distancesTo(x, y, near)), 0)
  const longest = longestOf(distancesTo(x, y, box))
  const inRange = logicalAnd(greaterEqual(longest, tall(locations.low)), lessEqual(longest, tall(locations.high)))
  const real = greater(wide(labels), 0)
  const taken = logicalAnd(logicalAnd(inside, inRange), real)
  const areas = select(taken, wide(areaOf(sides)), ENDLESS) // [N, L, M]
  const index = argmin(areas, 2) // [N, L]
  const chosen = <D extends DType>(perBox: Matrix<D>): Matrix<D> => gather(perBox, index, 1)
  const own = distancesTo<[Dim, Dim]>(reshape(locations.x, [1, places]), reshape(locations.y, [1, places]), {
    left: chosen(sides.left),
    top: chosen(sides.top),
    right: chosen(sides.right),
    bottom: chosen(sides.bottom),
  })
  const positive = less(min(areas, 2), ENDLESS)
  return {
    positive,
    label: maximum(sub(chosen(labels), 1), 0),
    distances: own,
    centreness: select(positive, centrenessOf(own), 0),
  }
}

/** Equation 3; 0 for a location outside of the box. */
export function centrenessOf<S extends Shape>({ left, top, right, bottom }: Sides<S>): Tensor<S, 'f32'> {
  const evenness = (a: Tensor<S, 'f32'>, b: Tensor<S, 'f32'>) =>
    div(maximum(minimum(a, b), 0), maximum(maximum(a, b), 1e-6))
  return sqrt(mul(evenness(left, right), evenness(top, bottom)))
}

/** From a point to the sides of a box: all positive inside. */
const distancesTo = <S extends Shape>(
  x: Tensor<S, 'f32'>,
  y: Tensor<S, 'f32'>,
  { left, top, right, bottom }: Sides<S>,
): Sides<S> => ({
  left: sub(x, left),
  top: sub(y, top),
  right: sub(right, x),
  bottom: sub(bottom, y),
})
const shortest = <S extends Shape>({ left, top, right, bottom }: Sides<S>) =>
  minimum(minimum(left, right), minimum(top, bottom))
const longestOf = <S extends Shape>({ left, top, right, bottom }: Sides<S>) =>
  maximum(maximum(left, right), maximum(top, bottom))

/** The boxes around locations `[L]` at distances `[N, L]`. */
export function around({ x, y }: Locations, { left, top, right, bottom }: Sides<[Dim, Dim]>): Sides<[Dim, Dim]> {
  const row = (perPlace: Vector) => reshape(perPlace, [1, -1])
  return {
    left: sub(row(x), left),
    top: sub(row(y), top),
    right: add(row(x), right),
    bottom: add(row(y), bottom),
  }
}
