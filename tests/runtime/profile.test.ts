// Time per dispatch, by the device's timestamps and by the host's clock.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Program } from '../../compiler/plan/program.js'
import { BadInput, type Device, load, profile, runTimes } from '../../runtime/node.js'
import { median } from '../../runtime/profile.js'
import { affine, at, dispatch, f32At, testDevice } from './programs.js'

const device = await testDevice()
const clocks: readonly [string, Device][] = [
  ...(device.features.has('timestamp-query') ? [['timestamps', device] as [string, Device]] : []),
  ['submits', { ...device, features: new Set<string>() }],
]

/** Adds 1 to `y` as often as the kernel's name says. */
const kernel = (times: number): Program['kernels'][number] => ({
  name: `add ${times}`,
  bindings: ['read_write'],
  code: `@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn main() { for (var i = 0; i < ${times}; i++) { y[0] += 1.0; } }`,
})
const [few, many] = [1, 1_000_000]
const uneven: Program = {
  format: 'facet-program/1',
  target: 'portable',
  kernels: [kernel(few), kernel(many)],
  slabs: [4],
  variables: [{ ...f32At('y', 0, 0, [1]), kind: 'state' }],
  entries: {
    run: {
      inputs: [],
      outputs: [],
      dispatches: [
        { ...dispatch(0, [at(0, 0, 4)], 'light'), flops: few },
        { ...dispatch(1, [at(0, 0, 4)], 'heavy'), flops: many },
        dispatch(0, [at(0, 0, 4)], 'light'),
      ],
    },
  },
}

for (const [clock, clocked] of clocks)
  test(`dispatches are told apart by ${clock}`, async () => {
    const session = await load(clocked, uneven, { init: false })
    const found = await profile(session, 'run', {}, { repeats: 3 })
    assert.is(found.clock, clock)
    assert.equal(
      found.dispatches.map(({ kernel, scope, flops }) => [kernel, scope, flops]),
      [
        [`add ${few}`, 'light', few],
        [`add ${many}`, 'heavy', many],
        [`add ${few}`, 'light', 1],
      ],
    )
    const [light, heavy, last] = found.dispatches.map(({ min }) => min) as [number, number, number]
    assert.ok(heavy > 2 * light && heavy > 2 * last, `light ${light} ms, heavy ${heavy} ms, light again ${last} ms`)
    for (const { median, min } of found.dispatches) assert.ok(min >= 0 && median >= min)
    const whole = await runTimes(session, 'run', {}, { repeats: 3 })
    assert.is(whole.length, 3)
    assert.ok(Math.min(...whole) > heavy / 4, `the whole run took ${whole} ms, its heaviest part ${heavy} ms`)
    session.destroy()
  })

test('a profile runs the entry, inputs and all, one time more than it measures', async () => {
  const session = await load(device, affine, { seed: 4 })
  const x = Float32Array.of(1, 2, 3, 4)
  await session.call('step', { x })
  await profile(session, 'step', { x }, { repeats: 3 })
  assert.equal([...(await session.readVariables(['b'])).b!], [5, 5, 5, 5])
  assert.equal([...(await session.read('step')).y!], [5, 10, 15, 20])
  session.destroy()
})

test('what cannot run cannot be profiled', async () => {
  const session = await load(device, affine)
  for (const [entry, inputs, message] of [
    ['nothing', {}, /no entry nothing/],
    ['step', {}, /input x of step is not given/],
  ] as const) {
    const error = await profile(session, entry, inputs).catch(error => error)
    assert.instance(error, BadInput)
    assert.match(error.message, message)
  }
  session.destroy()
})

test('more dispatches than a query set has room for', async () => {
  const { dispatches } = uneven.entries.run!
  const long = Array.from({ length: 2100 }, () => dispatches[0]!)
  const program = { ...uneven, entries: { run: { inputs: [], outputs: [], dispatches: long } } }
  const session = await load(device, program, { init: false })
  const found = await profile(session, 'run', {}, { repeats: 1 })
  assert.is(found.dispatches.length, long.length)
  assert.equal([...(await session.readVariables(['y'])).y!], [2 * long.length])
  session.destroy()
})

test('median', () => {
  assert.is(median([3, 1, 2]), 2)
  assert.is(median([4, 1, 3, 2]), 2.5)
})

test.after(() => device.destroy())
test.run()
