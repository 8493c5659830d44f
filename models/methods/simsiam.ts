/** SimSiam: instance similarity without negatives, momentum network or large batches. Chen and He, arXiv 2011.10566. */
import type { Stopped, Untyped } from '../../compiler/graph/node.js'
import { add, mul, stopGradient } from '../../compiler/ops/index.js'
import { copiesOf, type FeatureAugmentation, through, weighted } from '../augment/feature.js'
import { negativeCosine, spread } from '../losses.js'
import {
  type Encoder,
  type Head,
  labelOf,
  type Method,
  method,
  type OnEncoder,
  type OnProjections,
  projected,
} from './method.js'

/**
 * `L = D(p1, sg z2) / 2 + D(p2, sg z1) / 2` with `z = projector(encoder(view))`, `p = predictor(z)` and `D` the negative
 * cosine. `encoder` gives `[N, F]`, `projector` takes F and gives P, `predictor` takes and gives P: a mismatch is an
 * error in the editor, and a `ShapeError` when traced. `augment`: feature augmentation, none by default; at
 * `'projection'` the online side is what the predictor takes. Metric `spread` of the projections: 0 is collapse.
 */
export function simsiam<E extends Encoder, const J extends Head, const P extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  predictor: OnProjections<P, J>
  augment?: FeatureAugmentation | readonly FeatureAugmentation[]
}): Method<E, { spread: Stopped<[]> }> {
  const copies = copiesOf(parts.augment)
  return method(labelOf('simsiam', parts.augment), ({ use }) => {
    const encoder = use('encoder', parts.encoder)
    const projector = use('projector', parts.projector as J)
    const predictor = use('predictor', parts.predictor as P)
    return {
      encoder,
      loss(one, two) {
        const [project, predict] = [through(projector), through(predictor)]
        const sides = [one, two].map(view => {
          const pooled = encoder(view)
          const online = projected(copies, 'online', pooled, project)
          const target = projected(copies, 'target', pooled, project)
          return {
            predictions: predict(online.augmented) as Untyped[],
            targets: target.augmented.map(z => stopGradient(z)),
            projection: target.plain[0]!,
          }
        })
        const [a, b] = sides as [(typeof sides)[0], (typeof sides)[0]]
        const loss = weighted(copies.weights, i =>
          mul(
            add(negativeCosine(a.predictions[i]!, b.targets[i]!), negativeCosine(b.predictions[i]!, a.targets[i]!)),
            0.5,
          ),
        )
        return { loss, metrics: { spread: spread(a.projection) } }
      },
    }
  })
}
