/**
 * Losses on the device against formulas written out here, where the reference data are silent: a batch of two, odd
 * shapes, rows of zeros, rows that are all equal, temperatures far from the usual ones. Gradients are finite there.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, i32 } from '../../compiler/language/entry.js'
import { concat, constant, stopGradient } from '../../compiler/ops/index.js'
import { generator } from '../../models/data/random.js'
import { decoupledContrast, mocoV3Loss, pairContrast, supervisedContrast } from '../../models/losses/contrast.js'
import { byolLoss, uniformity } from '../../models/losses/pairs.js'
import { dinoLoss, swavLoss } from '../../models/losses/prototypes.js'
import { barlowTwins, vicregLoss } from '../../models/losses/redundancy.js'
import { infoNCE, negativeCosine, ntXent } from '../../models/losses.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

type Rows = number[][]
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
const dot = (a: number[], b: number[]) => sum(a.map((x, i) => x * b[i]!))
const unit = (row: number[]) => row.map(x => x / Math.max(Math.sqrt(dot(row, row)), 1e-12))
const lse = (values: readonly number[]) => {
  const top = Math.max(...values)
  return top + Math.log(sum(values.map(x => Math.exp(x - top))))
}
const softmax = (values: readonly number[]) => values.map(x => Math.exp(x - lse(values)))
const columns = (rows: Rows) => rows[0]!.map((_, d) => rows.map(row => row[d]!))
const variance = (values: readonly number[], less: number) =>
  sum(values.map(x => (x - mean(values)) ** 2)) / (values.length - less)

const cosines = (a: Rows, b: Rows) => a.map((x, i) => dot(unit(x), unit(b[i]!)))
/** Cross-entropy of unit rows of `a` with those of `b`, each told its own. */
const contrast = (a: Rows, b: Rows, t: number) =>
  mean(a.map((x, i) => lse(b.map(y => dot(unit(x), unit(y)) / t)) - dot(unit(x), unit(b[i]!)) / t))
/** What every row of `[a; b]` is told apart from, without itself and, if asked, without its partner. */
const withinBatch = (a: Rows, b: Rows, t: number, partner: boolean) => {
  const z = [...a, ...b].map(unit)
  const own = (i: number) => (i + a.length) % z.length
  return mean(
    z.map((x, i) => {
      const others = z.flatMap((y, j) => (j === i || (!partner && j === own(i)) ? [] : [dot(x, y) / t]))
      return lse(others) - dot(x, z[own(i)]!) / t
    }),
  )
}
const softTarget = (p: number[], logits: number[]) => -sum(p.map((x, k) => x * (logits[k]! - lse(logits))))
/** Sinkhorn and Knopp, without logarithms. */
function codes(scores: Rows, epsilon: number): Rows {
  const top = Math.max(...scores.flat())
  let q = scores.map(row => row.map(x => Math.exp((x - top) / epsilon)))
  const [n, k] = [q.length, q[0]!.length]
  for (let turn = 0; turn < 3; turn++) {
    const down = columns(q).map(sum)
    q = q.map(row => row.map((x, j) => x / down[j]! / k))
    q = q.map(row => row.map(x => x / sum(row) / n))
  }
  return q.map(row => row.map(x => x * n))
}
const labelsOf = (n: number) => Array.from({ length: 2 * n }, (_, i) => i % 3)

interface Case {
  readonly loss: (a: Untyped, b: Untyped, c: Untyped, labels: Untyped) => Tensor
  readonly formula: (a: Rows, b: Rows, c: Rows, labels: number[]) => number
}
const sg = (x: Untyped): Untyped => stopGradient(x) as Untyped
/** Temperatures far from the usual ones. */
const heated = (make: (t: number) => Case): Record<string, Case> =>
  Object.fromEntries([0.005, 1000].map(t => [` at ${t}`, make(t)]))
