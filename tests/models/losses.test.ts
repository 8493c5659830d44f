/** Losses against reference data and against their definitions; what must not receive gradient receives exactly none. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { normalize } from '../../compiler/language/math.js'
import { add, constant, mul, stopGradient } from '../../compiler/ops/index.js'
import { generator } from '../../models/data/random.js'
import { crossEntropy, infoNCE, infoNCEAccuracy, negativeCosine, ntXent, spread } from '../../models/losses.js'
import { input } from '../device.js'
import { checkOracle, oracleCases } from '../oracle.js'

type Any = Tensor<any, any, any>
const sg = (x: Any, stop: boolean): Any => (stop ? stopGradient(x) : x)
const builds: Record<string, (inputs: Record<string, Any>, attrs: Readonly<Record<string, any>>) => Any> = {
  neg_cosine: ({ p, z }, { stop_gradient }) => negativeCosine(p!, sg(z!, stop_gradient) as Untyped),
  simsiam: ({ p1, p2, z1, z2 }, { stop_gradient }) =>
    mul(
      add(
        negativeCosine(p1!, sg(z2!, stop_gradient) as Untyped),
        negativeCosine(p2!, sg(z1!, stop_gradient) as Untyped),
      ),
      0.5,
    ),
  info_nce_queue: ({ q, k, queue }, { temperature }) =>
    infoNCE(q!, stopGradient(k!) as Untyped, stopGradient(queue!) as Untyped, temperature),
  nt_xent: ({ z1, z2 }, { temperature }) => ntXent(z1!, z2! as Untyped, temperature),
}
for (const found of oracleCases('losses')) {
  const build = builds[found.op]
  // infoNCE always takes unit rows.
  if (!build || found.attrs.normalize === false) continue
  test(`${found.id} agrees with the reference data`, () =>
    checkOracle(found, (inputs, attrs) => ({ loss: build(inputs, attrs) })))
}

const random = generator(5)
const draws = (count: number): Float64Array => Float64Array.from({ length: count }, () => random() * 2 - 1)

test('queue and keys receive no gradient, queries do', () => {
  const [q, k, queue] = [input('q', [4, 6]), input('k', [4, 6]), input('queue', [9, 6])]
  const values = new Map([q, k, queue].map(leaf => [leaf, draws(leaf.shape[0]! * 6)] as const))
  const loss = infoNCE(q as Untyped, stopGradient(k) as Untyped, stopGradient(queue) as Untyped, 0.1)
  const [dq, dk, dqueue] = evaluateNodes(backward([[loss, constant(1, [])]], [q, k, queue]), values)
  assert.ok(dq!.data.some(x => Math.abs(x) > 1e-3))
  assert.ok(dk!.data.every(x => x === 0) && dqueue!.data.every(x => x === 0))
})

test('accuracy is the share of positives above all negatives', () => {
  const [q, k, queue] = [input('q', [8, 3]), input('k', [8, 3]), input('queue', [5, 3])]
  const values = new Map([q, k, queue].map(leaf => [leaf, draws(leaf.shape[0]! * 3)] as const))
  const rows = (leaf: Tensor, unit: boolean) =>
    Array.from({ length: leaf.shape[0]! }, (_, i) => {
      const row = [...values.get(leaf)!.subarray(3 * i, 3 * i + 3)]
      return unit ? row.map(x => x / Math.hypot(...row)) : row
    })
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
  const [qs, ks, negatives] = [rows(q, true), rows(k, true), rows(queue, false)]
  const right = qs.filter((row, i) => negatives.every(other => dot(row, other) < dot(row, ks[i]!))).length
  assert.ok(right > 0 && right < 8, `the draw decides nothing: ${right} of 8`)
  const [value] = evaluateNodes([infoNCEAccuracy(q as Untyped, k as Untyped, queue as Untyped)], values)
  assert.is(value!.data[0], right / 8)
})

test('spread is 1 for directions all around and 0 for one direction', () => {
  const z = input('z', [2000, 16])
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const around = Float64Array.from({ length: 2000 * 16 }, normal)
  const one = Float64Array.from({ length: 2000 * 16 }, (_, i) => (1 + (i >> 4)) * Math.sin(i & 15))
  const of = (data: Float64Array) =>
    evaluateNodes([spread(z as Tensor<[2000, 16], 'f32'>)], new Map([[z, data]]))[0]!.data[0]!
  assert.ok(Math.abs(of(around) - 1) < 0.02, `${of(around)}`)
  assert.ok(of(one) < 1e-6, `${of(one)}`)
})

test('losses stay finite and right for extreme scores', () => {
  const [q, queue] = [input('q', [1, 2]), input('queue', [3, 2])]
  const values = new Map([
    [q, Float64Array.of(1, 0)],
    [queue, Float64Array.of(-1, 0, 0, 1, -1, 0)],
  ])
  const unit = normalize(q as Untyped)
  const loss = infoNCE(q as Untyped, stopGradient(unit) as Untyped, stopGradient(queue) as Untyped, 0.005)
  const [value] = evaluateNodes([loss], values)
  assert.ok(value!.data[0]! >= 0 && value!.data[0]! < 1e-80)
  const [far] = evaluateNodes(
    [infoNCE(q as Untyped, mul(unit, -1) as Untyped, stopGradient(queue) as Untyped, 0.005)],
    values,
  )
  assert.ok(Math.abs(far!.data[0]! - 200) < 2, `${far!.data[0]}`)
  assert.type(crossEntropy, 'function')
})

test.run()
