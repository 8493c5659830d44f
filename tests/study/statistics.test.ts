/** Means and intervals against tables and hand-computed numbers. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { estimate, studentQuantile, summary } from '../../models/study/statistics.js'

const near = (value: number, expected: number, tolerance = 5e-4): void =>
  assert.ok(Math.abs(value - expected) < tolerance, `${value} is not ${expected}`)

test("Student's quantiles are those of the printed tables", () => {
  const table = [
    [0.95, 1, 12.706],
    [0.95, 2, 4.303],
    [0.95, 3, 3.182],
    [0.95, 9, 2.262],
    [0.95, 30, 2.042],
    [0.99, 1, 63.657],
    [0.99, 4, 4.604],
    [0.9, 7, 1.895],
    [0.5, 1, 1], // P(|T| < 1) of a Cauchy variable
  ] as const
  for (const [confidence, degrees, expected] of table) near(studentQuantile(confidence, degrees), expected)
  near(studentQuantile(0.95, 100_001), 1.96, 1e-3)
})

test('mean and standard deviation', () => {
  const { n, mean, deviation } = summary([2, 4, 4, 4, 5, 5, 7, 9])
  assert.equal([n, mean], [8, 5])
  near(deviation, Math.sqrt(32 / 7))
})

test('a paired interval, by hand', () => {
  // Differences 1, 2, 3: mean 2, s = 1, t(2) = 4.3027, half width 4.3027 / sqrt(3) = 2.4841.
  const { mean, low, high, n } = estimate([1, 2, 3])
  assert.equal([mean, n], [2, 3])
  near(low, 2 - 2.4841)
  near(high, 2 + 2.4841)
  // Two seeds: t(1) = 12.706, s = 0.70711, half width 12.706 * 0.70711 / 1.41421 = 6.3531.
  near(estimate([1, 2]).high, 1.5 + 6.3531)
})

test('one difference has no interval, equal ones have one of no width', () => {
  assert.equal([estimate([3]).low, estimate([3]).high], [-Infinity, Infinity])
  const { low, high } = estimate([0.5, 0.5, 0.5])
  assert.equal([low, high], [0.5, 0.5])
})

test.run()
