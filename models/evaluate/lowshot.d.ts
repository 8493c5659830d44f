import { type Features } from './features.js';
/** What `lowShot` may be told. */
export interface LowShotOptions {
    /** Training images of each class. Default 1, 2, 4, 8, 16. */
    readonly shots?: readonly number[];
    /** Independent draws of these. Default 5. */
    readonly draws?: number;
    /** Weight of the errors against the square of the weights: C of LIBLINEAR. Default 1. */
    readonly cost?: number;
    /** Of the draws. Default 0. */
    readonly seed?: number;
}
/** What `lowShot` found with so many images of each class. */
export interface LowShot {
    /** Images of each class that were learned from. */
    readonly shots: number;
    /** Share of the test images that is right: mean over the draws, and its deviation (divisor n - 1; 0 of one draw). */
    readonly mean: number;
    /** Deviation over the draws. */
    readonly deviation: number;
}
/**
 * Linear classification with few labels: one machine for each class against all others, on unit features of `shots` training images of each class,
 * drawn several times; the class of the highest value is predicted. Classes with fewer images give all. Protocol: Goyal et al., arXiv 1905.01235, section 4.
 * Computed here in float64. Throws `BadInput` for shots or draws that are no whole numbers from 1 on, `DataError` for features that are infinite or NaN.
 */
export declare function lowShot(train: Features, test: Features, { shots, draws, cost, seed }?: LowShotOptions): LowShot[];
/**
 * Weights `w` that minimise `|w|^2 / 2 + cost * sum(max(0, 1 - y x.w)^2)` over rows `x` with signs `y`: coordinate descent on the
 * dual, whose variables are `>= 0` (Hsieh et al., ICML 2008, algorithm 1 with the squared hinge), until no gradient is above `tolerance`.
 */
export declare function supportVectorMachine(rows: readonly Float64Array[], signs: readonly number[], { cost, tolerance }?: {
    readonly cost?: number;
    readonly tolerance?: number;
}): Float64Array;
