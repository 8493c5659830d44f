/** kNN, linear probe and projection on toy features, against plain TypeScript. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generator } from '../../models/data/random.js'
import { embedAll, type Features, knnAccuracy, linearProbe, projectToPlane } from '../../models/evaluate.js'
import { openDevice } from '../../runtime/node.js'
import type { Session } from '../../runtime/run.js'

const device = await openDevice()
test.after(() => device.destroy())

/** Rows around one centre per class, so wide that classes overlap. */
function clouds(count: number, seed: number, { width = 12, classes = 4, spread = 0.7 } = {}): Features {
  const centres = generator(99)
  const middle = Float32Array.from({ length: classes * width }, () => centres() - 0.5)
  const random = generator(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * classes))
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => 3 + middle[labels[Math.floor(i / width)]! * width + (i % width)]! + spread * normal() * 0.5,
  )
  return { values, labels, count, width }
}

const row = ({ values, width }: Features, n: number): number[] => [...values.subarray(n * width, (n + 1) * width)]
const unit = (x: number[]): number[] => x.map(value => value / Math.hypot(...x))

function knn(train: Features, test: Features, k: number, temperature: number): number {
  const bank = Array.from({ length: train.count }, (_, n) => unit(row(train, n)))
  let right = 0
  for (let n = 0; n < test.count; n++) {
    const query = unit(row(test, n))
    const near = bank
      .map((other, m) => ({
        similarity: other.reduce((total, value, i) => total + value * query[i]!, 0),
        label: train.labels[m]!,
      }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k)
    const votes = [0, 0, 0, 0]
    for (const { similarity, label } of near) votes[label]! += Math.exp(similarity / temperature)
    if (votes.indexOf(Math.max(...votes)) === test.labels[n]) right++
  }
  return right / test.count
}

test('kNN agrees with a plain computation, the last chunk filled up', async () => {
  const [train, held] = [clouds(300, 1), clouds(270, 2)]
  for (const [k, temperature] of [
    [20, 0.07],
    [1, 0.5],
    [5, 0.002],
  ] as const) {
    const expected = knn(train, held, k, temperature)
    assert.ok(expected > 0.4 && expected < 0.95, `the toy problem must be neither trivial nor hopeless: ${expected}`)
    assert.ok(Math.abs((await knnAccuracy(device, train, held, { k, temperature })) - expected) < 0.004, `k ${k}`)
  }
})

test('kNN of more neighbours than there are rows uses all of them', async () => {
  const [train, held] = [clouds(12, 3), clouds(30, 4)]
  assert.ok(Math.abs((await knnAccuracy(device, train, held, { k: 50 })) - knn(train, held, 12, 0.07)) < 0.04)
})

test('the linear probe separates what is separable and finds the best rate', async () => {
  const [train, held] = [clouds(300, 5, { spread: 0.15 }), clouds(200, 6, { spread: 0.15 })]
  assert.ok((await linearProbe(device, train, held)) > 0.97)
  // One rate that cannot learn beside one that can.
  assert.ok((await linearProbe(device, train, held, { learningRates: [1e-7, 0.03] })) > 0.97)
  // Labels without relation to the features give chance.
  const random = generator(7)
  const shuffled = { ...train, labels: train.labels.map(() => Math.floor(random() * 4)) }
  assert.ok((await linearProbe(device, shuffled, held, { steps: 40 })) < 0.6)
})

test('the linear probe agrees with full-batch Adam in plain TypeScript', async () => {
  const [train, held] = [clouds(150, 8), clouds(120, 9)]
  const [steps, rate] = [30, 0.02]
  const { width, count } = train
  const columns = Array.from({ length: width }, (_, i) =>
    Array.from({ length: count }, (_, n) => train.values[n * width + i]!),
  )
  const mean = columns.map(column => column.reduce((a, b) => a + b) / count)
  const deviation = columns.map((column, i) =>
    Math.sqrt(column.reduce((total, x) => total + (x - mean[i]!) ** 2, 0) / count),
  )
  const standard = (features: Features, n: number): number[] => [
    ...row(features, n).map((x, i) => (x - mean[i]!) / deviation[i]!),
    1,
  ]
  const weights = Array.from({ length: 4 }, () => new Array<number>(width + 1).fill(0))
  const slots = weights.map(w => w.map(() => [0, 0] as [number, number]))
  const logits = (x: number[]): number[] => weights.map(w => w.reduce((total, value, i) => total + value * x[i]!, 0))
  for (let t = 0; t < steps; t++) {
    const gradient = weights.map(w => w.map(() => 0))
    for (let n = 0; n < count; n++) {
      const x = standard(train, n)
      const scores = logits(x).map(Math.exp)
      const total = scores.reduce((a, b) => a + b)
      for (const [c, score] of scores.entries())
        for (const [i, value] of x.entries())
          gradient[c]![i]! += ((score / total - +(train.labels[n] === c)) * value) / count
    }
    const now = (rate * (1 + Math.cos((Math.PI * t) / steps))) / 2
    for (const [c, w] of weights.entries())
      for (const i of w.keys()) {
        const slot = slots[c]![i]!
        slot[0] = 0.9 * slot[0] + 0.1 * gradient[c]![i]!
        slot[1] = 0.999 * slot[1] + 0.001 * gradient[c]![i]! ** 2
        w[i]! -= (now * (slot[0] / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(slot[1] / (1 - 0.999 ** (t + 1))) + 1e-8)
      }
  }
  let right = 0
  for (let n = 0; n < held.count; n++) {
    const scores = logits(standard(held, n))
    if (scores.indexOf(Math.max(...scores)) === held.labels[n]) right++
  }
  const accuracy = await linearProbe(device, train, held, { steps, learningRates: [rate], weightDecay: 0 })
  assert.ok(Math.abs(accuracy - right / held.count) < 0.01, `${accuracy}, expected ${right / held.count}`)
})

test('the projection finds the plane that the rows vary in', async () => {
  const random = generator(11)
  const [width, count] = [9, 80]
  const axis = (keep: number): number[] =>
    unit(Array.from({ length: width }, (_, i) => (i % 2 === keep ? random() - 0.5 : 0)))
  const [a, b] = [axis(0), axis(1)]
  const truth = Array.from({ length: count }, () => [10 * (random() - 0.5), 3 * (random() - 0.5)] as const)
  const values = Float32Array.from(
    truth.flatMap(([u, v]) => a.map((x, i) => 5 + u * x + v * b[i]! + 0.01 * (random() - 0.5))),
  )
  const points = await projectToPlane(device, { values, labels: new Uint8Array(count), count, width })
  const correlation = (x: readonly number[], y: readonly number[]): number => {
    const [mx, my] = [x, y].map(v => v.reduce((s, e) => s + e) / v.length)
    const dot = (p: readonly number[], q: readonly number[], mp: number, mq: number): number =>
      p.reduce((s, e, i) => s + (e - mp) * (q[i]! - mq), 0)
    return Math.abs(dot(x, y, mx!, my!) / Math.sqrt(dot(x, x, mx!, mx!) * dot(y, y, my!, my!)))
  }
  for (const k of [0, 1] as const)
    assert.ok(
      correlation(
        points.map(p => p[k]),
        truth.map(t => t[k]),
      ) > 0.98,
    )
  assert.ok(Math.abs(Math.max(...points.flat().map(Math.abs)) - 1) < 1e-5)
})

test('embedAll fills up the last batch and cuts it off again', async () => {
  const seen: number[][] = []
  const session = {
    async call(_: string, { images }: { images: Uint8Array }) {
      seen.push([...images])
      return { features: Float32Array.from(images, x => x / 2) }
    },
  } as unknown as Session
  const split = { images: Uint8Array.from([2, 4, 6, 8, 10]), labels: Uint8Array.from([0, 1, 2, 3, 4]), count: 5 }
  const features = await embedAll(session, split, 3)
  assert.equal(seen, [
    [2, 4, 6],
    [8, 10, 8],
  ])
  assert.equal([...features.values], [1, 2, 3, 4, 5])
  assert.equal([features.count, features.width], [5, 1])
})

test.run()
