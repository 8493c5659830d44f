// Running a program: results, order, the readback ring, host values, counters.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, constant, entry, mul, sum, targetFor, update, variable } from '../../compiler/index.js'
import { checkFinite, checkVariables, FacetError, load, NonFinite } from '../../runtime/node.js'
import { affine, copyProgram, testDevice } from './programs.js'

const device = await testDevice()
const x = Float32Array.of(1, 2, 3, 4)
const plain = (values: ArrayLike<number> | undefined) => Array.from(values!)

test('a step computes, updates its variables and returns shaped outputs', async () => {
  const session = await load(device, affine, { seed: 4 })
  const first = await session.call('step', { x })
  assert.equal(plain(first.y), [5, 10, 15, 20])
  assert.equal(first.y!.shape, [2, 2])
  assert.equal(plain((await session.call('step', { x })).y), [6, 11, 16, 21])
  const { a, b, seed } = await session.readVariables()
  assert.equal([plain(a), plain(b), plain(seed)], [[5, 5, 5, 5], [2, 2, 2, 2], [4]])
  assert.equal(a!.shape, [2, 2])
  assert.equal(seed!.shape, [])
  assert.equal(Object.keys(await session.readVariables(['b'])), ['b'])
  session.destroy()
})

test('runs are enqueued in order without waiting, and inputs are copied when they are given', async () => {
  const session = await load(device, affine)
  const input = Float32Array.of(0, 0, 0, 0)
  for (let i = 0; i < 20; i++) {
    input.fill(i)
    session.run('step', { x: input })
    input.fill(-1)
  }
  assert.is(session.pending > 0, true)
  assert.equal(plain((await session.read('step')).y), [38, 38, 38, 38])
  await session.settle()
  assert.is(session.pending, 0)
  session.destroy()
})

test('ready keeps at most three runs under way', async () => {
  const session = await load(device, affine)
  for (let i = 0; i < 30; i++) {
    await session.ready()
    assert.is(session.pending < 3, true)
    session.run('step', { x })
  }
  session.destroy()
})

test('a read gives the run that was the latest when it was asked for', async () => {
  const session = await load(device, affine)
  const reads = []
  for (let i = 0; i < 6; i++) {
    session.run('step', { x: new Float32Array(4) })
    reads.push(session.read('step'))
    session.run('step', { x }) // not read
  }
  assert.equal(
    (await Promise.all(reads)).map(({ y }) => y![0]),
    [0, 2, 4, 6, 8, 10],
  )
  // The same run twice: the same arrays.
  assert.is((await session.read('step')).y, (await session.read('step')).y)
  session.destroy()
})

test('variables are read as they are when they are asked for, however many reads and runs follow', async () => {
  const session = await load(device, affine)
  const start = plain((await session.readVariables(['b'])).b)[0]!
  const reads = []
  for (let i = 0; i < 5; i++) {
    reads.push(session.readVariables(i % 2 ? ['b'] : undefined))
    session.run('step', { x })
  }
  assert.equal(
    (await Promise.all(reads)).map(({ b }) => b![0]),
    [0, 1, 2, 3, 4].map(i => start + i),
  )
  assert.is((await session.readVariables(['b'])).b![0], start + 5)
  session.destroy()
})

test('a read that its session does not outlive says so, and is no unhandled rejection', async () => {
  const unhandled: unknown[] = []
  const hear = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', hear)
  const session = await load(device, affine)
  session.run('step', { x })
  const reads = [session.read('step'), session.readVariables()]
  session.destroy()
  await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(unhandled, [])
  for (const read of reads)
    await read.then(
      () => assert.unreachable(),
      error => assert.is(error.message, 'the session was destroyed: load the program again.'),
    )
  // What could not be read at all is said to whoever asked.
  void session.readVariables()
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.is(unhandled.length, 1)
  process.off('unhandledRejection', hear)
})

test('a run that finds every staging buffer being read keeps no outputs and says so', async () => {
  const session = await load(device, affine)
  const reads = Array.from({ length: 8 }, () => session.call('step', { x }))
  session.run('step', { x })
  await rejects(session.read('step'), FacetError, 'all 8 earlier reads of it were pending')
  await Promise.all(reads)
  assert.is((await session.call('step', { x })).y!.length, 4)
  session.destroy()
})

test('no buffer, pipeline or bind group is made after load, and a step is one pass and one submit', async () => {
  const created: string[] = []
  const { gpu } = device
  const { createBuffer } = gpu
  gpu.createBuffer = descriptor => {
    created.push(descriptor.label ?? '')
    return createBuffer.call(gpu, descriptor)
  }
  const session = await load(device, affine)
  const after = { ...session.counters }
  assert.is(after.buffersCreated, created.length, 'the counter counts every createBuffer')
  for (let i = 0; i < 50; i++) {
    session.run('step', { x })
    await session.ready()
    if (i % 10 === 0) await session.read('step')
  }
  assert.equal(session.counters, {
    ...after,
    passes: after.passes + 50,
    dispatches: after.dispatches + 50,
    submits: after.submits + 50,
    bytesUploaded: after.bytesUploaded + 50 * 16,
    reads: 5,
  })
  await session.readVariables()
  await session.readVariables()
  assert.is(
    session.counters.buffersCreated,
    after.buffersCreated + 1,
    'the first readVariables makes its staging buffer',
  )
  assert.is(created.length, session.counters.buffersCreated)
  Object.assign(gpu, { createBuffer })
  session.destroy()
})

