/** Feature augmentation: operators against reference data and their calibration, gradient flow, copies, errors. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, seedVariable, stepVariable, trace } from '../../compiler/language/program.js'
import { add, cast, constant, div, mul, relu, sub, sum } from '../../compiler/ops/index.js'
import { augment, copiesOf, type Flow, through, withFlow } from '../../models/augment/feature.js'
import { dropoutMask } from '../../models/augment/operators/mask.js'
import { featureMixup, mix } from '../../models/augment/operators/mix.js'
import { gaussianNoise } from '../../models/augment/operators/noise.js'
import type { Operator } from '../../models/augment/operators/operator.js'
import { generator } from '../../models/data/random.js'
import { linear } from '../../models/schedules.js'
import { input } from '../device.js'
import { checkOracle, oracleCases } from '../oracle.js'

type Any = Tensor<any, any, any>
const fa = ({ z, lam, perm, noise }: Record<string, Any>, sigma: number): Any =>
  add(mix(z!, lam!, perm!), mul(noise!, sigma))
const flows: Record<string, Flow> = { full: 'full', stop_aug: 'stopped', identity: 'straight-through' }
for (const found of oracleCases('fa')) {
  const { stop_partner, pre_norm, post_norm, sigma, flow } = found.attrs
  if (found.op === 'fa_mix' && !stop_partner && !pre_norm && !post_norm)
    test(`${found.id}: mixing`, () => checkOracle(found, ({ z, lam, perm }) => ({ y: mix(z!, lam!, perm!) })))
  if (found.op === 'fa_flow')
    test(`${found.id}: flow ${flow}`, () =>
      checkOracle(found, inputs => ({ y: withFlow(flows[flow]!, inputs.z!, fa(inputs, sigma)) })))
  if (found.op === 'fa_mask' && found.attrs.rescale)
    test(`${found.id}: mask`, () =>
      checkOracle(found, ({ z, mask }, { p }) => ({ y: div(mul(z!, cast(mask!, 'f32')), 1 - p) })))
}

/** Traces `body` with one input and evaluates what it returns at `data`. */
function run(data: Float64Array, width: number, body: (x: Untyped) => Record<string, Tensor>, seed = 7) {
  const graph = trace(
    'test',
    entry({ x: [data.length / width, width] }, ({ x }) => body(x as Untyped) as never),
  )
  const leaves = new Map<Tensor, number | Float64Array>([
    [graph.inputs[0]!, data],
    [seedVariable.tensor, seed],
    [stepVariable.tensor, 3],
  ])
  const names = Object.keys(graph.outputs)
  const values = evaluateNodes(
    names.map(name => graph.outputs[name]!),
    leaves,
  )
  return Object.fromEntries(names.map((name, i) => [name, values[i]!.data]))
}
const random = generator(11)
const normals = (count: number) =>
  Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))

function meanCosine(a: Float64Array, b: Float64Array, width: number): number {
  let total = 0
  for (let row = 0; row < a.length; row += width) {
    const [x, y] = [a.subarray(row, row + width), b.subarray(row, row + width)]
    total += x.reduce((sum, value, i) => sum + value * y[i]!, 0) / (Math.hypot(...x) * Math.hypot(...y))
  }
  return total / (a.length / width)
}

for (const cosine of [0.99, 0.95, 0.8, 0.5])
  test(`noise and mask reach a target cosine of ${cosine}`, () => {
    for (const width of [64, 512]) {
      const x = normals(96 * width).map(value => 3 * value)
      for (const operator of [gaussianNoise({ cosine }), dropoutMask({ cosine })]) {
        const { y } = run(x, width, features => ({ y: operator(features) }))
        const measured = meanCosine(x, y!, width)
        assert.ok(Math.abs(measured - cosine) < 0.01, `${operator.label}, ${width} features: ${measured}`)
      }
    }
  })

test('noise follows the size of each row', () => {
  const [rows, width] = [40, 200]
  const x = normals(rows * width).map((value, i) => value * 10 ** ((Math.floor(i / width) % 5) - 2))
  const { y } = run(x, width, features => ({ y: gaussianNoise({ sigma: 0.3 })(features) }))
  for (let row = 0; row < rows; row++) {
    const part = (data: Float64Array) => data.subarray(row * width, (row + 1) * width)
    const moved = Math.hypot(...part(y!).map((value, i) => value - part(x)[i]!))
    assert.ok(Math.abs(moved / Math.hypot(...part(x)) - 0.3) < 0.08)
  }
})

