/** Protocols on frozen features: metrics of kNN, the sweep of the linear probe, subsets of labels, geometry. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generator } from '../../../models/data/random.js'
import { type Features, heldOut, pickRows } from '../../../models/evaluate/features.js'
import { balancedSubset, fitLinear, geometry, knnAccuracy } from '../../../models/evaluate.js'
import { closeTestDevice, testDevice } from '../../device.js'

const device = await testDevice()
test.after(closeTestDevice)

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
/** Rows around one centre per class, of differing lengths. */
function clouds(count: number, seed: number, { width = 6, classes = 3, noise = 0.6 } = {}): Features {
  const [centres, random] = [generator(5), generator(seed)]
  const middle = Array.from({ length: classes * width }, () => 2 * (centres() - 0.5))
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * classes))
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => middle[labels[Math.floor(i / width)]! * width + (i % width)]! + noise * normal(random),
  )
  return { values, labels, count, width }
}

/** Moved away from the origin, by multiples of 1/64 so that f32 holds what was added. */
const moved = (by: number, { values, ...rest }: Features): Features => ({
  ...rest,
  values: values.map(x => Math.round(x * 64) / 64 + by),
})

for (const offset of [0, 100, 10000])
  test(`kNN by Euclidean distance agrees with a plain computation, ${offset} from the origin`, async () => {
    const [train, held] = [moved(offset, clouds(120, 1)), moved(offset, clouds(100, 2))]
    const row = ({ values, width }: Features, n: number): Float32Array => values.subarray(n * width, (n + 1) * width)
    for (const k of [1, 7]) {
      let right = 0
      for (let n = 0; n < held.count; n++) {
        const query = row(held, n)
        const near = Array.from({ length: train.count }, (_, m) => ({
          distance: Math.hypot(...row(train, m).map((x, i) => x - query[i]!)),
          label: train.labels[m]!,
        }))
          .sort((a, b) => a.distance - b.distance)
          .slice(0, k)
        const votes = [0, 0, 0]
        for (const { distance, label } of near) votes[label]! += 1 / (distance + 1e-5)
        if (votes.indexOf(Math.max(...votes)) === held.labels[n]) right++
      }
      const got = await knnAccuracy(device, train, held, { k, metric: 'euclidean' })
      assert.ok(right > 50 && right < 99, `the problem must be neither trivial nor hopeless: ${right}`)
      assert.ok(Math.abs(got - right / held.count) < 0.011, `k ${k}: ${got}, expected ${right / held.count}`)
    }
  })

test('kNN by cosine of large features, of votes that differ by less than an f32 shows, and of broken ones', async () => {
  const rows = (values: number[], width: number, labels: number[]): Features => ({
    values: Float32Array.from(values),
    labels: Uint8Array.from(labels),
    count: labels.length,
    width,
  })
  const corners = (size: number) => rows([size, 0, 0, size, -size, 0], 2, [0, 1, 2])
  assert.is(await knnAccuracy(device, corners(1e25), corners(1e-3), { k: 1 }), 1)
  // Both 1 and 2 point along 1; -3 adds exp(-2 / 0.07), 4e-13, to the vote of class 1.
  const line = rows([1, 2, -3], 1, [0, 1, 1])
  assert.is(await knnAccuracy(device, line, rows([1, -1], 1, [1, 1])), 1)
  for (const run of [knnAccuracy, (...sets: [any, any, any]) => fitLinear(sets[0], sets[1], [sets[2]])]) {
    let caught: unknown
    await run(device, line, rows([1, Number.NaN], 1, [0, 1])).catch(error => {
      caught = error
    })
    assert.match(`${caught}`, /^DataError: feature 0 of example 1 is NaN: the encoder has diverged/)
    await run(device, line, rows([1, 0], 2, [0])).catch(error => {
      caught = error
    })
    assert.match(`${caught}`, /^DataError: some features have 1 elements, others 2: embed all sets with one encoder/)
  }
  const sentenceOf = (options: object) =>
    knnAccuracy(device, line, line, options).then(String, error => `${error.name}: ${error.message}`)
  for (const k of [0, 2.5, Number.NaN])
    assert.is(await sentenceOf({ k }), `ShapeError: kNN takes k, a whole number of neighbours from 1, got ${k}`)
  // exp(0 / 0): no class had a vote, and the accuracy was 0.
  for (const temperature of [0, -1, Number.NaN])
    assert.is(await sentenceOf({ temperature }), `ShapeError: kNN takes a temperature above 0, got ${temperature}`)
})

