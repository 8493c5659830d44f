/**
 * `npm run bench -- --indices`: operations whose work is in their indices, beside PyTorch's processor. A call takes the inputs from
 * the host and gives the results back, as a user's does; kernels alone are timed beside it, since PyTorch's figures are of inputs and
 * results in place: the least of `indices.py` with one and two threads, of 1.13 on the machine of the table in README.md.
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
import { type AdapterChoice, type Device, load, openDevice, runTimes } from '../../runtime/node.js'

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
  segments(2000, 500, 0.059),
  segments(8000, 2000, 0.245),
  segments(32000, 8000, 1.15),
  tokens(1000, 0.13),
  tokens(8000, 0.159),
  tokens(32000, 0.224),
  largest(4, 0.113),
  largest(16, 0.149),
  largest(64, 0.584),
  sorted(1024, 0.036),
  sorted(4096, 0.847),
  sorted(16384, 2.18),
]

/** Of one device, which is opened and closed. */
export async function indicesTable(adapter: AdapterChoice): Promise<Table> {
  const device = await openDevice({ adapter })
  const measured: string[][] = []
  for (const row of rows()) {
    const { calls, kernels } = await timesOf(device, row)
    const least = calls[0]!
    const ratios = [least, kernels[0]!].map(time => `${figure(time / row.torch)}x`)
    measured.push([
      row.name,
      figure(least),
      figure(calls[calls.length >> 1]!),
      figure(kernels[0]!),
      figure(row.torch),
      ...ratios,
    ])
  }
  device.destroy()
  return {
    head: [device.adapter.name, 'min ms', 'median ms', 'kernels ms', 'PyTorch ms', 'call against PyTorch', 'kernels'],
    rows: measured,
  }
}

/** Milliseconds of whole calls and of what runs on the device, the least first. */
async function timesOf(device: Device, row: Row): Promise<{ calls: number[]; kernels: number[] }> {
  const session = await load(device, compile({ call: row.entry }, {} as never, { target: targetFor(device) }))
  const times: number[] = []
  for (let i = 0; i < 2 * CALLS; i++) {
    const start = performance.now()
    await session.call('call', row.inputs as never)
    times.push(performance.now() - start)
  }
  const kernels = await runTimes(session, 'call', row.inputs, { repeats: CALLS })
  session.destroy()
  const inOrder = (list: number[]) => list.sort((a, b) => a - b)
  return { calls: inOrder(times.slice(CALLS)), kernels: inOrder(kernels) }
}
