/** Corruptions that move pixels: motion, glass and elastic blur. Images are `[N, 3, H, W]`; beyond an edge is its nearest pixel. */
import type { Untyped } from '../../compiler/graph/node.js'
import { bernoulli, uniform } from '../../compiler/language/random.js'
import { gridSample } from '../../compiler/language/sample.js'
import {
  add,
  broadcastTo,
  cast,
  cos,
  div,
  equal,
  floor,
  gather,
  greaterEqual,
  iota,
  logicalAnd,
  logicalNot,
  maximum,
  minimum,
  mul,
  reshape,
  roll,
  select,
  sin,
  stack,
  sub,
} from '../../compiler/ops/index.js'
import { gaussianBlur } from '../augment/effects.js'
import type { Images, Scalar } from '../tensors.js'

type Sizes = readonly [count: number, channels: number, height: number, width: number]
const sizesOf = (x: Untyped): Sizes => x.shape as never

/** `x` at whole rows and columns `[N, H, W]`. */
function pixelsAt(x: Untyped, rows: Untyped, columns: Untyped): Untyped {
  const [count, channels, height, width] = sizesOf(x)
  const inside = (place: Untyped, size: number): Untyped => maximum(minimum(place, size - 1), 0)
  const index = cast(add(mul(inside(rows, height), width), inside(columns, width)), 'i32')
  const flat = reshape(x, [count, channels, height * width])
  return reshape(gather(flat, reshape(index, [count, 1, height * width]), 2), [count, channels, height, width])
}
const perImage = (value: Scalar, count: number): Untyped => broadcastTo(reshape(value, [1]), [count])
const rowsAndColumns = (height: number, width: number): readonly [Untyped, Untyped] => [
  iota([1, height, width], 1, 'f32'),
  iota([1, height, width], 2, 'f32'),
]

// Motion

/** The most pixels of a trail: of snow at severity 5. */
export const TRAIL = 29
/**
 * What each pixel of a trail weighs: half a bell of deviation `sigma`, `2 radius + 1` pixels long, as ImageMagick's motion blur has it; zeros
 * up to `TRAIL`.
 */
export function trailWeights(radius: number, sigma: number): number[] {
  const weights = Array.from({ length: TRAIL }, (_, i) =>
    i <= 2 * radius ? Math.exp(-(i * i) / (2 * sigma * sigma)) : 0,
  )
  const whole = weights.reduce((a, b) => a + b)
  return weights.map(weight => weight / whole)
}
/** `sum_i w_i x` at `i` pixels along the angle, of each image between `from` and `to` degrees, to the nearest pixel. */
export function trailed(x: Untyped, weight: (i: number) => Scalar, from: number, to: number): Images {
  const [count, , height, width] = sizesOf(x)
  const angle: Untyped = uniform([count, 1, 1], (from * Math.PI) / 180, (to * Math.PI) / 180)
  const [rows, columns] = rowsAndColumns(height, width)
  const along = (i: number, part: Untyped) => floor(add(mul(part, i), 0.5))
  return Array.from({ length: TRAIL }, (_, i) =>
    mul(pixelsAt(x, add(rows, along(i, sin(angle))), add(columns, along(i, cos(angle)))), weight(i)),
  ).reduce((total, part) => add(total, part)) as Images
}

// Glass

/** Blurred by a bell of deviation `sigma`, `rounds` (1 or 2) times shuffled, and blurred again. */
export function glazed(x: Images, sigma: Scalar, rounds: Scalar): Images {
  const [count, , height, width] = sizesOf(x as Untyped)
  const deviation = perImage(sigma, count)
  const blurred = (x: Untyped): Untyped => gaussianBlur(x, [5, 5], [deviation, deviation])
  return blurred(
    [1, 2].reduce(
      (image: Untyped, round) => {
        const used = greaterEqual(rounds as Untyped, round)
        const flag = () => logicalAnd(bernoulli(0.5, [count, height, width]) as Untyped, used)
        return swapped(image, flag(), flag())
      },
      blurred(x as Untyped),
    ),
  ) as Images
}

/**
 * Every pixel from the last to the first, without the first two rows and columns, changes places with the one above where `up`, left where
 * `left`, or both (`[N, H, W]` bools): as if one after the other, but in steps that double the way. A pixel that a neighbour below or to the right
 * changed places with holds what that one held before, which may have come from further away.
 */