test('the probe takes the rate that is best on held-out rows, and gives its classifier', async () => {
  const [train, held] = [clouds(200, 3, { noise: 0.3 }), clouds(150, 4, { noise: 0.3 })]
  const options = { optimizer: 'sgd', steps: 30, learningRates: [0, 0.3] } as const
  // Moved far from 0, so that the classifier has to undo the standardisation.
  const moved = (features: Features): Features => ({ ...features, values: features.values.map(x => 5 + 3 * x) })
  const { learningRate, tried, accuracies, classifier } = await fitLinear(device, moved(train), [moved(held)], options)
  assert.is(learningRate, 0.3)
  assert.equal(
    tried.map(([rate]) => rate),
    [0, 0.3],
  )
  assert.ok(tried[1]![1] > 0.9 && tried[1]![1] >= tried[0]![1], `${tried}`)
  const { weight, bias } = classifier
  let right = 0
  for (let n = 0; n < held.count; n++) {
    const scores = [...bias].map((b, c) => {
      let total = b
      for (let i = 0; i < held.width; i++)
        total += weight[c * held.width + i]! * moved(held).values[n * held.width + i]!
      return total
    })
    if (scores.indexOf(Math.max(...scores)) === held.labels[n]) right++
  }
  assert.ok(
    Math.abs(right / held.count - accuracies[0]!) < 0.007,
    `${right / held.count}, the device says ${accuracies[0]}`,
  )
  assert.ok(accuracies[0]! > 0.9)
})

test('rows held out are a tenth, and none of them is trained on', () => {
  const { fitted, held } = heldOut(237)
  assert.equal(
    [...fitted, ...held].sort((a, b) => a - b),
    Array.from({ length: 237 }, (_, n) => n),
  )
  assert.ok(Math.abs(held.length - 23.7) <= 1)
  // A set sorted by class with a period of ten loses rows of every class.
  assert.is(new Set(heldOut(200).held.map(n => n % 10)).size, 10)
  const picked = pickRows(
    { values: Float32Array.of(1, 2, 3, 4, 5, 6), labels: Uint8Array.of(7, 8, 9), count: 3, width: 2 },
    [2, 0],
  )
  assert.equal([[...picked.values], [...picked.labels], picked.count], [[5, 6, 1, 2], [9, 7], 2])
})

test('subsets of labels are balanced, seeded, and hold the smaller ones', () => {
  const labels = Uint8Array.from({ length: 1010 }, (_, n) => (n < 1000 ? n % 4 : 4)) // 250 of each of four, 10 of the fifth
  const countsOf = (rows: number[]): number[] => [0, 1, 2, 3, 4].map(c => rows.filter(n => labels[n] === c).length)
  const one = balancedSubset({ labels }, 0.01, 3)
  const ten = balancedSubset({ labels }, 0.1, 3)
  assert.equal(countsOf(one), [3, 3, 3, 3, 1])
  assert.equal(countsOf(ten), [25, 25, 25, 25, 1])
  assert.equal(one, balancedSubset({ labels }, 0.01, 3))
  assert.not.equal(one, balancedSubset({ labels }, 0.01, 4))
  assert.ok(one.every(n => ten.includes(n)))
  assert.equal(balancedSubset({ labels }, 1), [...labels.keys()])
  assert.throws(() => balancedSubset({ labels }, 0), /must lie above 0 and up to 1, got 0/)
  assert.throws(() => balancedSubset({ labels }, 1.5), /got 1.5/)
})

test('features of no examples are refused', async () => {
  const none: Features = { values: new Float32Array(0), labels: new Uint8Array(0), count: 0, width: 6 }
  for (const sets of [
    [clouds(20, 1), none],
    [none, clouds(20, 1)],
  ] as const)
    try {
      await knnAccuracy(device, ...sets)
      assert.unreachable()
    } catch (error) {
      assert.match((error as Error).message, /^a set of features has no examples/)
    }
})

test('geometry of rows whose answer is known', async () => {
  const [count, width] = [64, 8]
  const rows = (value: (n: number, i: number) => number): Features => ({
    values: Float32Array.from({ length: count * width }, (_, k) => value(Math.floor(k / width), k % width)),
    labels: new Uint8Array(count),
    count,
    width,
  })
  const axes = await geometry(
    device,
    rows((n, i) => +(n % width === i)),
  )
  assert.ok(Math.abs(axes.rank - width) < 0.1, `rank ${axes.rank}`)
  // Of 64 rows on 8 axes, 8 to each: 224 of 2016 pairs are equal, the others have squared distance 2.
  const expected = Math.log((224 + 1792 * Math.exp(-4)) / 2016)
  assert.ok(Math.abs(axes.uniformity - expected) < 1e-3, `uniformity ${axes.uniformity}, expected ${expected}`)
  const line = await geometry(
    device,
    rows((n, i) => (n + 1) * (i + 1)),
  )
  assert.ok(
    Math.abs(line.rank - 1) < 0.02 && Math.abs(line.uniformity) < 1e-3 && line.spread < 0.01,
    JSON.stringify(line),
  )
  try {
    await geometry(device, { values: new Float32Array(width), labels: new Uint8Array(1), count: 1, width })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /needs 2 rows or more, got 1/)
  }
})

test.run()
