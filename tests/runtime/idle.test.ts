// Waiting leaves the processor to the software adapter, and leaves nothing behind.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { waitIdle } from '../../runtime/idle.js'

const sleep = (milliseconds: number) => new Promise<number>(resolve => setTimeout(() => resolve(7), milliseconds))
/** Turns of the event loop that something polling from `setImmediate`, as Dawn does, gets while `wait` lasts. */
async function turns(wait: Promise<unknown>): Promise<number> {
  let count = 0
  let polling = true
  const poll = () => {
    count++
    if (polling) setImmediate(poll)
  }
  setImmediate(poll)
  await wait
  polling = false
  return count
}

test('an event loop that polls turns slowly while it waits, and freely after', async () => {
  const free = await turns(sleep(200))
  const idle = await turns(waitIdle(sleep(200)))
  // At most one turn per 0.05 ms, about one per millisecond after the first 50.
  assert.is(idle < 2500, true, `${idle} turns in 200 ms`)
  assert.is(idle < free / 5, true, `${idle} turns against ${free}`)
  const after = await turns(sleep(200))
  assert.is(after > free / 5, true, `${after} turns against ${free}`)
})

test('values and errors pass through, many at a time', async () => {
  assert.is(await waitIdle(sleep(1)), 7)
  const all = await Promise.allSettled([
    waitIdle(sleep(5)),
    waitIdle(Promise.reject(new Error('no'))),
    waitIdle(sleep(2)),
  ])
  assert.equal(
    all.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
})

test.run()