const all: Record<string, Case | Record<string, Case>> = {
  negativeCosine: { loss: (a, b) => negativeCosine(a, sg(b)), formula: (a, b) => -mean(cosines(a, b)) },
  byol: {
    loss: (a, b, c) => byolLoss(a, c, sg(b), sg(b)),
    formula: (a, b, c) => 4 - 2 * mean(cosines(a, b)) - 2 * mean(cosines(c, b)),
  },
  infoNCE: heated(t => ({
    loss: (a, b, c) => infoNCE(a, sg(b), sg(c), t),
    formula: (a, b, c) =>
      mean(
        a.map((x, i) => {
          const positive = dot(unit(x), unit(b[i]!)) / t
          return lse([positive, ...c.map(n => dot(unit(x), n) / t)]) - positive
        }),
      ),
  })),
  ntXent: heated(t => ({ loss: (a, b) => ntXent(a, b, t), formula: (a, b) => withinBatch(a, b, t, true) })),
  decoupled: heated(t => ({
    loss: (a, b) => decoupledContrast(a, b, { temperature: t }),
    formula: (a, b) => withinBatch(a, b, t, false),
  })),
  pairContrast: heated(t => ({ loss: (a, b) => pairContrast(a, b, 1 / t), formula: (a, b) => contrast(a, b, t) })),
  mocoV3: {
    loss: (a, b, c) => mocoV3Loss(a, c, sg(b), sg(b), 0.2),
    formula: (a, b, c) => 0.4 * (contrast(a, b, 0.2) + contrast(c, b, 0.2)),
  },
  supervisedContrast: heated(t => ({
    loss: (a, b, _, labels) => supervisedContrast(concat(a, b, 0) as Untyped, labels, { temperature: t }),
    formula: (a, b, _, labels) => {
      const z = [...a, ...b].map(unit)
      return mean(
        z.map((x, i) => {
          const others = lse(z.flatMap((y, j) => (j === i ? [] : [dot(x, y) / t])))
          const own = z.flatMap((y, j) => (j !== i && labels[j] === labels[i] ? [others - dot(x, y) / t] : []))
          return own.length > 0 ? mean(own) : 0
        }),
      )
    },
  })),
  barlow: {
    loss: (a, b) => barlowTwins(a, b, { lambda: 0.0051, scale: 0.1 }),
    formula: (a, b) => {
      const standard = (z: Rows) =>
        columns(z).map(column => column.map(x => (x - mean(column)) / Math.sqrt(variance(column, 0) + 1e-5)))
      const [one, two] = [standard(a), standard(b)]
      const c = one.map(x => two.map(y => dot(x, y) / a.length))
      return 0.1 * sum(c.flatMap((row, i) => row.map((x, j) => (i === j ? (x - 1) ** 2 : 0.0051 * x * x))))
    },
  },
  vicreg: {
    loss: (a, b) => vicregLoss(a, b, { varianceWeight: 1 }),
    formula: (a, b) => {
      const hinge = (z: Rows) => mean(columns(z).map(x => Math.max(0, 1 - Math.sqrt(variance(x, 1) + 1e-4))))
      const redundancy = (z: Rows) => {
        const centred = columns(z).map(column => column.map(x => x - mean(column)))
        const entry = (i: number, j: number) => dot(centred[i]!, centred[j]!) / (z.length - 1)
        return sum(centred.flatMap((_, i) => centred.map((_, j) => (i === j ? 0 : entry(i, j) ** 2)))) / centred.length
      }
      const apart = mean(a.flatMap((row, i) => row.map((x, d) => (x - b[i]![d]!) ** 2)))
      return 25 * apart + 25 * (hinge(a) + hinge(b)) + redundancy(a) + redundancy(b)
    },
  },
  uniformity: {
    loss: a => uniformity(a),
    formula: a => {
      const pairs = a.flatMap((x, i) => a.slice(i + 1).map(y => Math.exp(4 * dot(unit(x), unit(y)) - 4)))
      return Math.log(mean(pairs))
    },
  },
  swav: {
    loss: (a, b) => swavLoss([a, b], { temperature: 0.1 }),
    formula: (a, b) => {
      const [one, two] = [codes(a, 0.05), codes(b, 0.05)]
      const cold = (rows: Rows) => rows.map(row => row.map(x => x / 0.1))
      const side = (p: Rows, s: Rows) => mean(p.map((row, i) => softTarget(row, s[i]!)))
      return (side(one, cold(b)) + side(two, cold(a))) / 2
    },
  },
  dino: {
    loss: (a, b) => dinoLoss([sg(a), sg(b)], [a, b], constant(0.25, [a.shape[1]!]) as Untyped).loss,
    formula: (a, b) => {
      const side = (teacher: Rows, student: Rows) =>
        mean(
          teacher.map((row, i) =>
            softTarget(
              softmax(row.map(x => (x - 0.25) / 0.04)),
              student[i]!.map(x => x / 0.1),
            ),
          ),
        )
      return (side(a, b) + side(b, a)) / 2
    },
  },
}
const cases: [string, Case][] = Object.entries(all).flatMap(([name, one]) =>
  'loss' in one
    ? [[name, one as Case] as [string, Case]]
    : Object.entries(one).map(([at, each]): [string, Case] => [name + at, each]),
)

