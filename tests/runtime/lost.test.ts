// A device that goes away by itself. No driver here does that on demand, so the adapter is wrapped: its device says it is lost when told.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { deviceOf } from '../../runtime/device.js'
import { DeviceLost, listAdapters, load, OutOfMemory } from '../../runtime/node.js'
import { affine } from './programs.js'

const x = Float32Array.of(1, 2, 3, 4)

/** A device of the npm driver, with its ends in our hands. */
async function fragile() {
  const { adapter, summary } = (await listAdapters()).find(({ kind }) => kind === 'swiftshader')!
  let lose!: (info: { reason: string; message: string }) => void
  let gpu!: GPUDevice
  const wrapped = new Proxy(adapter!, {
    get: (target, name) => {
      if (name !== 'requestDevice') return Reflect.get(target, name, target)
      return async (descriptor: GPUDeviceDescriptor) => {
        gpu = await target.requestDevice(descriptor)
        Object.defineProperty(gpu, 'lost', { value: new Promise(resolve => (lose = resolve)) })
        return gpu
      }
    },
  })
  const device = await deviceOf(wrapped, { adapter: summary!, wait: promise => promise })
  return { device, lose, gpu }
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it did not fail'),
    error => error,
  )
}

test('every wait and call after the loss throws DeviceLost, and another device goes on', async () => {
  const { device, lose } = await fragile()
  const session = await load(device, affine)
  session.run('step', { x })
  const read = failure(session.read('step'))
  const settled = failure(session.settle())
  lose({ reason: 'unknown', message: 'the driver was reset\n' })
  const error = await device.lost
  assert.instance(error, DeviceLost)
  assert.match(
    error.message,
    /^SwiftShader.* was lost \(the driver was reset\): open a new device and go on from the last checkpoint\.$/,
  )
  assert.is(await read, error)
  assert.is(await settled, error)
  assert.throws(
    () => session.run('step', { x }),
    (thrown: Error) => thrown === error,
  )
  assert.is(await failure(session.ready()), error)
  assert.is(await failure(session.readVariables()), error)
  device.destroy()

  const next = await fragile()
  const again = await load(next.device, affine)
  assert.is((await again.call('step', { x })).y![3], 4)
  next.device.destroy()
})

test('an out-of-memory error that no scope caught is OutOfMemory, and the first error stays', async () => {
  const { device, lose, gpu } = await fragile()
  const session = await load(device, affine)
  class GPUOutOfMemoryError {
    message = 'no room for 64 MiB\nbelow'
  }
  gpu.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new GPUOutOfMemoryError() }))
  assert.throws(
    () => session.run('step', { x }),
    (thrown: Error) => thrown instanceof OutOfMemory && /out of memory: no room for 64 MiB below/.test(thrown.message),
  )
  lose({ reason: 'unknown', message: '' })
  await device.lost
  assert.throws(
    () => device.check(),
    (thrown: Error) => thrown instanceof OutOfMemory,
  )
  device.destroy()
})

test.run()
