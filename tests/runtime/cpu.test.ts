// The processor as a device: threads, order, memory, and what goes wrong in a worker.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CpuDevice } from '../../runtime/cpu/device.js'
import {
  BadInput,
  checkpointsInMemory,
  DeviceLost,
  KernelError,
  load,
  OutOfMemory,
  openDevice,
  profile,
  resilient,
  restore,
} from '../../runtime/node.js'
import { affine } from './programs.js'
import { affineOn, trapping } from './wasm.js'

const open = async (threads: number): Promise<CpuDevice> => (await openDevice({ adapter: 'cpu', threads })) as CpuDevice
const devices = await Promise.all([open(1), open(2), open(5)])
const device = devices[1]!
const rejects = async (promise: Promise<unknown>, type: new (...all: any[]) => Error, part: RegExp): Promise<void> => {
  const error = await promise.then(
    () => undefined,
    error => error,
  )
  assert.instance(error, type)
  assert.match(error.message, part)
}

test('any number of threads gives the same values, in the order of the runs', async () => {
  const x = Float32Array.from({ length: 1000 }, (_, i) => i / 8)
  const all = await Promise.all(
    devices.map(async device => {
      const session = await load(device, affineOn(1000), { seed: 2 })
      const reads = []
      for (let i = 0; i < 40; i++) {
        session.run('step', { x })
        if (i % 8 === 0) reads.push(session.read('step'))
        await session.ready()
        assert.ok(session.pending < 3)
      }
      const values = (await Promise.all(reads)).map(({ y }) => [...y!])
      const { b } = await session.readVariables(['b'])
      session.destroy()
      return { values, b: [...b!] }
    }),
  )
  for (const { values, b } of all) {
    assert.equal(
      values,
      [0, 8, 16, 24, 32].map(step => [...x].map(x => 3 * x + step)),
    )
    assert.ok(b.every(value => value === 40))
  }
})

test('inputs are copied when a run is enqueued, and writes come between runs', async () => {
  const session = await load(device, affineOn(4), { seed: 0 })
  const x = Float32Array.of(1, 2, 3, 4)
  session.run('step', { x })
  x.fill(100)
  const first = session.read('step')
  session.writeVariables({ a: Float32Array.of(2, 2, 2, 2) })
  session.run('step', { x })
  assert.equal([...(await first).y!], [1, 2, 3, 4])
  assert.equal([...(await session.read('step')).y!], [201, 201, 201, 201])
  session.destroy()
})

test('writes and reads keep their order, whether the driver is idle or behind, and what was read stays', async () => {
  for (const device of devices) {
    const session = await load(device, affineOn(300), { seed: 0 })
    const reads: { found: Promise<{ y?: Float32Array }>; expected: number }[] = []
    let runs = 0
    for (let i = 0; i < 300; i++) {
      // Every third write finds the driver idle, the others may come while it is behind.
      if (i % 3 === 0) await session.settle()
      const a = (i * 7) % 11
      session.writeVariables({ a: new Float32Array(300).fill(a) })
      session.run('step', { x: new Float32Array(300).fill(i) })
      // What is written now is for the next run.
      session.writeVariables({ a: new Float32Array(300).fill(-1) })
      reads.push({ found: session.read('step') as Promise<{ y?: Float32Array }>, expected: a * i + runs++ })
      if (i % 5 === 0) await reads.at(-1)!.found
      await session.ready()
    }
    for (const { found, expected } of reads) {
      const { y } = await found
      assert.ok(
        y!.every(value => value === expected),
        `${y![0]} for ${expected}`,
      )
      assert.instance(y!.buffer, ArrayBuffer)
    }
    const [before, after] = [session.readVariables(['b']), session.readVariables()]
    session.writeVariables({ b: new Float32Array(300).fill(-5) })
    assert.ok((await before).b!.every(value => value === runs))
    assert.ok((await after).b!.every(value => value === runs))
    assert.ok((await session.readVariables(['b'])).b!.every(value => value === -5))
    session.destroy()
  }
})

