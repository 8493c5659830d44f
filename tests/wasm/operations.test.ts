/** Every operation's cases, value and gradients, as WebAssembly on one thread, however its tasks are cut; without the runtime. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { DType } from '../../compiler/index.js'
import { cpu } from '../../compiler/kernels/target.js'
import type { Stored } from '../../compiler/plan/program.js'
import { graphOf } from '../device.js'
import { cases } from '../ops/cases.js'
import { contractionCases } from '../ops/contraction-cases.js'
import { type Running, running } from './run.js'

const BYTES: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2, u8: 1 }

/** Halves of tests are halves exactly. */
function write(on: Running, { dtype, ...place }: Stored, values: ArrayLike<number>): void {
  const view = on.at(place)
  for (let i = 0; i < values.length; i++) {
    const [at, value] = [i * BYTES[dtype], values[i]!]
    if (dtype === 'f32') view.setFloat32(at, value, true)
    else if (dtype === 'u8') view.setUint8(at, value)
    else if (dtype === 'i32') view.setInt32(at, value, true)
    else view.setUint32(at, value, true)
  }
}
function read(on: Running, { dtype, ...place }: Stored, at: number): number {
  const view = on.at(place)
  if (dtype === 'f32') return view.getFloat32(at * 4, true)
  if (dtype === 'i32') return view.getInt32(at * 4, true)
  return view.getUint32(at * 4, true)
}

function compare(fusion: boolean, fused: boolean, cuts: number): string[] {
  const wrong: string[] = []
  const whole = [...cases, ...contractionCases].map((each, i) => ({ each, ...graphOf(each, i) }))
  // What has halves at its ends is tested on devices, where the runtime converts them.
  const shown = whole.filter(({ graph }) =>
    [...graph.inputs, ...Object.values(graph.outputs)].every(({ dtype }) => dtype !== 'f16'),
  )
  assert.ok(shown.length > 150)
  const program = compileGraphs(
    shown.map(({ graph }) => graph),
    { target: cpu, fusion },
  )
  const on = running(program, { fused, cuts })
  for (const { each, graph, values } of shown) {
    const { inputs, outputs } = program.entries[graph.name]!
    for (const input of inputs) write(on, input, values[input.name]!)
    on.run(graph.name)
    const expected = evaluate(graph, { inputs: values }).outputs
    for (const output of outputs) {
      const { data } = expected[output.name]!
      const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6)
      const bad = data.findIndex((x, i) => !(Math.abs(x - read(on, output, i)) <= 2e-5 * scale))
      if (bad >= 0)
        wrong.push(`${each.name}: ${output.name}[${bad}] is ${read(on, output, bad)}, reference ${data[bad]}`)
    }
  }
  return wrong
}

test('fused kernels, multiply-adds that round once', () => assert.equal(compare(true, true, 1), []))
test('one kernel per operation, multiply-adds that round twice, tasks in several calls', () =>
  assert.equal(compare(false, false, 3), []))

test.run()
