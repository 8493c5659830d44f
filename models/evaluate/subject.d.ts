/** What is evaluated: an encoder as pretraining left it, and the way images or recordings reach it. */
import type { Untyped } from '../../compiler/graph/node.js';
import type { Device } from '../../runtime/device.js';
import type { Session } from '../../runtime/run.js';
import type { Tensors } from '../../runtime/safetensors.js';
import type { Examples } from '../data/examples.js';
import { type DataSet, type Domain } from '../domains.js';
import type { Encoder } from '../encoders/encoder.js';
import type { Recipe } from '../recipes.js';
import { type Features } from './features.js';
export type AnyEncoder = Encoder<any, number, string, any>;
/**
 * An encoder that can be built as often as there are programs to mount it in, and its weights.
 *
 * ```ts
 * const subject: Subject = { encoder: () => resnet18(), weights: readSafetensors(file).tensors, views: 'simsiam-cifar' }
 * ```
 */
export interface Subject {
    /** A new module of the architecture, for views with so many channels and pixels (`encoderOf`). */
    readonly encoder: (channels: number, size?: number) => AnyEncoder;
    /** Its variables, by their paths in the encoder: `stage1.0.weight`. Default: those that the seed draws, as a baseline. */
    readonly weights?: Tensors;
    /** The recipe of its views: the normalisation that it expects, and the positive pairs that it learned from. */
    readonly views: Recipe['views'];
    /** Pixels of a view of images. Default: those of the images. */
    readonly size?: number;
}
/**
 * The encoder of a run, from its recipe and the tensors of its checkpoint: those below `from`. Throws `BadInput` if
 * there are none.
 */
export declare function subjectOf(recipe: Recipe, tensors: Tensors, { size, from }?: {
    readonly size?: number;
    readonly from?: string;
}): Subject;
/** The same architecture with the weights that the seed draws. */
export declare const untrained: ({ weights: _, ...rest }: Subject) => Subject;
/** How examples of a set reach the subject. */
export declare const domainFor: ({ views, size }: Subject, set: DataSet) => Domain;
/** A module that holds the encoder as `encoder`, as `loadWeights` expects it. */
export declare function mounted(subject: Subject, { channels, size }: Domain): {
    encoder: AnyEncoder;
    embed: (x: Untyped) => Untyped;
};
/** Gives the encoder of a loaded program the subject's weights. Throws `BadInput` if they do not fit. */
export declare function loadWeights(session: Session, { weights }: Subject): void;
export interface EmbedOptions {
    /** Examples per run. Default 64. */
    readonly batch?: number;
    /** Of the weights, where the subject has none. Default 0. */
    readonly seed?: number;
}
/** Pooled features of examples as they are, without augmentation: one `Features` per split. */
export declare function featuresOf(device: Device, subject: Subject, set: DataSet, splits: readonly Examples[], { batch, seed }?: EmbedOptions): Promise<Features[]>;
