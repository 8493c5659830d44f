/** The tuner for processors: what it proposes computes the same, replaces what is slow, is kept in a table, and no schedule of a GPU passes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, traceEntries } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { add, conv2d, dot, type Entry, entry, exp, mean, mul, square, sub, sum } from '../../compiler/index.js'
import { type Schedule, schedule } from '../../compiler/kernels/schedule.js'
import { cpu } from '../../compiler/kernels/target.js'
import { scheduleOf } from '../../compiler/kernels/tuning.js'
import { candidates } from '../../compiler/plan/candidates.js'
import { load, openDevice } from '../../runtime/node.js'
import { readCache } from '../../tuner/cache.js'
import { measure } from '../../tuner/measure.js'
import { compileTuned, type KernelTuned, sectionOf, tune, worthTuning } from '../../tuner/tune.js'

const device = await openDevice({ adapter: 'cpu' })
const folder = mkdtempSync(join(tmpdir(), 'facet-'))
const cache = join(folder, 'facet.tune.json')

const image = [2, 8, 12, 12]
/** A product with an epilogue, statistics of columns and of rows, and a strided convolution with its gradients. */
const step: Entry = entry({ a: [100, 70], b: [70, 90], x: image, w: [16, 8, 3, 3] }, ({ a, b, x, w }) => {
  const y = exp(mul(dot(a as Untyped, b as Untyped), 0.1))
  const z = conv2d(x as Untyped, w as Untyped, { padding: 1, stride: 2 }) as Untyped
  const [dx, dw] = backward([[z, z]], [x, w] as Untyped[]) as [Untyped, Untyped]
  return {
    columns: mean(square(sub(y, mean(y, 0)) as Untyped), 0),
    rows: sum(y, -1),
    dx,
    dw,
    sums: add(sum(dx), sum(dw)),
  }
})
const kernels = worthTuning(traceEntries({ step }, {}), { target: cpu }).map(({ kernel }) => kernel)
/** A few points, one vector at a time, along the axis that fewer accesses follow. */
const slow: Schedule = { kind: 'points', points: 1, side: 1, rank: 2 }

test('every candidate compiles and computes what the incumbent does', async () => {
  const kinds = new Set<string>()
  for (const kernel of kernels) {
    const tried = candidates(kernel, cpu)
    for (const { kind } of tried) kinds.add(kind)
    const found = await measure(device, kernel, cpu, schedule(kernel, cpu), tried)
    assert.equal([found.tried, found.rejected], [tried.length, 0], kernel.name)
    assert.ok(found.after <= found.before)
  }
  assert.equal([...kinds].sort(), ['packed', 'points'])
  device.check()
})

test('a schedule of a GPU is rejected, and so is one that is no schedule of the kernel', async () => {
  const row = kernels.find(({ contraction }) => !contraction)!
  const product = kernels.find(({ contraction }) => contraction)!
  const wrong: Schedule[] = [
    { kind: 'rows', lanes: 16 },
    { kind: 'packed', rows: 8, columns: 8, depth: 8, tile: 8 },
  ]
  const incumbent = schedule(row, cpu)
  assert.equal((await measure(device, row, cpu, incumbent, wrong)).rejected, 2)
  assert.equal((await measure(device, product, cpu, schedule(product, cpu), wrong)).rejected, 1)
  const given = { kind: 'packed', rows: 6, columns: 12, depth: 8, tile: 8 }
  assert.throws(() => scheduleOf(product, given, 'schedule'), /schedule\.rows must be a multiple of 4, got 6/)
  assert.throws(() => scheduleOf(row, { ...given, rows: 8 }, 'schedule'), /is packed, but kernel \S+ is no contraction/)
})

test('slow schedules are replaced, and the program computes the same from the table that is kept', async () => {
  const found: KernelTuned[] = []
  const incumbent = () => slow
  const options = { target: cpu, incumbent, cache }
  const tuned = await compileTuned(
    device,
    { step },
    {},
    { ...options, tune: true, onKernel: kernel => found.push(kernel) },
  )
  const product = found.find(({ schedule }) => schedule.kind === 'packed')
  assert.ok(product && product.after < 0.8 * product.before, JSON.stringify(product))
  const table = readCache(cache)[sectionOf(device)]!
  assert.is(Object.keys(table).length, found.length)
  // Nothing is timed again, and the same table gives the same program.
  const again = await compileTuned(device, { step }, {}, options)
  assert.equal(again.entries, tuned.entries)
  assert.equal(await tune(device, { step }, {}, { target: cpu, table }), table)

  const values = (shape: readonly number[], seed: number) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 0.7 + seed))
  const given = Object.fromEntries(tuned.entries.step!.inputs.map(({ name, shape }, i) => [name, values(shape, i)]))
  const results: Record<string, Float32Array>[] = []
  for (const program of [tuned, compile({ step }, {}, { target: cpu })]) {
    const session = await load(device, program)
    results.push((await session.call('step', given)) as Record<string, Float32Array>)
    session.destroy()
  }
  for (const [name, expected] of Object.entries(results[1]!)) {
    const most = Math.max(...expected.map(Math.abs))
    const worst = Math.max(...expected.map((x, i) => Math.abs(x - results[0]![name]![i]!)))
    assert.ok(worst <= 1e-5 * most, `${name}: ${worst} of ${most}`)
  }
})

test.after(() => {
  rmSync(folder, { recursive: true })
  device.destroy()
})
test.run()
