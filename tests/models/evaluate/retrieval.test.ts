/** Recall at k against a plain computation, and low-shot machines against the condition of their optimum. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generator } from '../../../models/data/random.js'
import type { Features } from '../../../models/evaluate/features.js'
import { lowShot, supportVectorMachine } from '../../../models/evaluate/lowshot.js'
import { retrieval } from '../../../models/evaluate/retrieval.js'
import { closeTestDevice, testDevice } from '../../device.js'

const device = await testDevice()
test.after(closeTestDevice)

/** Rows around one direction per class. */
function clouds(count: number, seed: number, { width = 6, classes = 4, noise = 0.9 } = {}): Features {
  const [centres, random] = [generator(5), generator(seed)]
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const middle = Array.from({ length: classes * width }, () => 2 * (centres() - 0.5))
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * classes))
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => middle[labels[Math.floor(i / width)]! * width + (i % width)]! + noise * normal(),
  )
  return { values, labels, count, width }
}

test('recall at k is that of a plain computation, over more rows than one run of the device takes', async () => {
  const features = clouds(300, 1)
  const { values, labels, count, width } = features
  const row = (n: number) => [...values.subarray(n * width, (n + 1) * width)]
  const unit = Array.from({ length: count }, (_, n) => row(n).map(x => x / Math.hypot(...row(n))))
  const expected = [1, 2, 4, 8].map(k => {
    const found = unit.filter((query, n) =>
      unit
        .map((other, m) => [m, query.reduce((sum, x, i) => sum + x * other[i]!, 0)] as const)
        .filter(([m]) => m !== n)
        .sort((a, b) => b[1] - a[1])
        .slice(0, k)
        .some(([m]) => labels[m] === labels[n]),
    )
    return [k, found.length / count] as const
  })
  assert.ok(expected[0]![1] > 0.3 && expected[0]![1] < 0.9, `neither trivial nor hopeless: ${expected}`)
  assert.equal(await retrieval(device, features), expected)
})

test('an image does not find itself, also among equal ones', async () => {
  const features = (labels: number[]): Features => ({
    values: Float32Array.from(labels.flatMap(() => [1, 2])),
    labels: Uint8Array.from(labels),
    count: labels.length,
    width: 2,
  })
  assert.equal(await retrieval(device, features([0, 1, 2, 3]), { ks: [1, 3] }), [
    [1, 0],
    [3, 0],
  ])
  assert.equal(await retrieval(device, features([0, 0]), { ks: [1] }), [[1, 1]])
  for (const ks of [[0], [2], [1.5], []]) {
    const error = await retrieval(device, features([0, 0]), { ks }).catch(error => error)
    assert.match(error.message, /of 2 images each has 1 others, choose whole numbers from 1 to 1/)
  }
})

test('the weights of a machine are where the slope of what it minimises is nothing', () => {
  const { values, labels, count, width } = clouds(40, 3)
  const rows = Array.from({ length: count }, (_, n) =>
    Float64Array.from([...values.subarray(n * width, (n + 1) * width), 1]),
  )
  const signs = [...labels].map(label => (label === 2 ? 1 : -1))
  for (const cost of [0.1, 1, 30]) {
    const weights = supportVectorMachine(rows, signs, { cost, tolerance: 1e-10 })
    const slope = Float64Array.from(weights)
    for (const [n, row] of rows.entries()) {
      const margin = 1 - signs[n]! * row.reduce((sum, x, i) => sum + x * weights[i]!, 0)
      if (margin > 0) for (const [i, x] of row.entries()) slope[i]! -= 2 * cost * margin * signs[n]! * x
    }
    const largest = Math.max(...slope.map(Math.abs))
    assert.ok(largest < 1e-6, `cost ${cost}: ${largest}`)
  }
})

test('low-shot: more images are better, the same for the same seed, and all of a class that has few', () => {
  const [train, held] = [clouds(400, 1, { noise: 0.5 }), clouds(200, 2, { noise: 0.5 })]
  const found = lowShot(train, held, { shots: [1, 4, 16] })
  assert.equal(found, lowShot(train, held, { shots: [1, 4, 16] }))
  const [one, four, sixteen] = [found[0]!, found[1]!, found[2]!]
  assert.ok(one.mean > 0.35 && one.mean < four.mean && four.mean < sixteen.mean, JSON.stringify(found))
  assert.ok(one.deviation > 0)
  assert.not.equal(lowShot(train, held, { shots: [1], seed: 1 })[0]!.mean, one.mean)
  const all = lowShot(train, held, { shots: [1000], draws: 2 })[0]!
  assert.ok(all.deviation < 0.01, 'every draw has all images')
  assert.throws(
    () => lowShot(train, held, { shots: [0] }),
    /shots of low-shot classification must be whole numbers from 1 on, got 0/,
  )
})

test.run()
