/**
 * Effects on images beside crop and colour: blur, solarization, erasing. Images are `[N, C, H, W]` with values in [0, 1];
 * parameters may differ from image to image and be computed on the device.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Box } from '../../compiler/language/resample.js';
import type { Dim } from '../../compiler/types/shape.js';
/** One number for all images, or one per image `[N]`. */
type PerImage = number | Tensor<any, 'f32'>;
/**
 * Gaussian blur, along rows and columns in turn: weights `exp(-(d / sigma)^2 / 2)` for `|d| <= (size - 1) / 2`, normalized;
 * beyond the edge the image is mirrored at its outermost pixels. `kernel` and `sigma` are `[x, y]`, sizes odd and at most
 * twice the image less one; a deviation of 0 leaves an image exactly as it is. Throws `ShapeError`. Source: blur of SimCLR, arXiv 2002.05709, appendix A (sigma ~ U(0.1, 2)).
 */
export declare function gaussianBlur<N extends Dim, C extends Dim, H extends Dim, W extends Dim>(images: Tensor<[N, C, H, W], 'f32'>, kernel: readonly [number, number], sigma: readonly [PerImage, PerImage]): Tensor<[N, C, H, W], 'f32'>;
/**
 * `1 - x` where `x >= threshold`. Default threshold 0.5; above 1 nothing changes. Source: BYOL, arXiv 2006.07733,
 * appendix B.
 */
export declare const solarize: <N extends Dim, C extends Dim, H extends Dim, W extends Dim>(x: Tensor<[N, C, H, W], 'f32'>, threshold?: PerImage) => Tensor<[N, C, H, W], 'f32'>;
/** The pixels of a box per image replaced by `values`, one per channel. Source: Zhong et al., arXiv 1708.04896. */
export declare function erase<N extends Dim, C extends Dim, H extends Dim, W extends Dim>(x: Tensor<[N, C, H, W], 'f32'>, box: Box, values: readonly number[]): Tensor<[N, C, H, W], 'f32'>;
export {};
