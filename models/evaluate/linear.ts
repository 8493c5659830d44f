/** The offline linear probe: a linear classifier on frozen features, its learning rate chosen on rows held out. */
import { compile } from '../../compiler/compile.js'
import { grad } from '../../compiler/gradient/reverse.js'
import type { Stopped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32, i32, stepVariable } from '../../compiler/language/entry.js'
import { mean, variance } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import { add, argmax, div, matmul, sqrt, sub, transpose } from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Device } from '../../runtime/device.js'
import { crossEntropy } from '../losses.js'
import { adamw } from '../optimizers/adam.js'
import { descend } from '../optimizers/optimizer.js'
import { sgd } from '../optimizers/sgd.js'
import { cosineSchedule } from '../schedules.js'
import {
  checkFeatures,
  chunk,
  classCount,
  type Features,
  heldOut,
  parameter,
  pickRows,
  predictAll,
  share,
  using,
  zeros,
} from './features.js'

/** What the linear probe may be told. */
export interface ProbeOptions {
  /** Full-batch steps, the learning rate falling by a cosine. Default 100. */
  readonly steps?: number
  /** `'sgd'` has momentum 0.9. Default `'adamw'`, which needs no search over orders of magnitude. */
  readonly optimizer?: 'adamw' | 'sgd'
  /** Tried side by side; the best on every tenth training row, held out, is used. Default 0.003, 0.01, 0.03; of `'sgd'` 0.1, 0.3, 1, 3, 10, 30. */
  readonly learningRates?: readonly number[]
  /** Default 0.01; of `'sgd'` 0. */
  readonly weightDecay?: number
}
const defaults = {
  adamw: { learningRates: [0.003, 0.01, 0.03], weightDecay: 0.01 },
  sgd: { learningRates: [0.1, 0.3, 1, 3, 10, 30], weightDecay: 0 },
} as const

/** `argmax(x weight^T + bias)`, in terms of the features as they are: `weight` is `[classes, width]`. */
export interface LinearClassifier {
  /** Row-major `[classes, width]`. */
  readonly weight: Float32Array
  /** One number for each class. */
  readonly bias: Float32Array
  /** Number of classes. */
  readonly classes: number
}
/** A linear probe that was trained, and how good it is. */
export interface LinearFit {
  /** The classifier, trained on all rows at the best rate. */
  readonly classifier: LinearClassifier
  /** Share of each test set that is right. */
  readonly accuracies: readonly number[]
  /** The rate used. */
  readonly learningRate: number
  /** `[rate, share of the rows held out]`, where more than one rate was tried. */
  readonly tried: readonly (readonly [number, number])[]
}

/**
 * The share of test images that a linear classifier gets right, trained with softmax cross-entropy on features that are
 * standardised by the mean and deviation of the training rows. Throws `DataError` for features that are infinite or NaN.
 */
export const linearProbe = async (
  device: Device,
  train: Features,
  test: Features,
  options: ProbeOptions = {},
): Promise<number> => (await fitLinear(device, train, [test], options)).accuracies[0]!

/** The classifier of `linearProbe` itself, and how it does on any number of test sets. */
export async function fitLinear(
  device: Device,
  train: Features,
  tests: readonly Features[],
  { steps = 100, optimizer: kind = 'adamw', ...options }: ProbeOptions = {},
): Promise<LinearFit> {
  const { learningRates, weightDecay } = { ...defaults[kind], ...options }
  checkFeatures(train, ...tests)
  const classes = classCount(train, ...tests)
  const rows = heldOut(train.count)
  const swept = learningRates.length > 1
  const fitted = swept ? pickRows(train, rows.fitted) : train
  const { count, width } = fitted
  const standard = zeros('rows', [count, width])
  const targets = zeros('labels', [count], 'i32')
  const [centre, deviation] = [zeros('mean', [width]), zeros('deviation', [width])]
  const candidates = learningRates.map((rate, i) => ({
    weight: parameter(`candidate${i}.weight`, [classes, width]),
    bias: parameter(`candidate${i}.bias`, [classes]),
    optimizer: { adamw, sgd }[kind]({ learningRate: cosineSchedule(rate, { steps }), weightDecay }),
  }))
  const logits = <N extends Dim>(x: Stopped<[N, number]>, { weight, bias }: (typeof candidates)[number]) =>
    add(matmul(x, transpose(weight.tensor)), bias.tensor)

  const fill = entry({ features: f32([count, width]), labels: i32([count]) }, ({ features, labels }) => {
    const average = mean(features, 0)
    const spread = sqrt(add(variance(features, 0), 1e-8))
    update(centre, average)
    update(deviation, spread)
    update(standard, div(sub(features, average), spread))
    update(targets, labels)
    return {}
  })
  const step = entry({}, () => {
    for (const candidate of candidates) {
      const { weight, bias, optimizer } = candidate
      const loss = crossEntropy(logits(standard, candidate), targets)
      const gradients = grad(loss, { weight: weight.tensor, bias: bias.tensor })
      descend(optimizer, [weight, bias], [gradients.weight, gradients.bias], stepVariable.tensor)
    }
    update(stepVariable.tensor, add(stepVariable.tensor, 1))
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => {
    const x = div(sub(features, centre), deviation)
    return Object.fromEntries(candidates.map((candidate, i) => [`candidate${i}`, argmax(logits(x, candidate), 1)]))
  })
  return using(device, compile({ fill, step, predict }, { chunk }, { target: targetFor(device) }), async session => {
    session.run('fill', { features: fitted.values, labels: Int32Array.from(fitted.labels) })
    for (let i = 0; i < steps; i++) {
      session.run('step')
      await session.ready()
    }
    const scores = async (features: Features): Promise<number[]> => {
      const predicted = await predictAll(session, features)
      return candidates.map((_, i) => share(predicted[`candidate${i}`]!, features.labels))
    }
    const held = swept ? await scores(pickRows(train, rows.held)) : [0]
    const best = held.indexOf(Math.max(...held))
    const accuracies: number[] = []
    for (const test of tests) accuracies.push((await scores(test))[best]!)
    const names = { weight: `candidate${best}.weight`, bias: `candidate${best}.bias` }
    const values = await session.readVariables([names.weight, names.bias, 'mean', 'deviation'])
    const [weight, bias, average, spread] = [values[names.weight], values[names.bias], values.mean, values.deviation]
    return {
      classifier: unstandardised(weight as Float32Array, bias as Float32Array, average!, spread!),
      accuracies,
      learningRate: learningRates[best]!,
      tried: swept ? learningRates.map((rate, i) => [rate, held[i]!] as const) : [],
    }
  })
}

/** `(x - mean) / deviation w^T + b` as a product with `x` itself. */
function unstandardised(
  weight: Float32Array,
  bias: Float32Array,
  mean: ArrayLike<number>,
  deviation: ArrayLike<number>,
): LinearClassifier {
  const width = mean.length
  const scaled = weight.map((w, i) => w / deviation[i % width]!)
  const shifted = bias.map((b, c) => {
    let total = b
    for (let i = 0; i < width; i++) total -= mean[i]! * scaled[c * width + i]!
    return total
  })
  return { weight: scaled, bias: shifted, classes: bias.length }
}
