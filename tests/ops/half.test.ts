/** f16 is a form of storage: computed in f32, rounded where it is stored. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, variableOperation } from '../../compiler/graph/graph.js'
import { fromHalf } from '../../compiler/graph/halves.js'
import { apply, type Untyped } from '../../compiler/graph/node.js'
import { LimitError, targetFor } from '../../compiler/index.js'
import { add, cast, concat, dot, mul, slice, sum } from '../../compiler/ops/index.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'
import { runnable } from '../halves.js'

const M = 6
const K = 40
const N = 8
const [a, w] = [input('a', [M, K]) as Untyped, input('w', [K, N]) as Untyped]
const half = cast(a, 'f16') as Untyped
const product = dot(half, cast(w, 'f16') as Untyped) as Untyped
const graph = {
  name: 'half',
  inputs: [a, w],
  outputs: {
    half,
    product,
    total: sum(cast(product, 'f32') as Untyped),
    large: cast(mul(add(a, 2) as Untyped, 1e6), 'f16'),
  },
  updates: [],
}

const variable = (name: string, shape: number[]) =>
  apply(variableOperation, [], { name, shape, dtype: 'f16', kind: 'state' }) as Untyped

/** A graph on the test device, which may lack shader-f16. */
async function loaded(of: Graph) {
  const device = await testDevice()
  const program = compileGraphs([of], { target: { ...targetFor(device), f16: true } })
  return load(device, runnable(program, device), { init: false })
}

test('values are rounded where they are stored and summed in f32', async () => {
  const session = await loaded(graph)
  const values = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.7 + seed))
  const [x, y] = [values(M * K, 1), values(K * N, 2)]
  const out = (await session.call('half', { a: x, w: y })) as Record<string, ArrayLike<number>>
  const stored = Array.from(out.half!, fromHalf)
  for (const [i, v] of stored.entries())
    assert.ok(Math.abs(v - x[i]!) <= 2 ** -11 * Math.abs(x[i]!) + 2 ** -25, `element ${i}: ${v}, was ${x[i]}`)
  const products = Array.from(out.product!, fromHalf)
  for (let m = 0; m < M; m++)
    for (let n = 0; n < N; n++) {
      let exact = 0
      for (let k = 0; k < K; k++) exact += x[m * K + k]! * y[k * N + n]!
      assert.ok(
        Math.abs(products[m * N + n]! - exact) <= 0.02,
        `product ${m}, ${n}: ${products[m * N + n]}, exact ${exact}`,
      )
    }
  assert.ok(Math.abs(out.total![0]! - products.reduce((p, q) => p + q, 0)) < 0.05)
  assert.equal([...new Set(Array.from(out.large!, fromHalf))], [Infinity], 'infinite beyond the range')
  session.destroy()
})

test('the nearest half, halves to even, in memory, in registers and in the reference', async () => {
  const x = Float32Array.of(
    0,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    -2047.5,
    2 ** -24,
    2 ** -25,
    3 * 2 ** -25,
    -6e-5,
    65519,
    65520,
    -1e9,
    Number.NaN,
    -Infinity,
  )
  const nearest = [
    0,
    1,
    1 + 2 ** -9,
    -2048,
    2 ** -24,
    0,
    2 ** -23,
    -1007 * 2 ** -24,
    65504,
    Infinity,
    -Infinity,
    Number.NaN,
    -Infinity,
  ]
  const leaf = input('x', [x.length]) as Untyped
  const stored: Untyped = cast(leaf, 'f16')
  const back = mul(cast(stored, 'f32') as Untyped, 0.5) // by the kernel that stores it
  const rounding = { name: 'rounding', inputs: [leaf], outputs: { stored, back }, updates: [] }
  const expected = evaluate(rounding, { inputs: { x } }).outputs
  assert.equal([...expected.stored!.data], nearest)
  const session = await loaded(rounding)
  const out = (await session.call('rounding', { x })) as Record<string, ArrayLike<number>>
  assert.equal(Array.from(out.stored!, fromHalf), nearest)
  assert.equal([...Array.from(out.back!)], [...expected.back!.data])
  session.destroy()
})

test('a state in f16 that is copied after the kernels, all of it', async () => {
  const [x, q] = [input('x', [3]) as Untyped, variable('q', [7])]
  const moved = concat(slice(q, 0, 3, 7) as Untyped, cast(x, 'f16') as Untyped, 0) as Untyped
  const queue: Graph = { name: 'queue', inputs: [x], outputs: {}, updates: [{ variable: q, value: moved }] }
  const session = await loaded(queue)
  for (const run of [0, 1, 2]) await session.call('queue', { x: Float32Array.of(run + 1, run + 1.5, -run - 1) })
  const { q: last } = await session.readVariables(['q'])
  assert.equal(Array.from(last as unknown as ArrayLike<number>, fromHalf), [-1, 2, 2.5, -2, 3, 3.5, -3])
  session.destroy()
})

test('a target without f16 refuses it with a sentence', () => {
  assert.throws(
    () => compileGraphs([graph]),
    (error: unknown) => error instanceof LimitError && /stores f16, which portable does not offer/.test(error.message),
  )
})

test.after(closeTestDevice)
test.run()
