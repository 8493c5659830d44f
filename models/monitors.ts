/**
 * Monitors: what tells a healthy run from a collapsed one, computed on the device as metrics of a step, and the rule that
 * names a collapse. None of them takes a gradient. `train(..., { monitor: true })` reports them of the projections of a
 * positive pair; as plain functions they take any rows, such as what `method.embed` gives.
 */
import { type Stopped, type Tensor, withScope } from '../compiler/graph/node.js'
import { ShapeError } from '../compiler/graph/shape.js'
import { normalize } from '../compiler/language/math.js'
import type { Variable } from '../compiler/language/module.js'
import {
  add,
  cast,
  equal,
  expandDims,
  finite,
  floor,
  iota,
  logicalNot,
  matmul,
  maximum,
  minimum,
  mul,
  notEqual,
  reshape,
  select,
  square,
  stopGradient,
  sub,
  sum,
  transpose,
} from '../compiler/ops/index.js'
import type { Shape } from '../compiler/types/shape.js'
import { alignment, uniformity } from './losses/pairs.js'
import { spread } from './losses.js'
import { norm } from './optimizers/clip.js'
import { partOf, partsOf } from './optimizers/optimizer.js'
import { effectiveRank, participationRatio } from './spectrum.js'
import type { Matrix } from './tensors.js'

/** Of projections `[N, D]` of two views. All but the histograms are scalars. */
export type PairMetrics = {
  /** `spread` of the first view: 1 for rows that point everywhere, 0 for a collapse to one direction. */
  readonly spread: Stopped<[]>
  /** `participationRatio` of its unit rows: directions that they differ along, to `min(N - 1, D)`. */
  readonly participation: Stopped<[]>
  /** `effectiveRank` (RankMe) of its rows, to `min(N, D)`. */
  readonly rank: Stopped<[]>
  /** `alignment` of the pair: mean squared distance of the unit rows, 0 to 4. */
  readonly alignment: Stopped<[]>
  /** `uniformity` of the first view: 0 for a collapse, towards `-4` for rows that cover the sphere. */
  readonly uniformity: Stopped<[]>
} & ScoreMetrics
/** Of cosines between rows: mean, variance (divisor n), and counts in `HISTOGRAM_BINS` bins of equal width over [-1, 1]. */
export type ScoreMetrics = {
  readonly positiveMean: Stopped<[]>
  readonly positiveVariance: Stopped<[]>
  readonly positiveHistogram: Stopped<[typeof HISTOGRAM_BINS]>
  readonly negativeMean: Stopped<[]>
  readonly negativeVariance: Stopped<[]>
  readonly negativeHistogram: Stopped<[typeof HISTOGRAM_BINS]>
}
/** Euclidean norms of the gradients of each part: `gradientNorm.encoder`, `gradientNorm.projector`, ... */
export type GradientMetrics = { readonly [part: `gradientNorm.${string}`]: Stopped<[]> }
/** What `train` with `monitor` reports besides: how good projections are, and gradient norms. */
export type MonitorMetrics = PairMetrics &
  GradientMetrics & {
    /** How many elements of the method's parameters and statistics are infinite or NaN before the step. */
    readonly nonFinite: Stopped<[]>
  }

/** Bins of the histograms of cosines, of equal width over -1 to 1. */
export const HISTOGRAM_BINS = 32

/** Of the projections `one` and `two` `[N, D]` of the same images, row by row. Negatives are the other rows of `two`. */
export const pairMetrics = (one: Tensor<any, 'f32'>, two: Tensor<any, 'f32'>): PairMetrics => {
  const [a, b] = [stopGradient(one), stopGradient(two)]
  return {
    spread: spread(a),
    participation: participationRatio(normalize(a)),
    rank: withScope('rank', () => effectiveRank(a)),
    alignment: alignment(a, b) as Stopped<any>,
    uniformity: uniformity(a) as Stopped<any>,
    ...scoreMetrics(a, b),
  }
}

/**
 * Cosines of queries `[N, D]` with their keys `[N, D]` (positive) and with `negatives` `[K, D]`, a queue for instance; by
 * default with the keys of the other rows.
 */
export function scoreMetrics(queries: Matrix, keys: Matrix, negatives?: Matrix): ScoreMetrics {
  const [q, k] = [normalize(stopGradient(queries)), normalize(stopGradient(keys))]
  const others = negatives ? normalize(stopGradient(negatives)) : k
  const scores = matmul(q, transpose(others))
  const [rows, columns] = scores.shape as [number, number]
  const own = { size: rows, of: sum(mul(q, k), -1) }
  const other = notEqual(iota([rows, columns], 0), iota([rows, columns], 1))
  const rest = negatives ? { size: rows * columns, of: scores } : { size: rows * (rows - 1), of: scores, counts: other }
  const [positive, negative] = [statistics(own), statistics(rest)]
  return {
    positiveMean: positive.mean,
    positiveVariance: positive.variance,
    positiveHistogram: positive.histogram,
    negativeMean: negative.mean,
    negativeVariance: negative.variance,
    negativeHistogram: negative.histogram,
  } as ScoreMetrics
}

