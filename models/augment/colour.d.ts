/**
 * Colour, on images `[N, 3, H, W]` with values in [0, 1]. A factor is `[N, 1, 1, 1]`, one per image. Every operation maps
 * three planes to three planes, so a chain of them is one pass over the pixels however many channels each step reads.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Gradient } from '../../compiler/types/tensor.js';
import type { Images, PerImage, Plane, Vector } from '../tensors.js';
import type { ImageRecipe, Jitter } from './recipes.js';
/** `clamp(factor x, 0, 1)` */
export declare const adjustBrightness: (x: Images, factor: PerImage) => Images;
/** `clamp(factor x + (1 - factor) m, 0, 1)`, `m` the mean grey value of the image. */
export declare function adjustContrast(x: Images, factor: PerImage): Images;
/** `clamp(factor x + (1 - factor) grey(x), 0, 1)`: 1 changes nothing, 0 gives grey. */
export declare function adjustSaturation(x: Images, factor: PerImage): Images;
/** Turns the hue by `turn` of the circle, in [-0.5, 0.5]: RGB to hue, saturation and value, and back. */
export declare const adjustHue: (x: Images, turn: PerImage) => Images;
/** `0.2989 R + 0.587 G + 0.114 B`: `[N, 3, H, W]` to `[N, 1, H, W]`. */
export declare const luminance: (x: Images) => Plane;
/** Factors, turn and order of a jitter, one row per image: `[N]`, and `[N, 4]` for the order. */
export interface JitterParameters {
    readonly brightness: Vector;
    readonly contrast: Vector;
    readonly saturation: Vector;
    readonly hue: Vector;
    readonly order: Order;
}
/** The operations of each image in their order, by number. */
type Order = Tensor<[Dim, 4], 'i32'>;
/**
 * Brightness, contrast, saturation and hue, in an order of its own for each image, clamped after each. There are four
 * places; in each, the image's operation is selected rather than branched to. The contrast's pivot, the mean grey value
 * at its place in the order, is found first, by the operations that come before it: pixels are read in two passes.
 * `parts`: a hue of half-width 0 is left out, and so is the first pass where there is no contrast.
 */
export declare function jittered(x: Images, parameters: JitterParameters, parts: Omit<Jitter, 'probability'>): Images;
/** `(x - mean_c) / std_c` per channel. */
export declare const normalized: <N extends Dim, H extends Dim, W extends Dim, G extends Gradient>(x: Tensor<[N, 3, H, W], 'f32', G>, { mean, std }: ImageRecipe['normalize']) => Tensor<[N, 3, H, W], 'f32', G>;
export {};
