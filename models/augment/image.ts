/**
 * Image augmentation inside the compiled step: bytes go up, every random parameter is drawn on the device, one per
 * image. Nothing depends on data in its control flow: an effect that an image is spared gets the parameter that
 * changes nothing (factor 1, turn 0), so the colour part is one chain of elementwise operations around one mean.
 */
import { type Stopped, type Untyped, withScope } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { bernoulli, uniform } from '../../compiler/language/random.js'
import { type Box, cropResize, resize } from '../../compiler/language/resample.js'
import {
  add,
  cast,
  div,
  equal,
  exp,
  floor,
  iota,
  maximum,
  minimum,
  mul,
  permute,
  select,
  slice,
  sqrt,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import { type ImageRecipe, imageRecipes, type Jitter, type Triple } from '../recipes.js'

type Recipe = keyof typeof imageRecipes | ImageRecipe
/** Images as they come from disk: `[N, H, W, 3]` bytes. */
type Bytes<N extends Dim, H extends Dim, W extends Dim> = Stopped<[N, H, W, 3], 'u8'>

/**
 * A random view of each image: random resized crop, mirror image, colour jitter, grey, normalisation, as `recipe` says
 * (a name of `imageRecipes`, or one's own). `[N, H, W, 3]` bytes to `[N, 3, size, size]`; the default size is that of
 * the images, which then must be square. Every call draws anew.
 */
export function view<N extends Dim, H extends Dim, const S extends Dim = H>(
  images: Bytes<N, H, any>,
  recipe: Recipe,
  options: { size?: S } = {},
): Stopped<[N, 3, S, S]> {
  const { crop, flip, jitter, gray, normalize } = typeof recipe === 'string' ? imageRecipes[recipe] : recipe
  return withScope('view', () => {
    const size = sizeOf(images, options.size as number | undefined)
    const box = randomBox(images.shape, crop)
    let x = toUnit(cropResize(planes(images), box, [size, size], { flip: chance(flip, [images.shape[0]!]) }))
    if (jitter.probability > 0) x = colourJitter(x, jitter)
    if (gray > 0) x = select(chance(gray, [x.shape[0]!, 1, 1, 1]), luminance(x), x)
    return normalized(x, normalize)
  })
}

/** The images as they are, for evaluation: resized and normalised only. Shapes as in `view`. */
export function plain<N extends Dim, H extends Dim, const S extends Dim = H>(
  images: Bytes<N, H, any>,
  recipe: Recipe,
  options: { size?: S } = {},
): Stopped<[N, 3, S, S]> {
  const { normalize } = typeof recipe === 'string' ? imageRecipes[recipe] : recipe
  return withScope('plain', () => {
    const size = sizeOf(images, options.size as number | undefined)
    const x = planes(images)
    const same = x.shape[2] === size && x.shape[3] === size
    return normalized(toUnit(same ? x : resize(x, [size, size])), normalize)
  })
}

function sizeOf(images: Untyped, size: number | undefined): number {
  const [, height, width, channels] = images.shape
  if (images.shape.length !== 4 || channels !== 3)
    throw new ShapeError(`images must be [batch, height, width, 3], got ${show(images.shape)}`)
  if (size === undefined && height !== width)
    throw new ShapeError(`images are ${height} x ${width}: say which square size the views should have, with { size }`)
  return size ?? height!
}

/** `[N, H, W, 3]` bytes to `[N, 3, H, W]` floats in 0 .. 255. */
const planes = (images: Untyped): Untyped => cast(permute(images, [0, 3, 1, 2]), 'f32')
const toUnit = (x: Untyped): Untyped => mul(x, 1 / 255)

/** True with `probability`, for each element anew. */
const chance = (probability: number, shape: number[]): Untyped => bernoulli(probability, shape)

/**
 * The box of the random resized crop of each image: area `U(scale)` of the image, `log(ratio)` uniform, clipped to the
 * image and placed uniformly. Sides and corners are fractions of pixels, and a box that does not fit is clipped instead
 * of drawn anew: in this the crop differs from torchvision's.
 */
function randomBox([rows, height, width]: readonly number[], { scale, ratio }: ImageRecipe['crop']): Box {
  const draw = (low: number, high: number): Untyped => uniform([rows!], low, high)
  const area: Untyped = mul(draw(scale[0], scale[1]), height! * width!)
  const aspect: Untyped = exp(draw(Math.log(ratio[0]), Math.log(ratio[1])))
  const side = (squared: Untyped, most: number): Untyped => minimum(maximum(sqrt(squared), 1), most)
  const tall = side(div(area, aspect), height!)
  const wide = side(mul(area, aspect), width!)
  const top: Untyped = mul(sub(height!, tall), draw(0, 1))
  const left: Untyped = mul(sub(width!, wide), draw(0, 1))
  return { top, left, height: tall, width: wide }
}

// Colour, on images [N, 3, H, W] in [0, 1]. A factor is [N, 1, 1, 1], one per image.

/** Brightness, contrast, saturation, hue: in this order for every image, where torchvision draws an order per image. */
function colourJitter(x: Untyped, { probability, brightness, contrast, saturation, hue }: Jitter): Untyped {
  const shape = [x.shape[0]!, 1, 1, 1]
  const spared = chance(1 - probability, shape)
  /** The neutral value for images that are spared, else a draw from the range. */
  const drawn = (neutral: number, low: number, high: number): Untyped =>
    select(spared, neutral, uniform(shape, low, high))
  const around = (width: number) => drawn(1, Math.max(0, 1 - width), 1 + width)
  if (brightness) x = adjustBrightness(x, around(brightness))
  if (contrast) x = adjustContrast(x, around(contrast))
  if (saturation) x = adjustSaturation(x, around(saturation))
  if (hue) x = adjustHue(x, drawn(0, -hue, hue))
  return x
}

/** `clamp(factor x, 0, 1)` */
export const adjustBrightness = (x: Untyped, factor: Untyped): Untyped => clamp(mul(x, factor))
/** `clamp(factor x + (1 - factor) m, 0, 1)`, `m` the mean grey value of the image. */
export function adjustContrast(x: Untyped, factor: Untyped): Untyped {
  const [, , height, width] = x.shape as [number, number, number, number]
  const grey: Untyped = sum(luminance(x), [1, 2, 3], { keepdims: true })
  return blend(x, mul(grey, 1 / (height * width)), factor)
}
/** `clamp(factor x + (1 - factor) grey(x), 0, 1)` */
export const adjustSaturation = (x: Untyped, factor: Untyped): Untyped => blend(x, luminance(x), factor)

/** Turns the hue by `turn` of the circle, in [-0.5, 0.5]: RGB to hue, saturation and value, and back. */
export function adjustHue(x: Untyped, turn: Untyped): Untyped {
  const [r, g, b] = channels(x)
  const value: Untyped = maximum(maximum(r, g), b)
  const chroma: Untyped = sub(value, minimum(minimum(r, g), b))
  const safe: Untyped = maximum(chroma, 1e-12) // a grey pixel has no hue, and its colour does not depend on it
  const sector: Untyped = select(
    equal(value, r),
    div(sub(g, b), safe),
    select(equal(value, g), add(div(sub(b, r), safe), 2), add(div(sub(r, g), safe), 4)),
  )
  const hue: Untyped = add(sector, mul(turn, 6))
  // Channel c of the result is value - chroma max(0, min(k, 4 - k, 1)) with k = (n + hue) mod 6, n = 5, 3, 1.
  const n: Untyped = sub(5, mul(cast(iota([3, 1, 1], 0), 'f32'), 2))
  const shifted: Untyped = add(hue, n)
  const k: Untyped = sub(shifted, mul(floor(div(shifted, 6)), 6))
  return sub(value, mul(chroma, maximum(minimum(minimum(k, sub(4, k)), 1), 0)))
}

/** `0.2989 R + 0.587 G + 0.114 B`: `[N, 3, H, W]` to `[N, 1, H, W]`. */
export function luminance(x: Untyped): Untyped {
  const [r, g, b] = channels(x)
  return add(add(mul(r, 0.2989), mul(g, 0.587)), mul(b, 0.114))
}

/** `(x - mean_c) / std_c` per channel. */
export const normalized = (x: Untyped, { mean, std }: ImageRecipe['normalize']): Untyped =>
  mul(sub(x, perChannel(mean)), perChannel(std.map(s => 1 / s) as unknown as Triple))

/** Three numbers as a `[3, 1, 1]` tensor. */
function perChannel([a, b, c]: Triple): Untyped {
  const channel: Untyped = iota([3, 1, 1], 0)
  const is = (i: number): Untyped => equal(channel, i)
  return select(is(0), a, select(is(1), b, c))
}

/** Red, green and blue, each `[N, 1, H, W]`. */
const channels = (x: Untyped): readonly [Untyped, Untyped, Untyped] => [
  slice(x, 1, 0, 1),
  slice(x, 1, 1, 2),
  slice(x, 1, 2, 3),
]
const clamp = (x: Untyped): Untyped => minimum(maximum(x, 0), 1)
const blend = (a: Untyped, b: Untyped, factor: Untyped): Untyped => clamp(add(b, mul(factor, sub(a, b))))
