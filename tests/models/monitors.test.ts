/** Monitors against their formulas in float64, on the device too; what they say of runs that collapse and of one that does not. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import { add, mul, relu, stopGradient } from '../../compiler/ops/index.js'
import { generator } from '../../models/data/random.js'
import { batchNorm, linear } from '../../models/layers.js'
import { negativeCosine } from '../../models/losses.js'
import { method } from '../../models/methods/method.js'
import { collapsed, collapseWatch, HISTOGRAM_BINS, pairMetrics, scoreMetrics } from '../../models/monitors.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { effectiveRank, participationRatio } from '../../models/spectrum.js'
import { train } from '../../models/train.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'

type Rows = number[][]
const random = generator(11)
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const rowsOf = (n: number, d: number, value: (i: number, j: number) => number): Rows =>
  Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => Math.fround(value(i, j))))
const flat = (rows: Rows): Float32Array => Float32Array.from(rows.flat())

/** Singular values by rotations of pairs of columns (Hestenes). */
function singularValues(rows: Rows): number[] {
  const columns = rows[0]!.map((_, j) => rows.map(row => row[j]!))
  const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
  for (let sweep = 0, moved = true; moved && sweep < 30; sweep++) {
    moved = false
    for (let p = 0; p < columns.length; p++)
      for (let q = p + 1; q < columns.length; q++) {
        const [a, b] = [columns[p]!, columns[q]!]
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)]
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) continue
        moved = true
        const zeta = (bb - aa) / (2 * ab)
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta))
        const c = 1 / Math.hypot(1, t)
        for (let i = 0; i < a.length; i++) [a[i], b[i]] = [c * (a[i]! - t * b[i]!), c * (b[i]! + t * a[i]!)]
      }
  }
  return columns.map(column => Math.sqrt(dot(column, column)))
}
function rankMe(rows: Rows): number {
  const s = singularValues(rows)
  const total = s.reduce((a, b) => a + b, 0)
  return Math.exp(s.reduce((sum, x) => sum - (x > 0 ? (x / total) * Math.log(x / total) : 0), 0))
}

const [N, D] = [64, 32]
const direction = Array.from({ length: D }, normal)
const long = Array.from({ length: N }, normal)
/** Spectra from even to collapsed. */
const spectra: Record<string, Rows> = {
  'isotropic noise': rowsOf(N, D, normal),
  'a few strong directions': (() => {
    const basis = rowsOf(D, D, normal)
    return rowsOf(N, D, () => 0).map(() => {
      const weights = basis.map((_, k) => normal() / (k + 1) ** 1.5)
      return direction.map((_, j) => basis.reduce((sum, row, k) => sum + weights[k]! * row[j]!, 0))
    })
  })(),
  'three directions': rowsOf(N, D, () => 0).map(() => {
    const [a, b, c] = [normal(), normal(), normal()]
    return direction.map((x, j) => Math.fround(a * x + b * Math.cos(j) + c * Math.sin(2 * j)))
  }),
  'one direction': rowsOf(N, D, (i, j) => long[i]! * direction[j]!),
  'one direction and noise of 1e-3': rowsOf(N, D, (_, j) => direction[j]! + 1e-3 * normal()),
  'one direction and noise of 1e-5': rowsOf(N, D, (_, j) => direction[j]! + 1e-5 * normal()),
  'a strong mean': rowsOf(N, D, (_, j) => 5 + normal() / Math.sqrt(j + 1)),
  'equal rows': rowsOf(N, D, (_, j) => direction[j]!),
  'tiny numbers': rowsOf(N, D, () => 1e-20 * normal()),
}

test('effective rank is within 1 % of the singular values in float64, on the device', async () => {
  const step = entry({ x: [N, D] }, ({ x }) => ({ rank: effectiveRank(x as Untyped) }))
  const session = await load(await testDevice(), compile({ step }, {}, { target: targetFor(await testDevice()) }), {
    seed: 1,
  })
  for (const [name, rows] of Object.entries(spectra)) {
    const expected = rankMe(rows)
    const { rank } = (await session.call('step', { x: flat(rows) })) as Record<string, ArrayLike<number>>
    if (process.env.SHOW) console.log(name, expected, rank![0])
    assert.ok(Math.abs(rank![0]! / expected - 1) < 0.01, `${name}: ${rank![0]}, expected ${expected}`)
  }
  const zero = (await session.call('step', { x: new Float32Array(N * D) })) as Record<string, ArrayLike<number>>
  assert.is(zero.rank![0], 0)
  session.destroy()
  // More columns than rows.
  const wide = spectra['a strong mean']!.slice(0, 12)
  close(computed(effectiveRank, wide)[0]!, rankMe(transposed(wide)), 1e-3, 'wide')
})
const transposed = (rows: Rows): Rows => rows[0]!.map((_, j) => rows.map(row => row[j]!))

