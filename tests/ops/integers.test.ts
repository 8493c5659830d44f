/** Integers far beyond what float64 holds of products and sums: the reference and the device against BigInt, modulo 2^32. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import * as ops from '../../compiler/ops/index.js'
import { generator } from '../../models/data/random.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, input, testDevice } from '../device.js'

const any = (x: unknown) => x as Untyped
interface Case {
  readonly name: string
  /** Of two inputs, both `[ROWS, SIZE]`. */
  build(a: Untyped, b: Untyped): Tensor
  exactly(a: readonly bigint[], b: readonly bigint[]): readonly bigint[]
}
const [ROWS, SIZE] = [3, 24]
const rows = (x: readonly bigint[]): bigint[][] =>
  Array.from({ length: ROWS }, (_, i) => x.slice(i * SIZE, (i + 1) * SIZE))
const total = (x: readonly bigint[]): bigint => x.reduce((a, b) => a + b, 0n)
const times = (a: readonly bigint[], b: readonly bigint[]): bigint[] => a.map((x, i) => x * b[i]!)

const cases: readonly Case[] = [
  { name: 'mul', build: (a, b) => ops.mul(a, b), exactly: times },
  { name: '0 - x', build: a => ops.sub(0 as never, a), exactly: a => a.map(x => -x) },
  { name: 'sum', build: a => ops.sum(a, 1), exactly: a => rows(a).map(total) },
  {
    name: 'sum of products',
    build: (a, b) => ops.sum(ops.mul(a, b), 1),
    exactly: (a, b) => rows(times(a, b)).map(total),
  },
  { name: 'prod', build: a => ops.prod(a, 1), exactly: a => rows(a).map(row => row.reduce((x, y) => x * y)) },
  {
    name: 'dot',
    build: (a, b) => ops.dot(a, any(ops.permute(b, [1, 0]))),
    exactly: (a, b) => rows(a).flatMap(row => rows(b).map(column => total(times(row, column)))),
  },
  {
    name: 'matmul',
    build: (a, b) => any(ops.matmul(any(ops.reshape(a, [ROWS, 4, 6])), any(ops.reshape(b, [ROWS, 6, 4])))),
    exactly: (a, b) =>
      rows(a).flatMap((left, i) =>
        Array.from({ length: 16 }, (_, at) => {
          const [m, n] = [Math.floor(at / 4), at % 4]
          return total([0, 1, 2, 3, 4, 5].map(k => left[m * 6 + k]! * rows(b)[i]![k * 4 + n]!))
        }),
      ),
  },
  {
    name: 'cumsum',
    build: (a, b) => ops.cumsum(any(ops.mul(a, b)), 1),
    exactly: (a, b) => rows(times(a, b)).flatMap(row => row.map((_, i) => total(row.slice(0, i + 1)))),
  },
  {
    name: 'scatterAdd',
    build: (a, b) =>
      ops.scatterAdd(
        any(ops.mul(a, b)),
        any(ops.broadcastTo(any(ops.rem(any(ops.iota([SIZE], 0)), 2 as never)), [ROWS, SIZE])),
        1,
        2,
      ),
    exactly: (a, b) => rows(times(a, b)).flatMap(row => [0, 1].map(odd => total(row.filter((_, i) => i % 2 === odd)))),
  },
  { name: 'div by 0', build: (a, b) => ops.div(a, any(ops.rem(b, 1 as never))), exactly: a => a },
]

for (const dtype of ['i32', 'u32'] as const)
  test(`${dtype} is exact modulo 2^32, in the reference and on the device`, async () => {
    const wrapped = (x: bigint) => Number(dtype === 'i32' ? BigInt.asIntN(32, x) : BigInt.asUintN(32, x))
    const random = generator(31)
    const Kind = dtype === 'i32' ? Int32Array : Uint32Array
    const numbers = () => new Kind(Array.from({ length: ROWS * SIZE }, () => Math.floor(2 ** 32 * random())))
    const [a, b] = [numbers(), numbers()]
    const exact = [a, b].map(x => Array.from(x, BigInt)) as [bigint[], bigint[]]
    const inputs = ['a', 'b'].map(name => input(name, [ROWS, SIZE], dtype)) as [Untyped, Untyped]
    const graphs = cases.map(
      ({ build }, i): Graph => ({ name: `case${i}`, inputs, outputs: { y: build(...inputs) }, updates: [] }),
    )
    const device = await testDevice()
    const session = await load(device, compileGraphs(graphs, { target: targetFor(device) }), { init: false })
    for (const [i, { name, exactly }] of cases.entries()) {
      const expected = exactly(...exact).map(wrapped)
      assert.equal([...evaluate(graphs[i]!, { inputs: { a, b } }).outputs.y!.data], expected, `reference: ${name}`)
      const { y } = (await session.call(`case${i}`, { a, b })) as { y: Int32Array | Uint32Array }
      assert.equal([...y], expected, `device: ${name}`)
    }
    session.destroy()
  })

test.after(closeTestDevice)
test.run()