const random = generator(11)
const drawn = (rows: number, size: number): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: size }, () => Math.fround(2 * random() - 1)))
/** What becomes of three sets of rows. */
const data: Record<string, (rows: Rows) => Rows> = {
  'any rows': rows => rows,
  'rows of zeros': rows => rows.map((row, i) => (i % 2 === 0 ? row.map(() => 0) : row)),
  'rows that are all equal': rows => rows.map(() => rows[0]!),
  'rows of very different lengths': rows =>
    rows.map((row, i) => row.map(x => Math.fround(x * 10 ** (4 * (i % 2) - 2)))),
}
/** Losses of what is no unit row cannot take any length. */
const unscaled = ['barlow', 'vicreg', 'swav', 'dino']

for (const [rows, size] of [
  [2, 5],
  [7, 3],
] as const)
  test(`batches of ${rows}, ${size} features`, async () => {
    const shapes = { a: [rows, size], b: [rows, size], c: [rows, size] }
    const program = compile(
      {
        losses: entry({ ...shapes, labels: i32([2 * rows]) } as never, ({ a, b, c, labels }: any) =>
          Object.fromEntries(
            cases.flatMap(([name, { loss }]) => {
              const value = loss(a, b, c, labels)
              const slopes = backward([[value, constant(1, [])]], [a, b])
              return [[name, value] as const, ...slopes.map((slope, i) => [`${name}, d${i}`, slope] as const)]
            }),
          ),
        ),
      } as never,
      {} as never,
    )
    const session = await load(await testDevice(), program, { seed: 1 })
    const labels = labelsOf(rows)
    for (const [what, change] of Object.entries(data)) {
      const [a, b, c] = [0, 1, 2].map(() => change(drawn(rows, size))) as [Rows, Rows, Rows]
      const flat = (rows: Rows) => Float32Array.from(rows.flat())
      const inputs = { a: flat(a), b: flat(b), c: flat(c), labels: Int32Array.from(labels) }
      const outputs = (await session.call('losses' as never, inputs as never)) as Record<string, Float32Array>
      for (const [name, { formula }] of cases) {
        if (what.endsWith('lengths') && unscaled.includes(name)) continue
        const [got, expected] = [outputs[name]![0]!, formula(a, b, c, labels)]
        const apart = Math.abs(got - expected) / (1 + Math.abs(expected))
        assert.ok(apart < 2e-4, `${name} of ${what}: ${got}, expected ${expected}`)
        for (const i of [0, 1])
          assert.ok(outputs[`${name}, d${i}`]!.every(Number.isFinite), `${name} of ${what}: gradient ${i}`)
      }
    }
    session.destroy()
  })
test.after(closeTestDevice)

test.run()
