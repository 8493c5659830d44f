/**
 * Windows composed of convolution, pooling and gathering: one and three spatial axes, unfolding, dilated and adaptive
 * pooling. Images are `[N, C, H, W]`, weights `[O, C/groups, ...]`.
 */
import type { Tensor } from '../graph/node.js';
import type { Dim, Shape } from '../types/shape.js';
import type { Check, Gradient } from '../types/tensor.js';
import type { At, Conv, ConvOptions, ConvTranspose, ConvTransposeOptions, Fold, Pool2d, Size, Unfold } from '../types/window.js';
/** `conv2d` with one spatial axis: `x` `[N, C, L]`, `w` `[O, C/groups, K]`. */
export declare const conv1d: <X extends Shape, W extends Shape, G extends Gradient, H extends Gradient, const O extends ConvOptions = {}>(x: Tensor<X, 'f32', G>, weight: Check<Conv<X, W, NoInfer<O>, 'conv1d'>, Tensor<W, 'f32', H>>, options?: O) => Tensor<Conv<X, W, NoInfer<O>, 'conv1d'>, 'f32', G | H>;
/** `convTranspose2d` with one spatial axis: `x` `[N, C, L]`, `w` `[C, O/groups, K]`. */
export declare const convTranspose1d: <X extends Shape, W extends Shape, G extends Gradient, H extends Gradient, const O extends ConvTransposeOptions = {}>(x: Tensor<X, 'f32', G>, weight: Check<ConvTranspose<X, W, NoInfer<O>, 1>, Tensor<W, 'f32', H>>, options?: O) => Tensor<ConvTranspose<X, W, NoInfer<O>, 1>, 'f32', G | H>;
/** `conv2d` with three spatial axes, `x` `[N, C, D, H, W]`, `w` `[O, C/groups, KD, KH, KW]`: one convolution of all slices per kernel slice. */
export declare const conv3d: <X extends Shape, W extends Shape, G extends Gradient, H extends Gradient, const O extends ConvOptions = {}>(x: Tensor<X, 'f32', G>, weight: Check<Conv<X, W, NoInfer<O>, 'conv3d'>, Tensor<W, 'f32', H>>, options?: O) => Tensor<Conv<X, W, NoInfer<O>, 'conv3d'>, 'f32', G | H>;
/** Where windows lie: options of `unfold` and `fold`. A size is a number, or `[height, width]`. */
export interface WindowOptions {
    /** Default 1. */
    readonly stride?: Size;
    /** Zeros on each side. Default 0. */
    readonly padding?: Size;
    /** Default 1. */
    readonly dilation?: Size;
}
/** What a convolution sees: `[N, C, H, W]` to `[N, C KH KW, L]`, the `L` places of the window in row-major order. */
export declare const unfold: <X extends Shape, G extends Gradient, const K extends Size, const O extends WindowOptions = {}>(images: Tensor<X, 'f32', G>, kernel: Check<Unfold<X, NoInfer<K>, NoInfer<O>>, K>, options?: O) => Tensor<Unfold<X, NoInfer<K>, NoInfer<O>>, 'f32', G>;
/** The adjoint of `unfold`: `[N, C KH KW, L]` to `[N, C, H, W]` of the given size, where what overlaps is added up. */
export declare const fold: <X extends Shape, G extends Gradient, const S extends Size, const K extends Size>(x: Tensor<X, 'f32', G>, size: S, kernel: K, options?: WindowOptions) => Tensor<Fold<X, S, K>, 'f32', G>;
/** `maxPool2d` over windows whose elements lie `dilation` apart; the gradient goes to the first maximum. `ceil` as there. */
export declare const dilatedMaxPool2d: <X extends Shape, G extends Gradient, const K extends Size, const O extends WindowOptions & {
    readonly ceil?: boolean;
} = {}>(images: Tensor<X, 'f32', G>, kernelSize: K, given?: O) => Tensor<Pool2d<X, K, NoInfer<O>>, 'f32', G>;
/** Means of `OH` by `OW` windows that cover the image as evenly as can be: `[N, C, OH, OW]`. */
export declare const adaptiveAvgPool2d: <N extends Dim, C extends Dim, G extends Gradient, const S extends Size>(images: Tensor<[N, C, Dim, Dim], 'f32', G>, size: S) => Tensor<[N, C, At<S, '0'>, At<S, '1'>], 'f32', G>;
/** Maxima of the windows of `adaptiveAvgPool2d`. */
export declare const adaptiveMaxPool2d: <N extends Dim, C extends Dim, G extends Gradient, const S extends Size>(images: Tensor<[N, C, Dim, Dim], 'f32', G>, size: S) => Tensor<[N, C, At<S, '0'>, At<S, '1'>], 'f32', G>;
