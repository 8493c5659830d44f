/**
 * What a kernel computes of constants alone. An index along an axis of one element is one, which no pass over graphs sees; WGSL
 * refuses integers that overflow in constants, quotients by 0 and results that are not finite, and SwiftShader compares extremes of constant vectors wrongly.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import * as facet from '../../compiler/ops/index.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'
import { forced } from '../forced.js'
import { runnable } from '../halves.js'

// Without their types: cases mix dtypes as they like.
const o = facet as unknown as Record<string, (...x: any[]) => Untyped>
const zero = () => o.iota!([3, 1], 1)
const unsigned = (x: Untyped) => o.cast!(x, 'u32')
const float = (x: Untyped) => o.cast!(x, 'f32')
const cases: Readonly<Record<string, (x: Untyped) => Untyped>> = {
  'x / 0': x => o.div!(x, 0),
  'x rem 0': x => o.rem!(x, 0),
  'x mod 0': x => o.mod!(x, 0),
  'x / index': x => o.div!(x, zero()),
  'x rem index': x => o.rem!(x, zero()),
  'x mod index': x => o.mod!(x, zero()),
  'words / index': x => o.div!(unsigned(x), unsigned(zero())),
  'words / products': x => o.div!(unsigned(x), o.mul!(o.add!(unsigned(zero()), 2 ** 31), 2)),
  'a product that wraps': x => o.mul!(x, o.mul!(o.add!(zero(), 2 ** 31 - 1), 2)),
  'a difference that wraps': x => o.bitXor!(unsigned(x), o.sub!(unsigned(zero()), 1)),
  'a sum of quotients': x => o.sum!(o.div!(o.reshape!(x, [3, 8, 1]), o.iota!([3, 8, 1], 2)), 1),
  'the logarithm of 0': x => o.exp!(o.add!(o.log!(float(zero())), o.mul!(float(x), 1e-8))),
  'a quotient by 0': x => o.add!(o.minimum!(o.div!(1, float(zero())), 5), float(x)),
  'functions of 0': x => o.add!(o.add!(o.cos!(float(zero())), o.sigmoid!(float(zero()))), float(x)),
  'x / lanes': x => o.div!(o.slice!(x, 1, 0, 4), o.iota!([3, 4], 1)),
  'x rem lanes': x => o.rem!(o.slice!(x, 1, 0, 4), o.iota!([3, 4], 1)),
  'wrapping lanes': x => o.add!(o.slice!(x, 1, 0, 4), o.mul!(o.iota!([3, 4], 1), 2 ** 31 - 1)),
  'an infinity': x => o.minimum!(o.mul!(o.add!(float(zero()), 3e38), 3e38), float(x)),
  'a half': x => o.mul!(float(o.cast!(o.add!(float(zero()), 0.3), 'f16')), float(x)),
  'a place of one': x => o.add!(o.scatterAdd!(o.slice!(x, 1, 2, 3), o.sortRank!(o.slice!(x, 1, 0, 1), 1), 1, 1), x),
  'a place beside others': x => o.scatterAdd!(o.slice!(x, 1, 2, 3), o.rem!(zero(), 4), 1, 3),
}

for (const name of [undefined, 'points', 'tiles', 'unrolled', 'tiles-unrolled', 'rows4'])
  test(`constants in kernels, ${name ?? 'as scheduled'}`, async () => {
    const device = await testDevice()
    if (name && device.adapter.kind === 'cpu') return // it has schedules of its own
    const x = input('x', [3, 8], 'i32') as Untyped
    const graphs = Object.values(cases).map(
      (build, i): Graph => ({ name: `case${i}`, inputs: [x], outputs: { y: build(x) }, updates: [] }),
    )
    const target = { ...targetFor(device), f16: true }
    const program = compileGraphs(graphs, { target, ...(name && { choose: forced[name]! }) })
    const session = await load(device, runnable(program, device), { init: false })
    const inputs = { x: Int32Array.from({ length: 24 }, (_, i) => i * 100_000_007 - 1_000_000_000) }
    for (const [i, what] of Object.keys(cases).entries()) {
      const { y } = (await session.call(`case${i}`, inputs)) as { y: Int32Array | Uint32Array | Float32Array }
      const expected = evaluate(graphs[i]!, { inputs }).outputs.y!.data
      const allowed = (e: number) => (y instanceof Float32Array ? 1e-5 * Math.abs(e) : 0)
      const wrong = [...expected].findIndex((e, k) => !(Math.abs(y[k]! - e) <= allowed(e)))
      assert.is(wrong, -1, `${what}: [${wrong}] is ${y[wrong]}, reference ${expected[wrong]}`)
    }
    session.destroy()
  })

test.after(closeTestDevice)
test.run()
