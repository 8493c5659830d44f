/**
 * Resampling of images. Resizing by a filter is separable and linear in the pixels, so it is two small matrix products
 * per image, with one matrix of interpolation weights per axis; boxes may differ from image to image and be computed
 * on the device. Pixels are squares whose centres lie at `i + 0.5` (align_corners false).
 */
import type { Tensor } from '../graph/node.js';
import type { Dim } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
/** One box per image, in pixels; fractions are allowed, sizes must be at least 1. */
export interface Box<B extends Dim = any> {
    readonly top: Tensor<[B], 'f32'>;
    readonly left: Tensor<[B], 'f32'>;
    readonly height: Tensor<[B], 'f32'>;
    readonly width: Tensor<[B], 'f32'>;
}
/** What a pixel weighs at a distance of so many pixels. */
declare const FILTERS: {
    /** The triangle `1 - d`. */
    readonly bilinear: (d: Tensor<any, DType, Gradient>) => Tensor;
    /** Keys' cubic convolution with `a = -1/2`, as PIL has it (Keys 1981, equation 15). */
    readonly bicubic: (d: Tensor<any, DType, Gradient>) => Tensor;
};
export type FilterName = keyof typeof FILTERS;
export interface ResampleOptions<B extends Dim = any> {
    /** Default `'bilinear'`. `'bicubic'` keeps more of the detail, and goes beyond the range of the pixels at edges. */
    readonly filter?: FilterName;
    /** Widens the filter by the scale when shrinking, as PIL does. Default true. */
    readonly antialias?: boolean;
    /** Images to mirror left to right. */
    readonly flip?: Tensor<[B], 'bool'>;
}
/**
 * Interpolation weights `[B, out, size]` from an axis of `size` pixels to `out` pixels that cover the interval from
 * `start` `[B]` of length `extent` `[B]`: `w[i, j] = filter(|j - p_i| / s)`, `p_i = start + (i + 1/2) extent / out - 1/2`,
 * `s = max(1, extent / out)` (1 without antialias), over pixels `j` with their centre in the interval, normalised to
 * sum 1. With `flip` `[B]`, the order of `i` is reversed where it holds.
 */
export declare function resizeWeights(start: Tensor<[any], 'f32'>, extent: Tensor<[any], 'f32'>, size: number, out: number, { filter, antialias, flip }?: ResampleOptions): Tensor<[any, number, number], 'f32'>;
/**
 * Cuts a box out of each image of `[B, C, H, W]` and resizes it to `size`, bilinearly by default: `[B, C, OH, OW]`. Only pixels
 * inside the box count, as if the image were cropped first. Throws `ShapeError`.
 */
export declare function cropResize<B extends Dim, C extends Dim, G extends Gradient, const OH extends number, const OW extends number>(images: Tensor<[B, C, Dim, Dim], 'f32', G>, box: Box<NoInfer<B>>, size: readonly [OH, OW], options?: ResampleOptions<NoInfer<B>>): Tensor<[B, C, OH, OW], 'f32', G>;
/** The whole of each image resized, bilinearly by default. With `alignCorners` the centres of the outermost pixels stay where they are. */
export declare function resize<B extends Dim, C extends Dim, G extends Gradient, const OH extends number, const OW extends number>(images: Tensor<[B, C, Dim, Dim], 'f32', G>, size: readonly [OH, OW], given?: Pick<ResampleOptions, 'filter' | 'antialias'> & {
    alignCorners?: boolean;
}): Tensor<[B, C, OH, OW], 'f32', G>;
/** The pixel at `floor(i size / out)` for each output pixel `i` of an axis. */
export declare function resizeNearest<N extends Dim, C extends Dim, D extends DType, G extends Gradient, const H extends number, const W extends number>(images: Tensor<[N, C, Dim, Dim], D, G>, size: readonly [height: H, width: W]): Tensor<[N, C, H, W], D, G>;
export {};