const computed = (make: (x: Untyped) => Tensor, rows: Rows): number[] => {
  const x = input('x', [rows.length, rows[0]!.length])
  return [...evaluateNodes([make(x as Untyped)], new Map([[x, flat(rows)]]))[0]!.data]
}
const close = (actual: number, expected: number, within: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual}, expected ${expected}`)

test('participation ratio is that of the eigenvalues of the covariance', () => {
  for (const [name, rows] of Object.entries(spectra)) {
    if (name === 'equal rows') continue
    const means = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length)
    const l = singularValues(rows.map(row => row.map((x, j) => x - means[j]!))).map(s => s * s)
    const expected = l.reduce((a, b) => a + b, 0) ** 2 / l.reduce((a, b) => a + b * b, 0)
    close(computed(participationRatio, rows)[0]!, expected, 1e-6 * expected, name)
  }
  assert.is(computed(participationRatio, spectra['equal rows']!)[0], 0)
  // Two directions of equal variance.
  const cross = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]
  close(computed(participationRatio, cross)[0]!, 2, 1e-12, 'cross')
})

test('scores: mean, variance and histogram of positives and negatives', () => {
  // Unit rows at 0, 90 and 180 degrees, and their keys turned by 50.
  const at = (degrees: number): number[] => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const [queries, keys] = [[0, 90, 180].map(at), [50, 140, 230].map(d => at(d).map(x => 3 * x))]
  const [q, k] = [input('q', [3, 2]), input('k', [3, 2])]
  const given = new Map([
    [q, flat(queries)],
    [k, flat(keys)],
  ])
  const read = (all: Record<string, Tensor>): Record<string, number[]> =>
    Object.fromEntries(
      evaluateNodes(Object.values(all), given).map(({ data }, i) => [Object.keys(all)[i]!, [...data]] as const),
    )
  const found = read(scoreMetrics(q as Untyped, k as Untyped))
  close(found.positiveMean![0]!, Math.cos((50 * Math.PI) / 180), 1e-6, 'positive mean')
  close(found.positiveVariance![0]!, 0, 1e-6, 'positive variance')
  const cosines = [0, 90, 180].flatMap((a, i) =>
    [50, 140, 230].flatMap((b, j) => (i === j ? [] : [Math.cos(((a - b) * Math.PI) / 180)])),
  )
  const average = cosines.reduce((a, b) => a + b, 0) / 6
  close(found.negativeMean![0]!, average, 1e-6, 'negative mean')
  const variance = cosines.reduce((a, b) => a + (b - average) ** 2, 0) / 6
  close(found.negativeVariance![0]!, variance, 1e-6, 'negative variance')
  const bins = new Array(HISTOGRAM_BINS).fill(0)
  for (const x of cosines) bins[Math.min(Math.floor(((x + 1) / 2) * HISTOGRAM_BINS), HISTOGRAM_BINS - 1)]++
  assert.equal(found.negativeHistogram, bins)
  assert.is(
    found.positiveHistogram!.reduce((a, b) => a + b, 0),
    3,
  )
  const queued = read(scoreMetrics(q as Untyped, k as Untyped, k as Untyped))
  assert.is(
    queued.negativeHistogram!.reduce((a, b) => a + b, 0),
    9,
    'a queue has no row of its own',
  )
  // A score of 1, and one that rounding has taken beyond it, are in the last bin.
  assert.is(read(scoreMetrics(q as Untyped, q as Untyped)).positiveHistogram!.at(-1), 3)
})

test('metrics of a pair tell even rows from collapsed ones', () => {
  const of = (rows: Rows): Record<string, number> => {
    const x = input('x', [rows.length, rows[0]!.length])
    const { positiveHistogram: _, negativeHistogram: __, ...scalars } = pairMetrics(x as any, x as any)
    const values = evaluateNodes(Object.values(scalars), new Map([[x, flat(rows)]]))
    return Object.fromEntries(Object.keys(scalars).map((name, i) => [name, values[i]!.data[0]!]))
  }
  const [even, collapsedRows] = [of(spectra['isotropic noise']!), of(spectra['equal rows']!)]
  close(even.spread!, 1, 0.05, 'spread')
  assert.ok(even.participation! > 15 && even.rank! > 28 && even.uniformity! < -3.5)
  close(even.negativeMean!, 0, 0.02, 'negatives of even rows')
  close(collapsedRows.spread!, 0, 1e-6, 'spread of equal rows')
  close(collapsedRows.uniformity!, 0, 1e-6, 'uniformity of equal rows')
  close(collapsedRows.rank!, 1, 0.01, 'rank of equal rows')
  close(collapsedRows.negativeMean!, 1, 1e-6, 'negatives of equal rows')
  for (const one of [even, collapsedRows]) close(one.alignment!, 0, 1e-9, 'alignment with itself')
})

// Runs

const [BATCH, WIDTH] = [32, 16]
type Kind = 'SimSiam' | 'without stopGradient' | 'constant encoder'
/** SimSiam on rows, and two forms of it that collapse. */
const methodOf = (kind: Kind) =>
  method(kind, {}, ({ use }) => {
    const encode = use('encoder', sequential(linear(WIDTH, 32), batchNorm(32), relu as never, linear(32, WIDTH))) as any
    const predict = use('predictor', sequential(linear(WIDTH, 8), relu as never, linear(8, WIDTH))) as any
    return {
      encoder: encode,
      loss(views) {
        const [a, b] = views.map(x => (kind === 'constant encoder' ? add(mul(encode(x), 0), 1) : encode(x))) as any[]
        const half = (p: any, z: any): Untyped =>
          negativeCosine(predict(p), kind === 'without stopGradient' ? z : stopGradient(z))
        const loss: Untyped = mul(add(half(a, b), half(b, a)), 0.5)
        return { loss, metrics: {}, pair: [a, b] as const }
      },
    }
  })

const kinds: readonly Kind[] = ['SimSiam', 'without stopGradient', 'constant encoder']
/** Readings of every tenth step of each kind on noisy views of random rows. One program holds all, so that they share kernels. */
async function readings(): Promise<Record<Kind, Record<string, ArrayLike<number>>[]>> {
  const inputs: Record<'one' | 'two', [number, number]> = { one: [BATCH, WIDTH], two: [BATCH, WIDTH] }
  const methods = kinds.map(methodOf)
  module(
    ({ use }) =>
      () =>
        methods.map((trained, i) => use(`run${i}`, trained)),
  )()
  const entries = Object.fromEntries(
    methods.map((trained, i) => {
      const optimizer = sgd({ learningRate: kinds[i] === 'SimSiam' ? 0.2 : 0.5 })
      return [kinds[i], entry(inputs, ({ one, two }) => train(trained, optimizer, [one, two], { monitor: true }))]
    }),
  )
  const session = await load(await testDevice(), compile(entries, {}, { target: targetFor(await testDevice()) }), {
    seed: 1,
  })
  const all = { SimSiam: [], 'without stopGradient': [], 'constant encoder': [] } as Awaited<
    ReturnType<typeof readings>
  >
  for (const kind of kinds)
    for (let i = 1; i <= 80; i++) {
      const rows = Float32Array.from({ length: BATCH * WIDTH }, normal)
      const noisy = () => rows.map(x => x + 0.3 * normal())
      session.run(kind, { one: noisy(), two: noisy() })
      if (i % 10 === 0) all[kind].push((await session.read(kind)) as Record<string, ArrayLike<number>>)
    }
  session.destroy()
  return all
}

test('a run that collapses says so, once; a healthy one does not', async () => {
  const all = await readings()
  const said = (kind: Kind): string[] => {
    const watch = collapseWatch(2)
    if (process.env.SHOW)
      for (const { spread, participation, rank, loss } of all[kind])
        console.log(kind, loss![0], spread![0], participation![0], rank![0])
    return all[kind].flatMap(one => watch(one) ?? [])
  }
  assert.equal(said('SimSiam'), [])
  for (const kind of ['without stopGradient', 'constant encoder'] as const) {
    const [first, ...rest] = said(kind)
    assert.match(
      `${first}`,
      /^projections have collapsed to one direction: their spread is 0\.?\d* \(1 is even, below 0\.1/,
    )
    assert.equal(rest, [])
  }
})

test('the rule names what collapsed, and leaves what is missing unjudged', () => {
  const healthy = { spread: [0.9], participation: [7], 'gradientNorm.encoder': [0.3], 'gradientNorm.predictor': [0.1] }
  const verdict = (readings: Record<string, number[]>): string => `${collapsed(readings)}`
  assert.is(collapsed(healthy), undefined)
  assert.is(collapsed({ loss: [1] }), undefined)
  assert.match(verdict({ ...healthy, spread: [0.01] }), /to one direction: their spread is 0\.010/)
  assert.match(verdict({ ...healthy, participation: [1.04] }), /to a line: they differ along 1\.04 directions/)
  assert.match(verdict({ ...healthy, 'gradientNorm.encoder': [0] }), /^the encoder has no gradient/)
  const watch = collapseWatch(2)
  const bad = { spread: [0] }
  const heard = [bad, healthy, bad, bad, bad, bad, healthy, bad, bad].map(one => watch(one) !== undefined)
  assert.equal(heard, [false, false, false, true, false, false, false, false, true])
})

test('what is infinite or NaN is a divergence, said at once and once', () => {
  const healthy = { spread: [0.9], participation: [7], nonFinite: [0], loss: [1] }
  const watch = collapseWatch(2)
  const broken = { ...healthy, nonFinite: [28] }
  const heard = [healthy, broken, broken, healthy, { ...healthy, spread: [Number.NaN] }].map(one => watch(one))
  assert.equal(heard, [
    undefined,
    'training has diverged: 28 elements of parameters and statistics are infinite or NaN',
    undefined,
    undefined,
    'training has diverged: spread is NaN',
  ])
})

test('a step counts what is infinite or NaN in parameters and statistics', async () => {
  const step = entry({ one: [BATCH, WIDTH], two: [BATCH, WIDTH] }, ({ one, two }) =>
    train(methodOf('SimSiam'), sgd({ learningRate: 0.2 }), [one, two], { monitor: true }),
  )
  const session = await load(await testDevice(), compile({ step }, {}, { target: targetFor(await testDevice()) }), {
    seed: 1,
  })
  const rows = Float32Array.from({ length: BATCH * WIDTH }, normal)
  const count = async () => ((await session.call('step', { one: rows, two: rows })) as any).nonFinite[0]
  assert.is(await count(), 0)
  session.writeVariables({ 'encoder.1.running_var': new Float32Array(32).fill(Number.NaN, 3, 5) })
  assert.is(await count(), 2)
  session.destroy()
})

test('a method that reports its spread can be monitored, and one whose metric the step would hide is refused', () => {
  const traced = (metric: string) => {
    const metered = method('metered', {}, ({ use }) => {
      const encode = use('encoder', linear(2, 2)) as any
      return {
        encoder: encode,
        loss([one]) {
          const y: Untyped = encode(one)
          return { loss: mean(y) as any, metrics: { [metric]: stopGradient(mean(y)) }, pair: [y, y] as const }
        },
      }
    })
    return trace(
      'step',
      entry({ x: [4, 2] }, ({ x }) => train(metered, sgd({ learningRate: 1 }), [x, x], { monitor: true })),
    )
  }
  assert.ok(['spread', 'nonFinite', 'learningRate'].every(name => name in traced('spread').outputs))
  assert.throws(
    () => traced('learningRate'),
    /the loss has an output learningRate, which its training step reports too/,
  )
})

test('a method without a pair cannot be monitored', () => {
  const bare = method('bare', {}, ({ use }) => {
    const encode = use('encoder', linear(2, 2)) as any
    return { encoder: encode, loss: ([one]) => ({ loss: mean(encode(one)) as any, metrics: {} }) }
  })
  const step = entry({ x: [4, 2] }, ({ x }) => train(bare, sgd({ learningRate: 1 }), [x, x], { monitor: true }))
  assert.throws(() => trace('step', step), /monitor: bare gives no pair of projections to look at: return `pair/)
})

test.after(closeTestDevice)
test.run()
