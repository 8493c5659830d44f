/** A weighted vote of the nearest training rows. */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Device } from '../../runtime/device.js';
import { type Features } from './features.js';
/** What can make neighbours near: the cosine, or the euclidean distance. */
export declare const knnMetrics: readonly ['cosine', 'euclidean'];
/** What `knnAccuracy` may be told. */
export interface KnnOptions {
    /** Neighbours that vote. Default 20. */
    readonly k?: number;
    /** Of the weights `exp(s / temperature)` of cosines. Default 0.07. */
    readonly temperature?: number;
    /** What makes neighbours near. Default `'cosine'`. */
    readonly metric?: (typeof knnMetrics)[number];
}
/**
 * The share of test images that a weighted vote gets right: the `k` nearest training images vote for their class, by
 * cosine similarity `s` with weight `exp(s / temperature)` (Wu et al., arXiv 1805.01978, section 3.4), by Euclidean
 * distance `d` of the features as they are with weight `1 / (d + 1e-5)` (solo-learn, `weighted_knn.py`). The device finds the
 * neighbours, and votes are counted here, in float64. Throws `DataError` for features that are infinite or NaN or of two widths,
 * `ShapeError` for a `k` that is no whole number from 1 and a `temperature` that is not positive.
 */
export declare function knnAccuracy(device: Device, train: Features, test: Features, options?: KnnOptions): Promise<number>;
/** Unit rows. Those of large numbers are divided by the largest before, whose square may be no f32. */
export declare const direction: <N extends Dim>(x: Tensor<[N, number], 'f32'>) => Tensor<[N, number], 'f32'>;
