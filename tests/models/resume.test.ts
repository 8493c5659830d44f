/** Runs that stop and go on: the same losses and variables, bit by bit, as runs that never stopped; changed runs are refused. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAugmentations } from '../../models/augment/parse.js'
import { synthetic, syntheticViews } from '../../models/data/synthetic.js'
import { type PretrainOptions, pretrain } from '../../models/pretrain.js'
import { small } from '../../models/recipes.js'
import { save } from '../../models/resume.js'
import { BadInput, checkpointsInMemory, type Outputs, type Store } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

const device = await testDevice()
test.after(closeTestDevice)

const run: PretrainOptions = {
  set: synthetic({ size: 8, train: 40, test: 8 }),
  recipe: { ...small('moco', { width: 2 }), batch: 8, queue: 24, views: syntheticViews },
  augment: parseAugmentations('gaussian@projection:cosine=0.9,fade=10'),
  steps: 12,
  seed: 3,
  evaluate: false,
}
interface Result {
  readonly losses: readonly (readonly [number, number])[]
  readonly variables: Outputs
}
/** `stopAfter`: the run is stopped once the loss of that step has arrived. */
async function result(options: PretrainOptions, stopAfter = Number.POSITIVE_INFINITY): Promise<Result> {
  const stop = new AbortController()
  const step = (step: number) => step >= stopAfter && stop.abort()
  const { session, losses } = await pretrain(device, options, { step, signal: stop.signal })
  const variables = await session.readVariables()
  session.destroy()
  return { losses, variables }
}

test('a run that is stopped twice has the numbers of one that is not', async () => {
  const expected = await result(run)
  assert.is(expected.losses.length, 12)
  const store = checkpointsInMemory()
  const once = await result({ ...run, checkpoint: { store } }, 2)
  // Not at the end of an epoch of five batches.
  assert.ok(once.losses.length >= 2 && once.losses.length < 5, `stopped after ${once.losses.length}`)
  const twice = await result({ ...run, checkpoint: { store, resume: true } }, 7)
  assert.ok(twice.losses.length > once.losses.length && twice.losses.length < 12)
  const last = await result({ ...run, checkpoint: { store, resume: true } })
  assert.equal(last.losses, expected.losses)
  assert.equal(last.variables, expected.variables)
  const again = await result({ ...run, checkpoint: { store, resume: true } })
  assert.equal(again, last, 'a finished run has nothing left to do')
})

test('a run whose variables are broken is not saved over the last checkpoint', async () => {
  const store = checkpointsInMemory()
  const session = (weight: number) =>
    ({ readVariables: async () => ({ weight: Object.assign(Float32Array.of(weight), { shape: [1] }) }) }) as never
  await save({ store }, {}, session(7), { losses: [], seconds: 0 })
  let caught: unknown
  await save({ store }, {}, session(Number.NaN), { losses: [[1, 0.5]], seconds: 1 }).catch(error => {
    caught = error
  })
  assert.match(`${caught}`, /^NonFinite: variable weight is NaN: lower the learning rate/)
  assert.is((await store.read()).tensors.weight![0], 7)
})

test('checkpoints are written before the first step, every so often, and at the end', async () => {
  const steps: unknown[] = []
  const store: Store = { ...checkpointsInMemory(), write: async ({ state }) => void steps.push(state.step) }
  await result({ ...run, checkpoint: { store, every: { steps: 5 } } })
  assert.equal(steps, [0, 5, 10, 12])
  steps.length = 0
  await result({ ...run, checkpoint: { store } })
  assert.equal(steps, [0, 12])
})

test('another run is refused with the first difference', async () => {
  const store = checkpointsInMemory()
  await result({ ...run, checkpoint: { store } }, 1)
  const refused = async (changes: Partial<PretrainOptions>, ...words: string[]) => {
    let caught: unknown
    await result({ ...run, ...changes, checkpoint: { store, resume: true } }).catch(error => (caught = error))
    assert.instance(caught, BadInput, `${words}: ${caught}`)
    for (const word of words)
      assert.ok((caught as Error).message.includes(word), `"${(caught as Error).message}" does not say "${word}"`)
  }
  await refused({ seed: 4 }, 'seed is 3, and now it is 4', 'resume with')
  await refused({ steps: 13 }, 'steps is 12, and now it is 13')
  await refused({ recipe: { ...run.recipe, learningRate: 1 } }, 'recipe.learningRate is 0.1, and now it is 1')
  await refused({ augment: [] }, 'augmentations is ["', 'now it is []')
  // Nothing but a function tells these two apart.
  await refused({ augment: parseAugmentations('gaussian@projection:cosine=0.9,fade=11') }, 'digest of the step')
  const set = { ...run.set, train: { ...run.set.train, labels: run.set.train.labels.map(label => 1 - label) } }
  await refused({ set: set as never }, 'data.train.digest.labels')
  const { tensors, state } = await store.read()
  const { 'run.losses': _, ...rest } = tensors
  await store.write({ tensors: rest, state })
  await refused({}, 'holds no pretraining run', 'no losses')
  const { 'encoder.0.weight': __, ...without } = tensors
  await store.write({ tensors: { ...without, other: tensors['run.losses']! }, state })
  await refused({}, 'the store in memory has ')
})

test.run()
