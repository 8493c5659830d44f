/** A weighted vote of the nearest training rows. */
import { compile } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { normalize, topK } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import { entry, f32, i32 } from '../../compiler/language/program.js'
import {
  add,
  argmax,
  div,
  exp,
  matmul,
  max,
  maximum,
  mul,
  neg,
  oneHot,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  take,
  transpose,
} from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { chunk, classCount, type Features, predictAll, share, using, zeros } from './features.js'

export const knnMetrics = ['cosine', 'euclidean'] as const
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
 * distance `d` of the features as they are with weight `1 / (d + 1e-5)` (solo-learn, `weighted_knn.py`).
 */
export async function knnAccuracy(
  device: Device,
  train: Features,
  test: Features,
  { k = 20, temperature = 0.07, metric = 'cosine' }: KnnOptions = {},
): Promise<number> {
  const { count, width } = train
  const classes = classCount(train, test)
  const bank = zeros('bank', [count, width])
  const bankLabels = zeros('labels', [count], 'i32')
  const cosine = metric === 'cosine'
  const made = (x: Untyped): Untyped => (cosine ? (normalize(x) as Untyped) : x)
  const fill = entry({ features: f32([count, width]), labels: i32([count]) }, ({ features, labels }) => {
    update(bank, made(features as Untyped))
    update(bankLabels, labels)
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => {
    const query = made(features as Untyped)
    const product: Untyped = matmul(query, transpose(bank) as Untyped)
    const { values, indices } = topK(cosine ? product : nearness(query, bank as Untyped, product), Math.min(k, count))
    const weights = cosine ? cosineWeights(values as Untyped, temperature) : distanceWeights(values as Untyped)
    const votes: Tensor = mul(
      reshape(weights, [chunk, -1, 1]),
      oneHot(take(bankLabels, indices) as Untyped, classes) as Tensor,
    )
    return { predicted: argmax(sum(votes, 1) as Untyped, 1) as Tensor }
  })
  return using(device, compile({ fill, predict }, { chunk }, { target: targetFor(device) }), async session => {
    session.run('fill', { features: train.values, labels: Int32Array.from(train.labels) })
    return share((await predictAll(session, test)).predicted!, test.labels)
  })
}

/** Relative to the nearest, which changes no vote and cannot overflow. */
const cosineWeights = (s: Untyped, temperature: number): Untyped =>
  exp(div(sub(s, max(s, 1, { keepdims: true }) as Untyped), temperature) as Untyped) as Untyped

/** `-|q - b|^2`, of all pairs. */
function nearness(query: Untyped, bank: Untyped, product: Untyped): Untyped {
  const [ofQuery, ofBank]: Untyped[] = [query, bank].map(x => sum(square(x) as Untyped, 1) as Untyped)
  return neg(add(reshape(ofQuery!, [-1, 1]), sub(ofBank!, mul(product, 2)))) as Untyped
}
const distanceWeights = (negative: Untyped): Untyped =>
  div(1, add(sqrt(maximum(neg(negative) as Untyped, 0) as Untyped), 1e-5)) as Untyped
