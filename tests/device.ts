/** Compiles graphs, runs them on the device and compares every output with the float64 reference. */

import * as assert from 'uvu/assert'
import { type CompileOptions, compileGraphs } from '../compiler/compile.js'
import { backward } from '../compiler/gradient/reverse.js'
import { evaluate } from '../compiler/graph/evaluate.js'
import { type Graph, inputOperation, isFloat } from '../compiler/graph/graph.js'
import { apply, type Tensor } from '../compiler/graph/node.js'
import { numel } from '../compiler/graph/shape.js'
import type { DType } from '../compiler/index.js'
import { cpu, portable } from '../compiler/kernels/target.js'
import { type Device, load, openDevice } from '../runtime/node.js'
import { checkRoundTrip } from './graph/roundtrip.js'
import { runnable } from './halves.js'
import { verified } from './loops/verified.js'

let device: Promise<Device> | undefined
/** One device for a test file; SwiftShader unless FACET_ADAPTER says otherwise, so that tests are the same everywhere. */
export const testDevice = (): Promise<Device> =>
  (device ??= openDevice(process.env.FACET_ADAPTER ? {} : { adapter: 'swiftshader' }))
export async function closeTestDevice(): Promise<void> {
  ;(await device)?.destroy()
  device = undefined
}

export interface DeviceCase {
  readonly name: string
  readonly inputs: readonly {
    readonly shape: readonly number[]
    readonly dtype?: DType
    readonly values: ArrayLike<number>
  }[]
  build(...tensors: any[]): Tensor
}
export const input = (name: string, shape: readonly number[], dtype: DType = 'f32'): Tensor =>
  apply(inputOperation, [], { name, shape, dtype })

/** The graph of a case: its value `y`, and where it is a float, the gradients `g0, g1, ...` of `<c, y>` for a fixed cotangent `c`. */
export function graphOf(test: DeviceCase, index: number): { graph: Graph; values: Record<string, Float64Array> } {
  const leaves = test.inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype))
  const y = test.build(...leaves)
  const values: Record<string, Float64Array> = Object.fromEntries(
    test.inputs.map(({ values: given, dtype = 'f32' }, i) => [
      `x${i}`,
      Float64Array.from(given, x => (isFloat(dtype) ? Math.fround(x) : x)),
    ]),
  )
  const outputs: Record<string, Tensor> = { y }
  const inputs = [...leaves]
  if (isFloat(y.dtype) && leaves.some(leaf => isFloat(leaf.dtype))) {
    const c = input('c', y.shape)
    inputs.push(c)
    values.c = Float64Array.from({ length: numel(y.shape) }, (_, i) => Math.fround(Math.sin(1 + i * 0.7)))
    const wrt = leaves.filter(leaf => isFloat(leaf.dtype))
    backward([[y, c]], wrt).forEach((gradient, i) => {
      outputs[`g${i}`] = gradient
    })
  }
  return { graph: checkRoundTrip({ name: `case${index}`, inputs, outputs, updates: [] }), values }
}

/** Throws unless a case for the portable target has the same bits in each of four runs. */
export async function sameBits(test: DeviceCase): Promise<void> {
  const { graph, values } = graphOf(test, 0)
  const session = await load(await testDevice(), compileGraphs([graph], { target: portable }), { init: false })
  const inputs = Object.fromEntries(Object.entries(values).map(([key, data]) => [key, typed(data, 'f32')]))
  const first = await session.call(graph.name, inputs)
  for (let run = 0; run < 3; run++) assert.equal(await session.call(graph.name, inputs), first)
  session.destroy()
}

/** Host values as the runtime takes them. */
export function typed(values: ArrayLike<number>, dtype: DType): Float32Array | Int32Array | Uint32Array | Uint8Array {
  const Kind = {
    f32: Float32Array,
    f16: Float32Array,
    i32: Int32Array,
    u32: Uint32Array,
    u8: Uint8Array,
    bool: Uint8Array,
  }[dtype]
  return Kind.from(values as ArrayLike<number>)
}

/**
 * Differences between device and reference, as sentences; empty where all agree: floats within `rtol` of the largest
 * magnitude, whatever else there is exactly.
 */
export async function compareOnDevice(
  cases: readonly DeviceCase[],
  { rtol = 2e-5, ...options }: CompileOptions & { rtol?: number } = {},
): Promise<string[]> {
  const on = await testDevice()
  const prepared = cases.map(graphOf)
  const program = compileGraphs(
    prepared.map(({ graph }) => graph),
    { target: portable, observe: verified, ...options, ...(on.adapter.kind === 'cpu' && { target: cpu }) },
  )
  const session = await load(on, runnable(program, on), { init: false })
  const wrong: string[] = []
  for (const [i, { graph, values }] of prepared.entries()) {
    const inputs = Object.fromEntries(
      graph.inputs.map(leaf => [leaf.attributes.name, typed(values[leaf.attributes.name]!, leaf.dtype)]),
    )
    const got = (await session.call(graph.name, inputs)) as Record<string, ArrayLike<number>>
    const expected = evaluate(graph, { inputs: values })
    for (const [name, { data }] of Object.entries(expected.outputs)) {
      const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6)
      const worst = data.reduce(
        (at, x, k) =>
          Math.abs(x - got[name]![k]!) > Math.abs(data[at]! - got[name]![at]!) || Number.isNaN(got[name]![k]!) ? k : at,
        0,
      )
      const allowed = isFloat(graph.outputs[name]!.dtype) ? rtol * scale : 0
      if (!(Math.abs(data[worst]! - got[name]![worst]!) <= allowed))
        wrong.push(`${cases[i]!.name}: ${name}[${worst}] is ${got[name]![worst]}, reference ${data[worst]}`)
    }
  }
  session.destroy()
  return wrong
}
