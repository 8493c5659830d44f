/**
 * How good frozen features are, computed on the device: a weighted vote of the nearest training images, a linear probe,
 * and a projection to the plane. Each is a small program of its own: features go up once, its entries do the rest.
 */
import { compile } from '../compiler/compile.js'
import { grad } from '../compiler/gradient/reverse.js'
import type { Tensor, Untyped } from '../compiler/graph/node.js'
import { targetFor } from '../compiler/kernels/target.js'
import { mean, normalize, topK, variance } from '../compiler/language/math.js'
import { update, type Variable, variable } from '../compiler/language/module.js'
import { entry, f32, i32, stepVariable } from '../compiler/language/program.js'
import { uniform } from '../compiler/language/random.js'
import {
  abs,
  add,
  argmax,
  concat,
  constant,
  div,
  exp,
  matmul,
  max,
  mul,
  oneHot,
  reshape,
  slice,
  sqrt,
  sub,
  sum,
  take,
  transpose,
} from '../compiler/ops/index.js'
import type { Program } from '../compiler/plan/program.js'
import type { DType } from '../compiler/types/tensor.js'
import type { Device } from '../runtime/device.js'
import { load } from '../runtime/load.js'
import type { Session } from '../runtime/run.js'
import { copyExample, type Examples, emptyRows, type Rows } from './data/examples.js'
import { crossEntropy } from './losses.js'
import { adamw } from './optimizers/adam.js'
import { descend } from './optimizers/optimizer.js'
import { cosine } from './schedules.js'

/** Features of `count` examples, row-major `[count, width]`, and the examples' labels. */
export interface Features {
  readonly values: Float32Array
  readonly labels: Uint8Array
  readonly count: number
  readonly width: number
}

/**
 * Features of every example of a split, by the `embed` entry of a loaded program: its inputs are the split's arrays but
 * for `labels` (`images` u8 `[batch, height, width, 3]`, `waveforms` f32 `[batch, samples]`), its output `features`
 * `[batch, width]`. The last batch is filled up with its first example.
 */
export async function embedAll(session: Session, split: Examples, batch: number): Promise<Features> {
  const { labels, count } = split
  const rows = emptyRows(split, batch)
  const { labels: _, ...inputs } = rows as Record<string, Rows>
  let values = new Float32Array()
  let width = 0
  for (let first = 0; first < count; first += batch) {
    for (let i = 0; i < batch; i++) copyExample(split, first + i < count ? first + i : first, rows, i)
    const { features } = await session.call('embed', inputs)
    width = features!.length / batch
    if (first === 0) values = new Float32Array(count * width)
    values.set((features as Float32Array).subarray(0, (count - first) * width), first * width)
  }
  return { values, labels, count, width }
}

export interface KnnOptions {
  /** Neighbours that vote. Default 20. */
  readonly k?: number
  /** Default 0.07. */
  readonly temperature?: number
}

/**
 * The share of test images that a weighted vote gets right: the `k` training images of highest cosine similarity `s`
 * vote for their class with weight `exp(s / temperature)`. Source: Wu et al., arXiv 1805.01978, section 3.4.
 */
