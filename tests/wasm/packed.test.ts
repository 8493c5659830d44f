/** Packed contractions of odd sizes, in blocks that leave rests of everything, against the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { machines } from '../../compiler/graph/machine.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { contractionOf } from '../../compiler/kernels/contraction.js'
import { type Chooser, pointsOf } from '../../compiler/kernels/schedule.js'
import { cpu } from '../../compiler/kernels/target.js'
import { conv2d, dot, matmul, mul, transpose } from '../../compiler/ops/index.js'
import { type DeviceCase, graphOf } from '../device.js'
import { running } from './run.js'

const values = (shape: number[], seed: number) => ({
  shape,
  values: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.37 + seed)),
})
const cases: DeviceCase[] = [
  { name: 'prime sizes', inputs: [values([37, 61], 1), values([61, 43], 2)], build: (a, b) => dot(a, b) },
  {
    name: 'several blocks of terms',
    inputs: [values([20, 1031], 1), values([1031, 24], 2)],
    build: (a, b) => dot(a, b),
  },
  {
    name: 'transposed factors, a product before it',
    inputs: [values([64, 36], 1), values([24, 64], 2)],
    build: (a, b) => dot(transpose(mul(a, 2) as Untyped) as Untyped, transpose(b) as Untyped),
  },
  { name: 'a batch', inputs: [values([3, 10, 33], 1), values([3, 33, 12], 2)], build: (a, b) => matmul(a, b) },
  {
    name: 'conv of an odd image',
    inputs: [values([2, 5, 11, 9], 1), values([7, 5, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 1 }),
  },
  {
    name: 'conv, stride 2, padding beyond the window',
    inputs: [values([2, 4, 12, 16], 1), values([8, 4, 3, 3], 2)],
    build: (a, b) => conv2d(a, b, { padding: 2, stride: 2 }),
  },
]
const small: Chooser = kernel =>
  contractionOf(kernel) ? { kind: 'packed', rows: 8, columns: 16, depth: 40, tile: 8 } : pointsOf(machines.cpu)

const wide: Chooser = kernel =>
  contractionOf(kernel) ? { kind: 'packed', rows: 8, columns: 32, depth: 40, tile: 16 } : pointsOf(machines.cpu)

for (const [how, choose] of [
  ['small blocks', small],
  ['wide tiles', wide],
  ['as scheduled', undefined],
] as const)
  test(how, () => {
    const prepared = cases.map((each, i) => graphOf(each, i))
    const program = compileGraphs(
      prepared.map(({ graph }) => graph),
      { target: cpu, ...(choose && { choose }) },
    )
    const on = running(program, { cuts: 2 })
    for (const [i, { graph, values }] of prepared.entries()) {
      const { inputs, outputs } = program.entries[graph.name]!
      for (const input of inputs)
        for (const [k, x] of values[input.name]!.entries()) on.at(input).setFloat32(4 * k, x, true)
      on.run(graph.name)
      const expected = evaluate(graph, { inputs: values }).outputs
      for (const output of outputs) {
        const { data } = expected[output.name]!
        const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6)
        const got = data.map((_, k) => on.at(output).getFloat32(4 * k, true))
        const bad = data.findIndex((x, k) => !(Math.abs(x - got[k]!) <= 1e-5 * scale))
        assert.is(bad, -1, `${cases[i]!.name}: ${output.name}[${bad}] is ${got[bad]}, reference ${data[bad]}`)
      }
    }
  })

test.run()
