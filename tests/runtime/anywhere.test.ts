// One program, two devices: what is trained, kept, scored and bundled on the processor is what WebGPU makes of it, and any
// number of threads gives the same bits.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bundle, compile, cpu, entry, software, type Target, targetFor, u8 } from '../../compiler/index.js'
import * as m from '../../models/index.js'
import { packFiles } from '../../runtime/archive.js'
import {
  BadInput,
  type Device,
  load,
  loadBundle,
  loadCheckpoint,
  localRanks,
  openDevice,
  profile,
  type Session,
  saveCheckpoint,
} from '../../runtime/node.js'
import { compileTuned } from '../../tuner/index.js'

const [batch, steps] = [16, 12]
const set = m.synthetic({ size: 8, train: 64, test: 16 })
const method = () =>
  m.simsiam({
    encoder: m.convnet({ width: 4, stages: 2 }),
    projector: m.projector(8, { out: 8, hidden: 8, batchNorm: true, lastBatchNorm: true }),
    predictor: m.predictor(8, { hidden: 4 }),
    augment: m.augment({ operator: m.gaussianNoise(), cosine: 0.9, at: 'projection', branch: 'online', flow: 'full' }),
  })
const images = u8(['batch', 8, 8, 3])
function entries() {
  const model = method()
  const optimizer = m.sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 })
  const views = { ...m.syntheticViews, size: 8 }
  const step = entry({ images }, ({ images }) =>
    m.train(model, optimizer, [m.imageView(images, views), m.imageView(images, views)] as never),
  )
  const embed = entry({ images }, ({ images }) => ({ features: model.embed(m.plainImage(images, views)) }))
  return { step, embed }
}
const programOf = (target: Target) => compile(entries(), { batch }, { target })

async function train(session: Session, from = 0, to = steps): Promise<number[]> {
  const losses: number[] = []
  let done = 0
  for await (const { images } of m.batches(set, { batch, seed: 3 })) {
    if (done >= from) losses.push((await session.call('step', { images })).loss![0] as number)
    if (++done === to) break
  }
  return losses
}
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0)

const devices: Device[] = []
const open = async (threads: number): Promise<Device> => {
  const device = await openDevice({ adapter: 'cpu', threads })
  devices.push(device)
  return device
}
const device = await open(2)
const webGpu = await openDevice({ adapter: 'swiftshader' })
devices.push(webGpu)
const folder = mkdtempSync(join(tmpdir(), 'facet-anywhere-'))
test.after(() => {
  for (const device of devices) device.destroy()
  rmSync(folder, { recursive: true })
})

const program = programOf(targetFor(device))
const there = await (async () => {
  const session = await load(webGpu, programOf(software), { seed: 7 })
  const losses = await train(session)
  await saveCheckpoint(join(folder, 'there'), session, { step: steps })
  return { losses, session }
})()

test('training on any number of threads gives the same bits, and those of WebGPU but for rounding', async () => {
  const all = []
  for (const threads of [1, 2, 3]) {
    const session = await load(threads === 2 ? device : await open(threads), program, { seed: 7 })
    all.push({ losses: await train(session), variables: await session.readVariables() })
    session.destroy()
  }
  for (const { losses, variables } of all) {
    assert.equal(losses, all[0]!.losses)
    assert.equal(variables, all[0]!.variables)
    assert.ok(apart(losses, there.losses) < 1e-4, `losses ${losses}, on WebGPU ${there.losses}`)
  }
})

test('a program for no certain device runs on every one; one for another target is refused', async () => {
  const general = compile(entries(), { batch })
  assert.is(JSON.parse(JSON.stringify(general)).target, 'portable')
  const session = await load(device, general, { seed: 7 })
  assert.is(session.program.target, 'cpu')
  assert.ok(apart(await train(session), there.losses) < 1e-4)
  session.destroy()
  assert.instance(await load(device, programOf(software)).catch(error => error), BadInput)
  assert.instance(await load(webGpu, program).catch(error => error), BadInput)
})

test('a run goes on from its checkpoint, on the device that kept it or on the other', async () => {
  const whole = await load(device, program, { seed: 7 })
  const losses = await train(whole)
  const half = await load(device, program, { seed: 7 })
  await train(half, 0, 5)
  await saveCheckpoint(join(folder, 'here'), half, { step: 5 })
  const resumed = await load(device, program, { init: false })
  assert.equal(await loadCheckpoint(join(folder, 'here'), resumed), { step: 5 })
  assert.equal(await train(resumed, 5), losses.slice(5))

  const moved = await load(webGpu, programOf(software), { init: false })
  await loadCheckpoint(join(folder, 'here'), moved)
  assert.ok(apart(await train(moved, 5), losses.slice(5)) < 1e-4)
  for (const session of [whole, half, resumed, moved]) session.destroy()
})

test('the same weights embed and score alike', async () => {
  const session = await load(device, program, { init: false })
  await loadCheckpoint(join(folder, 'there'), session)
  const score = async (device: Device, session: Session) => {
    const [known, unknown] = [await m.embedAll(session, set.train, batch), await m.embedAll(session, set.test, batch)]
    return { features: unknown.values, accuracy: await m.knnAccuracy(device, known, unknown) }
  }
  const [a, b] = [await score(device, session), await score(webGpu, there.session)]
  assert.ok(apart(a.features, b.features) < 1e-4, `${apart(a.features, b.features)}`)
  assert.is(a.accuracy, b.accuracy)
  session.destroy()
})

test('two ranks train what one process trains', async () => {
  const ranked = compile({ step: entries().step }, { batch }, { target: cpu, ranks: { size: 2, entries: ['step'] } })
  const sessions = await Promise.all(localRanks(2).map(ranks => load(device, ranked, { seed: 7, ranks })))
  const [one, two] = (await Promise.all(sessions.map(session => train(session)))) as [number[], number[]]
  assert.equal(one, two)
  assert.ok(apart(one, there.losses) < 1e-3, `${one} for ${there.losses}`)
  for (const session of sessions) session.destroy()
})

test('every dispatch is timed, and what the tuner finds computes the same', async () => {
  const session = await load(device, program, { seed: 7 })
  const { images } = (await m.batches(set, { batch, seed: 3 })[Symbol.asyncIterator]().next()).value!
  const { dispatches } = await profile(session, 'step', { images }, { repeats: 2 })
  assert.is(dispatches.length, program.entries.step!.dispatches.length)
  assert.ok(dispatches.some(({ min }) => min > 0))
  session.destroy()
  const tuned = await compileTuned(device, entries(), { batch }, { tune: true, cache: join(folder, 'tune.json') })
  const again = await load(device, tuned, { seed: 7 })
  assert.ok(apart(await train(again), there.losses) < 1e-4)
  again.destroy()
})

test('of a bundle each device takes the variant it can run', async () => {
  const made = packFiles(await bundle(entries(), { batch }, { name: 'simsiam', target: software, variants: ['cpu'] }))
  for (const [device, target] of [
    [devices[0]!, 'cpu'],
    [webGpu, 'software'],
  ] as const) {
    const session = await loadBundle(device, made, { seed: 7 })
    assert.is(session.program.target, target)
    assert.ok(apart(await train(session), there.losses) < 1e-4)
    session.destroy()
  }
  for (const [device, variant, lacking] of [
    [devices[0]!, 'software', 'WebGPU'],
    [webGpu, 'cpu', 'the adapter cpu'],
  ] as const) {
    const error = await loadBundle(device, made, { variant }).catch(error => error)
    assert.instance(error, BadInput)
    assert.ok(error.message.endsWith(`variant ${variant} needs ${lacking}.`), error.message)
  }
})

test.run()
