import type { Device } from '../../runtime/device.js';
import { type Features } from './features.js';
/** What the linear probe may be told. */
export interface ProbeOptions {
    /** Full-batch steps, the learning rate falling by a cosine. Default 100. */
    readonly steps?: number;
    /** `'sgd'` has momentum 0.9. Default `'adamw'`, which needs no search over orders of magnitude. */
    readonly optimizer?: 'adamw' | 'sgd';
    /** Tried side by side; the best on every tenth training row, held out, is used. Default 0.003, 0.01, 0.03; of `'sgd'` 0.1, 0.3, 1, 3, 10, 30. */
    readonly learningRates?: readonly number[];
    /** Default 0.01; of `'sgd'` 0. */
    readonly weightDecay?: number;
}
/** `argmax(x weight^T + bias)`, in terms of the features as they are: `weight` is `[classes, width]`. */
export interface LinearClassifier {
    /** Row-major `[classes, width]`. */
    readonly weight: Float32Array;
    /** One number for each class. */
    readonly bias: Float32Array;
    /** Number of classes. */
    readonly classes: number;
}
/** A linear probe that was trained, and how good it is. */
export interface LinearFit {
    /** The classifier, trained on all rows at the best rate. */
    readonly classifier: LinearClassifier;
    /** Share of each test set that is right. */
    readonly accuracies: readonly number[];
    /** The rate used. */
    readonly learningRate: number;
    /** `[rate, share of the rows held out]`, where more than one rate was tried. */
    readonly tried: readonly (readonly [number, number])[];
}
/**
 * The share of test images that a linear classifier gets right, trained with softmax cross-entropy on features that are
 * standardised by the mean and deviation of the training rows. Throws `DataError` for features that are infinite or NaN.
 */
export declare const linearProbe: (device: Device, train: Features, test: Features, options?: ProbeOptions) => Promise<number>;
/** The classifier of `linearProbe` itself, and how it does on any number of test sets. */
export declare function fitLinear(device: Device, train: Features, tests: readonly Features[], { steps, optimizer: kind, ...options }?: ProbeOptions): Promise<LinearFit>;
