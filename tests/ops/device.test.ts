/** Every operation's cases, value and gradients, on the device: fused, and one kernel per operation. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { software } from '../../compiler/kernels/target.js'
import { closeTestDevice, compareOnDevice } from '../device.js'
import { cases } from './cases.js'
import { contractionCases } from './contraction-cases.js'

for (const [name, options] of Object.entries({
  'fused, for software adapters': { target: software },
  'fused, portable': {},
  'one kernel per operation': { fusion: false },
}))
  test(name, async () => {
    assert.equal(await compareOnDevice([...cases, ...contractionCases], options), [])
  })

test.after(closeTestDevice)
test.run()
