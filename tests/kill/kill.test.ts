/** A run killed a few times comes to the numbers of one that was not; `npm run test:kill` does it fifty times. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { killing } from './kill.js'

test('a run killed at any moment goes on to the same bits', async () => {
  const { kills, finished } = await killing(3, 1)
  assert.is(kills, 3)
  assert.ok(finished >= 1)
})

test.run()
