/**
 * Convolutions with their weights: of images `[N, C, H, W]`, of sequences `[N, C, T]` and of volumes `[N, C, D, H, W]`, which the
 * kernel tells; their adjoints; and the mean over the places of an image.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Initial, type Module } from '../../compiler/language/module.js';
import type { Features, OfImages, OfSequences, Twinned } from '../../compiler/types/layer.js';
import type { Dim, Shape } from '../../compiler/types/shape.js';
import type { Check, DType, Gradient } from '../../compiler/types/tensor.js';
import type { Conv, ConvOptions, ConvTranspose, ConvTransposeOptions } from '../../compiler/types/window.js';
interface Weights {
    /** Whether there is one (not where a batch norm follows), or what it starts with. Default true: uniform within `1 / sqrt(fan in)`. */
    readonly bias?: boolean | Initial;
    /** Default `kaimingUniform`. */
    readonly initial?: Initial;
}
/** What `conv` may be told: where windows lie, and what weights start with. */
export interface ConvLayerOptions extends ConvOptions, Weights {
}
/** What `convTranspose` may be told: where windows lie, and what weights start with. */
export interface ConvTransposeLayerOptions extends ConvTransposeOptions, Weights {
}
/** A number for square windows of images; one, two or three numbers for sequences, images, volumes. */
export type KernelSize = number | readonly [number] | readonly [number, number] | readonly [number, number, number];
type Sides<K> = K extends number ? [K, K] : K extends readonly number[] ? [...K] : never;
/** Marks what it takes, for chains. */
type Takes<K> = K extends readonly [number] ? OfSequences : K extends readonly [any, any, any] ? unknown : OfImages;
type Name<K> = K extends readonly [number] ? 'conv1d' : K extends readonly [number, number, number] ? 'conv3d' : 'conv2d';
/** The channels of a layer are those of all groups. */
type Convolved<X extends Shape, I extends Dim, O extends Dim, K, Options> = Conv<X, [
    O,
    I,
    ...Sides<K>
], Omit<Options, 'groups'>, Name<K>>;
/** A convolution with its weights; `Flows` is what its parameters add to the gradient flow: nothing in a twin. */
interface Convolution<I extends Dim, O extends Dim, K, Options, Flows extends Gradient> extends Module, Features<I, O> {
    <X extends Shape, G extends Gradient>(x: Check<Convolved<X, I, O, K, Options>, Tensor<X, 'f32', G>>): Tensor<Convolved<X, I, O, K, Options>, 'f32', G | Flows>;
}
/** A convolution from `I` to `O` channels, as `conv` makes it; `twin` is the same without gradient to its weights. */
export type ConvLayer<I extends Dim, O extends Dim, K, Options> = Convolution<I, O, K, Options, 'flows'> & Twinned<Convolution<I, O, K, Options, never> & Takes<K>> & Takes<K>;
/**
 * Convolution of images with a kernel of `kernel` by `kernel` or `[height, width]`, of sequences with one of `[length]`, of volumes with
 * one of `[depth, height, width]`. `weight` is `[to, from / groups, ...kernel]`, `bias` `[to]`, as in PyTorch. Stride, padding and
 * dilation are numbers or one per axis; defaults as for `conv2d`.
 */
export declare const conv: <const I extends number, const O extends number, const K extends KernelSize, const Options extends ConvLayerOptions = {}>(from: I, to: O, kernel: K, options?: Options) => ConvLayer<I, O, K, NoInfer<Options>>;
interface Transposed<I extends Dim, O extends Dim, K, Options, Flows extends Gradient> extends Module, Features<I, O> {
    <X extends Shape, G extends Gradient>(x: Check<Grown<X, I, O, K, Options>, Tensor<X, 'f32', G>>): Tensor<Grown<X, I, O, K, Options>, 'f32', G | Flows>;
}
type Grown<X extends Shape, I extends Dim, O extends Dim, K, Options> = ConvTranspose<X, [
    I,
    O,
    ...Sides<K>
], Omit<Options, 'groups'>, K extends readonly [number] ? 1 : 2>;
/**
 * The adjoint of a convolution from `I` to `O` channels, as `convTranspose` makes it; `twin` is the same without
 * gradient to its weights.
 */
export type ConvTransposeLayer<I extends Dim, O extends Dim, K, Options> = Transposed<I, O, K, Options, 'flows'> & Twinned<Transposed<I, O, K, Options, never> & Takes<K>> & Takes<K>;
/**
 * The adjoint of `conv`, which makes images or sequences larger: `weight` is `[from, to / groups, ...kernel]`, `bias` `[to]`. Sizes
 * and defaults as for `convTranspose2d`.
 */
export declare const convTranspose: <const I extends number, const O extends number, const K extends number | readonly [number] | readonly [number, number], const Options extends ConvTransposeLayerOptions = {}>(from: I, to: O, kernel: K, options?: Options) => ConvTransposeLayer<I, O, K, NoInfer<Options>>;
/** The mean of each image plane: `[N, C, H, W]` becomes `[N, C]`. */
export declare const globalAveragePool: <N extends Dim, C extends Dim, D extends DType, G extends Gradient>(images: Tensor<[N, C, Dim, Dim], D, G>) => Tensor<[N, C], D, G>;
export {};