interface Counted<S extends Shape> {
  readonly size: number
  readonly of: Tensor<S, 'f32'>
  readonly counts?: Tensor<S, 'bool'>
}
/** Of the scores where `counts` holds (default: all), `size` in number. */
function statistics<S extends Shape>({ size, of, counts }: Counted<S>) {
  const where = (x: Tensor<S, 'f32'>) => (counts ? select(counts, x, 0) : x)
  const mean = mul(sum(where(of)), 1 / size)
  const variance = mul(sum(where(square(sub(of, mean)))), 1 / size)
  const place = floor(mul(add(of, 1), HISTOGRAM_BINS / 2))
  const bin = minimum(maximum(place, 0), HISTOGRAM_BINS - 1)
  const flat = reshape((counts ? select(counts, bin, -1) : bin) as Tensor<any, 'f32'>, [-1])
  const hit = equal(expandDims(flat, 0), iota([HISTOGRAM_BINS, 1], 0, 'f32'))
  return { mean, variance, histogram: sum(cast(hit, 'f32'), 1) }
}

/** Norms of `gradients` by the first name of their parameters, which is the part of the method: encoder, projector, ... */
export const gradientMetrics = (parameters: readonly Variable[], gradients: readonly Tensor[]): GradientMetrics =>
  Object.fromEntries(
    partsOf(parameters).map(part => [
      `gradientNorm.${part}`,
      norm(gradients.filter((_, i) => partOf(parameters[i]!) === part)),
    ]),
  ) as GradientMetrics

/** How many elements of `variables` are infinite or NaN. */
const nonFinite = (variables: readonly Variable[]) =>
  variables
    .filter(({ tensor }) => tensor.dtype === 'f32')
    .map(({ tensor }) => sum(cast(logicalNot(finite(tensor as Tensor<Shape, 'f32'>)), 'f32')))
    .reduce((a, b) => add(a, b))

/** What `train` reports with `monitor`. `variables`: all of the method. Throws `ShapeError` where the method gives no pair. */
export function monitored(
  label: string,
  pair: readonly [Tensor, Tensor] | undefined,
  variables: readonly Variable[],
  gradients: readonly Tensor[],
): MonitorMetrics {
  if (!pair)
    throw new ShapeError(
      `monitor: ${label} gives no pair of projections to look at: return \`pair: [one, two]\` beside its loss, or leave monitor out`,
    )
  const parameters = variables.filter(({ kind }) => kind === 'parameter')
  return {
    ...pairMetrics(pair[0] as Matrix, pair[1] as Matrix),
    ...gradientMetrics(parameters, gradients),
    nonFinite: nonFinite(variables),
  }
}

// Collapse

/** Numbers of a step as a session reads them; metrics that are missing are not judged. */
export type Readings = Readonly<Record<string, ArrayLike<number>>>

/** That the run is lost, in a sentence, or nothing: a variable, or a reading itself, is infinite or NaN. */
export function diverged(readings: Readings): string | undefined {
  const count = readings.nonFinite?.[0] ?? 0
  if (count > 0) return `training has diverged: ${count} elements of parameters and statistics are infinite or NaN`
  const lost = Object.keys(readings).find(name => !Number.isFinite(readings[name]![0]))
  return lost && `training has diverged: ${lost} is ${readings[lost]![0]}`
}

/**
 * What has collapsed, in a sentence, or nothing. By three rules:
 * - `spread` below 0.1: the mean of the unit rows is longer than 0.995, so nearly every pair of images scores above 0.99;
 * - `participation` below 1.5: rows differ along one direction, whatever their spread;
 * - a `gradientNorm` that is exactly 0: that part does not learn.
 * Untrained networks may look collapsed for some steps: judge readings in a row (`collapseWatch`).
 */
export function collapsed(readings: Readings): string | undefined {
  const value = (name: string): number => readings[name]?.[0] ?? Number.NaN
  if (value('spread') < LEAST_SPREAD)
    return `projections have collapsed to one direction: their spread is ${value('spread').toPrecision(2)} (1 is even, below ${LEAST_SPREAD} is collapse)`
  if (value('participation') < LEAST_PARTICIPATION)
    return `projections have collapsed to a line: they differ along ${value('participation').toFixed(2)} directions (below ${LEAST_PARTICIPATION} is collapse)`
  const still = Object.keys(readings).find(name => name.startsWith('gradientNorm.') && value(name) === 0)
  return still && `the ${still.slice('gradientNorm.'.length)} has no gradient: nothing that is compared depends on it`
}
const [LEAST_SPREAD, LEAST_PARTICIPATION] = [0.1, 1.5]

/** Says once what has collapsed, when that was so for `patience` readings in a row (default 20), and at once what has diverged. */
export function collapseWatch(patience = 20): (readings: Readings) => string | undefined {
  let row = 0
  let lost = false
  return readings => {
    const broken = diverged(readings)
    if (broken && lost) return undefined
    lost = broken !== undefined
    if (broken) return broken
    const reason = collapsed(readings)
    // After a warning the row goes on and never meets `patience` again, until there is a healthy reading.
    row = reason ? row + 1 : 0
    return row === patience ? reason : undefined
  }
}
