/**
 * Monitors: what tells a healthy run from a collapsed one, computed on the device as metrics of a step, and the rule that
 * names a collapse. None of them takes a gradient. `train(..., { monitor: true })` reports them of the projections of a
 * positive pair; as plain functions they take any rows, such as what `method.embed` gives.
 */
import { type Stopped, type Tensor } from '../compiler/graph/node.js';
import type { Variable } from '../compiler/language/module.js';
import type { Matrix } from './tensors.js';
/** Of projections `[N, D]` of two views. All but the histograms are scalars. */
export type PairMetrics = {
    /** `spread` of the first view: 1 for rows that point everywhere, 0 for a collapse to one direction. */
    readonly spread: Stopped<[]>;
    /** `participationRatio` of its unit rows: directions that they differ along, to `min(N - 1, D)`. */
    readonly participation: Stopped<[]>;
    /** `effectiveRank` (RankMe) of its rows, to `min(N, D)`. */
    readonly rank: Stopped<[]>;
    /** `alignment` of the pair: mean squared distance of the unit rows, 0 to 4. */
    readonly alignment: Stopped<[]>;
    /** `uniformity` of the first view: 0 for a collapse, towards `-4` for rows that cover the sphere. */
    readonly uniformity: Stopped<[]>;
} & ScoreMetrics;
/** Of cosines between rows: mean, variance (divisor n), and counts in `HISTOGRAM_BINS` bins of equal width over [-1, 1]. */
export type ScoreMetrics = {
    readonly positiveMean: Stopped<[]>;
    readonly positiveVariance: Stopped<[]>;
    readonly positiveHistogram: Stopped<[typeof HISTOGRAM_BINS]>;
    readonly negativeMean: Stopped<[]>;
    readonly negativeVariance: Stopped<[]>;
    readonly negativeHistogram: Stopped<[typeof HISTOGRAM_BINS]>;
};
/** Euclidean norms of the gradients of each part: `gradientNorm.encoder`, `gradientNorm.projector`, ... */
export type GradientMetrics = {
    readonly [part: `gradientNorm.${string}`]: Stopped<[]>;
};
/** What `train` with `monitor` reports besides: how good projections are, and gradient norms. */
export type MonitorMetrics = PairMetrics & GradientMetrics & {
    /** How many elements of the method's parameters and statistics are infinite or NaN before the step. */
    readonly nonFinite: Stopped<[]>;
};
/** Bins of the histograms of cosines, of equal width over -1 to 1. */
export declare const HISTOGRAM_BINS = 32;
/** Of the projections `one` and `two` `[N, D]` of the same images, row by row. Negatives are the other rows of `two`. */
export declare const pairMetrics: (one: Tensor<any, 'f32'>, two: Tensor<any, 'f32'>) => PairMetrics;
/**
 * Cosines of queries `[N, D]` with their keys `[N, D]` (positive) and with `negatives` `[K, D]`, a queue for instance; by
 * default with the keys of the other rows.
 */
export declare function scoreMetrics(queries: Matrix, keys: Matrix, negatives?: Matrix): ScoreMetrics;
/** Norms of `gradients` by the first name of their parameters, which is the part of the method: encoder, projector, ... */
export declare const gradientMetrics: (parameters: readonly Variable[], gradients: readonly Tensor[]) => GradientMetrics;
/** What `train` reports with `monitor`. `variables`: all of the method. Throws `ShapeError` where the method gives no pair. */
export declare function monitored(label: string, pair: readonly [Tensor, Tensor] | undefined, variables: readonly Variable[], gradients: readonly Tensor[]): MonitorMetrics;
/** Numbers of a step as a session reads them; metrics that are missing are not judged. */
export type Readings = Readonly<Record<string, ArrayLike<number>>>;
/** That the run is lost, in a sentence, or nothing: a variable, or a reading itself, is infinite or NaN. */
export declare function diverged(readings: Readings): string | undefined;
/**
 * What has collapsed, in a sentence, or nothing. By three rules:
 * - `spread` below 0.1: the mean of the unit rows is longer than 0.995, so nearly every pair of images scores above 0.99;
 * - `participation` below 1.5: rows differ along one direction, whatever their spread;
 * - a `gradientNorm` that is exactly 0: that part does not learn.
 * Untrained networks may look collapsed for some steps: judge readings in a row (`collapseWatch`).
 */
export declare function collapsed(readings: Readings): string | undefined;
/** Says once what has collapsed, when that was so for `patience` readings in a row (default 20), and at once what has diverged. */
export declare function collapseWatch(patience?: number): (readings: Readings) => string | undefined;
