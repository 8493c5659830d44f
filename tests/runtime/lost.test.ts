// A device that is lost on the way, by an injected loss: work goes on with a new one from what it kept, to the same numbers.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { synthetic } from '../../models/data/synthetic.js'
import { pretrain } from '../../models/pretrain.js'
import { changed, small } from '../../models/recipes.js'
import {
  checkpointsInMemory,
  type Device,
  DeviceLost,
  load,
  NoAdapter,
  resilient,
  restore,
  type WebGpuDevice,
} from '../../runtime/node.js'
import { affine, testDevice } from './programs.js'

/** What a driver that resets does: `Device.destroy` was not called, and the device is gone. */
const lose = (device: Device) => (device as WebGpuDevice).gpu.destroy()
const x = new Float32Array(4)

/** Runs `step` until `total`, keeping the variables every third time; `before` is called before each. */
function counting(total: number, before: (step: number, device: Device, lost: number) => void) {
  const store = checkpointsInMemory()
  const ran: number[] = []
  const work = async (device: Device, { lost, kept }: { lost: number; kept(): void }): Promise<number> => {
    const session = await load(device, affine)
    const saved = lost > 0 ? await store.read() : undefined
    if (saved) restore(session, saved.tensors, store.place)
    else await store.write({ tensors: await session.readVariables(), state: { step: 0 } })
    for (let step = saved ? (saved.state.step as number) : 0; step < total; ) {
      before(step, device, lost)
      await session.call('step', { x })
      ran.push(step++)
      if (step % 3) continue
      await store.write({ tensors: await session.readVariables(), state: { step } })
      kept()
    }
    const { b } = await session.readVariables(['b'])
    device.destroy()
    return b![0]!
  }
  return { work, ran }
}

test('work goes on from the last state that it kept', async () => {
  const { work, ran } = counting(10, (step, device, lost) => {
    if ((step === 5 && lost === 0) || (step === 9 && lost === 1)) lose(device)
  })
  const losses: string[] = []
  assert.is(await resilient(testDevice, work, { onLost: ({ message }) => losses.push(message) }), 10)
  assert.equal(ran, [0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9])
  assert.is(losses.length, 2)
  assert.match(losses[0]!, /open a new/)
})

test('a device that its owner destroyed is not replaced', async () => {
  let opened = 0
  const open = () => {
    opened++
    return testDevice()
  }
  const { work } = counting(3, (step, device) => step === 1 && device.destroy())
  const error = await resilient(open, work).catch(error => error)
  assert.instance(error, DeviceLost)
  assert.is(error.destroyed, true)
  assert.is(opened, 1)
})

test('losses without anything kept in between end it, others do not', async () => {
  let opened = 0
  const open = () => {
    opened++
    return testDevice()
  }
  const hopeless = counting(9, (step, device) => step === 4 && lose(device))
  assert.instance(await resilient(open, hopeless.work, { most: 2 }).catch(error => error), DeviceLost)
  assert.is(opened, 3) // Two were lost in vain, and the third ended it.
  opened = 0
  const slow = counting(9, (step, device, lost) => step === 3 * lost + 1 && lose(device))
  assert.is(await resilient(open, slow.work, { most: 1 }), 9)
  assert.is(opened, 4)
})

test('a new device is asked for until the driver is back; other errors are thrown', async () => {
  let asked = 0
  const open = async () => {
    if (asked++ === 1) throw new NoAdapter('the driver is starting')
    return testDevice()
  }
  const { work } = counting(2, (step, device, lost) => step === 1 && lost === 0 && lose(device))
  assert.is(await resilient(open, work), 2)
  assert.is(asked, 3)
  const never = async () => {
    throw new NoAdapter('there is none')
  }
  assert.match((await resilient(never, work).catch(error => error)).message, /there is none/)

  // A device that does not come back: its pauses grow, until another kind is taken or the wait is given up.
  let first: Device | undefined
  const gone = async () => {
    if (first) throw new NoAdapter('not yet')
    first = await testDevice()
    return first
  }
  const waited: number[] = []
  const again = counting(4, (step, device) => step === 1 && device === first && lose(device))
  const options = { onWait: (seconds: number) => waited.push(seconds) }
  assert.is(await resilient(gone, again.work, { ...options, otherwise: testDevice }), 4)
  assert.equal(waited, [0.1, 0.4, 1.6, 3.2])
  first = undefined
  const given = new AbortController()
  const reason = new Error('enough')
  const onWait = () => given.abort(reason)
  assert.is(await resilient(gone, again.work, { onWait, signal: given.signal }).catch(error => error), reason)
  // Whoever cannot wait so long: each pause ends at once.
  first = undefined
  let kind: typeof gone = gone
  const hurried = {
    onWait: (seconds: number, _: NoAdapter, askNow: () => void) => {
      asks.push(seconds)
      if (asks.length === 4) kind = testDevice
      if (seconds > 1) askNow()
    },
  }
  const asks: number[] = []
  assert.is(await resilient(() => kind(), again.work, hurried), 4)
  // What is asked for before its time does not shorten the wait.
  assert.equal(asks, [0.1, 0.4, 1.6, 1.6])
  let device: Device | undefined
  const broken = (given: Device) => {
    device = given
    return Promise.reject(new RangeError('a bug'))
  }
  assert.instance(await resilient(testDevice, broken).catch(error => error), RangeError)
  assert.throws(() => device!.check(), /destroyed/)
})

test('pretraining gives the losses of a run whose device stayed', async () => {
  const set = synthetic({ size: 8, train: 64, test: 16 })
  const recipe = changed(small('moco', { width: 2 }), { batch: 16, views: 'ladder-crop' })
  const run = async (loseAt?: number): Promise<readonly (readonly [number, number])[]> => {
    const store = checkpointsInMemory()
    return resilient(testDevice, async (device, { lost, kept }) => {
      const checkpoint = { store, every: { steps: 2 }, resume: lost > 0 }
      const step = (n: number) => {
        kept()
        if (n === loseAt && lost === 0) lose(device)
      }
      const { losses } = await pretrain(
        device,
        { set, recipe, seed: 1, steps: 8, evaluate: false, checkpoint },
        { step },
      )
      device.destroy()
      return losses
    })
  }
  const whole = await run()
  assert.is(whole.length, 8)
  assert.equal(await run(5), whole)
})

test.run()
