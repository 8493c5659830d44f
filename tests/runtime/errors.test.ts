// What the runtime refuses and how it says so: bad calls, malformed programs, kernels that do not compile, a lost device.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Program } from '../../compiler/plan/program.js'
import { BadInput, DeviceLost, FacetError, KernelError, load, OutOfMemory } from '../../runtime/node.js'
import { affine, at, copyProgram, dispatch, testDevice } from './programs.js'

const device = await testDevice()
const x = Float32Array.of(1, 2, 3, 4)

/** Asserts that `act` fails with an error of `type` whose message holds every part. */
async function fails(act: () => unknown, type: new (message: string) => Error, ...parts: string[]): Promise<void> {
  let caught: unknown
  try {
    await act()
  } catch (error) {
    caught = error
  }
  assert.instance(caught, type, `${parts[0]}: got ${caught}`)
  for (const part of parts)
    assert.is((caught as Error).message.includes(part), true, `"${(caught as Error).message}" has no "${part}"`)
}

test('a wrong entry, input name, type or length is one sentence, and nothing runs', async () => {
  const session = await load(device, affine)
  const { submits } = session.counters
  await fails(() => session.run('train', { x }), BadInput, 'no entry train', 'step, init')
  await fails(() => session.run('toString'), BadInput, 'no entry toString')
  await fails(() => session.run('step'), BadInput, 'input x of step is not given: step takes x, and was given nothing')
  await fails(() => session.run('step', { x, z: x }), BadInput, 'step has no input z: it has x.')
  await fails(
    () => session.run('step', { x: Float32Array.of(1) }),
    BadInput,
    'input x of step',
    'shape [4]',
    'given 1.',
  )
  await fails(
    () => session.run('step', { x: new Float64Array(4) as any }),
    BadInput,
    'is f32: give it a Float32Array, not a Float64Array.',
  )
  await fails(() => session.run('step', { x: [1, 2, 3, 4] as any }), BadInput, 'not an array of number')
  await fails(() => session.run('step', { x: 3 }), BadInput, 'not the single number 3')
  await fails(() => session.run('step', { x: null as any }), BadInput, 'not null')
  await fails(() => session.writeVariables({ a: x, c: x }), BadInput, 'no variable c')
  await fails(() => session.writeVariables({ a: Int32Array.of(1, 2, 3, 4) }), BadInput, 'variable a is f32')
  await fails(() => session.readVariables(['a', 'q']), BadInput, 'no variable q', 'a, b, seed')
  await fails(() => session.read('step'), FacetError, 'step has not run yet')
  assert.is(session.counters.submits, submits)
  session.destroy()
  await fails(() => session.run('step', { x }), FacetError, 'the session was destroyed')
})

test('a malformed program is refused before any buffer is made', async () => {
  const change = (edit: (program: any) => void): Program => {
    const program = structuredClone(affine)
    edit(program)
    return program
  }
  const { createBuffer } = device.gpu
  device.gpu.createBuffer = () => assert.unreachable('made a buffer') as never
  const cases: [(program: any) => void, string][] = [
    [p => (p.format = 'facet-program/2'), 'facet-program/1, not "facet-program/2"'],
    [p => (p.slabs[1] = 0), 'slab 1 has 0 bytes'],
    [p => (p.slabs[0] = 15), 'slab 0 has 15 bytes'],
    [p => (p.slabs[0] = 1e300), 'slab 0 has 1e+300 bytes'],
    [p => (p.slabs[0] = -4), 'slab 0 has -4 bytes'],
    [p => (p.variables[0].slab = 9), 'variable a lies in slab 9, but there are 4.'],
    [p => (p.variables[0].bytes = 8), 'variable a of shape [2, 2] needs 16 bytes but has 8.'],
    [p => (p.variables[1].offset = 508), 'variable b lies at 508 with 16 bytes'],
    [p => (p.entries.step.inputs[0].shape = [5]), 'input x of step of shape [5]'],
    [p => (p.entries.step.outputs[0].bytes = Number.NaN), 'output y of step lies at 0 with NaN bytes'],
    [p => (p.entries.step.dispatches[0].kernel = 7), 'step runs kernel 7, but there are 2.'],
    [
      p => (p.entries.step.dispatches[0].bindings.length = 2),
      'step: kernel affine of layer is given 2 buffers but has 4 bindings.',
    ],
    [p => (p.entries.step.dispatches[0].bindings[2].offset = 4), 'binding 2 of step: kernel affine of layer lies at 4'],
    [p => (p.entries.step.dispatches[0].workgroups = [70000, 1, 1]), '70000 x 1 x 1 workgroups'],
    [p => (p.entries.step.dispatches[0].workgroups = [1.5, 1, 1]), '1.5 x 1 x 1 workgroups'],
    [p => (p.kernels[0].bindings = Array(40).fill('read')), 'kernel affine reads and writes 40 buffers'],
  ]
  for (const [edit, part] of cases) await fails(() => load(device, change(edit)), BadInput, part)
  Object.assign(device.gpu, { createBuffer })
})

