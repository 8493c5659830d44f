/**
 * What a method is: a module that knows its loss on views of a batch, how to embed images for evaluation, and what
 * it updates besides parameters after a step. `train` does the rest, so a method is little more than its formula.
 */
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js';
import { type Builder, type Module } from '../../compiler/language/module.js';
import type { Features, Fit, OfRows } from '../../compiler/types/layer.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Augmentations } from '../augment/copies.js';
import type { FeatureAugmentation } from '../augment/feature.js';
import type { Grid } from '../encoders/encoder.js';
import { type Schedule } from '../schedules.js';
/** A module from a batch of views (images `[N, C, H, W]`, or rows) to pooled features `[N, F]`. */
export type Encoder = ((views: any, sites?: any) => Tensor<any, 'f32'>) & Module & {
    readonly sites?: readonly string[];
    readonly grid?: Grid;
};
/** What an encoder takes. */
export type ViewsOf<E extends Encoder> = E extends Features<infer I extends Dim, any> & OfRows ? Tensor<[...Dim[], I], 'f32'> : Parameters<E>[0];
/** `F`, the number of features that an encoder gives. */
export type FeaturesOf<E> = E extends Features<any, infer O> ? O & Dim : E extends (...x: any) => Tensor<[any, infer O extends Dim], any, any> ? O : number;
/** A module on rows of features: a projector, a predictor. */
export type Head = ((x: any) => any) & Module & Features;
/** The features that a head gives. */
export type Given<H> = H extends Features<any, infer O> ? O & Dim : number;
/** `H` if it takes the features that `E` gives, otherwise the message that says so. */
export type OnEncoder<H, E> = Fit<H, FeaturesOf<E>>;
/** `H` if it takes what `J` gives and gives the same again, otherwise the message. */
export type OnProjections<H, J> = H extends Features<any, infer O> ? number extends O | Given<J> ? Fit<H, Given<J>> : O extends Given<J> ? Fit<H, Given<J>> : `predictor gives ${O & Dim} features, projections have ${Given<J>}` : H;
/** What a step reports beside the loss: scalars, and vectors such as histograms. */
export type Metrics = Readonly<Record<string, Stopped<any>>>;
/** What a method gives for a batch. */
export interface Loss<M extends Metrics = Metrics> {
    /** The scalar whose gradient the optimizer follows. */
    readonly loss: Tensor<[], 'f32'>;
    /** Scalars and vectors to be reported beside it. Default: none. */
    readonly metrics?: M;
    /** Projections `[N, D]` of two views of the same images, before any augmentation is placed there: what `monitor` looks at. */
    readonly pair?: readonly [Tensor, Tensor];
}
/**
 * Views of the same images, row by row; a method says how many it takes. Those after the first two are queries only, and
 * may be smaller (multi-crop).
 */
export type Views<V> = readonly [V, ...V[]];
/** Whether a method learns from labels `[N]` i32 beside the views. */
export type Labels = 'labels' | 'none';
export type LabelsFor<L extends Labels> = L extends 'labels' ? [labels: Tensor<any, 'i32'>] : [];
/** `L` says whether `train` must be given labels. */
export interface Method<E extends Encoder = any, M extends Metrics = Metrics, L extends Labels = 'none'> extends Module {
    /** Loss and metrics of views of the same images. */
    loss(views: Views<ViewsOf<E>>, ...labels: LabelsFor<L>): Loss<M>;
    /** Pooled features `[N, F]`, with the encoder in evaluation form: nothing is updated. */
    embed<V extends ViewsOf<E>>(views: V): Tensor<[Batch<V>, FeaturesOf<E>], 'f32'>;
    /** Makes the updates that follow an optimizer step: momentum networks, queues. `loss` comes first. */
    afterStep(): void;
    /** The method and its augmentations in words, for reports. */
    readonly label: string;
    /** Whether `loss` takes labels. */
    readonly labels: L;
    /** Feature augmentations, as given. */
    readonly augmentations: readonly FeatureAugmentation[];
}
type Batch<V> = V extends Tensor<[infer N extends Dim, ...any], any, any> ? N : number;
/** Views as a method's formula sees them: their sizes have been checked at its door. */
export type GivenViews = readonly [Untyped, Untyped, ...Untyped[]];
/** What `method` is told beside the formula. */
export interface MethodOptions<L extends Labels> {
    /** Feature augmentations of its branches. */
    readonly augment?: Augmentations | undefined;
    /** Whether the formula takes labels. Default `'none'`. */
    readonly labels?: L;
    /** How many views it takes at least. Default 2. */
    readonly views?: number;
}
/**
 * A method from its parts: `build` mounts encoder and heads with `use`, and returns the encoder, the loss of views of the
 * same images and, where there is any, what to update after a step. With `branches` it is given a momentum network and
 * feature augmentation at every place. `examples/7-method.ts` is one of 20 lines.
 */
export declare function method<E extends Encoder, M extends Metrics = {}, const L extends Labels = 'none'>(name: string, { augment, labels, views: least }: MethodOptions<L>, build: (builder: Builder) => {
    readonly encoder: E;
    readonly loss: (views: GivenViews, labels: Untyped) => Loss<M>;
    readonly afterStep?: () => void;
}): Method<E, M, L>;
/**
 * Moves a `twin` towards its original, by the originals' new values: `copy = m copy + (1 - m) original` for the parameters.
 * Statistics are not touched. To be called after a step, as in `fit(net, loss, optimizer, { afterStep: () => follow(target, net, 0.99) })`.
 */
export declare function follow(copy: Module, original: Module, momentum: number | Schedule): void;
export {};
