/** Protocols on the encoder itself, on images that any encoder can tell apart and on labels that none can. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../../compiler/compile.js'
import { entry } from '../../../compiler/language/entry.js'
import type { ImageRecipe } from '../../../models/augment/recipes.js'
import { pickExamples } from '../../../models/data/examples.js'
import { using } from '../../../models/evaluate/features.js'
import { domainFor, mounted } from '../../../models/evaluate/subject.js'
import {
  corruptionError,
  evaluate,
  featureNoise,
  featuresOf,
  finetune,
  fitLinear,
  meanCorrupted,
  type ProtocolName,
  protocolNamed,
  protocolNames,
  type Robustness,
  robustness,
  robustnessOf,
  type Subject,
  subjectOf,
  viewAlignment,
} from '../../../models/evaluate.js'
import { small } from '../../../models/recipes.js'
import type { Tensors } from '../../../runtime/safetensors.js'
import { closeTestDevice, testDevice } from '../../device.js'
import { colourSet, tiny } from './colours.js'

const device = await testDevice()
test.after(closeTestDevice)
const set = colourSet()

/** What the seed draws for the encoder of a subject. */
async function variablesOf(subject: Subject): Promise<Tensors> {
  const domain = domainFor(subject, set)
  const { embed } = mounted(subject, domain)
  const entries = { embed: entry(domain.inputs, ({ images }: any) => ({ features: embed(domain.plain({ images })) })) }
  return using(device, compile(entries as never, { batch: 2 } as never, {}), async session =>
    Object.fromEntries(
      Object.entries(await session.readVariables())
        .filter(([name]) => name.startsWith('encoder.'))
        .map(([name, value]) => [name.slice('encoder.'.length), value]),
    ),
  )
}

test('fine-tuning separates colours, with the rate that is best on held-out examples', async () => {
  let last: [number, number] = [0, 0]
  const { accuracy, learningRate, tried } = await finetune(device, tiny, set, {
    steps: 24,
    batch: 30,
    learningRates: [1e-7, 0.5],
    progress: (done, total) => {
      last = [done, total]
    },
  })
  assert.is(learningRate, 0.5)
  assert.ok(tried[1]![1] > tried[0]![1], `${tried}`)
  assert.ok(accuracy > 0.98, `${accuracy}`)
  assert.equal(last, [72, 72])
})

test('a classifier on a frozen encoder learns from views and leaves the encoder alone', async () => {
  const options = { ...{ steps: 40, batch: 30, learningRates: [4] }, frozen: true }
  const { accuracy } = await finetune(device, tiny, set, options)
  assert.ok(accuracy > 0.9, `${accuracy}`)
  // An encoder whose features are all zero teaches nothing, unless it is trained too.
  const values = await variablesOf(tiny)
  const zero = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Object.assign(value.slice().fill(0), { shape: value.shape })]),
  ) as Tensors
  const { accuracy: none } = await finetune(device, { ...tiny, weights: zero }, set, options)
  assert.ok(none < 0.5, `${none}`)
})

test('labels that mean nothing give chance', async () => {
  const { accuracy } = await finetune(device, tiny, colourSet({ shuffled: true, test: 120 }), { steps: 12, batch: 30 })
  assert.ok(accuracy > 0.15 && accuracy < 0.55, `${accuracy}`)
})

test('fine-tuning one example is refused', async () => {
  try {
    await finetune(device, tiny, { ...set, train: pickExamples(set.train, [0]) })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /needs 2 training examples or more, got 1/)
  }
})

test('robustness and feature noise begin at the clean accuracy and fall to chance', async () => {
  const [train, held] = await featuresOf(device, tiny, set, [set.train, set.test], { batch: 32 })
  const { classifier, accuracies } = await fitLinear(device, train!, [held!], { steps: 40, learningRates: [0.03] })
  assert.ok(accuracies[0]! > 0.98, `${accuracies}`)
  const names = ['contrast', 'gaussianNoise', 'pixelate'] as const
  const result = await robustness(device, tiny, set, classifier, { corruptions: names, batch: 32 })
  assert.is(result.clean, accuracies[0])
  assert.equal(Object.keys(result.corrupted), [...names])
  // Boxes of one colour have that colour.
  assert.ok(
    result.corrupted.pixelate!.every(share => share > 0.98),
    `${result.corrupted.pixelate}`,
  )
  const mean =
    Object.values(result.corrupted)
      .flat()
      .reduce((a, b) => a + b) / 15
  assert.ok(Math.abs(meanCorrupted(result) - mean) < 1e-12)
  const noise = await featureNoise(device, tiny, set, classifier, { levels: [0, 30], batch: 32 })
  assert.equal(noise[0], [0, result.clean])
  assert.ok(noise[1]![1] < 0.65, `${noise[1]}`)
})