test('the same text is one pipeline, and progress is told for each', async () => {
  const told: [number, number][] = []
  const twice = { ...affine, kernels: [...affine.kernels, { ...affine.kernels[0]!, name: 'same' }] }
  const session = await load(device, twice, { onProgress: (done, total) => told.push([done, total]) })
  assert.is(session.counters.pipelinesCreated, 2)
  assert.equal(told, [
    [1, 2],
    [2, 2],
  ])
  session.destroy()
})

test('init: false leaves the variables zero, and writeVariables replaces them', async () => {
  const session = await load(device, affine, { init: false, seed: 9 })
  const { a, seed } = await session.readVariables()
  assert.equal([plain(a), plain(seed)], [[0, 0, 0, 0], [9]])
  session.writeVariables({ a: Float32Array.of(1, 2, 3, 4), b: new Float32Array(4).fill(0.5) })
  assert.equal(plain((await session.call('step', { x })).y), [1.5, 4.5, 9.5, 16.5])
  session.destroy()
})

test('host values of every dtype go up and down', async () => {
  const cases = [
    ['f32', [3], 3, Float32Array.of(1.5, -2, 3e38), [1.5, -2, Math.fround(3e38)]],
    ['i32', [2], 2, Int32Array.of(-1, 7), [-1, 7]],
    ['u32', [2], 2, Uint32Array.of(4294967295, 7), [4294967295, 7]],
    ['f16', [3], 2, Uint16Array.of(0x3c00, 1, 2), [0x3c00, 1, 2]],
    ['u8', [5], 2, Uint8Array.of(1, 2, 3, 4, 255), [1, 2, 3, 4, 255]],
    ['u8', [4], 1, Uint8ClampedArray.of(1, 2, 3, 4), [1, 2, 3, 4]],
    ['u8', [4], 1, new Uint8Array(new SharedArrayBuffer(4)).fill(7), [7, 7, 7, 7]],
    ['u8', [2], 1, Uint8Array.of(9, 8, 7, 6).subarray(1, 3), [8, 7]],
    ['bool', [3], 3, [true, false, true], [1, 0, 1]],
    ['bool', [3], 3, Uint8Array.of(0, 5, 0), [0, 1, 0]],
    ['f32', [], 1, 2.5, [2.5]],
    ['i32', [], 1, -3, [-3]],
    ['bool', [1], 1, 1, [1]],
  ] as const
  for (const [dtype, shape, words, value, expected] of cases) {
    const session = await load(device, copyProgram(dtype, shape, words))
    const { y } = await session.call('copy', { x: value })
    assert.equal(plain(y), [...expected], `${dtype} [${shape}]`)
    assert.equal(y!.shape, [...shape])
    session.destroy()
  }
})

test('an output of a megabyte and more', async () => {
  const words = 300_000
  const session = await load(device, { ...copyProgram('u32', [words], words) })
  const value = Uint32Array.from({ length: words }, (_, i) => (i * 2654435761) >>> 0)
  assert.equal((await session.call('copy', { x: value })).y!.slice(), value)
  session.destroy()
})

test('checkFinite names entry, output and element', () => {
  const outputs = {
    loss: Object.assign(Float32Array.of(1), { shape: [] }),
    grad: Object.assign(Float32Array.of(1, Number.NaN), { shape: [2] }),
  }
  checkFinite('step', outputs, ['loss'])
  assert.throws(
    () => checkFinite('step', outputs),
    (error: Error) => error instanceof NonFinite && error.message.startsWith('output grad of step is NaN at element 1'),
  )
})

test('checkVariables names the first that is broken, and counts the others', () => {
  const f32 = (...values: number[]) => Object.assign(Float32Array.from(values), { shape: [values.length] })
  const halves = Object.assign(Uint16Array.of(0x3c00, 0xfc00), { shape: [2] })
  const step = Object.assign(Uint32Array.of(0x7fc00000), { shape: [1] })
  checkVariables({ weight: f32(1, -3e38), step })
  for (const [variables, sentence] of [
    [
      { mean: f32(0, Number.NaN, 2), step, variance: f32(Infinity) },
      'variable mean is NaN at element 1, and 1 other is not finite: ',
    ],
    [{ weight: f32(1), halves }, 'variable halves is -Infinity at element 1: '],
  ] as const)
    assert.throws(
      () => checkVariables(variables),
      (error: Error) => error instanceof NonFinite && error.message.startsWith(sentence),
    )
})

test('a session finds its broken variables, though what it returns is finite', async () => {
  const kept = variable(
    () => 'statistics.mean',
    'state',
    [3],
    () => constant(0, [3]),
  )
  const step = entry({ x: [3] }, ({ x }) => {
    update(kept.tensor, x as never)
    return { loss: sum(mul(x, constant(0, [3]))) }
  })
  const session = await load(device, compile({ step }, {}, { target: targetFor(device) }))
  session.run('step', { x: Float32Array.of(1, 2, 3) })
  await session.checkVariables()
  session.run('step', { x: Float32Array.of(1, Number.NaN, 3) })
  await rejects(session.checkVariables(), NonFinite, 'variable statistics.mean is NaN at element 1')
  session.destroy()
})

async function rejects(promise: Promise<unknown>, type: new (message: string) => Error, part: string): Promise<void> {
  let caught: unknown
  await promise.catch(error => {
    caught = error
  })
  assert.instance(caught, type)
  assert.is((caught as Error).message.includes(part), true, (caught as Error).message)
}

test.after(() => device.destroy())
test.run()
