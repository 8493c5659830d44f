/**
 * Pooling over windows of an image. Gradients are gathers: an input element looks at the windows that contain it, and
 * for maxima at which element each of them chose (the first of equals), so no two threads write to one element.
 */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
import type { Pool2d, Size } from '../types/window.js';
type Pair = readonly [height: number, width: number];
/** One pair per spatial axis, height first; `padding` is before and after, and nothing in it ever counts. */
export interface PoolAttributes {
    /** Height and width of a window. */
    readonly kernel: Pair;
    /** Distance between neighbouring windows. */
    readonly stride: Pair;
    /** Elements before and after. */
    readonly padding: readonly [height: Pair, width: Pair];
}
/** The sum of each window. */
export declare const sumPool: ((x: Tensor, attributes: PoolAttributes) => Tensor<any, any, any>) & {
    readonly operation: Operation;
};
/** The maximum of each window. */
export declare const maxPool: ((x: Tensor, attributes: PoolAttributes) => Tensor<any, any, any>) & {
    readonly operation: Operation;
};
/** Where the first maximum, or the first NaN, of each window stands: row-major position in its image plane, i32. */
export declare const maxPoolIndex: ((x: Tensor, attributes: PoolAttributes) => Tensor<any, 'i32', 'stopped'>) & {
    readonly operation: Operation;
};
/**
 * The adjoint of pooling, of images of the given shape: each element is the sum of `grad` over the windows that
 * contain it. With a second operand, from `maxPoolIndex`, over those that chose it.
 */
export declare const unpool: ((operands: readonly [grad: Tensor, index?: Tensor], shape: readonly number[], attributes: PoolAttributes) => Tensor<any, any, any>) & {
    readonly operation: Operation;
};
/** What the pooling functions may be told. A size is a number, or `[height, width]`. */
export interface PoolOptions {
    /** Distance between windows. Default: the kernel size, so that windows tile the image. */
    stride?: Size;
    /** Elements added on each side, at most half a kernel. Default 0. */
    padding?: Size;
    /** Rounds the output size up, so that a last window may reach beyond the padded image. Default false. */
    ceil?: boolean;
}
/**
 * Maximum of each window of `x` `[N, C, H, W]`; its gradient goes to the first maximum. `kernel` and the options are
 * numbers or `[height, width]`. Throws `ShapeError`.
 */
export declare const maxPool2d: <S extends Shape, D extends DType, G extends Gradient, const K extends Size, const O extends PoolOptions = {}>(x: Tensor<S, D, G>, kernel: Check<Pool2d<S, NoInfer<K>, NoInfer<O>>, K>, options?: O) => Tensor<Pool2d<S, NoInfer<K>, NoInfer<O>>, D, G>;
/**
 * Mean of each window of `x` `[N, C, H, W]`. `countPadding` (default true) divides by the window's size, padding
 * included; false divides by the number of image elements in it. Throws `ShapeError`.
 */
export declare const avgPool2d: <S extends Shape, D extends DType, G extends Gradient, const K extends Size, const O extends PoolOptions & {
    countPadding?: boolean;
} = {}>(x: Tensor<S, D, G>, kernel: Check<Pool2d<S, NoInfer<K>, NoInfer<O>>, K>, options?: O) => Tensor<Pool2d<S, NoInfer<K>, NoInfer<O>>, D, G>;
export {};