test('a strength can be a schedule', () => {
  const x = normals(10 * 50)
  const noise = (sigma: Parameters<typeof gaussianNoise>[0]) =>
    run(x, 50, leaf => ({ y: gaussianNoise(sigma)(leaf) })).y!
  // The runs above are at step 3.
  const [fixed, scheduled] = [noise({ sigma: 0.6 }), noise({ sigma: linear(0, 1, { steps: 5 }) })]
  scheduled.forEach((value, i) => {
    assert.ok(Math.abs(value - fixed[i]!) < 1e-12)
  })
})

test('a mask keeps the mean and drops the share it says', () => {
  const x = new Float64Array(200 * 100).fill(2)
  const { y } = run(x, 100, features => ({ y: dropoutMask({ p: 0.3 })(features) }))
  const dropped = y!.filter(value => value === 0).length / y!.length
  assert.ok(Math.abs(dropped - 0.3) < 0.01, `${dropped}`)
  assert.ok(y!.every(value => value === 0 || Math.abs(value - 2 / 0.7) < 1e-9))
})

test('mixup draws permuted partners, and the anchor dominates', () => {
  const rows = 60
  const x = Float64Array.from({ length: rows * rows }, (_, i) => +(Math.floor(i / rows) === i % rows))
  for (const [operator, low, high] of [
    [featureMixup({ alpha: 1 }), 0.5, 1],
    [featureMixup({ alpha: 0.4 }), 0.5, 1],
    [featureMixup({ lambda: [0.9, 1] }), 0.9, 1],
    [featureMixup({ lambda: [1.1, 1.5] }), 1.1, 1.5],
  ] as [Operator, number, number][]) {
    const { y } = run(x, rows, features => ({ y: operator(features) }))
    const partners = new Set<number>()
    for (let row = 0; row < rows; row++) {
      const weights = y!.subarray(row * rows, (row + 1) * rows)
      assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9)
      const other = weights.findIndex((weight, i) => i !== row && weight !== 0)
      if (other >= 0) assert.ok(weights[row]! >= low - 1e-9 && weights[row]! <= high + 1e-9, `${weights[row]}`)
      partners.add(other < 0 ? row : other)
    }
    assert.is(partners.size, rows, `${operator.label}: every row is a partner once`)
  }
})

// Gradient flow, measured as the gradient of sum(c * relu(copy)) at x, for a fixed draw.

const affine = (x: Untyped): Tensor => add(mul(x, 0.8), constant(0.05, [4, 5]) as Tensor)
const gradientAt = (flow: Flow, operator: (x: Untyped) => Tensor, x: Float64Array, seed = 7) =>
  run(
    x,
    5,
    leaf => {
      const copy = withFlow(flow, leaf, operator(leaf))
      const loss = sum(mul(relu(copy as Untyped) as Tensor, add(mul(copy, 0.3), 1) as Tensor)) as Untyped
      return { loss, gradient: backward([[loss, constant(1, [])]], [leaf])[0]!, copy }
    },
    seed,
  ) as { loss: Float64Array; gradient: Float64Array; copy: Float64Array }

test('full flow is the derivative, by finite differences', () => {
  const x = normals(20)
  for (const operator of [
    gaussianNoise({ sigma: 0.4 }),
    dropoutMask({ p: 0.4 }),
    featureMixup({ alpha: 1 }),
    affine,
  ] as ((x: Untyped) => Tensor)[]) {
    const { gradient } = gradientAt('full', operator, x)
    for (let i = 0; i < 20; i++) {
      const moved = (h: number) => gradientAt('full', operator, x.with(i, x[i]! + h)).loss[0]!
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5
      assert.ok(Math.abs(difference - gradient[i]!) < 1e-6, `element ${i}: ${gradient[i]}, expected ${difference}`)
    }
  }
})

test('stopped flow has a gradient of exactly zero, and the same value', () => {
  const x = normals(20)
  for (const operator of [gaussianNoise({ sigma: 0.4 }), dropoutMask({ p: 0.4 }), featureMixup({ alpha: 1 })]) {
    const [full, stopped] = [gradientAt('full', operator, x), gradientAt('stopped', operator, x)]
    assert.ok(stopped.gradient.every(value => value === 0))
    assert.ok(full.gradient.some(value => value !== 0))
    assert.equal(stopped.copy, full.copy)
  }
})

test('straight-through flow has the value of the copy and the gradient of the identity', () => {
  const x = normals(20)
  for (const operator of [gaussianNoise({ sigma: 0.4 }), dropoutMask({ p: 0.4 }), featureMixup({ alpha: 1 })]) {
    const [full, through] = [gradientAt('full', operator, x), gradientAt('straight-through', operator, x)]
    assert.equal(through.copy, full.copy)
    // d/dc of sum(relu(c) (1 + 0.3 c)), passed on unchanged.
    through.gradient.forEach((value, i) => {
      const copy = full.copy[i]!
      assert.ok(Math.abs(value - (copy > 0 ? 1 + 0.6 * copy : 0)) < 1e-9)
    })
  }
})

