/** Settings of recipes that are about encoders and steps: which of them go together, and that a run has them. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { variablesOf } from '../../compiler/language/module.js'
import { encoderOf } from '../../models/build.js'
import { synthetic } from '../../models/data/synthetic.js'
import { lengthOf, pretrain, traced } from '../../models/pretrain.js'
import { changed, type Recipe, recipe, small } from '../../models/recipes.js'
import { openDevice } from '../../runtime/node.js'

const set = synthetic({ size: 16, train: 64, test: 16 })

test('encoders and stems have the parts that are theirs, and no others', () => {
  const resnet = changed(recipe('moco-cifar10'), { stem: 'imagenet' })
  const shapeOf = (given: Recipe, name: string) =>
    variablesOf(encoderOf(given, 3)).find(variable => variable.name.endsWith(name))!.tensor.shape
  assert.equal(
    [shapeOf(recipe('moco-cifar10'), 'conv1.weight'), shapeOf(resnet, 'conv1.weight')],
    [
      [64, 3, 3, 3],
      [64, 3, 7, 7],
    ],
  )
  // solo-learn's padding is of the stem that is gone, and splits are of batch norm.
  assert.is(changed(recipe('simclr-cifar10'), { stem: 'imagenet' }).stemPadding, undefined)
  const transformer = changed(recipe('moco-cifar10'), { encoder: 'vit', width: 4, depth: 1 })
  assert.equal([transformer.splits, encoderOf(transformer, 3).features], [undefined, 32])
  const convnext = changed(recipe('simsiam-small'), { encoder: 'convnextTiny', width: 2, patch: 2 })
  assert.equal(shapeOf(convnext, 'features.0.0.weight'), [2, 3, 2, 2])
  assert.throws(() => changed(transformer, { stemPadding: 1 }), /the encoder vit has no stemPadding/)
  assert.throws(() => encoderOf({ ...transformer, zeroInitResidual: true }, 3), /the encoder vit has no zeroInit/)
})

test('accumulation, clipping and precision reach the step, and schedules count moves', async () => {
  const given = changed(small('simsiam', { width: 2 }), { batch: 4, accumulate: 4, 'clip.norm': 1e-3, epochs: 1 })
  assert.is(given.learningRate, 0.1 / 4, 'the learning rate follows the examples of one move')
  const uneven = { set: { ...set, train: { ...set.train, count: 24 } }, recipe: given }
  assert.is(lengthOf(uneven).steps, 8, 'six batches are two groups')
  assert.throws(() => lengthOf({ ...uneven, steps: 6 }), /6 steps end within a group of accumulate=4/)

  const device = await openDevice({ adapter: 'cpu' })
  /** What each of eight steps reports. */
  const reported = async (run: Recipe): Promise<Readonly<Record<string, number>>[]> => {
    const steps: Readonly<Record<string, number>>[] = []
    const options = { set, recipe: run, steps: 8, seed: 1, evaluate: false }
    assert.is(traced(options, device).how.precision, run.precision)
    const { session } = await pretrain(device, options, { metrics: (_, values) => void steps.push(values) })
    session.destroy()
    return steps
  }
  const whole = await reported(changed(given, { warmup: 0 }))
  assert.ok(whole.every(({ gradientNorm, lossScale }) => gradientNorm! > 1e-3 && lossScale === undefined))
  // Half a cosine over two moves of four batches each.
  const expected = [0.025, 0.0125].flatMap(rate => Array<number>(4).fill(rate))
  assert.equal(
    whole.map(({ learningRate }) => Number(learningRate!.toFixed(6))),
    expected,
  )
  const halves = await reported(changed(given, { precision: 'f16' }))
  device.destroy()
  // The scale starts at 2^16 and is halved for each step that f16 had no room for.
  for (const [i, { lossScale, skipped }] of halves.entries())
    assert.is(lossScale, 2 ** 16 / 2 ** (i === 0 ? 0 : halves[i - 1]!.skipped!), `${skipped}`)
})

test.run()
