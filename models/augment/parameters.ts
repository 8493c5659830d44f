/**
 * What is random about a view, as a record: one tensor per parameter, one row per image. A view is a function of its
 * images and this record, so a record that was kept makes the same view again. An effect that an image is spared has
 * the parameter that changes nothing (factor 1, turn 0, deviation 0), so that no flag goes beside a parameter.
 */
import type { Stopped } from '../../compiler/graph/node.js'
import { type InputSpec, i32 } from '../../compiler/language/entry.js'
import { bernoulli, bits, uniform } from '../../compiler/language/random.js'
import {
  add,
  cast,
  constant,
  div,
  equal,
  exp,
  floor,
  greaterEqual,
  iota,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  min,
  minimum,
  mul,
  reshape,
  round,
  select,
  sqrt,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { ImageRecipe } from './recipes.js'

/** Each `[N]` f32, but for the order. */
export interface ViewParameters<N extends Dim = any> {
  /** Box of the crop, in pixels of the image. */
  readonly top: Stopped<[N]>
  /** Column of the left edge. */
  readonly left: Stopped<[N]>
  /** Rows of the box. */
  readonly height: Stopped<[N]>
  /** Columns of the box. */
  readonly width: Stopped<[N]>
  /** 1 for a mirror image, else 0. */
  readonly flip: Stopped<[N]>
  /** Factors of the jitter; 1 changes nothing. */
  readonly brightness: Stopped<[N]>
  /** Factor of the distance to the mean grey of the view. */
  readonly contrast: Stopped<[N]>
  /** Factor of the distance to the grey of each pixel. */
  readonly saturation: Stopped<[N]>
  /** Share of the circle that hues are turned by. */
  readonly hue: Stopped<[N]>
  /** The order of these four operations, `[N, 4]` i32: 0 brightness, 1 contrast, 2 saturation, 3 hue, first one first. */
  readonly order: Stopped<[N, 4], 'i32'>
  /** 1 for grey, else 0. */
  readonly gray: Stopped<[N]>
  /** Deviation of the blur in pixels of the view; 0 is no blur. */
  readonly sigma: Stopped<[N]>
  /** Values from it on are inverted; 2 is no solarization. */
  readonly threshold: Stopped<[N]>
}
type Place = Pick<ViewParameters, 'top' | 'left' | 'height' | 'width'>
const columns = [
  ...(['top', 'left', 'height', 'width', 'flip', 'brightness', 'contrast', 'saturation', 'hue'] as const),
  ...(['gray', 'sigma', 'threshold'] as const),
] satisfies (keyof ViewParameters)[]
type Column = (typeof columns)[number]

/**
 * Inputs of an entry that is fed a recorded view: `entry({ images, ...viewInputs('batch') }, ...)`. Their names are
 * those of `ViewParameters`.
 */
export const viewInputs = <const N extends Dim>(
  batch: N,
): { readonly [K in Column]: [N] } & { readonly order: InputSpec<[N, 4], 'i32'> } =>
  ({ ...Object.fromEntries(columns.map(name => [name, [batch]])), order: i32([batch, 4]) }) as never

type Prefixed<P extends string, R> = { readonly [K in keyof R & string as `${P}.${K}`]: R[K] }
/** A record whose names begin with `prefix.`, so that the records of several views are outputs, or inputs, of one entry. */
export const prefixed = <const P extends string, R extends object>(prefix: P, record: R): Prefixed<P, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}.${name}`, value])) as never

/** The record that `prefixed` made, out of those of several. */
export const unprefixed = <const P extends string, R extends object>(
  prefix: P,
  records: R,
): { readonly [K in keyof R as K extends `${P}.${infer Name}` ? Name : never]: R[K] } =>
  Object.fromEntries(
    Object.entries(records).flatMap(([name, value]) =>
      name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), value]] : [],
    ),
  ) as never

/**
 * Draws what `recipe` leaves to chance for images of a shape `[N, H, W, 3]`. Effects that the recipe does not have get
 * the parameter that changes nothing.
 */
export function drawParameters(shape: readonly number[], recipe: ImageRecipe): ViewParameters {
  const rows: [number] = [shape[0]!]
  const { jitter, blur, solarize = 0 } = recipe
  const box = randomBox(shape, recipe.crop)
  /** `value` with `probability`, else `spared`. */
  const chosen = (probability: number, value: Stopped<[number]>, spared: number) =>
    probability > 0 ? select(bernoulli(probability, rows), value, spared) : constant(spared, rows)
  const flip = chosen(recipe.flip, constant(1, rows), 0)
  const spared = jitter.probability > 0 ? bernoulli(1 - jitter.probability, rows) : undefined
  const factor = (neutral: number, half: number, least: number) =>
    spared && half > 0
      ? select(spared, neutral, uniform(rows, Math.max(least, neutral - half), neutral + half))
      : constant(neutral, rows)
  return {
    ...box,
    flip,
    brightness: factor(1, jitter.brightness, 0),
    contrast: factor(1, jitter.contrast, 0),
    saturation: factor(1, jitter.saturation, 0),
    hue: factor(0, jitter.hue, -0.5),
    gray: chosen(recipe.gray, constant(1, rows), 0),
    order: spared ? orders(shape[0]!) : iota([shape[0]!, 4], 1),
    sigma: blur ? chosen(blur.probability, uniform(rows, ...(blur.sigma ?? [0.1, 2])), 0) : constant(0, rows),
    threshold: chosen(solarize, constant(0.5, rows), 2),
  }
}

/** Boxes that are drawn for a crop until one fits. */
const TRIES = 10

/**
 * The box of the random resized crop of each image, as torchvision's `RandomResizedCrop` draws it: area `U(scale)` of the
 * image, `log(ratio)` uniform, sides rounded to whole pixels; the first of ten that fits, at a uniform corner, or, where none
 * does, the largest box in the middle whose ratio lies in `ratio`.
 */
function randomBox([rows, height, width]: readonly number[], { scale, ratio }: ImageRecipe['crop']): Place {
  const draw = (low: number, high: number) => uniform([rows!, TRIES], low, high)
  const area = mul(draw(scale[0], scale[1]), height! * width!)
  const aspect = exp(draw(Math.log(ratio[0]), Math.log(ratio[1])))
  const tall = round(sqrt(div(area, aspect)))
  const wide = round(sqrt(mul(area, aspect)))
  const inside = (side: typeof tall, most: number) => logicalAnd(greaterEqual(side, 1), lessEqual(side, most))
  const fits = logicalAnd(inside(tall, height!), inside(wide, width!))
  const order = iota([rows!, TRIES], 1)
  const first = min(select(fits, order, TRIES), -1, { keepdims: true })
  const chosen = equal(order, first)
  const found = less(reshape(first, [rows!]), TRIES)
  const largest = largestBox(height!, width!, ratio)
  const side = (drawn: typeof tall, otherwise: number) => select(found, sum(select(chosen, drawn, 0), -1), otherwise)
  /** One of the corners that there are, all alike. */
  const corner = (side: Stopped<[number]>, of: number, otherwise: number) => {
    const last = sub(of, side)
    const anywhere = minimum(floor(mul(add(last, 1), uniform([rows!]))), last)
    return select(found, anywhere, Math.floor((of - otherwise) / 2))
  }
  const sides = { height: side(tall, largest.height), width: side(wide, largest.width) }
  return {
    top: corner(sides.height, height!, largest.height),
    left: corner(sides.width, width!, largest.width),
    ...sides,
  }
}

/** The largest box of whole pixels whose ratio of width to height lies in the range. */
function largestBox(height: number, width: number, [narrow, broad]: readonly [number, number]) {
  if (width / height < narrow) return { height: Math.round(width / narrow), width }
  if (width / height > broad) return { height, width: Math.round(height * broad) }
  return { height, width }
}

/** A random order of `0 .. 3` for each image, all 24 alike: the ranks of four random keys. */
function orders(rows: number) {
  const keys = bits([rows, 4])
  const [a, b] = [reshape(keys, [rows, 4, 1]), reshape(keys, [rows, 1, 4])]
  const [i, j] = [iota([1, 4, 1], 1), iota([1, 1, 4], 2)]
  const before = logicalOr(less(b, a), logicalAnd(equal(b, a), less(j, i)))
  return sum(cast(before, 'i32'), [2])
}
