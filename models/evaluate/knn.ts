/** A weighted vote of the nearest training rows. */

import { compile } from '../../compiler/compile.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32 } from '../../compiler/language/entry.js'
import { normalize, topK } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import {
  abs,
  div,
  expandDims,
  matmul,
  max,
  maximum,
  neg,
  square,
  sub,
  sum,
  transpose,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Device } from '../../runtime/device.js'
import { checkFeatures, chunk, classCount, type Features, predictAll, share, using, zeros } from './features.js'

/** What can make neighbours near: the cosine, or the euclidean distance. */
export const knnMetrics = ['cosine', 'euclidean'] as const
/** What `knnAccuracy` may be told. */
export interface KnnOptions {
  /** Neighbours that vote. Default 20. */
  readonly k?: number
  /** Of the weights `exp(s / temperature)` of cosines. Default 0.07. */
  readonly temperature?: number
  /** What makes neighbours near. Default `'cosine'`. */
  readonly metric?: (typeof knnMetrics)[number]
}

/**
 * The share of test images that a weighted vote gets right: the `k` nearest training images vote for their class, by
 * cosine similarity `s` with weight `exp(s / temperature)` (Wu et al., arXiv 1805.01978, section 3.4), by Euclidean
 * distance `d` of the features as they are with weight `1 / (d + 1e-5)` (solo-learn, `weighted_knn.py`). The device finds the
 * neighbours, and votes are counted here, in float64. Throws `DataError` for features that are infinite or NaN or of two widths,
 * `ShapeError` for a `k` that is no whole number from 1 and a `temperature` that is not positive.
 */
export async function knnAccuracy(
  device: Device,
  train: Features,
  test: Features,
  options: KnnOptions = {},
): Promise<number> {
  checkOptions('knnAccuracy', options, ['k', 'temperature', 'metric'])
  const { k = 20, temperature = 0.07, metric = 'cosine' } = options
  checkFeatures(train, test)
  if (!Number.isInteger(k) || k < 1) throw new ShapeError(`kNN takes k, a whole number of neighbours from 1, got ${k}`)
  if (!(temperature > 0)) throw new ShapeError(`kNN takes a temperature above 0, got ${temperature}`)
  const { count, width } = train
  const neighbours = Math.min(k, count)
  const bank = zeros('bank', [count, width])
  const made = metric === 'cosine' ? direction : <N extends Dim>(x: Tensor<[N, number], 'f32'>) => x
  const fill = entry({ features: f32([count, width]) }, ({ features }) => {
    update(bank, made(features))
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => {
    const query = made(features)
    const near = metric === 'cosine' ? matmul(query, transpose(bank)) : neg(squaredDistances(query, bank))
    const { values, indices } = topK(near, neighbours)
    return { values, indices }
  })
  const weight =
    metric === 'cosine'
      ? (s: number, nearest: number) => Math.exp((s - nearest) / temperature) // relative, so that none overflows
      : (negative: number) => 1 / (Math.sqrt(-negative) + 1e-5)
  return using(device, compile({ fill, predict }, { chunk }, { target: targetFor(device) }), async session => {
    session.run('fill', { features: train.values })
    const { values, indices } = await predictAll(session, test, neighbours)
    const predicted = Array.from({ length: test.count }, (_, n) => {
      const votes = new Float64Array(classCount(train, test))
      const first = n * neighbours
      for (let i = first; i < first + neighbours; i++)
        votes[train.labels[indices![i]!]!]! += weight(values![i]!, values![first]!)
      return votes.indexOf(Math.max(...votes))
    })
    return share(predicted, test.labels)
  })
}

/** Unit rows. Those of large numbers are divided by the largest before, whose square may be no f32. */
export const direction = <N extends Dim>(x: Tensor<[N, number], 'f32'>): Tensor<[N, number], 'f32'> =>
  normalize(div(x, maximum(max(abs(x), 1, { keepdims: true }), 1)))

/**
 * `|q - b|^2` of all pairs, from the differences: `|q|^2 + |b|^2 - 2qb` needs fewer operations, and has lost the distance once
 * features lie farther from the origin than from each other.
 */
const squaredDistances = <N extends Dim, M extends Dim, D extends Dim>(
  query: Tensor<[N, D], 'f32'>,
  bank: Tensor<[M, D], 'f32'>,
): Tensor<[N, M], 'f32'> => sum(square(sub(expandDims(query, 1), expandDims(bank, 0))), 2)
