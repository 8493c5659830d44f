/** Operators on pairs, negatives, targets and statistics, and learned ones, against plain numbers. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../../compiler/graph/node.js'
import { expectedKey } from '../../../models/augment/operators/covariance.js'
import {
  context,
  copyOf,
  cosineOf,
  deviationOf,
  dot,
  lengthOf,
  make,
  meanOf,
  minus,
  near,
  normals,
  type Plain,
  rowOf,
  rowsOf,
  run,
  unitRows,
  type Values,
} from './operators.js'

const [Q, K, QUEUE] = [unitRows(normals(1, 12, 6)), unitRows(normals(2, 12, 6)), unitRows(normals(3, 24, 6))]
const unit = (row: Float64Array) => row.map(value => value / lengthOf(row))
const relu = (x: number) => Math.max(x, 0)
const softplus = (x: number) => Math.log1p(Math.exp(x))

const pairOf = (operator: Plain, strength = operator.strength) =>
  run({ q: Q, k: K }, ({ q, k }) => operator.apply({ q, k }, context(strength))).outputs

test('MX5, MX6: both sides by one weight per step, row or element, from 0 to 1 and from 1 to 2', () => {
  for (const [name, low] of [
    ['interpolate', 0],
    ['extrapolate', 1],
  ] as const)
    for (const draw of ['step', 'row', 'element'] as const) {
      const { q, k } = pairOf(make(name, { draw }))
      // q' = w q + (1 - w) k, so w = (q' - k) / (q - k), and k' = q + k - q'.
      const w = Q.data.map((value, i) => (q!.data[i]! - K.data[i]!) / (value - K.data[i]!))
      assert.ok(w.every(value => value > low && value < low + 1))
      assert.ok(k!.data.every((value, i) => near(value, Q.data[i]! + K.data[i]! - q!.data[i]!)))
      const distinct = new Set([...w].map(value => value.toFixed(6))).size
      assert.is(distinct, { step: 1, row: 12, element: 72 }[draw], `${name}, ${draw}`)
    }
  const { q, k } = pairOf(make('extrapolate', { draw: 'element', unit: true }))
  for (const side of [q!, k!]) assert.ok(rowsOf(side).every(row => near(lengthOf(row), 1)))
})

test('L5: the key stays; a query comes from itself and from what lies beyond it, as unit rows', () => {
  const operator = make('hallucinate')
  const { outputs, before } = run({ q: Q, k: K }, ({ q, k }) => operator.apply({ q, k }, context(0)))
  assert.equal(outputs.k!.data, K.data)
  const dense = (name: string, rows: Float64Array[]) =>
    rows.map(row =>
      rowsOf(before[`${name}.weight`]!).map((weights, i) => dot(weights, row) + before[`${name}.bias`]!.data[i]!),
    )
  // r is 0: what lies beyond is the query itself.
  const both = rowsOf(Q).map(row => Float64Array.from([...row, ...row]))
  const hidden = (rows: number[][]) => rows.map(row => Float64Array.from(row, relu))
  const made = dense('fc3', hidden(dense('fc2', hidden(dense('fc1', both)))))
  for (const [i, row] of made.entries()) {
    const expected = unit(Float64Array.from(row))
    assert.ok(rowOf(outputs.q!, i).every((value, j) => near(value, expected[j]!, 1e-6)))
  }
  const drawn = run({ q: Q, k: K }, ({ q, k }) => operator.apply({ q, k }, context(0.5))).outputs
  assert.not.equal(drawn.q!.data, outputs.q!.data)
})

test('N8: negatives of the hardest, one step up the score', () => {
  for (const step of ['gradient', 'sign'] as const) {
    const operator = make('adverse', { step })
    const { own } = run({ q: Q, queue: QUEUE }, ({ q, queue }) => ({
      own: operator.apply({ shared: queue }, q, context(0.2)).own[0],
    })).outputs
    assert.equal(own!.shape, [12, 3, 6])
    for (let n = 0; n < 12; n++) {
      const q = rowOf(Q, n)
      const hardest = rowsOf(QUEUE)
        .sort((a, b) => dot(q, b) - dot(q, a))
        .slice(0, 4)
      const up = step === 'sign' ? q.map(Math.sign) : q
      const possible = hardest.map(row => unit(row.map((value, j) => value + 0.2 * up[j]!)))
      for (let s = 0; s < 3; s++) {
        const got = own!.data.subarray((n * 3 + s) * 6, (n * 3 + s + 1) * 6)
        assert.ok(possible.some(row => row.every((value, j) => near(value, got[j]!, 1e-6))))
      }
    }
  }
})

test('ST4: each channel takes on the distribution of its partner, in its own order', () => {
  const x = normals(4, 3, 2, 3, 4)
  // A weight near 0 for x: Beta(a, a) with a tiny a is 0 or 1.
  const made = copyOf(make('efdmix'), x, { strength: 1e-3 })
  let changed = 0
  for (let n = 0; n < 3; n++)
    for (let c = 0; c < 2; c++) {
      const part = (of: Values, row: number) => of.data.subarray((row * 2 + c) * 12, (row * 2 + c + 1) * 12)
      const [own, got] = [part(x, n), part(made, n)]
      const order = (values: Float64Array) => [...values.keys()].sort((a, b) => values[a]! - values[b]!).join()
      assert.is(order(got), order(own), 'the order stays')
      const from = [0, 1, 2].filter(row => {
        const other = [...part(x, row)].sort((a, b) => a - b)
        return [...got].sort((a, b) => a - b).every((value, i) => near(value, other[i]!, 1e-2))
      })
      assert.ok(from.length > 0, 'the values are those of a row')
      if (!from.includes(n)) changed++
    }
  assert.ok(changed > 0)
})

test('M5: the class token, and some of the others without repetition', () => {
  const x = normals(5, 4, 11, 3)
  const made = copyOf(make('tokens'), x, { strength: 0.4 })
  assert.equal(made.shape, [4, 7, 3])
  for (let n = 0; n < 4; n++) {
    const token = (of: Values, i: number) => [...rowOf(of, n).subarray(3 * i, 3 * i + 3)].join()
    assert.is(token(made, 0), token(x, 0))
    const all = Array.from({ length: 10 }, (_, i) => token(x, i + 1))
    const kept = Array.from({ length: 6 }, (_, i) => token(made, i + 1))
    assert.is(new Set(kept).size, 6)
    assert.ok(kept.every(each => all.includes(each)))
  }
})

test('MX13: what tells two others apart is added; from a cosine for partners at right angles', () => {
  const rows = 64
  const x: Values = {
    shape: [rows, rows],
    data: new Float64Array(rows * rows).map((_, i) => (i % (rows + 1) === 0 ? 1 : 0)),
  }
  const made = copyOf(make('transfer'), x, { strength: 0.3 })
  let apart = 0
  for (let n = 0; n < rows; n++) {
    const moved = minus(rowOf(made, n), rowOf(x, n))
    assert.ok(
      near(
        moved.reduce((a, b) => a + b),
        0,
      ),
      'one comes, one goes',
    )
    assert.ok(moved.every(value => near(value, 0) || near(Math.abs(value), 0.3)))
    if (moved.some(value => !near(value, 0)) && near(moved[n]!, 0)) apart++
  }
  assert.ok(apart > rows / 2)
  const { solve } = make('transfer')
  const strength = solve(0.8, rows)
  assert.ok(near(1 / Math.sqrt(1 + 2 * strength ** 2), 0.8))
})

test('MX6: with one weight, scores move away from 1 by 1 + 2 w (w - 1)', () => {
  const { q, k } = pairOf(make('extrapolate'))
  const w = (q!.data[0]! - K.data[0]!) / (Q.data[0]! - K.data[0]!)
  for (let i = 0; i < 12; i++) {
    const [before, after] = [dot(rowOf(Q, i), rowOf(K, i)), dot(rowOf(q!, i), rowOf(k!, i))]
    assert.ok(near(1 - after, (1 + 2 * w * (w - 1)) * (1 - before)))
  }
})

const negativesOf = (operator: Plain, strength = operator.strength) =>
  run({ q: Q, queue: QUEUE }, ({ q, queue }) => {
    const { shared, own = [] } = operator.apply({ shared: queue }, q, context(strength))
    return { shared, ...Object.fromEntries(own.map((n: Untyped, i: number) => [`own${i}`, n])) }
  })

test('MX7: the queue mixed with itself, shifted', () => {
  const identity: Values = { shape: [24, 24], data: Float64Array.from({ length: 576 }, (_, i) => +(i % 25 === 0)) }
  const count = (draw: string): number => {
    const made = run({ queue: identity }, ({ queue }) =>
      make('mixqueue', { draw }).apply({ shared: queue }, queue, context(1.6)),
    ).outputs.shared!
    return new Set(rowsOf(made).map((row, i) => row[i]!.toFixed(12))).size
  }
  assert.equal([count('step'), count('row'), count('element')], [1, 24, 24])
  const operator = make('mixqueue', { draw: 'row' })
  const { shared } = run({ queue: identity }, ({ queue }) =>
    operator.apply({ shared: queue }, queue, context(1.6)),
  ).outputs
  const shifts = rowsOf(shared!).map((row, i) => {
    const others = [...row].flatMap((value, j) => (value !== 0 && j !== i ? [j] : []))
    assert.ok(
      others.length === 1 &&
        near(
          dot(
            row,
            row.map(() => 1),
          ),
          1,
        ) &&
        row[i]! > 0 &&
        row[i]! < 1,
    )
    return (others[0]! - i + 24) % 24
  })
  assert.is(new Set(shifts).size, 1)
})

test('MX8, MX9, MX10: unit rows between two of the hardest, between one and the query, beyond one', () => {
  const hardest = (q: Float64Array) =>
    rowsOf(QUEUE)
      .sort((a, b) => dot(q, b) - dot(q, a))
      .slice(0, 4)
  /** `[a, b]` of the combination of `u` and `v` that is nearest to `n`, if it is `n`. */
  const within = (n: Float64Array, u: Float64Array, v: Float64Array): [number, number] | undefined => {
    const c = dot(u, v)
    const [x, y] = [dot(n, u), dot(n, v)]
    const [a, b] = c * c > 1 - 1e-12 ? [1, 0] : [(x - c * y) / (1 - c * c), (y - c * x) / (1 - c * c)]
    return lengthOf(n.map((value, i) => value - a! * u[i]! - b! * v[i]!)) < 1e-6 ? [a!, b!] : undefined
  }
  const each = (name: 'mochi' | 'mochi-query' | 'synco', holds: (n: Float64Array, q: Float64Array) => boolean) => {
    const { shared, own0 } = negativesOf(make(name, { hardest: 4, count: 5 })).outputs
    assert.equal([...own0!.shape], [12, 5, 6])
    assert.equal(shared!.data, QUEUE.data)
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 5; j++) {
        const n = rowOf(own0!, i).subarray(6 * j, 6 * j + 6)
        assert.ok(near(lengthOf(n), 1, 1e-6) && holds(n, rowOf(Q, i)), `${name}: ${i}, ${j}`)
      }
  }
  each('mochi', (n, q) =>
    hardest(q).some(u => hardest(q).some(v => within(n, u, v)?.every(weight => weight > -1e-9) ?? false)),
  )
  // b q + (1 - b) n_j: the query's share b is at most 1/2, or below 0 for b from 1 to 1.5 in q + b (n_j - q).
  const share = (n: Float64Array, q: Float64Array, low: number, high: number) =>
    hardest(q).some(v => {
      const [a, b] = within(n, q, v) ?? [Number.NaN, Number.NaN]
      return a / (a + b) >= low - 1e-9 && a / (a + b) <= high + 1e-9
    })
  each('mochi-query', (n, q) => share(n, q, 0, 0.5))
  each('synco', (n, q) => share(n, q, -0.5, 0))
  assert.throws(() => negativesOf(make('mochi', { hardest: 99 })), /there are no 99 hardest of 24 negatives/)
})

