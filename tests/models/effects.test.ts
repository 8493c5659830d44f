/** Properties of the library's newer parts that reference data does not show: what they refuse, limits, invariants. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { constant, iota } from '../../compiler/ops/index.js'
import { erase, gaussianBlur, solarize } from '../../models/augment/effects.js'
import { generator } from '../../models/data/random.js'
import { resnet34, resnet50 } from '../../models/encoders/resnet.js'
import { vit } from '../../models/encoders/vit.js'
import { transformerBlock } from '../../models/layers.js'
import { sinkhorn } from '../../models/losses/prototypes.js'
import { whiteningMse } from '../../models/losses/redundancy.js'
import { clipNorm } from '../../models/optimizers/clip.js'
import { cosineSchedule, multistep, type Schedule } from '../../models/schedules.js'
import { input } from '../device.js'

const random = generator(11)
const draws = (count: number): Float64Array => Float64Array.from({ length: count }, () => random())
const valuesOf = (node: Tensor, ...given: [Tensor, Float64Array][]): number[] => [
  ...evaluateNodes([node], new Map(given))[0]!.data,
]

test('a blur keeps constant images and, away from edges, the total; one of sigma 0.01 changes nothing', () => {
  const images = input('images', [2, 3, 9, 12])
  const same = valuesOf(gaussianBlur(images as Untyped, [5, 7], [1.3, 0.4]), [
    images,
    new Float64Array(2 * 3 * 9 * 12).fill(0.3),
  ])
  assert.ok(same.every(x => Math.abs(x - 0.3) < 1e-12))
  const dot = new Float64Array(2 * 3 * 9 * 12)
  dot[4 * 12 + 6] = 1
  const spread = valuesOf(gaussianBlur(images as Untyped, [3, 3], [0.8, 0.8]), [images, dot])
  assert.ok(Math.abs(spread.reduce((a, b) => a + b) - 1) < 1e-12)
  assert.ok(spread[4 * 12 + 6]! > spread[4 * 12 + 7]! && spread[4 * 12 + 7]! > 0.01)
  const noise = draws(2 * 3 * 9 * 12)
  const sharp = valuesOf(gaussianBlur(images as Untyped, [5, 5], [0.01, 0.01]), [images, noise])
  assert.ok(sharp.every((x, i) => Math.abs(x - noise[i]!) < 1e-12))
  assert.throws(() => gaussianBlur(images as Untyped, [4, 3], [1, 1]), /a kernel of 4 must be odd/)
  assert.throws(() => gaussianBlur(images as Untyped, [3, 19], [1, 1]), /reach less than 9 pixels/)
})

test('the deviation of a blur may differ from image to image', () => {
  const images = input('images', [2, 1, 8, 8])
  const both = draws(64)
  const given: [Tensor, Float64Array] = [images, Float64Array.from([...both, ...both])]
  const sigma = input('sigma', [2])
  const each: [Tensor, Float64Array] = [sigma, Float64Array.of(0.5, 2)]
  const mixed = valuesOf(gaussianBlur(images as Untyped, [3, 3], [sigma as Untyped, sigma as Untyped]), given, each)
  const [narrow, wide] = [0.5, 2].map(s => valuesOf(gaussianBlur(images as Untyped, [3, 3], [s, s]), given))
  assert.ok(mixed.every((x, i) => Math.abs(x - (i < 64 ? narrow! : wide!)[i]!) < 1e-12))
})

test('solarization at threshold 0 turns everything around; erasing touches the box alone', () => {
  const images = input('images', [1, 3, 4, 5])
  const values = draws(60)
  const turned = valuesOf(solarize(images as Untyped, 0), [images, values])
  assert.ok(turned.every((x, i) => Math.abs(x - (1 - values[i]!)) < 1e-15))
  const side = (n: number) => constant(n, [1]) as Untyped
  const box = { top: side(1), left: side(2), height: side(2), width: side(3) }
  const erased = valuesOf(erase(images as Untyped, box, [5, 6, 7]), [images, values])
  const changed = erased.flatMap((x, i) => (x === values[i] ? [] : [i]))
  assert.equal(changed.slice(0, 6), [7, 8, 9, 12, 13, 14])
  assert.is(changed.length, 18)
  assert.equal([erased[7], erased[27], erased[47]], [5, 6, 7])
  assert.throws(() => erase(images as Untyped, box, [1, 2]), /one value per channel: 3 expected, got 2/)
})

test('sinkhorn gives rows of sum 1 and, after many turns, columns of sum N / K; huge scores stay finite', () => {
  const scores = input('scores', [6, 4])
  const values = draws(24).map(x => 2 * x - 1)
  const q = valuesOf(sinkhorn(scores as Untyped, { epsilon: 0.3, iterations: 60 }), [scores, values])
  for (let i = 0; i < 6; i++) assert.ok(Math.abs(q.slice(4 * i, 4 * i + 4).reduce((a, b) => a + b) - 1) < 1e-12)
  for (let k = 0; k < 4; k++)
    assert.ok(Math.abs(q.filter((_, at) => at % 4 === k).reduce((a, b) => a + b) - 1.5) < 1e-6)
  const huge = valuesOf(sinkhorn(scores as Untyped, { epsilon: 0.001 }), [scores, values.map(x => 100 * x)])
  assert.ok(huge.every(x => Number.isFinite(x) && x >= 0 && x <= 1 + 1e-9))
})

test('clipping scales all gradients by one factor, and only down', () => {
  const [a, b] = [input('a', [3]), input('b', [2, 2])]
  const given: [Tensor, Float64Array][] = [
    [a, Float64Array.of(3, 0, 0)],
    [b, Float64Array.of(0, 4, 0, 0)],
  ]
  const { clipped, total } = clipNorm([a, b], 1)
  assert.is(valuesOf(total, ...given)[0], 5)
  assert.ok(Math.abs(valuesOf(clipped[0]!, ...given)[0]! - 3 / (5 + 1e-6)) < 1e-12)
  assert.ok(Math.abs(valuesOf(clipped[1]!, ...given)[1]! - 4 / (5 + 1e-6)) < 1e-12)
  assert.equal(valuesOf(clipNorm([a, b], 10).clipped[1]!, ...given), [0, 4, 0, 0])
})

test('schedules: milestones in any order, and the three ways to warm up', () => {
  const over = (schedule: Schedule, steps: number) =>
    valuesOf(schedule(iota([steps], 0, 'f32') as Untyped)).map(x => +x.toFixed(12))
  assert.equal(over(multistep(1, { milestones: [4, 2], gamma: 0.5 }), 6), [1, 1, 0.5, 0.5, 0.25, 0.25])
  const options = { steps: 9, warmup: 4, start: 0.2 }
  const rise = (reach: 'after' | 'shifted' | 'within') => over(cosineSchedule(1, { ...options, reach }), 5)
  assert.equal(rise('after'), [0.2, 0.4, 0.6, 0.8, 1])
  assert.equal(rise('shifted'), [0.4, 0.6, 0.8, 1, 1])
  assert.equal(rise('within'), [0.2, 0.466666666667, 0.733333333333, 1, 1])
  assert.is(over(cosineSchedule(1, { steps: 5, end: 0.1, closed: true }), 5)[4], 0.1)
})

test('encoders say how many features they give, and refuse what does not fit', () => {
  assert.is(resnet34({ width: 4 }).features, 32)
  assert.is(resnet50({ width: 4 }).features, 128)
  assert.is(vit({ size: [8, 12], patch: 4, features: 6, depth: 1, heads: 2 }).features, 6)
  assert.throws(
    () => vit({ size: 10, patch: 4, features: 6, depth: 1, heads: 2 }),
    /patches of 4 do not divide images of 10 by 10/,
  )
  assert.throws(() => transformerBlock(6, { heads: 4 }), /4 heads do not divide 6 features/)
  const z = input('z', [10, 2]) as Untyped
  assert.throws(() => whiteningMse(z, z, { group: 4 }), /10 rows do not divide into groups of 4/)
})

test.run()
