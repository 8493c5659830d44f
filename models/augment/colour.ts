/**
 * Colour, on images `[N, 3, H, W]` with values in [0, 1]. A factor is `[N, 1, 1, 1]`, one per image. Every operation maps
 * three planes to three planes, so a chain of them is one pass over the pixels however many channels each step reads.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import {
  add,
  cast,
  concatAll,
  div,
  equal,
  expandDims,
  floor,
  greaterEqual,
  iota,
  maximum,
  minimum,
  mul,
  reshape,
  select,
  slice,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import type { Images, PerImage, Plane, Vector } from '../tensors.js'
import type { ImageRecipe, Jitter, Triple } from './recipes.js'

/** Red, green and blue, each `[N, 1, H, W]`. */
type Planes = readonly [Plane, Plane, Plane]
const planesOf = (x: Images): Planes => [slice(x, 1, 0, 1), slice(x, 1, 1, 2), slice(x, 1, 2, 3)]
const joined = ([r, g, b]: Planes): Images => concatAll([r, g, b], 1)
/** `f` of each plane. */
const each = (f: (plane: Plane, channel: 0 | 1 | 2) => Plane, [r, g, b]: Planes): Planes => [f(r, 0), f(g, 1), f(b, 2)]

const clamp = (x: Plane): Plane => minimum(maximum(x, 0), 1)
/** `clamp(pivot + factor (x - pivot), 0, 1)`: brightness, contrast and saturation differ in the pivot alone. */
const blend = (planes: Planes, pivot: Plane | number, factor: PerImage): Planes =>
  each(x => clamp(add(pivot, mul(factor, sub(x, pivot)))), planes)

const gray = ([r, g, b]: Planes): Plane => add(add(mul(r, 0.2989), mul(g, 0.587)), mul(b, 0.114))
/** The mean grey value of each image, `[N, 1, 1, 1]`. */
function meanGray(planes: Planes): PerImage {
  const [, , height, width] = planes[0].shape as unknown as [number, number, number, number]
  return mul(sum(gray(planes), [1, 2, 3], { keepdims: true }), 1 / (height * width))
}

/** `clamp(factor x, 0, 1)` */
export const adjustBrightness = (x: Images, factor: PerImage) => joined(blend(planesOf(x), 0, factor))
/** `clamp(factor x + (1 - factor) m, 0, 1)`, `m` the mean grey value of the image. */
export function adjustContrast(x: Images, factor: PerImage) {
  const planes = planesOf(x)
  return joined(blend(planes, meanGray(planes), factor))
}
/** `clamp(factor x + (1 - factor) grey(x), 0, 1)`: 1 changes nothing, 0 gives grey. */
export function adjustSaturation(x: Images, factor: PerImage) {
  const planes = planesOf(x)
  return joined(blend(planes, gray(planes), factor))
}
/** Turns the hue by `turn` of the circle, in [-0.5, 0.5]: RGB to hue, saturation and value, and back. */
export const adjustHue = (x: Images, turn: PerImage) => joined(turned(planesOf(x), turn))

function turned([r, g, b]: Planes, turn: PerImage): Planes {
  const value = maximum(maximum(r, g), b)
  const chroma = sub(value, minimum(minimum(r, g), b))
  const safe = maximum(chroma, 1e-12) // a grey pixel has no hue, and its colour does not depend on it
  const [red, green] = [equal(value, r), equal(value, g)]
  const across = select(red, sub(g, b), select(green, sub(b, r), sub(r, g)))
  const sector = add(div(across, safe), select(red, 0, select(green, 2, 4)))
  const hue = add(sector, mul(turn, 6))
  // Channel c of the result is value - chroma max(0, min(k, 4 - k, 1)) with k = (n + hue) mod 6, n = 5, 3, 1.
  const channel = (n: number) => {
    const shifted = add(hue, n)
    const k = sub(shifted, mul(floor(div(shifted, 6)), 6))
    return sub(value, mul(chroma, maximum(minimum(minimum(k, sub(4, k)), 1), 0)))
  }
  return [channel(5), channel(3), channel(1)]
}

/** `0.2989 R + 0.587 G + 0.114 B`: `[N, 3, H, W]` to `[N, 1, H, W]`. */
export const luminance = (x: Images): Plane => gray(planesOf(x))

