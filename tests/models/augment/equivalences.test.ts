/** Flows and operators that are the same function, as the table of flows says, and neighbours of theirs that are not. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import type { Untyped } from '../../../compiler/graph/node.js'
import { normalize } from '../../../compiler/language/math.js'
import { redrawn } from '../../../compiler/language/trace.js'
import { constant, mul, stopGradient, sum } from '../../../compiler/ops/index.js'
import { augmented, augmentedPair } from '../../../models/augment/apply.js'
import { augment } from '../../../models/augment/feature.js'
import type { Flow } from '../../../models/augment/flow.js'
import {
  cosineOf,
  dot,
  lengthOf,
  make,
  minus,
  near,
  normals,
  type Plain,
  rowOf,
  run,
  type Values,
} from './operators.js'

const x = normals(1, 5, 6)
/** Gradient of `sum(copy^3)` at x, for the same draws. */
const gradient = (operator: Plain, flow: Flow): Float64Array =>
  run({ x }, ({ x }) => {
    const one = augment({ operator, at: 'pooled', flow, compose: 'add' } as never)
    const y = redrawn('same', () => augmented(one, operator.apply, x!).x)
    const loss = sum(mul(mul(y, y), y)) as Untyped
    return { d: backward([[loss, constant(1, [])]], [x!])[0]! }
  }).outputs.d!.data
const same = (a: Float64Array, b: Float64Array) => a.every((value, i) => near(value, b[i]!, 1e-9))

test('noise of a scale that does not depend on x: full is straight-through, and delta passes nothing', () => {
  const one = make('gaussian', { scale: 'one' })
  assert.ok(same(gradient(one, 'full'), gradient(one, 'straight-through')))
  assert.ok(gradient(one, 'delta').every(value => near(value, 0)))
  for (const other of [make('gaussian'), make('dropout'), make('mixup')])
    assert.not.ok(same(gradient(other, 'full'), gradient(other, 'straight-through')), other.name)
})

test('noise whose scale is frozen has the gradient of the identity', () => {
  for (const name of ['gaussian', 'sphere', 'diagonal', 'sign'] as const)
    assert.ok(same(gradient(make(name), 'frozen-statistics'), gradient(make(name), 'straight-through')), name)
})

test('a scale of 0 is stopped, a scale of 1 is full', () => {
  assert.ok(same(gradient(make('mixup'), { scaled: 0 }), gradient(make('mixup'), 'stopped')))
  assert.ok(same(gradient(make('mixup'), { scaled: 1 }), gradient(make('mixup'), 'full')))
})

const [q0, k0]: Values[] = [normals(2, 5, 6), normals(3, 5, 6)]
/** The weight drawn, and the gradient of the sum of `q'.k'` at the query before it is made a unit row; keys are stopped. */
function score(operator: Plain | undefined, flow: Flow = 'full'): { d: Values; w: number } {
  const { outputs } = run({ q: q0!, k: k0! }, ({ q, k }) => {
    const pair = { q: normalize(q!) as Untyped, k: stopGradient(normalize(k!)) as Untyped }
    const one = operator && augment({ operator, at: 'unit', flow } as never)
    const made = one ? redrawn('same', () => augmentedPair(one, operator.apply, pair)) : pair
    const loss = sum(mul(made.q, made.k)) as Untyped
    return { d: backward([[loss, constant(1, [])]], [q!])[0]!, made: made.q, q: pair.q, k: pair.k }
  })
  const { made, q, k } = outputs
  return {
    d: outputs.d!,
    w: dot(minus(made!.data, k!.data), minus(q!.data, k!.data)) / lengthOf(minus(q!.data, k!.data)) ** 2,
  }
}

test('one weight per step: the gradient of an extrapolated score is that of the clean one, longer', () => {
  const plain = score(undefined).d
  for (const [flow, factor] of [
    ['full', (w: number) => w * w + (1 - w) ** 2],
    ['target-stopped', (w: number) => w * w],
    ['online-stopped', (w: number) => (1 - w) ** 2],
  ] as const) {
    const { d, w } = score(make('extrapolate'), flow)
    for (let row = 0; row < 5; row++) {
      assert.ok(near(cosineOf(rowOf(d, row), rowOf(plain, row)), 1), `${flow}: parallel`)
      assert.ok(near(lengthOf(rowOf(d, row)) / lengthOf(rowOf(plain, row)), factor(w)), `${flow}: ${w}`)
    }
  }
})

test('a weight per element, or unit rows afterwards, give another direction, or another length', () => {
  const plain = score(undefined).d
  const element = score(make('extrapolate', { draw: 'element' })).d
  assert.ok([0, 1, 2, 3, 4].every(row => cosineOf(rowOf(element, row), rowOf(plain, row)) < 0.9999))
  const { d, w } = score(make('extrapolate', { unit: true }))
  const ratios = [0, 1, 2, 3, 4].map(row => lengthOf(rowOf(d, row)) / lengthOf(rowOf(plain, row)))
  assert.ok(ratios.some(ratio => !near(ratio, w * w + (1 - w) ** 2, 1e-3)))
  assert.ok(Math.max(...ratios) - Math.min(...ratios) > 1e-3, 'no one number for all rows')
})

test.run()
