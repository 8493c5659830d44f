/** Scatters and orders: work grows with what is read, and results are those of the reference, the same bits on any number of threads. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { cpu, machineOf, software, type Target } from '../../compiler/kernels/target.js'
import { topK } from '../../compiler/language/math.js'
import { count } from '../../compiler/loops/count.js'
import type { LoopProgram } from '../../compiler/loops/program.js'
import { cast } from '../../compiler/ops/compare.js'
import { embedding, segmentSum } from '../../compiler/ops/gather.js'
import { argsort, sort } from '../../compiler/ops/prefix.js'
import { load, openDevice } from '../../runtime/node.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf, typed } from '../device.js'

let state = 1
const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647
const floats = (shape: readonly number[]) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() - 0.5),
})
const below = (count: number, shape: readonly number[]) => ({
  shape,
  dtype: 'i32' as const,
  values: Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.floor(next() * count)),
})
const segments = (rows: number, width: number, groups: number): DeviceCase => ({
  name: `segmentSum of ${rows} rows of ${width} into ${groups}`,
  inputs: [floats([rows, width]), below(groups, [rows])],
  build: (x, index) => segmentSum(x, index, groups),
})
const tokens = (words: number, width: number, length: number): DeviceCase => ({
  name: `embedding [${words}, ${width}] at ${length} tokens`,
  inputs: [floats([words, width]), below(words, [length])],
  build: (weight, index) => embedding(weight, index),
})
const order = (rows: number, size: number): DeviceCase => ({
  name: `argsort [${rows}, ${size}]`,
  inputs: [floats([rows, size])],
  build: x => argsort(x, 1),
})
const ties = (rows: number, size: number): DeviceCase => ({
  name: `argsort of few values [${rows}, ${size}]`,
  inputs: [below(5, [rows, size])],
  build: x => argsort(x, 1, { descending: true }),
})
const largest = (rows: number, size: number, k: number): DeviceCase => ({
  name: `topK ${k} of [${rows}, ${size}]`,
  inputs: [floats([rows, size])],
  build: x => topK(x as Untyped, k as never).indices,
})
/** Of rows of few values. */
const equals = (rows: number, size: number, k: number): DeviceCase => ({
  name: `topK ${k} of few values [${rows}, ${size}]`,
  inputs: [below(5, [rows, size])],
  build: x => topK(cast(x, 'f32') as Untyped, k as never).indices,
})
/** Of rows of which few elements are not NaN or the least there is. */
const unfinished = (rows: number, size: number, k: number): DeviceCase => ({
  ...largest(rows, size, k),
  name: `topK ${k} of rows of NaN`,
  inputs: [
    {
      shape: [rows, size],
      values: Float32Array.from({ length: rows * size }, (_, i) => (i % 400 ? (i % 7 ? NaN : -Infinity) : i)),
    },
  ],
})

test('the reference, whatever the sizes', async () => {
  const wrong = await compareOnDevice(
    [
      segments(1000, 32, 600),
      segments(301, 5, 257),
      segments(3, 4, 1000),
      segments(500, 1, 1),
      tokens(700, 8, 64),
      tokens(1001, 3, 40),
      ...[1, 2, 7, 8, 9, 15, 16, 17, 100, 1023, 1025].flatMap(size => [order(3, size), ties(2, size)]),
      order(1, 5000),
      ...[1, 3, 8, 9, 100, 257].map(k => largest(3, 257, k)),
      largest(5, 1030, 70),
      ...[1, 3, 16, 64].flatMap(k => [largest(3, 1030, k), equals(3, 1030, k)]),
      equals(2, 1024, 17),
      unfinished(2, 1101, 5),
    ],
    { target: software },
  )
  assert.equal(wrong, [])
})

/** Simple operations and accesses of a graph's programs: what loops do at most. */
function work(each: DeviceCase, target: Target): number {
  const { graph } = graphOf(each, 0)
  let loops: readonly LoopProgram[] = []
  const { kernels, entries } = compileGraphs([graph], {
    target,
    observe: stage => void (stage.name === 'loops' && (loops = stage.loops)),
  })
  assert.is(kernels.length, loops.length)
  return entries[graph.name]!.dispatches.reduce((sum, { kernel }) => {
    const { simple, accesses } = count(loops[kernel]!, machineOf(target))
    return sum + simple + accesses
  }, 0)
}

for (const target of [cpu, software])
  test(`twice as much is not four times the work: ${target.name}`, () => {
    const growing: readonly [(n: number) => DeviceCase, number][] = [
      [n => segments(4 * n, 32, n), 2.1],
      [n => tokens(n, 64, 1024), 2.1],
      [n => tokens(32000, 64, n), 2.1],
      [n => order(4, n), 2.5],
      [n => largest(8, n, 64), 2.5],
      [n => largest(8, 4 * n, 8), 2.5],
    ]
    for (const [make, most] of growing) {
      const works = [1000, 2000, 4000, 8000].map(n => work(make(n), target))
      works.slice(1).forEach((now, i) => {
        assert.ok(now <= most * works[i]!, `${make(8000).name}: ${works.map(Math.round).join(', ')}`)
      })
    }
  })

test('any number of threads gives the same bits', async () => {
  const cases = [
    segments(3000, 7, 400),
    tokens(900, 12, 300),
    { ...order(2, 3000), build: (x: Untyped) => sort(x, 1).values },
  ]
  const prepared: { graph: Graph; values: Record<string, Float64Array> }[] = cases.map(graphOf)
  const program = compileGraphs(
    prepared.map(({ graph }) => graph),
    { target: cpu },
  )
  const runs: unknown[] = []
  for (const threads of [1, 2, 3]) {
    const device = await openDevice({ adapter: 'cpu', threads })
    const session = await load(device, program, { init: false })
    for (const { graph, values } of prepared) {
      const inputs = graph.inputs.map(leaf => {
        const name = leaf.attributes.name as string
        return [name, typed(values[name]!, leaf.dtype)] as const
      })
      runs.push(await session.call(graph.name, Object.fromEntries(inputs) as never))
    }
    device.destroy()
  }
  for (const [i, run] of runs.entries()) assert.equal(run, runs[i % cases.length])
})

test.after(closeTestDevice)
test.run()