test('memory of programs that are gone is used again, full of zeros', async () => {
  for (let i = 0; i < 100; i++) {
    const session = await load(device, affineOn(16 + (i % 7) * 40_000), { init: false })
    const { a, b } = await session.readVariables()
    assert.ok(a!.every(value => value === 0) && b!.every(value => value === 0), `program ${i}`)
    session.writeVariables({ a: new Float32Array(a!.length).fill(7), b: new Float32Array(a!.length).fill(7) })
    session.destroy()
  }
})

test('programs come and go while others run, and threads that have not heard of one yet leave it alone', async () => {
  for (const threads of [2, 3, 8]) {
    const own = await open(threads)
    const started = Array.from({ length: 12 }, async (_, i) => {
      const [size, runs] = [16 + 977 * (i % 5), 3 + (i % 4)]
      const session = await load(own, affineOn(size), { seed: 2 })
      for (let run = 0; run < runs; run++) session.run('step', { x: new Float32Array(size).fill(i) })
      const { y } = await session.call('step', { x: new Float32Array(size).fill(i) })
      session.destroy()
      return y!.every((value: number) => value === 3 * i + runs)
    })
    assert.equal(await Promise.all(started), new Array(12).fill(true), `${threads} threads`)
    own.destroy()
  }
})

test('a program that does not fit is out of memory, and the device is as good as before', async () => {
  const large = (bytes: number) => ({ ...affineOn(4), slabs: [...affineOn(4).slabs, bytes] })
  await rejects(load(device, large(2 ** 33)), OutOfMemory, /slab 5 needs 8192\.0 MiB.*smaller batch/)
  await rejects(load({ ...device, memory: undefined }, large(2 ** 32 - 2 ** 16)), OutOfMemory, /addresses 4096 MiB/)
  // More than 2 GiB, of which nothing is touched.
  const session = await load({ ...device, memory: undefined }, large(3 * 2 ** 30))
  assert.equal([...(await session.call('step', { x: new Float32Array(4).fill(2) })).y!], [2, 2, 2, 2])
  session.destroy()
})

test('programs for other devices are refused, either way', async () => {
  await rejects(load(device, affine), BadInput, /compiled to WGSL for target portable.*targetFor\(device\)/)
  const three = structuredClone(affineOn(4)) as any
  three.entries.step.dispatches[0].workgroups = [1, 2, 1]
  await rejects(load(device, three), BadInput, /1 x 2 x 1 tasks/)
  const module = { ...affineOn(4).wasm!, relaxed: Uint8Array.of(1, 2, 3), plain: Uint8Array.of(1, 2, 3) }
  await rejects(load(device, { ...affineOn(4), wasm: module }), KernelError, /does not compile on/)
  const { kernels } = affineOn(4)
  await rejects(load(device, { ...affineOn(4), kernels: [...kernels, kernels[0]!] }), KernelError, /no function k2/)
  const session = await load(device, affineOn(4))
  assert.equal([...(await session.call('step', { x: Float32Array.of(1, 2, 3, 4) })).y!], [1, 2, 3, 4])
  session.destroy()
})

test('a kernel that traps is named, in whichever thread, and ends the device', async () => {
  for (const [threads, tasks] of [
    [1, 1],
    [2, 1],
    [4, 100],
  ] as const) {
    const own = await open(threads)
    const session = await load(own, trapping(tasks))
    session.run('run')
    await rejects(session.settle(), KernelError, /kernel wrong, used by run of layer, failed on .*unreachable/)
    await rejects(session.readVariables(), KernelError, /kernel wrong/)
    own.destroy()
  }
})

