/** The tuner on a device: what computes something else is dropped, what is slow is replaced, what is known is not timed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, traceEntries } from '../../compiler/compile.js'
import { dot, entry, exp, module, mul, normal, sub, sum, update } from '../../compiler/index.js'
import { type Kernel, reads, writes } from '../../compiler/kernels/kernel.js'
import { type Schedule, schedule } from '../../compiler/kernels/schedule.js'
import { software } from '../../compiler/kernels/target.js'
import type { TuningTable } from '../../compiler/kernels/tuning.js'
import { load } from '../../runtime/load.js'
import { readCache } from '../../tuner/cache.js'
import { measure } from '../../tuner/measure.js'
import { compileTuned, type KernelTuned, sectionOf, tune, worthTuning } from '../../tuner/tune.js'
import { closeTestDevice, testDevice } from '../device.js'

const device = await testDevice()
const folder = mkdtempSync(join(tmpdir(), 'facet-'))
const cache = join(folder, 'facet.tune.json')

const step = entry({ a: ['n', 64], b: [64, 96] }, ({ a, b }) => ({ y: sum(exp(dot(a, b)), -1) }))
const sizes = { n: 48 }
const options = { target: software }
const point: Schedule = { kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 4 }

const kernels: Kernel[] = []
compile({ step }, sizes, {
  ...options,
  choose(kernel, target) {
    kernels.push(kernel)
    return schedule(kernel, target)
  },
})
const matmul = kernels.find(({ contraction }) => contraction)!

test('a candidate that leaves results out, or does not compile, is rejected', async () => {
  const [rows, columns] = matmul.grid as [Kernel['grid'][number], Kernel['grid'][number]]
  const tiles = (tile: Schedule & { kind: 'tiles' }): Schedule => tile
  const good = tiles({
    kind: 'tiles',
    tile: new Map([
      [rows, 4],
      [columns, 8],
    ]),
    unroll: new Map(),
    workgroup: 16,
  })
  // 32 does not divide 48: the last 16 rows are computed for half of the columns only.
  const partial = tiles({ kind: 'tiles', tile: new Map([[rows, 32]]), unroll: new Map(), workgroup: 16 })
  const broken = tiles({ kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 5000 })
  const found = await measure(device, matmul, software, point, [partial, good, broken])
  assert.is(found.tried, 1)
  assert.is(found.rejected, 2)
  assert.ok(found.schedule === good || found.schedule === point)
  device.check()
})

test('of a kernel that replaces what it reads, a candidate that leaves some of it as it was is rejected', async () => {
  const layer = module(({ param }) => {
    const [a, b] = [param('a', [16], shape => normal(shape)), param('b', [16], shape => normal(shape))]
    return () => ({ a, b })
  })
  // Updates from sums are one kernel over flat memory.
  const train = entry({ x: [8, 16] }, ({ x }) => {
    const { a, b } = layer()
    update(a, sub(a, mul(sum(x, 0), 0.5)))
    update(b, sub(b, mul(sum(exp(x), 0), 0.5)))
    return { y: a }
  })
  const replacing = worthTuning(traceEntries({ train }, {}), options)
    .map(({ kernel }) => kernel)
    .find(kernel => reads(kernel).some(tensor => writes(kernel).includes(tensor)))!
  const axis = replacing.grid.at(-1)!
  const tiled = (tile: number): Schedule => ({
    kind: 'tiles',
    tile: new Map([[axis, tile]]),
    unroll: new Map(),
    workgroup: 4,
  })
  const found = await measure(device, replacing, software, point, [tiled(4), tiled(axis.size - 1)])
  assert.equal([found.tried, found.rejected], [1, 1])
  device.check()
})

test('a slow schedule is replaced by a faster one', async () => {
  const found: KernelTuned[] = []
  await tune(device, { step }, sizes, { ...options, incumbent: () => point, onKernel: kernel => found.push(kernel) })
  const product = found.find(({ kernel }) => kernel === matmul.name)!
  assert.is.not(product.schedule, point)
  assert.ok(product.after < 0.95 * product.before, `${product.before} ms before, ${product.after} ms after`)
  for (const { before, after, rejected } of found) {
    assert.ok(after <= before)
    assert.is(rejected, 0)
  }
  assert.equal([found[0]!.done, found.at(-1)!.done, found.at(-1)!.secondsLeft], [1, found[0]!.total, 0])
})

test('stopped after a kernel, the table has it, and the next time only the others are timed', async () => {
  const controller = new AbortController()
  const totals: number[] = []
  const timed = async (table: TuningTable, signal?: AbortSignal): Promise<TuningTable> =>
    tune(device, { step }, sizes, {
      ...{ ...options, table, candidates: () => [] },
      ...(signal && { signal }),
      onKernel({ total }) {
        totals.push(total)
        controller.abort()
      },
    })
  const some = await timed({}, controller.signal)
  assert.is(Object.keys(some).length, 1)
  const all = await timed(some)
  const [total] = totals
  assert.ok(total! > 1)
  assert.equal(totals.slice(1), Array(total! - 1).fill(total! - 1))
  assert.is(Object.keys(all).length, total)
})

test('with the cache nothing is timed, and the program is the same text each time', async () => {
  let timed = 0
  const compiled = (tune: boolean, force = false) =>
    compileTuned(device, { step }, sizes, { ...options, cache, tune, force, onKernel: () => timed++ })
  const plain = JSON.stringify(compile({ step }, sizes, options))
  assert.is(JSON.stringify(await compiled(false)), plain)
  writeFileSync(cache, '{"format":"facet-tune/1","adapters":{"another":{}}}')
  const first = JSON.stringify(await compiled(true))
  const text = readFileSync(cache, 'utf8')
  assert.ok(timed > 0)
  assert.equal(Object.keys(JSON.parse(text).adapters), ['another', sectionOf(device)].sort())

  timed = 0
  assert.is(JSON.stringify(await compiled(true)), first)
  assert.is(JSON.stringify(await compiled(false)), first)
  assert.is(timed, 0)
  assert.is(readFileSync(cache, 'utf8'), text)
  await compiled(true, true)
  assert.ok(timed > 0)
})

test('a cache file that cannot be read is named', () => {
  assert.throws(
    () => readCache(folder),
    (error: Error) => error.name === 'TuningError' && error.message.startsWith(`${folder}: cannot be read (EISDIR`),
  )
})

test('a tuned program computes what the untuned one does', async () => {
  const a = Float32Array.from({ length: 48 * 64 }, (_, i) => Math.sin(i) / 8)
  const b = Float32Array.from({ length: 64 * 96 }, (_, i) => Math.cos(i) / 8)
  const results: Float32Array[] = []
  for (const program of [
    compile({ step }, sizes, options),
    await compileTuned(device, { step }, sizes, { ...options, cache }),
  ]) {
    const session = await load(device, program)
    results.push((await session.call('step', { a, b })).y)
    session.destroy()
  }
  const [plain, tuned] = results as [Float32Array, Float32Array]
  const worst = Math.max(...plain.map((x, i) => Math.abs(x - tuned[i]!) / Math.abs(x)))
  assert.ok(worst < 1e-5, `results differ by ${worst}`)
})

test.after(async () => {
  rmSync(folder, { recursive: true })
  await closeTestDevice()
})
test.run()
