/**
 * The general two-dimensional convolution (a cross-correlation, as in every deep learning library): input and kernel
 * may be dilated and padding may be negative, so that its two gradients are convolutions again.
 */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
import type { Conv, ConvOptions, ConvTranspose, ConvTransposeOptions } from '../types/window.js';
type Pair = readonly [height: number, width: number];
/** One pair per spatial axis, height first. */
export interface ConvAttributes {
    /** Distance between neighbouring windows. */
    readonly stride: Pair;
    /** Zeros before and after; a negative number crops. */
    readonly padding: readonly [height: Pair, width: Pair];
    /** Distance between neighbouring input elements; the gaps are zeros. */
    readonly inputDilation: Pair;
    /** Distance between neighbouring elements of the kernel. */
    readonly kernelDilation: Pair;
    /** Input and output channels are split into this many equal blocks, each of which sees its own. */
    readonly groups: number;
}
/** `x` `[N, C, H, W]`, `w` `[O, C/groups, KH, KW]`, every attribute given. */
export declare const convGeneral: ((x: Tensor, w: Tensor, attributes: ConvAttributes) => Tensor<any, any, any>) & {
    readonly operation: Operation;
};
/**
 * Convolution of `x` `[N, C, H, W]` with `w` `[O, C/groups, KH, KW]`. The result has height
 * `floor((H + 2 padding - dilation (KH - 1) - 1) / stride) + 1`, and the same for the width. Options are numbers or `[height,
 * width]`. Defaults: stride 1, padding 0 (zeros), dilation 1, groups 1. Throws `ShapeError`.
 */
export declare const conv2d: <X extends Shape, W extends Shape, D extends DType, G extends Gradient, H extends Gradient, const O extends ConvOptions = {}>(x: Tensor<X, D, G>, w: Check<Conv<X, W, NoInfer<O>, 'conv2d'>, Tensor<W, D, H>>, options?: O) => Tensor<Conv<X, W, NoInfer<O>, 'conv2d'>, D, G | H>;
/**
 * The adjoint of `conv2d`, from `x` `[N, C, H, W]` and `w` `[C, O/groups, KH, KW]` to `[N, O, ...]` of height
 * `(H - 1) stride - 2 padding + dilation (KH - 1) + outputPadding + 1`. Defaults as for `conv2d`; outputPadding 0.
 */
export declare const convTranspose2d: <X extends Shape, W extends Shape, D extends DType, G extends Gradient, H extends Gradient, const O extends ConvTransposeOptions = {}>(x: Tensor<X, D, G>, w: Check<ConvTranspose<X, W, NoInfer<O>, 2>, Tensor<W, NoInfer<D>, H>>, options?: O) => Tensor<ConvTranspose<X, W, NoInfer<O>, 2>, D, G | H>;
export {};