export async function knnAccuracy(
  device: Device,
  train: Features,
  test: Features,
  { k = 20, temperature = 0.07 }: KnnOptions = {},
): Promise<number> {
  const { count, width } = train
  const classes = classCount(train, test)
  const bank = zeros('bank', [count, width])
  const bankLabels = zeros('labels', [count], 'i32')
  const fill = entry({ features: f32([count, width]), labels: i32([count]) }, ({ features, labels }) => {
    update(bank, normalize(features))
    update(bankLabels, labels)
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => {
    const similarity: Tensor = matmul(normalize(features) as Untyped, transpose(bank) as Untyped)
    const { values, indices } = topK(similarity as Untyped, Math.min(k, count))
    // Relative to the nearest, which changes no vote and cannot overflow.
    const weights: Tensor = exp(
      div(sub(values as Tensor, max(values as Tensor, 1, { keepdims: true }) as Tensor), temperature) as Untyped,
    )
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

export interface LinearOptions {
  /** Full-batch steps of Adam, the learning rate falling by a cosine. Default 100. */
  readonly steps?: number
  /** Tried side by side; the best on every tenth training row, held out, is used. Default 0.003, 0.01, 0.03. */
  readonly learningRates?: readonly number[]
  /** Default 0.01. */
  readonly weightDecay?: number
}

/**
 * The share of test images that a linear classifier gets right, trained with softmax cross-entropy on features that are
 * standardised by the mean and deviation of the training rows.
 */
export async function linearProbe(
  device: Device,
  train: Features,
  test: Features,
  { steps = 100, learningRates = [0.003, 0.01, 0.03], weightDecay = 0.01 }: LinearOptions = {},
): Promise<number> {
  const classes = classCount(train, test)
  const [fitted, held] = learningRates.length > 1 ? holdOut(train) : [train, train]
  const { count, width } = fitted
  const rows = zeros('rows', [count, width])
  const targets = zeros('labels', [count], 'i32')
  const [centre, deviation] = [zeros('mean', [width]), zeros('deviation', [width])]
  const candidates = learningRates.map((rate, i) => ({
    weight: parameter(`candidate${i}.weight`, [classes, width]),
    bias: parameter(`candidate${i}.bias`, [classes]),
    optimizer: adamw({ learningRate: cosine(rate, { steps }), weightDecay }),
  }))
  const logits = (x: Tensor, { weight, bias }: { weight: Variable; bias: Variable }): Tensor =>
    add(matmul(x as Untyped, transpose(weight.tensor) as Untyped), bias.tensor)

  const fill = entry({ features: f32([count, width]), labels: i32([count]) }, ({ features, labels }) => {
    const average: Tensor = mean(features, 0)
    const spread: Tensor = sqrt(add(variance(features, 0) as Tensor, 1e-8) as Untyped)
    update(centre, average)
    update(deviation, spread)
    update(rows, div(sub(features as Tensor, average), spread))
    update(targets, labels)
    return {}
  })
  const step = entry({}, () => {
    for (const candidate of candidates) {
      const { weight, bias, optimizer } = candidate
      const loss = crossEntropy(logits(rows, candidate) as Untyped, targets as Untyped)
      const gradients = grad(loss, { weight: weight.tensor, bias: bias.tensor })
      descend(optimizer, [weight, bias], [gradients.weight, gradients.bias], stepVariable.tensor as Untyped)
    }
    update(stepVariable.tensor, add(stepVariable.tensor, 1))
    return {}
  })
  const predict = entry({ features: f32(['chunk', width]) }, ({ features }) => {
    const x: Tensor = div(sub(features as Tensor, centre), deviation)
    return Object.fromEntries(
      candidates.map((candidate, i) => [`candidate${i}`, argmax(logits(x, candidate) as Untyped, 1) as Tensor]),
    )
  })
  return using(device, compile({ fill, step, predict }, { chunk }, { target: targetFor(device) }), async session => {
    session.run('fill', { features: fitted.values, labels: Int32Array.from(fitted.labels) })
    for (let i = 0; i < steps; i++) {
      session.run('step')
      await session.ready()
    }
    const scores = Object.entries(await predictAll(session, held)).map(
      ([name, predicted]) => [name, share(predicted, held.labels)] as const,
    )
    const [best] = scores.reduce((top, score) => (score[1] > top[1] ? score : top))
    return share((await predictAll(session, test))[best]!, test.labels)
  })
}

/**
 * Features in the plane: their two directions of largest variance (principal components), found by orthogonal
 * iteration on the device. Coordinates are scaled to a largest absolute value of 1.
 */
export async function projectToPlane(
  device: Device,
  { values, count, width }: Features,
  iterations = 40,
): Promise<[number, number][]> {
  const rows = zeros('rows', [count, width])
  const basis = variable(
    () => 'basis',
    'state',
    [width, 2],
    shape => uniform(shape, -1, 1) as Tensor,
  )
  const fill = entry({ features: f32([count, width]) }, ({ features }) => {
    update(rows, sub(features as Tensor, mean(features, 0, { keepdims: true }) as Tensor))
    return {}
  })
  const iterate = entry({}, () => {
    const next: Tensor = matmul(transpose(rows) as Untyped, matmul(rows as Untyped, basis.tensor as Untyped))
    const [a, b] = [0, 1].map(axis => slice(next, 1, axis, axis + 1) as Tensor)
    const first: Tensor = normalize(a as Untyped, 0)
    const rest: Tensor = sub(b!, mul(first, sum(mul(first, b!), 0, { keepdims: true }) as Tensor))
    update(basis.tensor, concat(first, normalize(rest as Untyped, 0) as Tensor, 1))
    return {}
  })
  const project = entry({}, () => {
    const points: Tensor = matmul(rows as Untyped, basis.tensor as Untyped)
    return { points: div(points, add(max(abs(points as Untyped)) as Tensor, 1e-12)) as Tensor }
  })
  return using(device, compile({ fill, iterate, project }, {}, { target: targetFor(device) }), async session => {
    session.run('fill', { features: values })
    for (let i = 0; i < iterations; i++) session.run('iterate')
    const { points } = await session.call('project')
    return Array.from({ length: count }, (_, n) => [points![2 * n]!, points![2 * n + 1]!] as [number, number])
  })
}

/** Test rows that one run of `predict` takes. */
const chunk = 250

/** Every output of `predict`, for all rows. */
async function predictAll(session: Session, { values, count, width }: Features): Promise<Record<string, number[]>> {
  const predicted: Record<string, number[]> = {}
  for (let first = 0; first < count; first += chunk) {
    const features = new Float32Array(chunk * width)
    features.set(values.subarray(first * width, (first + chunk) * width))
    for (const [name, labels] of Object.entries(await session.call('predict', { features })))
      predicted[name] = [...(predicted[name] ?? []), ...labels.subarray(0, count - first)] as number[]
  }
  return predicted
}

const share = (predicted: readonly number[], labels: Uint8Array): number =>
  predicted.filter((label, n) => label === labels[n]).length / labels.length
const classCount = (...sets: readonly Features[]): number =>
  1 + Math.max(...sets.map(({ labels }) => labels.reduce((a, b) => Math.max(a, b), 0)))
const zeros = (name: string, shape: number[], dtype: DType = 'f32'): Tensor =>
  variable(
    () => name,
    'state',
    shape,
    () => constant(0, shape, dtype),
    dtype,
  ).tensor
const parameter = (name: string, shape: number[]): Variable =>
  variable(
    () => name,
    'parameter',
    shape,
    () => constant(0, shape),
  )

/** Every tenth row apart from the others. */
function holdOut({ values, labels, count, width }: Features): [Features, Features] {
  const pick = (keep: (n: number) => boolean): Features => {
    const chosen = Array.from({ length: count }, (_, n) => n).filter(keep)
    const picked = new Float32Array(chosen.length * width)
    for (const [to, from] of chosen.entries()) picked.set(values.subarray(from * width, (from + 1) * width), to * width)
    return { values: picked, labels: Uint8Array.from(chosen, n => labels[n]!), count: chosen.length, width }
  }
  // Sets are often sorted by class with a period of ten: the row held out moves through it.
  const held = (n: number): boolean => n % 10 === Math.floor(n / 10) % 10
  return [pick(n => !held(n)), pick(held)]
}

async function using<T>(device: Device, program: Program, body: (session: Session) => Promise<T>): Promise<T> {
  const session = await load(device, program)
  try {
    return await body(session)
  } finally {
    session.destroy()
  }
}
