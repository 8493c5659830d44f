/** Rows of stated results: what is computed, of which numbers, and what comes out on the device. */
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import * as facet from '../../compiler/index.js'
import { targetFor } from '../../compiler/kernels/target.js'
import type { DType } from '../../compiler/types/tensor.js'
import { load } from '../../runtime/node.js'
import { input, testDevice, typed } from '../device.js'

type Numbers = readonly number[]
export interface Row {
  readonly name: string
  readonly of: readonly { readonly values: Numbers; readonly dtype: DType }[]
  readonly build: (...x: Untyped[]) => Tensor
  readonly results: readonly Numbers[]
  readonly tolerance: number
}
// The public functions without their types: rows hold wild inputs on purpose.
export const f = facet as unknown as Record<string, (...x: any[]) => Untyped>
export const row = (
  name: string,
  of: readonly (Numbers | { values: Numbers; dtype: DType })[],
  build: (...x: Untyped[]) => Tensor,
  result: Numbers | readonly Numbers[],
  tolerance = 1e-5,
): Row => ({
  name,
  of: of.map(x => ('dtype' in x ? x : { values: x, dtype: 'f32' as const })),
  build,
  results: Array.isArray(result[0]) ? (result as Numbers[]) : [result as Numbers],
  tolerance,
})
export const i32 = (...values: number[]) => ({ values, dtype: 'i32' as const })
export const u32 = (...values: number[]) => ({ values, dtype: 'u32' as const })
export const LARGE = 3.4028234663852886e38
/** The gradient of the sum of `y(x)` with respect to x. */
export const gradient = (y: (x: Untyped) => Tensor) => (x: Untyped) =>
  backward([[f.sum!(y(x)), f.constant!(1, [])]], [x])[0]!

/** Runs rows on the test device, and says which give something else. */
export async function checkRows(rows: readonly Row[]): Promise<void> {
  const graphs = rows.map(({ of, build }, i): Graph => {
    const inputs = of.map(({ values, dtype }, k) => input(`x${k}`, [values.length], dtype) as Untyped)
    return { name: `row${i}`, inputs, outputs: { y: build(...inputs) }, updates: [] }
  })
  const device = await testDevice()
  const session = await load(device, compileGraphs(graphs, { target: targetFor(device) }), { init: false })
  const wrong: string[] = []
  for (const [i, { name, of, results, tolerance }] of rows.entries()) {
    const inputs = Object.fromEntries(of.map(({ values, dtype }, k) => [`x${k}`, typed(values, dtype)]))
    const y = [...((await session.call(`row${i}`, inputs)) as Record<string, ArrayLike<number> & Iterable<number>>).y!]
    const fits = (expected: Numbers) =>
      y.length === expected.length &&
      expected.every(
        (e, k) => Object.is(e, y[k]) || Math.abs(y[k]! - e) <= tolerance * Math.abs(e) + (e === 0 ? 1e-30 : 0),
      )
    if (!results.some(fits))
      wrong.push(`${name}: ${y.join(', ')}, stated ${results.map(r => r.join(', ')).join(' or ')}`)
  }
  session.destroy()
  assert.equal(wrong, [])
}
