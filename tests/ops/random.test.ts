/** Random numbers: the published vectors of the generator, and the moments, ranges and keys of the distributions. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { withScope } from '../../compiler/graph/node.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { bernoulli, beta, bits, normal, permutation, randint, uniform } from '../../compiler/language/random.js'
import { KEY1, philox, philoxBlock } from '../../compiler/ops/random.js'

const hex = (words: number[]) => words.map(word => word.toString(16).padStart(8, '0')).join(' ')

// Known answers of Random123 (kat_vectors, philox4x32 with 10 rounds): D. E. Shaw Research, github.com/DEShawResearch/random123.
test('philox 4x32-10: published vectors', () => {
  assert.is(hex(philoxBlock([0, 0, 0, 0], [0, 0])), '6627e8d5 e169c58d bc57ac4c 9b00dbd8')
  const ones = 0xffffffff
  assert.is(hex(philoxBlock([ones, ones, ones, ones], [ones, ones])), '408f276d 41c83b0e a20bc7c6 6d5451fd')
  assert.is(
    hex(philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])),
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  )
})

test('a stream takes the lanes of its blocks in turn', () => {
  const block = philoxBlock([2, 0, 7, 99], [5, KEY1])
  assert.equal(
    [8, 9, 10, 11].map(i => philox(i, 7, 99, 5)),
    block,
  )
})

/** The value of a random expression for a seed and a step. */
function draw(build: () => Tensor, seed = 1, step = 0): number[] {
  const graph = trace(
    'step',
    entry({}, () => ({ y: build() })),
  )
  return [...evaluate(graph, { variables: { seed, step } }).outputs.y!.data]
}
const moments = (x: number[]) => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  return { mean, variance: x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length }
}
/** Mean and variance within five standard errors: seeds are fixed, so this never flickers. */
function expectMoments(x: number[], mean: number, variance: number, kurtosis = 3) {
  const got = moments(x)
  assert.ok(Math.abs(got.mean - mean) < 5 * Math.sqrt(variance / x.length), `mean ${got.mean}, expected ${mean}`)
  const tolerance = 5 * variance * Math.sqrt(Math.max(kurtosis - 1, 0.5) / x.length)
  assert.ok(Math.abs(got.variance - variance) < tolerance, `variance ${got.variance}, expected ${variance}`)
}

const N = 8000
test('uniform', () => {
  const x = draw(() => uniform([N]))
  assert.ok(x.every(value => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 24)))
  expectMoments(x, 1 / 2, 1 / 12, 1.8)
  const y = draw(() => uniform([N], -3, 1))
  assert.ok(y.every(value => value >= -3 && value < 1))
  expectMoments(y, -1, 16 / 12, 1.8)
})
test('normal', () => {
  const x = draw(() => normal([N]))
  assert.ok(x.every(value => Math.abs(value) < 6))
  expectMoments(x, 0, 1)
  const within = (size: number) => x.filter(value => Math.abs(value) < size).length / N
  for (const [size, share] of [
    [1, 0.6827],
    [2, 0.9545],
  ] as const)
    assert.ok(Math.abs(within(size) - share) < 0.02)
  const lag = x.slice(1).reduce((sum, value, i) => sum + value * x[i]!, 0) / N
  assert.ok(Math.abs(lag) < 0.06, `neighbours correlate by ${lag}`)
})
test('bernoulli, randint', () => {
  expectMoments(
    draw(() => bernoulli(0.3, [N])),
    0.3,
    0.21,
    2,
  )
  const die = draw(() => randint(-2, 4, [N]))
  for (let face = -2; face < 4; face++) assert.ok(Math.abs(die.filter(value => value === face).length - N / 6) < 180)
  assert.equal(
    [...new Set(die)].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2, 3],
  )
})
test('permutation: every number once, every order equally likely', () => {
  const sorted = (x: number[]) => [...x].sort((a, b) => a - b)
  assert.equal(
    sorted(draw(() => permutation(200))),
    Array.from({ length: 200 }, (_, i) => i),
  )
  const orders = new Map<string, number>()
  for (let step = 0; step < 600; step++) {
    const order = draw(() => permutation(3), 3, step).join()
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  assert.is(orders.size, 6)
  assert.ok([...orders.values()].every(count => Math.abs(count - 100) < 45))
})
for (const [a, b] of [
  [1, 1],
  [2, 2],
  [0.2, 0.2],
  [3, 1],
  [0.5, 8],
] as const)
  test(`beta(${a}, ${b})`, () => {
    const x = draw(() => beta(a, b, [N]))
    assert.ok(x.every(value => value >= 0 && value <= 1))
    expectMoments(x, a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1)), 6)
  })

test('keys: seed, step, place and order each change the numbers; nothing else does', () => {
  const build = () => bits([8])
  const base = draw(build, 1, 0)
  assert.equal(draw(build, 1, 0), base)
  assert.not.equal(draw(build, 2, 0), base)
  assert.not.equal(draw(build, 1, 1), base)
  assert.not.equal(
    draw(() => withScope('noise', build), 1, 0),
    base,
  )
  const second = () => [bits([8]), bits([8])][1]!
  assert.not.equal(draw(second, 1, 0), base)
  assert.equal(
    draw(() => bits([2, 2]), 1, 0),
    base.slice(0, 4),
    'a smaller tensor is a prefix',
  )
})

test('out of range', () => {
  assert.throws(() => draw(() => uniform([2], 1, 0)), 'uniform takes low <= high, got 1 and 0')
  assert.throws(() => draw(() => randint(3, 3, [2])), 'randint takes integers low < high, got 3 and 3')
  assert.throws(() => draw(() => beta(0, 1, [2])), 'beta takes positive parameters, got 0 and 1')
  assert.throws(() => uniform([2]), 'a random number works only while an entry is traced')
})

test.run()
