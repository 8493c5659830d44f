/**
 * A model to be compiled to a shader bundle: a training step and the encoder, which share all variables.
 *
 *     npx --no-install facet compile model.ts -o public/simsiam.facet
 */
import { entry, u8 } from 'facet-tensor'
import { convnet, imageView, plainImage, predictor, projector, sgd, simsiam, train } from 'facet-tensor/models'

const method = simsiam({
  encoder: convnet({ width: 4 }), // images [N, 3, H, W] to features [N, 32]
  projector: projector(32, { out: 32, hidden: 32, batchNorm: true, lastBatchNorm: true }),
  predictor: predictor(32, { hidden: 8 }),
})
const images = u8(['batch', 16, 16, 3])

export const step = entry({ images }, ({ images }) =>
  train(method, sgd({ learningRate: 0.05, momentum: 0.9 }), [
    imageView(images, 'ladder-crop'),
    imageView(images, 'ladder-crop'),
  ]),
)
export const embed = entry({ images }, ({ images }) => ({ features: method.embed(plainImage(images, 'ladder-crop')) }))
/** Named sizes, where `--set` gives none. */
export const sizes = { batch: 16 }
