/** A small share of `npm run fuzz`: random programs on the device, fused and not, agree with the reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ShapeError } from '../../compiler/index.js'
import { closeTestDevice, input } from '../device.js'
import { fuzz } from './run.js'

test('random programs', async () => {
  const { done, reports } = await fuzz(48, 1, 2)
  assert.equal(reports, [])
  assert.ok(done >= 16, `only ${done} programs ran in two minutes`)
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
