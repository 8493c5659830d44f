/**
 * A file of entries, for `facet inspect`: nothing runs when it is imported.
 *
 *     npx --no-install facet inspect examples/5-entries.ts --entry step --set batch=128
 */
import { entry, u8 } from 'facet-tensor'
import { imageView, moco, plainImage, projector, resnet18, sgd, train } from 'facet-tensor/models'

const encoder = resnet18({ stem: 'cifar', width: 16 }) // images [N, 3, H, W] to features [N, 128]
const method = moco({ encoder, projector: projector(128, { out: 64, hidden: 128 }), queue: 1024 })

const images = u8(['batch', 32, 32, 3])
export const step = entry({ images }, ({ images }) =>
  train(method, sgd({ learningRate: 0.03, momentum: 0.9 }), [
    imageView(images, 'moco-cifar'),
    imageView(images, 'moco-cifar'),
  ]),
)
export const embed = entry({ images }, ({ images }) => ({ features: method.embed(plainImage(images, 'moco-cifar')) }))
/** Named sizes, where `--set` gives none. */
export const sizes = { batch: 64 }