/** Factors, turn and order of a jitter, one row per image: `[N]`, and `[N, 4]` for the order. */
export interface JitterParameters {
  readonly brightness: Vector
  readonly contrast: Vector
  readonly saturation: Vector
  readonly hue: Vector
  readonly order: Order
}
/** The operations of each image in their order, by number. */
type Order = Tensor<[Dim, 4], 'i32'>
/** Operations by the numbers that `order` names them with; torchvision's `ColorJitter.get_params` has the same. */
const [BRIGHTNESS, CONTRAST, SATURATION, HUE] = [0, 1, 2, 3]

/**
 * Brightness, contrast, saturation and hue, in an order of its own for each image, clamped after each. There are four
 * places; in each, the image's operation is selected rather than branched to. The contrast's pivot, the mean grey value
 * at its place in the order, is found first, by the operations that come before it: pixels are read in two passes.
 * `parts`: a hue of half-width 0 is left out, and so is the first pass where there is no contrast.
 */
export function jittered(x: Images, parameters: JitterParameters, parts: Omit<Jitter, 'probability'>) {
  const { order } = parameters
  const column = (name: Exclude<keyof JitterParameters, 'order'>) => reshape(parameters[name], [-1, 1])
  const is = <S extends Shape, D extends 'i32' | 'f32'>(operations: Tensor<S, D>, operation: number) =>
    equal(operations, operation)
  /** The factor, or the turn, of the operation at each place: `[N, 4]`. */
  const amounts = select(
    is(order, BRIGHTNESS),
    column('brightness'),
    select(
      is(order, CONTRAST),
      column('contrast'),
      select(is(order, HUE), parts.hue > 0 ? column('hue') : 1, column('saturation')),
    ),
  )
  const choose = (condition: PerImage<'bool'>, yes: Planes, no: Planes): Planes =>
    each((x, i) => select(condition, yes[i], x), no)
  /** What is done at a place; `pivot` is the contrast's. */
  const step = (planes: Planes, { operation, amount, pivot }: Place): Planes => {
    const own = select(is(operation, BRIGHTNESS), 0, gray(planes))
    const blended = blend(planes, select(is(operation, CONTRAST), pivot, own), amount)
    return parts.hue > 0 ? choose(is(operation, HUE), turned(planes, amount), blended) : blended
  }
  const all = planesOf(x)
  const none = mul(column('contrast'), 0)
  if (!(parts.contrast > 0)) return joined(placesOf(order, amounts, none).reduce(step, all))
  // Up to the contrast: from its place on, factors of 1.
  const place = iota([1, 4], 1)
  const ofContrast = sum(select(is(order, CONTRAST), place, 0), [1], { keepdims: true })
  const over = greaterEqual(place, ofContrast)
  const shortened = placesOf(select(over, SATURATION, order), select(over, 1, amounts), none)
  const mean = meanGray(shortened.slice(0, 3).reduce(step, all))
  return joined(placesOf(order, amounts, reshape(mean, [-1, 1])).reduce(step, all))
}

interface Place {
  readonly operation: PerImage
  readonly amount: PerImage
  readonly pivot: PerImage
}
/** Each place's operation, amount and pivot, per image `[N, 1, 1, 1]`: out of one tensor, since a kernel may bind few. */
function placesOf(order: Order, amounts: Tensor<[Dim, 4], 'f32'>, pivot: Tensor<[Dim, 1], 'f32'>): Place[] {
  const what = iota([1, 1, 3], 2)
  const across = <N extends Dim, P extends Dim>(rows: Tensor<[N, P], 'f32'>) => expandDims(rows, -1)
  const table = select(
    equal(what, 0),
    across(cast(order, 'f32')),
    select(equal(what, 1), across(amounts), across(pivot)),
  )
  const entry = (place: number, kind: number) =>
    reshape(slice(slice(table, 1, place, place + 1), 2, kind, kind + 1), [-1, 1, 1, 1])
  return [0, 1, 2, 3].map(place => ({
    operation: entry(place, 0),
    amount: entry(place, 1),
    pivot: entry(place, 2),
  }))
}

/** `(x - mean_c) / std_c` per channel. */
export const normalized = <N extends Dim, H extends Dim, W extends Dim, G extends Gradient>(
  x: Tensor<[N, 3, H, W], 'f32', G>,
  { mean, std }: ImageRecipe['normalize'],
): Tensor<[N, 3, H, W], 'f32', G> => mul(sub(x, perChannel(mean)), perChannel(std.map(s => 1 / s) as unknown as Triple))

/** Three numbers as a `[3, 1, 1]` tensor. */
function perChannel([a, b, c]: Triple) {
  const channel = iota([3, 1, 1], 0)
  const at = (i: number) => equal(channel, i)
  return select(at(0), a, select(at(1), b, c))
}
