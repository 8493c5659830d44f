/** What is trained. `npm run bundle` compiles the entries that this file exports to `public/model.facet`. */
import { entry, u8 } from 'facet-tensor'
import {
  augment,
  convnet,
  gaussianNoise,
  imageView,
  plainImage,
  predictor,
  projector,
  sgd,
  simsiam,
  train,
} from 'facet-tensor/models'

const method = simsiam({
  encoder: convnet({ width: 8 }), // images [N, 3, H, W] to features [N, 64]
  projector: projector(64, { out: 64, hidden: 64, batchNorm: true, lastBatchNorm: true }),
  predictor: predictor(64, { hidden: 16 }),
  augment: augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection' }),
})
const optimizer = sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 })
const images = u8(['batch', 16, 16, 3])

/** One step of training, on two views of each image. */
export const step = entry({ images }, ({ images }) =>
  train(method, optimizer, [imageView(images, 'ladder-crop'), imageView(images, 'ladder-crop')]),
)
/** The encoder alone. */
export const embed = entry({ images }, ({ images }) => ({ features: method.embed(plainImage(images, 'ladder-crop')) }))

/** The named sizes. */
export const sizes = { batch: 64 }
