/** A small share of `npm run fuzz`: random programs on the device, fused and not, as scheduled and otherwise, agree with the reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ShapeError } from '../../compiler/index.js'
import { closeTestDevice, input, testDevice } from '../device.js'
import { forced } from '../forced.js'
import { fuzz } from './run.js'

test('random programs', async () => {
  const { done, reports } = await fuzz(48, 1, 2)
  assert.equal(reports, [])
  assert.ok(done >= 16, `only ${done} programs ran in two minutes`)
})

for (const [i, name] of ['tiles-unrolled', 'rows16', 'staged-8x16', 'transposed', 'gpu'].entries())
  test(`random programs, every kernel scheduled as ${name}`, async () => {
    if ((await testDevice()).adapter.kind === 'cpu') return // it has schedules of its own
    const { done, reports } = await fuzz(8, 101 + 8 * i, 1, undefined, { choose: forced[name]! })
    assert.equal(reports, [])
    assert.is(done, 8)
  })

test('random programs within a budget of memory', async () => {
  const { done, reports } = await fuzz(12, 201, 1, undefined, { memory: true })
  assert.equal(reports, [])
  assert.is(done, 12)
})

test('axes of size zero are refused', () => {
  assert.throws(
    () => input('x', [4, 0]),
    (error: unknown) =>
      error instanceof ShapeError && error.message.includes('axis 1 must be a positive integer, got 0'),
  )
})

test.after(closeTestDevice)
test.run()