test('MX11, MX12: the nearest of the bank, or the mean of several; clean unit rows are pushed', () => {
  for (const [name, k] of [
    ['neighbour', 1],
    ['neighbours', 3],
  ] as const) {
    const long: Values = { shape: Q.shape, data: Q.data.map(value => 5 * value) }
    const { outputs, after } = run({ x: long }, ({ x }) => ({ y: make(name).apply(x, context(undefined)) }), {
      variables: { queue: { shape: [16, 6], data: QUEUE.data.slice(0, 96) } },
    })
    const bank = rowsOf({ shape: [16, 6], data: QUEUE.data.slice(0, 96) })
    rowsOf(Q).forEach((row, i) => {
      const found = [...bank].sort((a, b) => dot(row, b) - dot(row, a)).slice(0, k)
      const expected = unit(found[0]!.map((_, j) => meanOf(found.map(neighbour => neighbour[j]!))))
      assert.ok(near(lengthOf(minus(expected, rowOf(outputs.y!, i))), 0))
    })
    assert.ok(Q.data.every((value, i) => near(value, after.queue!.data[i]!)))
    assert.is(after.pointer!.data[0], 12)
  }
})

const maps = normals(5, 10, 4, 3, 5)
const momentsOf = (values: ArrayLike<number>) => [meanOf(values), deviationOf(values, 1)] as const
/** Moments of each channel, `[10][4]`. */
const styles = (x: Values) =>
  rowsOf(x).map(row => Array.from({ length: 4 }, (_, c) => momentsOf(row.subarray(15 * c, 15 * c + 15))))

