/** f16 is a form of storage: computed in f32, rounded where it is stored. Runs where an adapter has `shader-f16`. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { LimitError, targetFor } from '../../compiler/index.js'
import { add, cast, dot, mul, sum } from '../../compiler/ops/index.js'
import { load, openDevice } from '../../runtime/node.js'
import { input } from '../device.js'

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

/** The number that 16 bits stand for. */
function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}

test('values are rounded where they are stored and summed in f32', async () => {
  const device = await openDevice()
  if (!device.features.has('shader-f16')) {
    console.log(`skipped: ${device.adapter.name} has no shader-f16`)
    device.destroy()
    return
  }
  const session = await load(device, compileGraphs([graph], { target: targetFor(device) }), { init: false })
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
  assert.equal([...new Set(Array.from(out.large!, fromHalf))], [65504], 'beyond the range it saturates')
  session.destroy()
  device.destroy()
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
    -1e9,
  )
  const nearest = [0, 1, 1 + 2 ** -9, -2048, 2 ** -24, 0, 2 ** -23, -1007 * 2 ** -24, 65504, -65504]
  const leaf = input('x', [x.length]) as Untyped
  const stored: Untyped = cast(leaf, 'f16')
  const back = mul(cast(stored, 'f32') as Untyped, 0.5) // by the kernel that stores it
  const rounding = { name: 'rounding', inputs: [leaf], outputs: { stored, back }, updates: [] }
  const expected = evaluate(rounding, { inputs: { x } }).outputs
  assert.equal([...expected.stored!.data], nearest)
  const device = await openDevice()
  if (device.features.has('shader-f16')) {
    const session = await load(device, compileGraphs([rounding], { target: targetFor(device) }), { init: false })
    const out = (await session.call('rounding', { x })) as Record<string, ArrayLike<number>>
    assert.equal(Array.from(out.stored!, fromHalf), nearest)
    assert.equal([...Array.from(out.back!)], [...expected.back!.data])
    session.destroy()
  } else console.log(`skipped on the device: ${device.adapter.name} has no shader-f16`)
  device.destroy()
})

test('a target without f16 refuses it with a sentence', () => {
  assert.throws(
    () => compileGraphs([graph]),
    (error: unknown) => error instanceof LimitError && /stores f16, which portable does not offer/.test(error.message),
  )
})

test.run()
