/** Instance discrimination within the batch: SimCLR and its decoupled form. */
import type { Stopped } from '../../compiler/graph/node.js'
import type { Augmentations } from '../augment/copies.js'
import { type DecoupledOptions, decoupledContrast } from '../losses/contrast.js'
import { ntXent, spread } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { bn, resnet, withSgd } from '../recipes/sources.js'
import { branches, type PairLoss, pairsOf, partsOf } from './branches.js'
import { type Encoder, type Head, type Method, method, type OnEncoder, type OnProjections } from './method.js'

interface InBatch<E extends Encoder, J extends Head, P extends Head> {
  encoder: E
  projector: OnEncoder<J, E>
  /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
  predictor?: OnProjections<P, J>
  /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
  symmetric?: boolean
  temperature?: number
  /** Both views go through the networks as one batch, so that batch norm sees them together. Default false. */
  joint?: boolean
  augment?: Augmentations
}

/**
 * `L = ntXent(z1, z2)` with `z = projector(encoder(view))`: every row is told apart from all others of both views. `encoder` gives
 * `[N, F]`, `projector` takes F. Default temperature 0.5. Takes two views. `augment`: feature augmentation at the
 * encoder's stages, `pooled`, `projection`, `prediction` (with a predictor) and `unit`; branch `online` is view 1, `target` view 2,
 * whose gradient flows as well unless an augmentation stops it. Metric `spread` of the projections.
 * Source: Chen et al., arXiv 2002.05709.
 */
export const simclr = <E extends Encoder, const J extends Head, const P extends Head = Head>(
  parts: InBatch<E, J, P>,
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  inBatch('simclr', parts, (q, k) => ntXent(q as never, k, parts.temperature ?? 0.5, { unit: false }))

/**
 * Decoupled contrastive learning: as `simclr`, with `decoupledContrast`, whose denominator leaves the positive out; `sigma`
 * weighs positives by difficulty (DCLW). Default temperature 0.1. Source: Yeh et al., arXiv 2110.06848.
 */
export const dcl = <E extends Encoder, const J extends Head, const P extends Head = Head>(
  parts: InBatch<E, J, P> & Pick<DecoupledOptions, 'sigma'>,
): Method<E, { spread: Stopped<[]> }, 'none'> => {
  const { temperature = 0.1, sigma } = parts
  return inBatch('dcl', parts, (q, k) =>
    decoupledContrast(q as never, k, { temperature, unit: false, ...(sigma && { sigma }) }),
  )
}

const inBatch = <E extends Encoder, J extends Head, P extends Head>(
  name: string,
  parts: InBatch<E, J, P>,
  loss: PairLoss,
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  method(name, parts, builder => {
    const networks = branches(name, builder, {
      ...partsOf(parts, 'projector', 'predictor'),
      target: 'online',
      unit: true,
      joint: parts.joint,
    })
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? parts.predictor !== undefined)
        const { q, k } = pairs[0]!
        return {
          loss: networks.over(pairs, loss),
          metrics: { spread: spread(q.projection) },
          pair: [q.projection, k.projection] as const,
        }
      },
    }
  })

/** What recipes, commands and reports know of them. */
export const listings = {
  simclr: listed({
    label: 'SimCLR',
    predictor: 'optional',
    takes: ['joint', 'temperature'],
    build: ({ parts }) => simclr(parts),
    published: {
      ...resnet,
      source:
        'SimCLR, arXiv 2002.05709, appendix B.9, and its code (github.com/google-research/simclr): learning rate 1.0 x batch / 256',
      epochs: 1000,
      batch: 512,
      optimizer: 'lars',
      lars: { rateInMomentum: true },
      joint: true,
      zeroInitResidual: true,
      warmup: 10,
      learningRate: 2,
      weightDecay: 1e-4,
      projector: { out: 128, hidden: 512, layers: 3, ...bn, lastBatchNorm: 'affine' },
      temperature: 0.5,
      views: 'simclr-cifar',
    },
    small: { temperature: 0.2 },
  }),
  dcl: listed({
    label: 'DCL',
    predictor: 'optional',
    takes: ['joint', 'temperature'],
    build: ({ parts }) => dcl(parts),
    published: {
      ...resnet,
      ...withSgd,
      source: 'lightly, benchmarks for CIFAR-10: SimCLR with the loss of DCL, arXiv 2110.06848',
      epochs: 200,
      batch: 512,
      learningRate: 0.24,
      weightDecay: 5e-4,
      decayAll: true,
      projector: { out: 128, hidden: 512, ...bn, lastBatchNorm: 'affine' },
      temperature: 0.1,
      views: 'lightly-cifar',
    },
    small: { temperature: 0.2 },
  }),
}