test('ST1: the moments of another row; what is standardized stays', () => {
  const y = copyOf(make('moex', { over: 'places' }), maps)
  const [before, after] = [styles(maps), styles(y)]
  const partners = after.map(style =>
    before.findIndex(other => other.every(([m, s], c) => near(m, style[c]![0], 1e-3) && near(s, style[c]![1], 1e-3))),
  )
  assert.equal(
    [...partners].sort((a, b) => a - b),
    [...before.keys()],
  )
  maps.data.forEach((value, i) => {
    const [row, channel] = [Math.floor(i / 60), Math.floor(i / 15) % 4]
    const [[m, s], [to, by]] = [before[row]![channel]!, before[partners[row]!]![channel]!]
    assert.ok(near(y.data[i]!, ((value - m) / s) * by + to, 1e-4))
  })
})

test('ST2: moments between those of two rows; ST3: moments moved by their own deviation over the batch', () => {
  const before = styles(maps)
  for (const style of styles(copyOf(make('mixstyle'), maps, { strength: 3 })).entries()) {
    const [row, channels] = style
    const between = (other: number) => {
      const weights = channels.flatMap(([m, s], c) => {
        const [[m0, s0], [m1, s1]] = [before[row]![c]!, before[other]![c]!]
        return [(m - m1) / (m0 - m1), (s - s1) / (s0 - s1)]
      })
      return weights.every(w => near(w, weights[0]!, 1e-3)) && weights[0]! >= 0 && weights[0]! <= 1
    }
    const alone = channels.every(([m, s], c) => near(m, before[row]![c]![0]) && near(s, before[row]![c]![1]))
    assert.ok(alone || before.some((_, other) => other !== row && between(other)), `row ${row}`)
  }
  assert.equal(
    copyOf(make('dsu'), maps, { strength: 0 }).data.map(value => +value.toFixed(9)),
    maps.data.map(value => +value.toFixed(9)),
  )
  const draws = Array.from({ length: 40 }, (_, seed) => styles(copyOf(make('dsu'), maps, { strength: 0.5, seed })))
  for (let c = 0; c < 4; c++) {
    const moved = draws.flatMap(after => after.map((style, row) => style[c]![0] - before[row]![c]![0]))
    const spread = deviationOf(
      before.map(style => style[c]![0]),
      1,
    )
    assert.ok(Math.abs(deviationOf(moved) / (0.5 * spread) - 1) < 0.12)
  }
})