export function swapped(x: Untyped, up: Untyped, left: Untyped): Untyped {
  const [count, , height, width] = sizesOf(x)
  const places = height * width
  const [rows, columns] = rowsAndColumns(height, width)
  const open = logicalAnd(greaterEqual(rows, 2), greaterEqual(columns, 2))
  const own: Untyped = reshape(iota([places], 0), [1, height, width])
  /** 1 where the pixel moves in this way. */
  const moving = (way: Untyped): Untyped => select(logicalAnd(way, open), 1, 0)
  /** Of the pixel `down` below and `right` to the right; it wraps around at edges, where no pixel moves. */
  const of = (value: Untyped, down: number, right: number): Untyped => roll(roll(value, -down, 1), -right, 2)
  const [both, above, beside] = [
    moving(logicalAnd(up, left)),
    moving(logicalAnd(up, logicalNot(left))),
    moving(logicalAnd(logicalNot(up), left)),
  ]
  const chosen = (mask: Untyped, yes: Untyped, no: Untyped): Untyped => select(equal(mask, 1), yes, no)
  const at = (value: Untyped, index: Untyped): Untyped => {
    const flat = (x: Untyped): Untyped => reshape(x, [count, places])
    return reshape(gather(flat(value), flat(index), 1), [count, height, width])
  }
  const everywhere: Untyped = broadcastTo(own, [count, height, width])
  // Whose content a pixel holds when its turn comes: the last neighbour's that chose it.
  let held = chosen(
    of(beside, 0, 1),
    add(own, 1),
    chosen(of(above, 1, 0), add(own, width), chosen(of(both, 1, 1), add(own, width + 1), everywhere)),
  )
  for (let reach = 1; reach < height + width; reach *= 2) held = at(held, held)
  // What a pixel takes is what the other holds at that moment, after those neighbours of the other that had their turn.
  const fromAbove = chosen(of(both, 0, 1), of(held, 0, 1), sub(everywhere, width))
  const fromBeside = chosen(
    of(above, 1, -1),
    of(held, 1, -1),
    chosen(of(both, 1, 0), of(held, 1, 0), sub(everywhere, 1)),
  )
  const source = chosen(both, sub(everywhere, width + 1), chosen(above, fromAbove, chosen(beside, fromBeside, held)))
  const row: Untyped = div(source, width)
  return pixelsAt(x, cast(row, 'f32'), cast(sub(source, mul(row, width)), 'f32'))
}

// Elastic

/**
 * An affine map that takes three corners of a square around the centre to places up to `shift` away, and then displacements of `reach`
 * times noise from -1 to 1, blurred by a bell of deviation `sigma`; all three in shares of the image's smaller side.
 */
export function stretched(x: Images, reach: Scalar, sigma: Scalar, shift: Scalar): Images {
  const [count, , height, width] = sizesOf(x as Untyped)
  const size = Math.min(height, width)
  const [rows, columns] = rowsAndColumns(height, width)
  const [middleX, middleY, side] = [Math.floor(width / 2), Math.floor(height / 2), Math.floor(size / 3)]
  const corner = (right: number, down: number): readonly [Untyped, Untyped] => {
    const moved = (place: number): Untyped => add(mul(uniform([count, 1, 1], -size, size) as Untyped, shift), place)
    return [moved(middleX + right * side), moved(middleY + down * side)]
  }
  const [p0, p1, p2] = [corner(1, 1), corner(1, -1), corner(-1, -1)]
  // A pixel is p0 + u (p1 - p0) + v (p2 - p1); it is taken from where these are without the shifts.
  const [ax, ay, bx, by] = [sub(p1[0], p0[0]), sub(p1[1], p0[1]), sub(p2[0], p1[0]), sub(p2[1], p1[1])]
  const [px, py] = [sub(columns, p0[0]), sub(rows, p0[1])]
  const area = sub(mul(ax, by), mul(ay, bx))
  const u = div(sub(mul(px, by), mul(py, bx)), area)
  const v = div(sub(mul(ax, py), mul(ay, px)), area)
  const turned = sampled(
    x as Untyped,
    sub(middleY + side, mul(u, 2 * side)),
    sub(middleX + side, mul(v, 2 * side)),
    true,
  )
  const displacement = (): Untyped => {
    const noise: Untyped = uniform([count, 1, height, width], -1, 1)
    const deviation = perImage(mul(sigma, size), count)
    const taps = 2 * Math.min(Math.ceil(3 * 0.2 * size), size - 1) + 1
    const smooth: Untyped = gaussianBlur(noise as never, [taps, taps], [deviation, deviation])
    return mul(reshape(smooth, [count, height, width]), mul(reach as Untyped, size))
  }
  return sampled(turned, add(rows, displacement()), add(columns, displacement()), false) as Images
}
/** `x` between pixels; beyond an edge it is mirrored, at the centres of the outermost pixels or at their outer edges. */
function sampled(x: Untyped, rows: Untyped, columns: Untyped, centres: boolean): Untyped {
  const [, , height, width] = sizesOf(x)
  const along = (place: Untyped, size: number): Untyped =>
    centres ? sub(mul(place, 2 / (size - 1)), 1) : sub(mul(add(place, 0.5), 2 / size), 1)
  const grid: Untyped = stack([along(columns, width), along(rows, height)] as never, 3)
  return gridSample(x, grid as never, { padding: 'reflection', alignCorners: centres }) as Untyped
}
