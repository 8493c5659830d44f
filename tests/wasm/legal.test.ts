/** What WebAssembly has no instruction for is within 4 units in the last place of float64, scalars and vectors alike. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { cpu } from '../../compiler/kernels/target.js'
import * as ops from '../../compiler/ops/index.js'
import { input } from '../device.js'
import { running } from './run.js'

/** The distance of neighbouring floats around a value. */
const unit = (x: number): number => 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - 23, -149)

const COUNT = 4003
/** Numbers between two, evenly or, where both are positive, evenly in their logarithm. */
const spread = (low: number, high: number): number[] =>
  Array.from({ length: COUNT }, (_, i) => {
    const at = i / (COUNT - 1)
    return Math.fround(low > 0 ? low * (high / low) ** at : low + (high - low) * at)
  })

type Build = (...x: Untyped[]) => Tensor
function errors(build: Build, exact: (...x: number[]) => number, ...operands: readonly number[][]): number[] {
  const leaves = operands.map((_, i) => input(`x${i}`, [COUNT]) as Untyped)
  const program = compileGraphs([{ name: 'e', inputs: leaves, outputs: { y: build(...leaves) }, updates: [] }], {
    target: cpu,
  })
  return [true, false].flatMap(fused => {
    const on = running(program, { fused })
    const { inputs, outputs } = program.entries.e!
    for (const [i, place] of inputs.entries())
      for (const [k, x] of operands[i]!.entries()) on.at(place).setFloat32(4 * k, x, true)
    on.run('e')
    return Array.from({ length: COUNT }, (_, k) => {
      const expected = exact(...operands.map(values => values[k]!))
      const got = on.at(outputs[0]!).getFloat32(4 * k, true)
      return Object.is(Math.fround(expected), got) ? 0 : Math.abs(got - expected) / unit(expected)
    })
  })
}
const worst = (...given: Parameters<typeof errors>): number => Math.max(...errors(...given))

const functions: [string, Build, (...x: number[]) => number, ...number[][]][] = [
  ['exp', ops.exp, Math.exp, spread(-87, 88.7)],
  ['exp of small numbers', ops.exp, Math.exp, spread(-1e-3, 1e-3)],
  ['exp2', ops.exp2, x => 2 ** x, spread(-125.9, 127.9)],
  ['log', ops.log, Math.log, spread(1e-38, 3e38)],
  ['log around 1', ops.log, Math.log, spread(0.7, 1.4)],
  ['log of subnormal numbers', ops.log, Math.log, spread(1e-44, 1e-38)],
  ['log2', ops.log2, Math.log2, spread(1e-38, 3e38)],
  ['log2 around 1', ops.log2, Math.log2, spread(0.7, 1.4)],
  ['tanh', ops.tanh, Math.tanh, spread(-12, 12)],
  ['tanh of small numbers', ops.tanh, Math.tanh, spread(1e-6, 0.2)],
  ['atan', ops.atan, Math.atan, spread(-40, 40)],
  ['atan2', ops.atan2, Math.atan2, spread(-3, 3), spread(-5, 4)],
  ['pow', ops.pow, Math.pow, spread(1e-3, 1e3), spread(-12, 12)],
  ['pow of near 1 to large powers', ops.pow, Math.pow, spread(0.98, 1.02), spread(-3000, 3000)],
  ['rsqrt', ops.rsqrt, x => 1 / Math.sqrt(x), spread(1e-30, 1e30)],
]
for (const [name, ...given] of functions)
  test(name, () => {
    const found = worst(...given)
    assert.ok(found <= 4, `${name} is off by ${found.toFixed(1)} units`)
  })

test('exp and log at their ends', () => {
  const at = (build: Build, exact: (x: number) => number, values: readonly number[]): number =>
    worst(
      build,
      exact,
      Array.from({ length: COUNT }, (_, i) => values[i % values.length]!),
    )
  assert.is(
    at(ops.exp, x => (x > 80 ? Infinity : x < -80 ? 0 : 1), [89, 1000, -104, -1000, 0, -0]),
    0,
  )
  assert.is(
    at(ops.log, x => (x === 0 ? -Infinity : x), [0, Number.POSITIVE_INFINITY]),
    0,
  )
})

test.run()
