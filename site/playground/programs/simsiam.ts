/**
 * SimSiam with feature augmentation (arXiv 2410.12396): an encoder learns from images without labels,
 * while noise is added to its projections. How good frozen features are is measured by their nearest
 * neighbours. Leave `augment` out and compare.
 */
import { entry, u8 } from 'facet-tensor'
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
import type { Device, Session } from 'facet-tensor/runtime'

const [STEPS, BATCH] = [400, 64]

const method = simsiam({
  encoder: convnet({ width: 8 }), // images [N, 3, H, W] to features [N, 64]
  // 32 for the first 64 is a red line.
  projector: projector(64, { out: 64, hidden: 64, batchNorm: true, lastBatchNorm: true }),
  predictor: predictor(64, { hidden: 16 }),
  augment: augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection' }),
})
const optimizer = sgd({ learningRate: cosineSchedule(0.1, { steps: STEPS }), momentum: 0.9, weightDecay: 5e-4 })
const bytes = u8(['batch', 16, 16, 3])

export const step = entry({ images: bytes }, ({ images }) =>
  train(method, optimizer, [imageView(images, syntheticViews), imageView(images, syntheticViews)]),
)
export const embed = entry({ images: bytes }, ({ images }) => ({
  features: method.embed(plainImage(images, syntheticViews)),
}))
export const sizes = { batch: BATCH }

export async function* run(session: Session<{ step: typeof step; embed: typeof embed }>, device: Device) {
  const set = synthetic({ size: 16, train: 1000, test: 500 })
  const accuracy = async () =>
    knnAccuracy(device, await embedAll(session, set.train, BATCH), await embedAll(session, set.test, BATCH))
  yield { step: 0, 'kNN accuracy': await accuracy() }
  let n = 0
  for await (const { images } of batches(set, { batch: BATCH, seed: 1 })) {
    session.run('step', { images })
    await session.ready()
    if (++n % 10 === 0) yield { step: n, loss: (await session.read('step')).loss[0]! }
    if (n % 100 === 0) yield { step: n, 'kNN accuracy': await accuracy() }
    if (n === STEPS) break
  }
}
