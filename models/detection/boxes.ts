/**
 * Boxes: on the device four tensors, one per side, on the host rows of `left, top, right, bottom`; both in pixels, counted from
 * the left and upper edge of the image, so that a box of one pixel is 1 wide.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import { add, div, maximum, minimum, mul, reshape, slice, stack, sub } from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'

/** The sides of many boxes, tensors of shape `S`. */
export interface Sides<S extends Shape> {
  readonly left: Tensor<S, 'f32'>
  readonly top: Tensor<S, 'f32'>
  readonly right: Tensor<S, 'f32'>
  readonly bottom: Tensor<S, 'f32'>
}
/** A box on the host: left, top, right, bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number]

/** The sides of boxes `[..., 4]`: tensors `[...]`. */
export function sidesOf<S extends Shape>(boxes: Tensor<[...S, 4], 'f32'>): Sides<S> {
  const side = (i: number) =>
    reshape(slice(boxes as Tensor<any, 'f32'>, -1, i, i + 1), boxes.shape.slice(0, -1)) as Tensor<any, 'f32'>
  return { left: side(0), top: side(1), right: side(2), bottom: side(3) }
}
/** Boxes `[..., 4]` of their sides. */
export const boxesOf = <S extends Shape>({ left, top, right, bottom }: Sides<S>): Tensor<[...S, 4], 'f32'> =>
  stack([left, top, right, bottom], -1)

export const areaOf = <S extends Shape>({ left, top, right, bottom }: Sides<S>): Tensor<S, 'f32'> =>
  mul(maximum(sub(right, left), 0), maximum(sub(bottom, top), 0))

/** What two boxes have in common; a box of negative width or height where they have nothing. */
const common = <S extends Shape>(a: Sides<S>, b: Sides<S>): Sides<S> => ({
  left: maximum(a.left, b.left),
  top: maximum(a.top, b.top),
  right: minimum(a.right, b.right),
  bottom: minimum(a.bottom, b.bottom),
})
/** The least box around both. */
const hull = <S extends Shape>(a: Sides<S>, b: Sides<S>): Sides<S> => ({
  left: minimum(a.left, b.left),
  top: minimum(a.top, b.top),
  right: maximum(a.right, b.right),
  bottom: maximum(a.bottom, b.bottom),
})

/**
 * Generalized intersection over union: `IoU - (hull - union) / hull` in areas, from -1 (far apart) to 1 (equal). Areas below
 * 1e-7 count as that. Source: Rezatofighi et al., arXiv 1902.09630, algorithm 1.
 */
export function generalizedIou<S extends Shape>(a: Sides<S>, b: Sides<S>): Tensor<S, 'f32'> {
  const shared = areaOf(common(a, b))
  const union = maximum(sub(add(areaOf(a), areaOf(b)), shared), 1e-7)
  const around = maximum(areaOf(hull(a, b)), 1e-7)
  return sub(div(shared, union), div(sub(around, union), around))
}

// On the host

export const area = ([left, top, right, bottom]: Box): number => Math.max(right - left, 0) * Math.max(bottom - top, 0)

/** Intersection over union, or over the first box alone, as COCO has it for crowds. 0 where there is no area. */
export function overlap(a: Box, b: Box, over: 'union' | 'first' = 'union'): number {
  const shared = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])])
  const whole = over === 'first' ? area(a) : area(a) + area(b) - shared
  return whole > 0 ? shared / whole : 0
}
