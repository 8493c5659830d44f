/** The example that the README names runs. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { adapter, run } from '../runtime/process.js'

test('4-simsiam.ts trains and evaluates', async () => {
  const { code, stdout, stderr } = await run(['--import', 'tsx', 'examples/4-simsiam.ts', '20'], adapter)
  assert.is(stderr, '')
  assert.is(code, 0)
  const [before, loss, after] = stdout.trim().split('\n')
  assert.match(before!, /^kNN accuracy before: 0\.\d{3}$/)
  assert.match(loss!, /^step 20: loss -?\d\.\d{4}$/)
  assert.match(after!, /^kNN accuracy after 20 steps: 0\.\d{3}$/)
})

test.run()
