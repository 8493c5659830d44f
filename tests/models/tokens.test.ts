/** Layers of tokens and sequences against their formulas, and the adjoint of a convolution, in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { mul, sum } from '../../compiler/index.js'
import { type Module, variablesOf } from '../../compiler/language/module.js'
import * as m from '../../models/layers.js'
import { numbers, runModule } from './modules.js'

const valuesOf = (net: Module): Record<string, Float64Array> =>
  Object.fromEntries(
    variablesOf(net).map(({ name, tensor }, i) => [
      name,
      numbers(
        tensor.shape.reduce((a, b) => a * b, 1),
        i,
      ),
    ]),
  )
/** What a layer makes of a tensor of the given shape, its values, and what it was made of. */
function applied(layer: Module & ((x: any, ...rest: any) => Tensor), shape: number[], rest: readonly unknown[] = []) {
  const variables = valuesOf(layer)
  const x = numbers(
    shape.reduce((a, b) => a * b, 1),
    9,
  )
  const { outputs } = runModule(layer, ({ x }) => ({ y: layer(x, ...rest) }), {
    inputs: { x: { shape, data: x } },
    variables,
  })
  return { x, variables, y: outputs.y! }
}
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what = '') => {
  assert.is(actual.length, expected.length)
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) < 1e-10, `${what} ${i}: ${actual[i]}, expected ${expected[i]}`)
}
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

const [ROWS, STEPS, FROM, HIDDEN] = [2, 5, 3, 4]
/** `W x + b + U h + c`, input and hidden part apart, of a gate. */
function gatesOf(variables: Record<string, Float64Array>, x: ArrayLike<number>, h: readonly number[]) {
  const line = (weight: Float64Array, bias: Float64Array, of: ArrayLike<number>, row: number) => {
    let total = bias[row]!
    for (let i = 0; i < of.length; i++) total += weight[row * of.length + i]! * of[i]!
    return total
  }
  const { weight_ih_l0: wi, bias_ih_l0: bi, weight_hh_l0: wh, bias_hh_l0: bh } = variables as any
  return (gate: number, unit: number): [number, number] => [
    line(wi, bi, x, gate * HIDDEN + unit),
    line(wh, bh, h, gate * HIDDEN + unit),
  ]
}
const units = Array.from({ length: HIDDEN }, (_, i) => i)

test('gru is the recurrence of PyTorch', () => {
  const { x, variables, y } = applied(m.gru(FROM, HIDDEN), [ROWS, STEPS, FROM])
  assert.equal(y.shape, [ROWS, STEPS, HIDDEN])
  for (let n = 0; n < ROWS; n++) {
    let h = units.map(() => 0)
    for (let t = 0; t < STEPS; t++) {
      const at = (n * STEPS + t) * FROM
      const gate = gatesOf(variables, x.subarray(at, at + FROM), h)
      h = units.map(unit => {
        const [r, z] = [0, 1].map(each => sigmoid(gate(each, unit)[0] + gate(each, unit)[1])) as [number, number]
        const fresh = Math.tanh(gate(2, unit)[0] + r * gate(2, unit)[1])
        return (1 - z) * fresh + z * h[unit]!
      })
      close(y.data.subarray((n * STEPS + t) * HIDDEN, (n * STEPS + t + 1) * HIDDEN), h, `row ${n}, step ${t}`)
    }
  }
})

test('lstm is the recurrence of PyTorch', () => {
  const { x, variables, y } = applied(m.lstm(FROM, HIDDEN), [ROWS, STEPS, FROM])
  for (let n = 0; n < ROWS; n++) {
    let [h, c] = [units.map(() => 0), units.map(() => 0)]
    for (let t = 0; t < STEPS; t++) {
      const at = (n * STEPS + t) * FROM
      const gate = gatesOf(variables, x.subarray(at, at + FROM), h)
      const both = (each: number, unit: number) => gate(each, unit)[0] + gate(each, unit)[1]
      c = units.map(i => sigmoid(both(1, i)) * c[i]! + sigmoid(both(0, i)) * Math.tanh(both(2, i)))
      h = units.map(i => sigmoid(both(3, i)) * Math.tanh(c[i]!))
      close(y.data.subarray((n * STEPS + t) * HIDDEN, (n * STEPS + t + 1) * HIDDEN), h, `row ${n}, step ${t}`)
    }
  }
})

