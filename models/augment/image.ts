/**
 * Image augmentation inside the compiled step: bytes go up, views are made on the device. A view has two halves, which
 * can be had apart: `drawView` draws its parameters, one row per image, and `applyView` makes the view from images and
 * parameters. Nothing depends on data in its control flow, so a view is a handful of kernels for all images together.
 */
import { type Stopped, type Untyped, withScope } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { clamp } from '../../compiler/language/math.js'
import { cropResize, resize } from '../../compiler/language/resample.js'
import { cast, greater, mul, permute, reshape, sub } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import { adjustSaturation, jittered, normalized } from './colour.js'
import { gaussianBlur, solarize } from './effects.js'
import { drawParameters, type ViewParameters } from './parameters.js'
import {
  imageRecipe,
  type MultiCrop,
  recipesOfViews,
  type ViewRecipe,
  type ViewsRecipe,
  type viewsRecipes,
} from './recipes.js'

/** Images as they come from disk: `[N, H, W, 3]` bytes. */
type Bytes<N extends Dim, H extends Dim, W extends Dim> = Stopped<[N, H, W, 3], 'u8'>
type View<N extends Dim, S extends Dim> = Stopped<[N, 3, S, S]>

/**
 * A random view of each image: random resized crop, mirror image, colour jitter, grey, blur, solarization and
 * normalisation, as `recipe` says (a name of `imageRecipes`, or one's own). `[N, H, W, 3]` bytes to `[N, 3, size, size]`;
 * the default size is that of the images, which then must be square. Every call draws anew. Throws `ShapeError`, and
 * `BadInput` for a name that is not known.
 */
export function imageView<N extends Dim, H extends Dim, const S extends Dim = H>(
  images: Bytes<N, H, any>,
  recipe: ViewRecipe,
  options: { size?: S } = {},
): View<N, S> {
  return withScope('view', () => made(images, drawView(images, recipe), recipe, options.size as number | undefined))
}

/** The parameters of a random view of each image: what `view` draws, to be given to `applyView` or kept. */
export function drawView<N extends Dim>(images: Bytes<N, any, any>, recipe: ViewRecipe): ViewParameters<N> {
  sizeOf(images, 1)
  return withScope('view', () => drawParameters(images.shape as number[], imageRecipe(recipe))) as ViewParameters<N>
}

/**
 * The view with the parameters given: drawn in this entry (`drawView`), or by an earlier run that returned them: on the same
 * device, to the bit the same. Effects that `recipe` does not have are left out, whatever their parameters say.
 *
 * ```ts
 * const record = entry({ images }, ({ images }) => {
 *   const parameters = drawView(images, 'simclr')
 *   return { view: applyView(images, parameters, 'simclr'), ...parameters }
 * })
 * const replay = entry({ images, ...viewInputs('batch') }, ({ images, ...parameters }) => ({
 *   view: applyView(images, parameters, 'simclr'),
 * }))
 * ```
 */
export function applyView<N extends Dim, H extends Dim, const S extends Dim = H>(
  images: Bytes<N, H, any>,
  parameters: ViewParameters<NoInfer<N>>,
  recipe: ViewRecipe,
  options: { size?: S } = {},
): View<N, S> {
  return withScope('view', () => made(images, parameters, recipe, options.size as number | undefined))
}

function made(
  images: Untyped,
  parameters: ViewParameters,
  recipe: ViewRecipe,
  wanted: number | undefined,
): Stopped<any> {
  const { crop, jitter, gray, blur, solarize: solarized = 0, normalize } = imageRecipe(recipe)
  const size = sizeOf(images, wanted)
  const { flip, sigma, threshold, ...rest } = parameters
  const { top, left, height, width } = rest
  const box = { top, left, height, width }
  const { filter = 'bilinear' } = crop
  let x: Untyped = cropResize(planes(images), box, [size, size], { filter, flip: greater(flip, 0.5) })
  x = toUnit(x)
  // A cubic goes beyond the values that it is put through.
  if (filter === 'bicubic') x = clamp(x, 0, 1)
  if (jitter.probability > 0) x = jittered(x, rest, jitter)
  if (gray > 0) x = adjustSaturation(x, reshape(sub(1, rest.gray), [x.shape[0]!, 1, 1, 1]))
  if (blur) x = gaussianBlur(x, blurKernel(size, blur.sigma?.[1] ?? 2), [sigma, sigma])
  if (solarized > 0) x = solarize(x, threshold)
  return normalized(x, normalize)
}

/**
 * Taps of the blur: a tenth of the view, made odd, as in SimCLR's code (23 at 224 pixels); or three deviations to each side, as
 * far as the view goes, where that is more: a tenth of 32 pixels could not blur by 2.
 */
function blurKernel(size: number, sigma: number): [number, number] {
  const radius = Math.min(size - 1, Math.max(Math.floor(Math.floor(size / 10) / 2), Math.ceil(3 * sigma)))
  return [2 * radius + 1, 2 * radius + 1]
}

type Crops<R> = R extends keyof typeof viewsRecipes ? (typeof viewsRecipes)[R] : R
type ViewsOf<R, N extends Dim, S extends Dim, L extends Dim> =
  Crops<R> extends MultiCrop ? readonly [View<N, S>, View<N, S>, ...View<N, L>[]] : readonly [View<N, S>, View<N, S>]

/**
 * The views of each image that a method compares: two of `size` by `size`, by the recipe (the same for both, a pair, or a
 * name of `viewsRecipes`), and after them the small ones of a multi-crop, of `local` by `local` pixels, by default the
 * recipe's share of `size`, rounded. Throws as `view` does.
 *
 * ```ts
 * const [one, two] = imageViews(images, 'byol')
 * const [global, other, ...small] = imageViews(images, 'dino', { size: 32, local: 16 })
 * ```
 */
export function imageViews<
  N extends Dim,
  H extends Dim,
  const R extends ViewsRecipe,
  const S extends Dim = H,
  const L extends Dim = number,
>(images: Bytes<N, H, any>, recipe: R, options: { size?: S; local?: L } = {}): ViewsOf<R, N, S, L> {
  const size = sizeOf(images, options.size as number | undefined)
  const { global, local } = recipesOfViews(recipe)
  const small = (options.local as number | undefined) ?? Math.max(1, Math.round(size * (local?.share ?? 1)))
  return [
    ...global.map(each => imageView(images, each, { size })),
    ...Array.from({ length: local?.count ?? 0 }, () => imageView(images, local!.recipe, { size: small })),
  ] as never
}

/** The images as they are, for evaluation: resized and normalised only. Shapes as in `view`. */
export function plainImage<N extends Dim, H extends Dim, const S extends Dim = H>(
  images: Bytes<N, H, any>,
  recipe: ViewsRecipe,
  options: { size?: S } = {},
): View<N, S> {
  const { normalize } = recipesOfViews(recipe).global[0]
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
const planes = (images: Untyped) => cast(permute(images, [0, 3, 1, 2]), 'f32')
const toUnit = (x: Untyped) => mul(x, 1 / 255)