test('draws differ between calls, seeds and steps, and repeat for the same', () => {
  const x = normals(20)
  const twice = (seed: number) =>
    run(x, 5, leaf => ({ a: gaussianNoise({ sigma: 1 })(leaf), b: gaussianNoise({ sigma: 1 })(leaf) }), seed)
  const [one, same, other] = [twice(7), twice(7), twice(8)]
  assert.equal(one, same)
  assert.not.equal(one.a, one.b)
  assert.not.equal(one.a, other.a)
})

// Copies

const add100 = Object.assign((x: Tensor): Tensor => add(x, 100), { label: 'add100' })
const add7 = Object.assign((x: Tensor): Tensor => add(x, 7), { label: 'add7' })
const values = (copies: readonly Tensor[], leaf: Tensor) =>
  evaluateNodes(copies, new Map([[leaf, Float64Array.of(1)]])).map(({ data }) => data[0]!)

test('copies: nothing, replacement, addition, and both', () => {
  const x = input('x', [1, 1])
  const at = (
    augmentation: Parameters<typeof copiesOf>[0],
    site: 'pooled' | 'projection',
    side: 'online' | 'target',
  ) => {
    const copies = copiesOf(augmentation)
    return values(copies.apply(site, side, copies.of(x)), x)
  }
  assert.equal(at(undefined, 'pooled', 'online'), [1])
  const replace = augment(add100, { at: 'pooled', branch: 'online' })
  assert.equal(at(replace, 'pooled', 'online'), [101])
  assert.equal(at(replace, 'pooled', 'target'), [1])
  assert.equal(at(replace, 'projection', 'online'), [1])
  const beside = augment(add7, { at: 'pooled', branch: 'both', flow: 'stopped', compose: 'add', weight: 0.5 })
  assert.equal(at(beside, 'pooled', 'target'), [1, 8])
  assert.equal(copiesOf(beside).weights, [1, 0.5])
  assert.equal(at([replace, beside], 'pooled', 'online'), [101, 108])
  assert.equal(at([beside, replace], 'pooled', 'online'), [101, 108])
})

test('what does not match is left as the same node, and equal copies are computed once', () => {
  const x = input('x', [1, 1])
  const copies = copiesOf(augment(add7, { at: 'projection', branch: 'online', compose: 'add' }))
  const before = copies.of(x)
  assert.ok(copies.apply('pooled', 'online', before).every(copy => copy === x))
  let calls = 0
  const part = through(copy => {
    calls++
    return sub(copy, 1)
  })
  const [a, b] = part(before)
  assert.is(a, b)
  assert.is(part([x])[0], a)
  assert.is(calls, 1)
  assert.equal(values(copies.apply('projection', 'online', [a!, b!]), x), [0, 7])
})

test('wrong parameters are answered with a sentence', () => {
  const noise = gaussianNoise({ sigma: 0.1 })
  const wrong: [() => unknown, RegExp][] = [
    // @ts-expect-error a stopped copy in place of the online feature trains nothing before it
    [() => augment(noise, { at: 'pooled', branch: 'online', flow: 'stopped' }), /leaves the encoder without gradient/],
    // @ts-expect-error targets carry no gradient
    [() => augment(noise, { at: 'pooled', branch: 'target', flow: 'full' }), /must be stopped on branch target/],
    // @ts-expect-error no such site
    [() => augment(noise, { at: 'stem', branch: 'online' }), /at must be pooled or projection, got stem/],
    // @ts-expect-error no such branch
    [() => augment(noise, { at: 'pooled', branch: 'left' }), /branch must be online or target or both, got left/],
    // @ts-expect-error a weight without anything to weigh
    [() => augment(noise, { at: 'pooled', branch: 'online', weight: -1 }), /weight must be positive, got -1/],
    [() => gaussianNoise({ sigma: -1 }), /sigma must not be negative, got -1/],
    [() => gaussianNoise({ cosine: 1.5 }), /cosine must be above 0 and at most 1.*got 1.5/],
    [() => dropoutMask({ p: 1 }), /p must be at least 0 and less than 1, got 1/],
    [() => dropoutMask({ cosine: 0 }), /dropoutMask: cosine must be above 0/],
    [() => featureMixup({ alpha: 0 }), /alpha must be positive, got 0/],
    [() => featureMixup({ lambda: [0.2, 0.9] }), /so that the anchor dominates, got \[0.2, 0.9\]/],
  ]
  for (const [call, message] of wrong) assert.throws(call, message)
  assert.is(
    augment(noise, { at: 'pooled', branch: 'both', flow: 'straight-through' }).label,
    'gaussianNoise(sigma 0.1) at pooled, both, straight-through',
  )
})

test.run()