test('CV2: the mean of the keys, moved along their covariance times the query, and the bound it adds', () => {
  const keys = [4, 5, 6].map(seed => unitRows(normals(seed, 12, 6)))
  const [l, T] = [1.5, 0.2]
  const { k, penalty } = run({ q: Q, a: keys[0]!, b: keys[1]!, c: keys[2]! }, ({ q, a, b, c }) => ({
    ...expectedKey(q!, [a!, b!, c!], l, T),
  })).outputs
  for (let i = 0; i < 12; i++) {
    const [q, rows] = [rowOf(Q, i), keys.map(key => rowOf(key, i))]
    const mean = q.map((_, j) => meanOf(rows.map(row => row[j]!)))
    const covariance = [...q].map((_, a) =>
      [...q].map((_, b) => meanOf(rows.map(row => (row[a]! - mean[a]!) * (row[b]! - mean[b]!)))),
    )
    const applied = covariance.map(line => dot(line, q))
    mean.forEach((value, j) => {
      assert.ok(near(rowOf(k!, i)[j]!, value + (l / (2 * T)) * applied[j]!))
    })
    assert.ok(near(penalty!.data[i]!, (l / (2 * T * T)) * dot(q, applied)))
  }
  const drawn = pairOf(make('jcl', { keys: 400, spread: 0.5 }), 0)
  for (let i = 0; i < 12; i++)
    assert.ok(cosineOf(rowOf(drawn.k!, i), rowOf(K, i)) > 0.98, 'keys lie around the given one')
  assert.ok(drawn.penalty!.data.every(value => value === 0))
})