test('a thread that ends takes the device with it, and work goes on with another', async () => {
  for (const thread of [0, 1]) {
    const store = checkpointsInMemory()
    const messages: string[] = []
    const work = async (own: CpuDevice, { lost }: { lost: number }): Promise<number> => {
      const session = await load(own, affineOn(8))
      if (lost > 0) restore(session, (await store.read()).tensors, store.place)
      for (let step = lost > 0 ? 3 : 0; step < 6; step++) {
        if (step === 4 && lost === 0) own.threads[thread]!.terminate()
        await session.call('step', { x: new Float32Array(8) })
        // A thread ends when it comes to it, for which no process waits that has nothing else to do.
        const waits = setTimeout(() => undefined, 30_000)
        if (step === 4 && lost === 0) throw await own.lost.finally(() => clearTimeout(waits))
        clearTimeout(waits)
        if (step === 2) await store.write({ tensors: await session.readVariables(), state: {} })
      }
      const { b } = await session.readVariables(['b'])
      own.destroy()
      return b![0]!
    }
    const onLost = ({ message }: DeviceLost) => messages.push(message)
    assert.is(await resilient(() => open(2), work as never, { onLost }), 6)
    assert.match(messages.join(), new RegExp(`thread ${thread + 1} of 2 ended.*last checkpoint`))
  }
})

test('a device that is destroyed while runs and reads are pending ends them all with DeviceLost', async () => {
  const own = await open(2)
  const session = await load(own, affineOn(8))
  for (let i = 0; i < 5; i++) session.run('step', { x: new Float32Array(8) })
  const ended = Promise.allSettled([session.read('step'), session.readVariables(), session.ready(), session.settle()])
  own.destroy()
  for (const result of await ended) assert.instance((result as PromiseRejectedResult).reason, DeviceLost)
  assert.is((await own.lost).destroyed, true)
})

test('dispatches are timed', async () => {
  const session = await load(device, affineOn(100_000))
  const { clock, dispatches } = await profile(session, 'step', { x: new Float32Array(100_000) })
  assert.is(clock, 'timestamps')
  assert.equal(
    dispatches.map(({ kernel, scope }) => [kernel, scope]),
    [['affine', 'layer']],
  )
  assert.ok(dispatches[0]!.min > 0.01, `${dispatches[0]!.min} ms for 100,000 tasks`)
  session.destroy()
})

test('a process ends by itself, whether or not it destroys the device', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  for (const last of ['', 'device.destroy()']) {
    const code = `
      const { load, openDevice } = await import('./runtime/node.ts')
      const { affineOn } = await import('./tests/runtime/wasm.ts')
      const device = await openDevice({ adapter: 'cpu', threads: 3 })
      const session = await load(device, affineOn(64))
      for (let i = 0; i < 4; i++) session.run('step', { x: new Float32Array(64).fill(i) })
      session.read('step').then(({ y }) => { console.log(y[63]); ${last} })`
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', code],
      { cwd: root, encoding: 'utf8', timeout: 60_000 },
    )
    assert.equal([stdout, stderr, status], ['6\n', '', 0])
  }
})

test('a process does not end while its engine compiles, and what fails then is said', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  // Like an engine at work elsewhere, this timer does not keep the process.
  const code = `
    const { openCpuInNode } = await import('./runtime/cpu/node.ts')
    const { load } = await import('./runtime/node.ts')
    const { affineOn } = await import('./tests/runtime/wasm.ts')
    const { compile } = WebAssembly
    WebAssembly.compile = async bytes => {
      await new Promise(resolve => setTimeout(resolve, 300).unref())
      return compile(bytes)
    }
    const device = openCpuInNode(2)
    const broken = { ...affineOn(64), wasm: { ...affineOn(64).wasm, relaxed: new Uint8Array(8), plain: new Uint8Array(8) } }
    await load(device, broken).catch(error => console.log(error.name))
    console.log((await load(device, affineOn(64))).program.target)`
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', code],
    { cwd: root, encoding: 'utf8', timeout: 60_000 },
  )
  assert.equal([stdout, stderr, status], ['KernelError\ncpu\n', '', 0])
})

test.after(() => {
  for (const device of devices) device.destroy()
})
test.run()
