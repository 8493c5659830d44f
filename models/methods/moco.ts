/** MoCo v2: instance discrimination against a queue of keys. He et al., arXiv 1911.05722; Chen et al., arXiv 2003.04297. */
import type { Stopped, Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { normalize } from '../../compiler/language/math.js'
import { twin, update } from '../../compiler/language/module.js'
import { stepVariable } from '../../compiler/language/program.js'
import { normal } from '../../compiler/language/random.js'
import { add, concatAll, constant, mul, rem, stopGradient, updateRows } from '../../compiler/ops/index.js'
import { copiesOf, type FeatureAugmentation, through, weighted } from '../augment/feature.js'
import { infoNCE, infoNCEAccuracy, spread } from '../losses.js'
import { at, type Schedule } from '../schedules.js'
import { type Encoder, follow, type Head, labelOf, type Method, method, type OnEncoder, projected } from './method.js'

/**
 * `L = infoNCE(q, k, queue)` with `q = projector(encoder(view 1))` and `k` the same of view 2 by a momentum network,
 * which starts as a copy and follows the new parameters after each step: `target = m target + (1 - m) online`. As in
 * the authors' code its batch norms keep running statistics of their own. The keys, as unit rows, then replace the
 * oldest of the queue, which starts as random unit rows. Defaults: queue 4096, temperature 0.2, momentum 0.99.
 *
 * `symmetric`: the mean of both orders of the views; both sets of keys are queued. `augment`: feature augmentation;
 * queued are the keys before any at `'projection'`. Shuffled batch norm is left out: it hides what one device's batch
 * statistics tell another's, and here the key network sees the whole batch at once. Metrics: `accuracy` (positive above
 * all negatives) and `spread` of the queries. Throws `ShapeError` where a batch of keys does not fit the queue.
 */
export function moco<E extends Encoder, const J extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  queue?: number
  temperature?: number
  momentum?: number | Schedule
  symmetric?: boolean
  augment?: FeatureAugmentation | readonly FeatureAugmentation[]
}): Method<E, { accuracy: Stopped<[]>; spread: Stopped<[]> }> {
  const { queue: size = 4096, temperature = 0.2, momentum = 0.99, symmetric = false } = parts
  if (!(Number.isInteger(size) && size > 0)) throw new ShapeError(`moco: queue must be a number of keys, got ${size}`)
  const copies = copiesOf(parts.augment)
  return method(labelOf('moco', parts.augment), ({ use, state }) => {
    const encoder = use('encoder', parts.encoder)
    const projector = use('projector', parts.projector as J)
    const targetEncoder = use('target.encoder', twin(parts.encoder))
    const targetProjector = use('target.projector', twin(parts.projector as J))
    const pointer = state('pointer', [], () => constant(0, [], 'i32'), 'i32')
    let queue: Stopped<any> | undefined
    /** Declared at the first trace, when the width of the keys is known. */
    const queueOf = (width: number) => (queue ??= state('queue', [size, width], unitRows))
    let pending: Untyped[] = []

    return {
      encoder,
      loss(one, two) {
        const [project, projectKeys] = [through(projector), through(targetProjector)]
        const keys = (view: Untyped) => projected(copies, 'target', targetEncoder(view), projectKeys)
        const queries = (view: Untyped) => projected(copies, 'online', encoder(view), project)
        const orders = symmetric
          ? [
              [one, two],
              [two, one],
            ]
          : [[one, two]]
        const compared = orders.map(([query, key]) => ({ q: queries(query!), k: keys(key!) }))
        const { q, k } = compared[0]!
        pending = compared.map(pair => normalize(stopGradient(pair.k.plain[0]!)))
        const rows = pending.length * q.plain[0]!.shape[0]!
        if (rows > size)
          throw new ShapeError(
            `moco: a queue of ${size} keys cannot hold the ${rows} of one step: use a queue of ${rows} or more, or smaller batches`,
          )
        const negatives = queueOf(q.plain[0]!.shape[1]!)
        const losses = compared.map(({ q, k }) =>
          weighted(copies.weights, i =>
            infoNCE(q.augmented[i]!, stopGradient(k.augmented[i]!), negatives, temperature),
          ),
        )
        const total: Untyped = losses.reduce((sum, one) => add(sum, one))
        return {
          loss: symmetric ? mul(total, 0.5) : total,
          metrics: {
            accuracy: infoNCEAccuracy(q.augmented[0]!, stopGradient(k.augmented[0]!), negatives),
            spread: spread(q.plain[0]!),
          },
        }
      },
      afterStep() {
        const m = at(momentum, stepVariable.tensor as Untyped)
        follow(targetEncoder, encoder, m)
        follow(targetProjector, projector, m)
        const keys: Untyped = concatAll(pending, 0)
        update(queue!, updateRows(queue!, pointer, keys))
        update(pointer, rem(add(pointer, keys.shape[0]!), size))
      },
    }
  })
}

/** Random directions: the queue before any key has come. */
const unitRows = (shape: number[]): Untyped => normalize(normal(shape))
