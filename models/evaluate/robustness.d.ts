import type { Device } from '../../runtime/device.js';
import type { DataSet } from '../domains.js';
import { type CorruptionName } from './corruptions.js';
import type { LinearClassifier } from './linear.js';
import { type EmbedOptions, type Subject } from './subject.js';
/** What `robustness` may be told. */
export interface RobustnessOptions extends EmbedOptions {
    /** Default: all of them. */
    readonly corruptions?: readonly CorruptionName[];
    /** After each pass over the test split: how many are done of how many. */
    readonly progress?: (done: number, total: number) => void;
}
/** What `robustness` found: shares of the test images that are right, 0 to 1. */
export interface Robustness {
    /** Share of the test images that is right as they are. */
    readonly clean: number;
    /** The same of corrupted ones, severities 1 to 5. */
    readonly corrupted: Readonly<Partial<Record<CorruptionName, readonly number[]>>>;
}
/**
 * Accuracy of `classifier` on corrupted test images, each corruption at its five severities. Corruptions act on the images
 * as they are in the set, before they are resized to views. Throws `BadInput` for recordings.
 */
export declare function robustness(device: Device, subject: Subject, set: DataSet, classifier: LinearClassifier, { corruptions: names, batch, seed, progress }?: RobustnessOptions): Promise<Robustness>;
/** Mean accuracy over corruptions and severities: of those in CIFAR-10-C's benchmark, where there are any. */
export declare function meanCorrupted({ corrupted }: Robustness): number;
/**
 * `mCE = mean_c (sum_s E_cs / sum_s B_cs)` of the errors `E` and those of a baseline `B`, and with `relative` of what they are above
 * the clean errors; over the corruptions that both have. 1 is the baseline's. Throws `BadInput` where there are none, or the
 * baseline makes no errors. Source: Hendrycks and Dietterich, arXiv 1903.12261, section 4.
 */
export declare function corruptionError(result: Robustness, baseline: Robustness, { relative }?: {
    readonly relative?: boolean;
}): number;
/** What `featureNoise` may be told. */
export interface FeatureNoiseOptions extends EmbedOptions {
    /** Deviations of the noise, in units of the root mean square of each row of features. Default 0, 0.25, 0.5, 1, 2. */
    readonly levels?: readonly number[];
    /** Where the noise is added: a site of the encoder. Default `'pooled'`, the features themselves. */
    readonly site?: string;
    /** After each pass over the test split: how many are done of how many. */
    readonly progress?: (done: number, total: number) => void;
}
/**
 * Accuracy of `classifier` on the test examples when normal noise is added to features: `x + sigma rms(x) n`, the mean square
 * taken over each example. Returns `[sigma, accuracy]`. Throws `ShapeError` for a site that the encoder does not have.
 */
export declare function featureNoise(device: Device, subject: Subject, set: DataSet, classifier: LinearClassifier, { levels, site, batch, seed, progress }?: FeatureNoiseOptions): Promise<(readonly [number, number])[]>;
