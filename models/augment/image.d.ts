/**
 * Image augmentation inside the compiled step: bytes go up, views are made on the device. A view has two halves, which
 * can be had apart: `drawView` draws its parameters, one row per image, and `applyView` makes the view from images and
 * parameters. Nothing depends on data in its control flow, so a view is a handful of kernels for all images together.
 */
import { type Stopped } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import { type ViewParameters } from './parameters.js';
import { type MultiCrop, type ViewRecipe, type ViewsRecipe, type viewsRecipes } from './recipes.js';
/** Images as they come from disk: `[N, H, W, 3]` bytes. */
type Bytes<N extends Dim, H extends Dim, W extends Dim> = Stopped<[N, H, W, 3], 'u8'>;
type View<N extends Dim, S extends Dim> = Stopped<[N, 3, S, S]>;
/**
 * A random view of each image: random resized crop, mirror image, colour jitter, grey, blur, solarization and
 * normalisation, as `recipe` says (a name of `imageRecipes`, or one's own). `[N, H, W, 3]` bytes to `[N, 3, size, size]`;
 * the default size is that of the images, which then must be square. Every call draws anew. Throws `ShapeError`, and
 * `BadInput` for a name that is not known.
 */
export declare function imageView<N extends Dim, H extends Dim, const S extends Dim = H>(images: Bytes<N, H, any>, recipe: ViewRecipe, options?: {
    size?: S;
}): View<N, S>;
/** The parameters of a random view of each image: what `view` draws, to be given to `applyView` or kept. */
export declare function drawView<N extends Dim>(images: Bytes<N, any, any>, recipe: ViewRecipe): ViewParameters<N>;
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
export declare function applyView<N extends Dim, H extends Dim, const S extends Dim = H>(images: Bytes<N, H, any>, parameters: ViewParameters<NoInfer<N>>, recipe: ViewRecipe, options?: {
    size?: S;
}): View<N, S>;
type Crops<R> = R extends keyof typeof viewsRecipes ? (typeof viewsRecipes)[R] : R;
type ViewsOf<R, N extends Dim, S extends Dim, L extends Dim> = Crops<R> extends MultiCrop ? readonly [View<N, S>, View<N, S>, ...View<N, L>[]] : readonly [View<N, S>, View<N, S>];
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
export declare function imageViews<N extends Dim, H extends Dim, const R extends ViewsRecipe, const S extends Dim = H, const L extends Dim = number>(images: Bytes<N, H, any>, recipe: R, options?: {
    size?: S;
    local?: L;
}): ViewsOf<R, N, S, L>;
/** The images as they are, for evaluation: resized and normalised only. Shapes as in `view`. */
export declare function plainImage<N extends Dim, H extends Dim, const S extends Dim = H>(images: Bytes<N, H, any>, recipe: ViewsRecipe, options?: {
    size?: S;
}): View<N, S>;
export {};