test('the mean corruption error is a mean of ratios of sums', () => {
  const shares = (...values: number[]): number[] => values
  const result: Robustness = {
    clean: 0.9,
    corrupted: { jpeg: shares(0.8, 0.8, 0.7, 0.7, 0.5), contrast: shares(0.9, 0.9, 0.9, 0.9, 0.4) },
  }
  const baseline: Robustness = {
    clean: 0.8,
    corrupted: { jpeg: shares(0.6, 0.6, 0.6, 0.6, 0.6), contrast: shares(0.5, 0.5, 0.5, 0.5, 0.5), pixelate: [] },
  }
  // jpeg 1.5 / 2, contrast 1 / 2.5; relative: (1.5 - 0.5) / (2 - 1), (1 - 0.5) / (2.5 - 1).
  assert.ok(Math.abs(corruptionError(result, baseline) - (0.75 + 0.4) / 2) < 1e-12)
  assert.ok(Math.abs(corruptionError(result, baseline, { relative: true }) - (1 + 0.5 / 1.5) / 2) < 1e-12)
  assert.throws(() => corruptionError(result, { clean: 1, corrupted: {} }), /no corruption in common/)
  const perfect = { clean: 1, corrupted: { jpeg: shares(1, 1, 1, 1, 1) } }
  assert.throws(() => corruptionError(result, perfect), /the baseline loses nothing by jpeg/)
})

test('views that change nothing are aligned', async () => {
  const nothing = { probability: 0, brightness: 0, contrast: 0, saturation: 0, hue: 0 }
  const still: ImageRecipe = {
    ...{ crop: { scale: [1, 1], ratio: [1, 1] }, flip: 0, gray: 0, jitter: nothing },
    normalize: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  }
  assert.ok((await viewAlignment(device, { ...tiny, views: still }, set)) < 1e-6)
  assert.ok((await viewAlignment(device, { ...tiny, views: 'simclr-cifar' }, set)) > 1e-3)
})

test('weights that do not fit are refused, by name', async () => {
  const scalar = Object.assign(new Float32Array(1), { shape: [1] })
  assert.throws(() => subjectOf(small('simclr'), { 'projector.0.weight': scalar }), /no weights below encoder/)
  const subject = subjectOf(small('simclr', { width: 4 }), { 'encoder.stage1.0.weight': scalar })
  try {
    await featuresOf(device, subject, set, [set.test])
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /the weights do not fit the variables below encoder: no tensor for stage1/)
  }
})

test('every protocol runs by its name', async () => {
  const seen = new Set<ProtocolName>()
  const options = {
    ...{ set, transferTo: colourSet({ train: 60, test: 30, seed: 9 }) },
    linear: { steps: 20, learningRates: [0.03] },
    finetune: { steps: 4, batch: 30 },
    online: { steps: 4, batch: 30 },
    fewlabels: { fractions: [0.2] },
    robustness: { corruptions: ['brightness'] as const },
    noise: { levels: [0] },
    progress: (name: ProtocolName) => seen.add(name),
  }
  const results = await evaluate(
    device,
    tiny,
    ['linear', 'knn', 'knn200', 'online', 'fewlabels', 'transfer', 'robustness'],
    options,
  )
  assert.equal(Object.keys(results), ['linear', 'knn', 'knn200', 'online', 'fewlabels', 'transfer', 'robustness'])
  assert.equal(Object.keys(results.fewlabels), ['linear 20 %', 'finetune 20 %'])
  assert.equal(Object.keys(results.transfer), ['knn', 'linear', 'finetune'])
  const asked = await evaluate(device, tiny, ['knn'], { ...options, knn: { k: 200, temperature: 0.1 } })
  assert.equal(results.knn200, asked.knn)
  assert.is(results.robustness.clean, results.linear.accuracy)
  assert.equal(robustnessOf(results.robustness).corrupted.brightness?.length, 5)
  assert.equal([...seen], ['online', 'fewlabels', 'transfer', 'robustness'])
  for (const scores of Object.values(results))
    for (const value of Object.values(scores)) assert.ok(value >= 0 && value <= 1)
})

test('a protocol that is not known or cannot be run is refused before anything is done', async () => {
  assert.throws(() => protocolNamed('knnn'), /there is no protocol knnn: did you mean knn/)
  assert.is(protocolNamed('quality'), 'quality')
  assert.is(protocolNames.length, 12)
  assert.throws(() => robustnessOf({ accuracy: 1 }), /not the numbers of the protocol robustness/)
  try {
    await evaluate(device, tiny, ['knn', 'transfer'], { set })
    assert.unreachable()
  } catch (error) {
    assert.match((error as Error).message, /transfer needs another set/)
  }
})

test.run()