test('a program that cannot fit is out of memory', async () => {
  await fails(
    () => load(device, { ...affine, slabs: [2 ** 40, ...affine.slabs.slice(1)] }),
    OutOfMemory,
    'slab 0 needs 1048576.0 MiB',
    'smaller batch',
  )
  const many = Array.from({ length: 64 }, () => device.limits.maxBufferSize - (device.limits.maxBufferSize % 4))
  if (device.memory !== undefined)
    await fails(() => load(device, { ...affine, slabs: [...affine.slabs, ...many] }), OutOfMemory, 'the program needs')
})

test('a kernel that does not compile is named with its line and what uses it', async () => {
  const broken = (code: string): Program => ({
    ...affine,
    kernels: [{ ...affine.kernels[0]!, code }, affine.kernels[1]!],
  })
  const code = affine.kernels[0]!.code.replace('a[i] *', 'a[i] * true +')
  await fails(
    () => load(device, broken(code)),
    KernelError,
    'kernel affine, used by step of layer, does not compile',
    'WGSL line 6: y[i] = a[i] * true',
  )
  await fails(
    () => load(device, broken('fn other() {}')),
    KernelError,
    'kernel affine, used by step of layer, does not compile',
  )
  // A binding that the layout lacks: refused by the pipeline, not the module.
  const extra = affine.kernels[0]!.code.replace('y[i] =', 'more[i] = 1.0; y[i] =')
  await fails(
    () => load(device, broken(`@group(0) @binding(9) var<storage, read_write> more: array<f32>;\n${extra}`)),
    KernelError,
    'kernel affine, used by step of layer',
  )
  // The device is as good as before.
  const session = await load(device, affine)
  assert.is((await session.call('step', { x })).y![0], 1)
  session.destroy()
})

test('a command that the device refuses is thrown by the next call, and stays', async () => {
  const own = await testDevice()
  // One slab bound for reading and for writing: no rule of the program format, but of WebGPU.
  const copy = copyProgram('u32', [4], 4)
  const aliased: Program = {
    ...copy,
    slabs: [512, 16],
    entries: { copy: { ...copy.entries.copy!, dispatches: [dispatch(0, [at(0, 0, 16), at(0, 256, 16)])] } },
  }
  const session = await load(own, aliased)
  await fails(() => session.call('copy', { x: new Uint32Array(4) }), KernelError, 'refused a command')
  await fails(() => session.settle(), KernelError, 'refused a command')
  await fails(() => session.run('copy', { x: new Uint32Array(4) }), KernelError, 'refused a command')
  own.destroy()
})

test('a device that is destroyed while runs and reads are pending ends them all with DeviceLost', async () => {
  const own = await testDevice()
  const session = await load(own, affine)
  for (let i = 0; i < 5; i++) session.run('step', { x })
  const waits = [session.read('step'), session.readVariables(), session.ready(), session.settle()]
  const ended = Promise.allSettled(waits)
  own.destroy()
  for (const result of await ended) {
    assert.is(result.status, 'rejected')
    assert.instance((result as PromiseRejectedResult).reason, DeviceLost)
  }
  assert.instance(await own.lost, DeviceLost)
  await fails(() => session.run('step', { x }), DeviceLost, 'destroyed')
  await fails(() => load(own, affine), DeviceLost, 'destroyed')
  session.destroy()
})

test.after(() => device.destroy())
test.run()
