/**
 * A method of one's own: what is compared, as a formula; branches, gradients, momentum network, feature augmentation and
 * evaluation are those of the methods of Facet.
 *
 *     npx --no-install facet inspect examples/7-method.ts --entry step
 */
import { entry, f32, mean, square, sub } from 'facet-tensor'
import {
  type Augmentations,
  adamw,
  augment,
  branches,
  convnet,
  crossed,
  type Encoder,
  gaussianNoise,
  type Head,
  method,
  type OnEncoder,
  projector,
  spread,
  train,
} from 'facet-tensor/models'

/** The squared distance between the projections of one view and those of the other by a momentum network. */
const meanTeacher = <E extends Encoder, const J extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  augment?: Augmentations
}) =>
  method('mean teacher', parts, builder => {
    const networks = branches('mean teacher', builder, { ...parts, target: { momentum: 0.99 }, unit: false })
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = crossed(networks, views)
        const loss = networks.over(pairs, (q, k) => mean(square(sub(q, k))))
        return { loss, metrics: { spread: spread(pairs[0]!.q.projection) } }
      },
      afterStep: networks.follow,
    }
  })

const teacher = meanTeacher({
  encoder: convnet({ width: 8 }),
  projector: projector(64, { out: 32, hidden: 64 }),
  augment: augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection' }),
})
const images = f32(['batch', 3, 16, 16])
export const step = entry({ one: images, two: images }, ({ one, two }) =>
  train(teacher, adamw({ learningRate: 1e-3 }), [one, two]),
)
export const embed = entry({ images }, ({ images }) => ({ features: teacher.embed(images) }))
/** Named sizes, where `--set` gives none. */
export const sizes = { batch: 32 }
