/**
 * Layers one after the other. The chain is checked in the editor: the first layer that does not take what the ones
 * before it give is marked, with the message of `types/layer.ts`.
 */
import { type Tensor } from '../graph/node.js';
import type { Applied, Before, Features, Fit, In, OfImages, OfRows, OfSequences, Out, Twinned } from '../types/layer.js';
import type { Dim, Shape } from '../types/shape.js';
import type { Check, Gradient } from '../types/tensor.js';
import { type Module } from './module.js';
/** A function of the last axis, from `I` to `O` features; leading axes pass through. */
export interface Layer<I extends Dim = any, O extends Dim = any> extends Module, Features<I, O>, OfRows, Twinned<LayerTwin<I, O>> {
    <S extends Shape, G extends Gradient>(x: Check<Applied<S, I, O>, Tensor<S, 'f32', G>>): Tensor<Applied<S, I, O>, 'f32'>;
}
/** A function of images `[N, C, H, W]`, from `I` to `O` channels; types leave height and width to the builder. */
export interface ImageLayer<I extends Dim = any, O extends Dim = any> extends Module, Features<I, O>, OfImages, Twinned<ImageLayerTwin<I, O>> {
    <N extends Dim, G extends Gradient>(x: Tensor<[N, I, Dim, Dim], 'f32', G>): Tensor<[N, O, number, number], 'f32'>;
}
/** A function of sequences `[N, C, T]`, from `I` to `O` channels; types leave the length to the builder. */
export interface SequenceLayer<I extends Dim = any, O extends Dim = any> extends Module, Features<I, O>, OfSequences, Twinned<SequenceLayerTwin<I, O>> {
    <N extends Dim, G extends Gradient>(x: Tensor<[N, I, Dim], 'f32', G>): Tensor<[N, O, number], 'f32'>;
}
export interface LayerTwin<I extends Dim, O extends Dim> extends Module, Features<I, O>, OfRows {
    <S extends Shape, G extends Gradient>(x: Check<Applied<S, I, O>, Tensor<S, 'f32', G>>): Tensor<Applied<S, I, O>, 'f32', G>;
}
export interface ImageLayerTwin<I extends Dim, O extends Dim> extends Module, Features<I, O>, OfImages {
    <N extends Dim, G extends Gradient>(x: Tensor<[N, I, Dim, Dim], 'f32', G>): Tensor<[N, O, number, number], 'f32', G>;
}
export interface SequenceLayerTwin<I extends Dim, O extends Dim> extends Module, Features<I, O>, OfSequences {
    <N extends Dim, G extends Gradient>(x: Tensor<[N, I, Dim], 'f32', G>): Tensor<[N, O, number], 'f32', G>;
}
/** A function that keeps the shape, such as `relu`. */
export type Pointwise = <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
/** That a module is a function is asked when it runs: to compare the calls of layers here takes as long as all the rest. */
type Step = Module | Pointwise;
/** Modules that say nothing of their features, as those of one's own, take and give any. */
type Said<L extends readonly unknown[]> = {
    [K in keyof L]: SaidBy<L[K]>;
};
type SaidBy<T> = T extends Features ? T : T extends Module ? Features : T;
/** A chain with a layer for images or sequences in it is one, too. */
type Chain<L extends readonly unknown[]> = Extract<L[number], OfImages | OfSequences> extends infer Spatial ? [Spatial] extends [never] ? Layer<In<Said<L>> & Dim, Out<Said<L>> & Dim> : [Spatial] extends [OfImages] ? ImageLayer<In<Said<L>> & Dim, Out<Said<L>> & Dim> : SequenceLayer<In<Said<L>> & Dim, Out<Said<L>> & Dim> : never;
/**
 * The composition of layers, modules of one's own and pointwise functions, first to last: `sequential(linear(512, 256), relu)`. Variables
 * are named by position, as in PyTorch: `0.weight`, `0.bias`, and no `1` because `relu` has none.
 */
export declare const sequential: <const L extends readonly Step[]>(...layers: { [K in keyof L]: Fit<L[K], Out<Before<Said<L>, K>>>; }) => Chain<L>;
export {};