test('L1: gain and shift from N(0, softplus(s)^2), on maps one per channel', () => {
  const constant: Values = { shape: [600, 3, 2, 2], data: new Float64Array(7200).fill(2) }
  const y = copyOf(make('affine'), constant)
  assert.ok(y.data.every((value, i) => value === y.data[i - (i % 4)]))
  // 2 (1 + g) + b
  const expected = Math.hypot(2 * softplus(0.3), softplus(0.5))
  assert.ok(Math.abs(deviationOf(y.data) / expected - 1) < 0.06 && Math.abs(meanOf(y.data) - 2) < 0.15)
})

test('L2: the residual is linear in the strength, and 0 where the last layer is', () => {
  const operator = make('generator')
  const [one, three] = [0.1, 0.3].map(strength => minus(copyOf(operator, Q, { strength }).data, Q.data))
  assert.ok(one!.every((value, i) => near(3 * value, three![i]!)) && lengthOf(one!) > 0.01)
  const silent = (shape: number[]): Values => ({ shape, data: new Float64Array(shape.reduce((a, b) => a * b)) })
  const { y } = run({ x: Q }, ({ x }) => ({ y: operator.apply(x, context(1)) }), {
    variables: { 'outer.weight': silent([6, 6]), 'outer.bias': silent([6]) },
  }).outputs
  assert.equal(y!.data, Q.data)
})

test('L3: learned unit rows in place of the queue, or after it', () => {
  const { outputs, before } = negativesOf(make('adco'))
  assert.equal([...outputs.shared!.shape], [24, 6])
  assert.ok(
    rowsOf(before.rows!).every((row, i) => near(lengthOf(minus(unit(row), rowOf(outputs.shared!, i))), 0, 1e-6)),
  )
  const { shared } = negativesOf(make('adco', { size: 5, beside: true })).outputs
  assert.equal([...shared!.shape], [29, 6])
  assert.equal(shared!.data.slice(0, 144), QUEUE.data)
})

test('L4: attention to the bank, in plain numbers', () => {
  const operator = make('attention', { dropout: 0 })
  const { outputs, before, after } = run({ x: Q }, ({ x }) => ({ y: operator.apply(x, context(0.7)) }))
  const layer = (name: string, x: Float64Array) =>
    Float64Array.from(rowsOf(before[`${name}.weight`]!), (row, i) => dot(row, x) + before[`${name}.bias`]!.data[i]!)
  const bank = rowsOf(before.queue!).map(row => layer('embed', row))
  rowsOf(Q).forEach((x, i) => {
    const own = layer('embed', x)
    const e = bank.map(row => Math.exp(dot(row, own) / 2))
    const total = e.reduce((a, b) => a + b)
    const found = own.map((_, j) => e.reduce((sum, weight, n) => sum + (weight / total) * bank[n]![j]!, 0))
    const out = layer('out', layer('join', Float64Array.from([...found, ...own])).map(relu))
    const expected = x.map((value, j) => relu(value + 0.7 * out[j]!))
    assert.ok(lengthOf(minus(expected, rowOf(outputs.y!, i))) < 1e-9)
  })
  assert.is(after.pointer!.data[0], 12)
  assert.throws(() => copyOf(operator, normals(1, 4, 5)), /made for 6 features and is given 5/)
})

test.run()
