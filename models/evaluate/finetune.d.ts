import type { Device } from '../../runtime/device.js';
import type { DataSet } from '../domains.js';
import { type Subject } from './subject.js';
/** What `finetune` may be told. */
export interface FinetuneOptions {
    /** Times through the training split. Default 30. */
    readonly epochs?: number;
    /** The same in steps, whatever the split's size. Default: by `epochs`. */
    readonly steps?: number;
    /** Default 64, or the training split if that is smaller. */
    readonly batch?: number;
    /**
     * Highest rate for a batch of 256, scaled with the batch; it falls by half a cosine. Of several, the best on every
     * tenth training example, held out, is used, and training starts again with all of them. Default 0.05.
     */
    readonly learningRates?: readonly number[];
    /**
     * The encoder stays as it is, in evaluation form, and the classifier learns from the views of pretraining: what an online
     * probe does beside a method. Default false.
     */
    readonly frozen?: boolean;
    /** The classifier's rate over the encoder's. Default 1. */
    readonly headRate?: number;
    /** Default 0. */
    readonly weightDecay?: number;
    /** Of the classifier's weights, the order of examples and the views. Default 0. */
    readonly seed?: number;
    /** After each step: how many are done of how many. */
    readonly progress?: (done: number, total: number) => void;
}
/** What `finetune` found. */
export interface Finetuned {
    /** Share of the test examples that is right. */
    readonly accuracy: number;
    /** For a batch of 256. */
    readonly learningRate: number;
    /** `[rate, share of the examples held out]`, where more than one rate was tried. */
    readonly tried: readonly (readonly [number, number])[];
}
/**
 * Accuracy after fine-tuning on `set.train`, by SGD with momentum 0.9 and softmax cross-entropy. Images are cropped (20 to
 * 100 % of the area) and mirrored; recordings get the views of pretraining. Throws `BadInput` for fewer than 2
 * training examples, `NonFinite` if the loss is lost. Defaults: lightly's fine-tuning benchmark, at smaller batches.
 */
export declare function finetune(device: Device, subject: Subject, set: DataSet, options?: FinetuneOptions): Promise<Finetuned>;
