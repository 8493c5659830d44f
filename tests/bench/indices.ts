/**
 * `npm run bench -- --indices`: operations whose work is in their indices, beside PyTorch's processor. A call takes the inputs from
 * the host and gives the results back, as a user's does. PyTorch's figures are the least of 15 with one and two threads, of 2.13.0 on
 * the machine of the table in README.md: `index_add_`, `embedding` with its gradient, `topk` and `sort`, inputs and results in place.
 */
import { figure, type Table } from '../../cli/table.js'
import {
  compile,
  type Entry,
  embedding,
  entry,
  grad,
  i32,
  mean,
  segmentSum,
  sort,
  square,
  targetFor,
  topK,
} from '../../compiler/index.js'
import { type AdapterChoice, type Device, load, openDevice } from '../../runtime/node.js'

interface Row {
  readonly name: string
  readonly entry: Entry
  readonly inputs: Readonly<Record<string, Float32Array | Int32Array>>
  /** Milliseconds of PyTorch. */
  readonly torch: number
}
/** Calls that are timed, after as many that are not. */
const CALLS = 15

let state = 1
const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647
const floats = (count: number) => Float32Array.from({ length: count }, () => next() - 0.5)
const below = (size: number, count: number) => Int32Array.from({ length: count }, () => Math.floor(next() * size))

const segments = (rows: number, groups: number, torch: number): Row => ({
  name: `segment sum of ${rows} rows of 32 into ${groups}`,
  entry: entry({ x: [rows, 32], index: i32([rows]) }, ({ x, index }) => ({ y: segmentSum(x, index, groups) })),
  inputs: { x: floats(rows * 32), index: below(groups, rows) },
  torch,
})
const tokens = (words: number, torch: number): Row => ({
  name: `gradient of an embedding [${words}, 64] at 1024 tokens`,
  entry: entry({ w: [words, 64], t: i32([1024]) }, ({ w, t }) => ({
    y: grad(mean(square(embedding(w, t))), { w }).w,
  })),
  inputs: { w: floats(words * 64), t: below(words, 1024) },
  torch,
})
const largest = (k: number, torch: number): Row => ({
  name: `top ${k} of [64, 4096]`,
  entry: entry({ x: [64, 4096] }, ({ x }) => topK(x, k as 4)),
  inputs: { x: floats(64 * 4096) },
  torch,
})
const sorted = (size: number, torch: number): Row => ({
  name: `sort [4, ${size}]`,
  entry: entry({ x: [4, size] }, ({ x }) => sort(x, 1)),
  inputs: { x: floats(4 * size) },
  torch,
})
const rows = (): readonly Row[] => [
  segments(2000, 500, 0.04),
  segments(8000, 2000, 0.14),
  segments(32000, 8000, 0.64),
  tokens(1000, 0.3),
  tokens(8000, 0.38),
  tokens(32000, 0.65),
  largest(4, 0.36),
  largest(16, 0.44),
  largest(64, 0.94),
  sorted(1024, 0.15),
  sorted(4096, 1.02),
  sorted(16384, 2.86),
]

/** Of one device, which is opened and closed. */
export async function indicesTable(adapter: AdapterChoice): Promise<Table> {
  const device = await openDevice({ adapter })
  const measured: string[][] = []
  for (const row of rows()) {
    const times = (await timesOf(device, row)).sort((a, b) => a - b)
    const least = times[0]!
    const median = times[times.length >> 1]!
    measured.push([row.name, figure(least), figure(median), figure(row.torch), `${figure(least / row.torch)}x`])
  }
  device.destroy()
  return { head: [device.adapter.name, 'min ms', 'median ms', 'PyTorch ms', 'min against PyTorch'], rows: measured }
}

async function timesOf(device: Device, row: Row): Promise<number[]> {
  const session = await load(device, compile({ call: row.entry }, {} as never, { target: targetFor(device) }))
  const times: number[] = []
  for (let i = 0; i < 2 * CALLS; i++) {
    const start = performance.now()
    await session.call('call', row.inputs as never)
    times.push(performance.now() - start)
  }
  session.destroy()
  return times.slice(CALLS)
}