test('attention to a context that is the tokens themselves is attention to oneself', () => {
  const layer = m.multiHeadAttention(6, { heads: 2 })
  const variables = valuesOf(layer)
  assert.equal(Object.keys(variables), ['qkv.weight', 'qkv.bias', 'proj.weight', 'proj.bias'])
  const data = numbers(2 * 4 * 6, 3)
  const { outputs } = runModule(
    layer,
    ({ x }) => ({
      own: layer(x as Untyped) as Tensor,
      other: layer(x as Untyped, { context: x as Untyped }) as Tensor,
      causal: layer(x as Untyped, { causal: true }) as Tensor,
    }),
    { inputs: { x: { shape: [2, 4, 6], data } }, variables },
  )
  close(outputs.own!.data, outputs.other!.data)
  // The last token sees all; the first sees itself only.
  close(outputs.causal!.data.subarray(18, 24), outputs.own!.data.subarray(18, 24))
  assert.ok(Math.abs(outputs.causal!.data[0]! - outputs.own!.data[0]!) > 1e-3)
  assert.throws(() => m.multiHeadAttention(6, { heads: 4 }), 'multiHeadAttention: 4 heads do not divide 6 features')
})

test('embed takes rows; groupNorm normalizes groups of channels of any rank', () => {
  const table = m.embed(5, 3)
  const { weight } = valuesOf(table)
  const { outputs } = runModule(table, ({ i }) => ({ y: table(i as Untyped) as Tensor }), {
    inputs: { i: { shape: [2], dtype: 'i32', data: Int32Array.of(4, 1) } },
    variables: { weight: weight! },
  })
  close(outputs.y!.data, [...weight!.subarray(12, 15), ...weight!.subarray(3, 6)])

  const { x, variables, y } = applied(m.groupNorm(4, { groups: 2 }), [2, 4, 3])
  y.data.forEach((value, at) => {
    const [channel, group] = [Math.floor(at / 3) % 4, Math.floor(at / 6)]
    const part = [...x.subarray(group * 6, group * 6 + 6)]
    const mean = part.reduce((a, b) => a + b) / 6
    const variance = part.reduce((total, v) => total + (v - mean) ** 2, 0) / 6
    const normal = (x[at]! - mean) / Math.sqrt(variance + 1e-5)
    close([value], [normal * variables.weight![channel]! + variables.bias![channel]!])
  })
})

test('convTranspose is the adjoint of conv, for images and sequences', () => {
  for (const [kernel, size, options] of [
    [[3, 2], [7, 6], { stride: [2, 1], padding: [1, 0] }],
    [[4], [10], { stride: 3 }],
  ] as const) {
    const where = { bias: false, ...options }
    const [down, up] = [m.conv(2, 3, kernel as [3, 2], where), m.convTranspose(3, 2, kernel as [3, 2], where)]
    const { x, variables, y } = applied(down as never, [1, 2, ...size])
    const cotangent = numbers(y.data.length, 4)
    const { outputs } = runModule(up as never, ({ c }) => ({ back: (up as any)(c) as Tensor }), {
      inputs: { c: { shape: y.shape, data: cotangent } },
      variables,
    })
    assert.equal(outputs.back!.shape, [1, 2, ...size])
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((s, v, i) => s + v * b[i]!, 0)
    close([dot(y.data, cotangent)], [dot(x, outputs.back!.data)])
  }
})

test('a transformer block keeps tokens and has gradients everywhere', () => {
  const block = m.transformerBlock(6, { heads: 3, mlp: 8 })
  const { gradients } = runModule(
    block,
    ({ x }) => {
      const y: Untyped = block(x as Untyped)
      return { y: sum(mul(y, y)) as Tensor }
    },
    {
      inputs: { x: { shape: [2, 4, 6], data: numbers(48, 2) } },
      variables: valuesOf(block),
      cotangents: { y: { shape: [], data: [1] } },
    },
  )
  assert.is(Object.keys(gradients).length, variablesOf(block).length)
  for (const [name, { data }] of Object.entries(gradients))
    assert.ok(
      data.some(value => Math.abs(value) > 1e-6),
      name,
    )
})

test.run()
