// A session of a compiled program knows its entries, inputs and outputs by name and dtype: the type check is the test,
// and the run shows that the types tell the truth.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cast, compile, entry, seedVariable, sum, u8 } from '../../compiler/index.js'
import { load, type Output, type Session } from '../../runtime/node.js'
import { testDevice } from './programs.js'

const device = await testDevice()

test('inputs and outputs are typed by the entries', async () => {
  const step = entry({ images: u8(['n', 4]), w: [4] }, ({ images, w }) => ({
    loss: sum(w),
    total: sum(cast(images, 'f32')),
  }))
  const seed = entry({}, () => ({ seed: cast(seedVariable.tensor, 'i32') }))
  const session = await load(device, compile({ step, seed }, { n: 2 }), { seed: 11 })
  const images: Uint8Array = new Uint8Array(8).fill(3)
  const w: Float32Array = Float32Array.of(1, 2, 3, 4)

  const { loss, total } = await session.call('step', { images, w })
  const value: Float32Array = loss
  assert.equal([value[0], total[0]], [10, 24])
  session.run('seed')
  const { seed: given } = await session.read('seed')
  const word: Int32Array = given
  assert.is(word[0], 11)

  const rejected = [
    // @ts-expect-error no such entry
    () => session.run('stop'),
    // @ts-expect-error an entry with inputs needs them
    () => session.run('step'),
    // @ts-expect-error images are bytes
    () => session.run('step', { images: w, w }),
    // @ts-expect-error one is missing
    () => session.run('step', { images }),
    // @ts-expect-error one is too many
    () => session.run('step', { images, w, more: w }),
  ]
  for (const act of rejected) assert.throws(act)
  // @ts-expect-error no such output
  assert.is((await session.read('step')).lost, undefined)

  // Where nothing is known, every name goes.
  const untyped: Session = session
  const anything: Record<string, Output> = await untyped.call('step', { images, w })
  assert.is(anything.loss![0], 10)
  session.destroy()
})

test.after(() => device.destroy())
test.run()
