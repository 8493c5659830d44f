/**
 * Pretraining: SimSiam with feature augmentation on the embedded images, and what it brought.
 *
 *     npx tsx examples/4-simsiam.ts [steps]
 */
import { compile, entry, targetFor, u8 } from 'facet-tensor'
import {
  augment,
  batches,
  convnet,
  cosineSchedule,
  embedAll,
  gaussianNoise,
  imageView,
  knnAccuracy,
  plainImage,
  predictor,
  projector,
  sgd,
  simsiam,
  synthetic,
  syntheticViews,
  train,
} from 'facet-tensor/models'
import { load, openDevice } from 'facet-tensor/runtime'

const steps = Number(process.argv[2] ?? 200)
const set = synthetic({ size: 16, train: 2000, test: 500 })

const method = simsiam({
  encoder: convnet({ width: 8 }), // images [N, 3, H, W] to features [N, 64]
  projector: projector(64, { out: 64, hidden: 64, batchNorm: true, lastBatchNorm: true }), // 32 for the first 64 is a red line
  predictor: predictor(64, { hidden: 16 }),
  augment: augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection', branch: 'online', flow: 'full' }),
})
const optimizer = sgd({ learningRate: cosineSchedule(0.1, { steps }), momentum: 0.9, weightDecay: 5e-4 })

const bytes = u8(['batch', 16, 16, 3])
const step = entry({ images: bytes }, ({ images }) =>
  train(method, optimizer, [imageView(images, syntheticViews), imageView(images, syntheticViews)]),
)
const embed = entry({ images: bytes }, ({ images }) => ({ features: method.embed(plainImage(images, syntheticViews)) }))

const device = await openDevice()
const program = compile({ step, embed }, { batch: 64 }, { target: targetFor(device) })
const session = await load(device, program, { seed: 1 })
const accuracy = async () =>
  knnAccuracy(device, await embedAll(session, set.train, 64), await embedAll(session, set.test, 64))

console.log(`kNN accuracy before: ${(await accuracy()).toFixed(3)}`)
let done = 0
for await (const { images } of batches(set, { batch: 64, seed: 1 })) {
  session.run('step', { images }) // enqueued, not awaited: forward, backward, optimizer in one pass
  await session.ready() // at most three steps ahead of the device
  if (++done % 20 === 0) console.log(`step ${done}: loss ${(await session.read('step')).loss[0]!.toFixed(4)}`)
  if (done >= steps) break
}
console.log(`kNN accuracy after ${done} steps: ${(await accuracy()).toFixed(3)}`)
device.destroy()
