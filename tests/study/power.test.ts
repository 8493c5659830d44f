/** Power, sample size and corrections against published numbers and against simulation. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generator } from '../../models/data/random.js'
import { holm, normalProbability, power, seedsFor, standardError } from '../../models/study/power.js'
import { estimate, significance, studentQuantile } from '../../models/study/statistics.js'

const near = (value: number, expected: number, by: number, what = ''): void =>
  assert.ok(Math.abs(value - expected) <= by, `${what} ${value}, expected ${expected}`)

test('the normal distribution', () => {
  for (const [z, p] of [
    [0, 0.5],
    [1.959963985, 0.975],
    [-1.644853627, 0.05],
    [3, 0.998650102],
  ] as const)
    near(normalProbability(z), p, 1e-8, `${z}:`)
})

test('power of the paired t test: the values of R, power.t.test(type = "paired")', () => {
  near(power({ effect: 1, deviation: 1, n: 10 }), 0.8031, 5e-4)
  near(power({ effect: 0.5, deviation: 1, n: 34 }), 0.8078, 5e-4)
  near(power({ effect: 0, deviation: 1, n: 7 }), 0.05, 1e-6, 'no effect:')
  assert.is(seedsFor(0.8, { effect: 1, deviation: 1 }), 10)
  assert.is(seedsFor(0.8, { effect: 0.5, deviation: 1 }), 34)
  assert.is(seedsFor(0.9, { effect: 1e-9, deviation: 1 }), Infinity)
})

test('power and p values of simulated differences', () => {
  const random = generator(11)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  for (const [effect, n] of [
    [0, 5],
    [1, 6],
    [0.7, 12],
    [2, 2],
  ] as const) {
    const runs = 1500
    let seen = 0
    for (let i = 0; i < runs; i++) {
      const found = estimate(Array.from({ length: n }, () => effect + normal()))
      const excludes = found.low > 0 || found.high < 0
      assert.is(significance(found) < 0.05, excludes, 'p and interval say the same')
      if (excludes) seen++
    }
    const expected = power({ effect, deviation: 1, n })
    near(seen / runs, expected, 4 * standardError(expected, runs), `effect ${effect}, ${n} seeds:`)
  }
})

test('p values at the quantiles of t; of no spread', () => {
  for (const n of [2, 3, 8, 25]) {
    const t = studentQuantile(0.95, n - 1)
    near(significance({ n, mean: t / Math.sqrt(n), deviation: 1 }), 0.05, 1e-9)
  }
  assert.is(significance({ n: 3, mean: 0, deviation: 0 }), 1)
  assert.is(significance({ n: 3, mean: 1, deviation: 0 }), 0)
  assert.is(significance({ n: 1, mean: 1, deviation: Number.NaN }), 1)
})

test("Holm's correction is by rank, never falls, and is at most 1", () => {
  assert.equal(
    holm([0.01, 0.04, 0.03, 0.005]).map(p => Number(p.toFixed(4))),
    [0.03, 0.06, 0.06, 0.02],
  )
  assert.equal(holm([0.6, 0.9]), [1, 1])
  assert.equal(holm([]), [])
})

test.run()
