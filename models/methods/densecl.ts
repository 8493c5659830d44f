/** DenseCL: contrast of images and of the places in them. Wang et al., arXiv 2011.09157. */
import type { Stopped } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import { twin } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { add, concatAll, mul, reshape, stopGradient } from '../../compiler/ops/index.js'
import type { Augmentations } from '../augment/copies.js'
import { bankOf } from '../bank.js'
import { projector } from '../heads.js'
import { denseContrasts, matches } from '../losses/dense.js'
import { contrasts, scoresOf, spread, wins } from '../losses.js'
import { listed } from '../recipes/listed.js'
import { resnet, withSgd } from '../recipes/sources.js'
import type { Schedule } from '../schedules.js'
import type { Batch, Maps, Matrix, Tokens } from '../tensors.js'
import { type Branch, branches, pairsOf, partsOf } from './branches.js'
import { type Encoder, follow, type Head, type Method, method, type OnEncoder } from './method.js'

/**
 * DenseCL: `L = (1 - lambda) infoNCE(q, k, queue) + lambda mean over places of infoNCE(d_i, e_c(i), denseQueue)`. `q` and `k` are those of
 * `moco`; `d` and `e` are what `dense`, a head on single places, makes of the encoder's last feature maps `[N, C, H, W]`, and `c(i)` is
 * the place of view 2 whose features have the largest cosine with those of place i. The mean of the `e` of an image is queued for later
 * places, as a unit row. Takes two views, and an encoder with feature maps. Defaults: queue 65536 (both), temperature 0.2, momentum 0.999, lambda 0.5; `symmetric`
 * (the mean of both orders) false.
 *
 * `augment`: feature augmentation at the encoder's stages, where places see it too, `pooled`, `projection`, `unit` and `negatives` of the images' part.
 * Metrics: `accuracy` and `spread` as `moco`. Source: Wang et al., arXiv 2011.09157, section 3; defaults of github.com/WXinlong/DenseCL.
 */
export function densecl<E extends Encoder, const J extends Head, const D extends Head>(parts: {
  encoder: E
  projector: OnEncoder<J, E>
  /** On the features of single places, `[N H W, C]`. */
  dense: OnEncoder<D, E>
  queue?: number
  temperature?: number
  momentum?: number | Schedule
  /** Weight of the places. */
  lambda?: number
  symmetric?: boolean
  augment?: Augmentations
}): Method<E, { accuracy: Stopped<[]>; spread: Stopped<[]> }, 'none'> {
  const { queue: size = 65536, temperature = 0.2, momentum = 0.999, lambda = 0.5, symmetric = false } = parts
  return method('densecl', parts, builder => {
    const options = { ...partsOf(parts, 'projector'), target: { momentum }, unit: true, negatives: true, maps: true }
    const networks = branches('densecl', builder, options)
    const dense = builder.use('dense', parts.dense as D)
    const targetDense = builder.use('target.dense', twin(parts.dense as D))
    const [bank, denseBank] = [bankOf('densecl', builder, size), bankOf('densecl', builder, size, 'Dense')]
    let keys: readonly Branch[] = []
    let denseKeys: readonly Matrix[] = []
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, symmetric)
        keys = [...new Set(pairs.map(({ k }) => k))]
        denseKeys = keys.map(({ maps }) => mean(head(targetDense, placesOf(maps[0]!)), [1]))
        const queue = bank.rows(pairs[0]!.q.projection.shape[1]!)
        const denseQueue = denseBank.rows(denseKeys[0]!.shape[1]!)
        const loss = networks.over(pairs, (q, k, copy, pair) => {
          const images = contrasts(scoresOf(q, k, networks.copies.negatives(copy, q, queue)), temperature)
          const [mine, other] = [placesOf(pair.q.maps[copy]!), placesOf(pair.k.maps[copy]!)]
          const told = stopGradient(head(targetDense, other))
          const places = denseContrasts(head(dense, mine), told, matches(mine, other), denseQueue, temperature)
          return add(mul(images, 1 - lambda), mul(places, lambda))
        })
        const { q, k } = pairs[0]!
        return {
          loss,
          metrics: {
            accuracy: wins(scoresOf(q.compared[0]!, k.compared[0]!, { shared: queue })),
            spread: spread(q.projection),
          },
          pair: [q.projection, k.projection] as const,
        }
      },
      afterStep() {
        networks.follow()
        follow(targetDense as never, dense as never, momentum)
        bank.push(
          concatAll(
            keys.map(({ projection }) => projection),
            0,
          ),
        )
        denseBank.push(concatAll(denseKeys, 0))
      },
    }
  })
}

/** Feature maps `[N, C, H, W]` as rows of places, `[N, H W, C]`. */
function placesOf(maps: Batch): Tokens {
  if (maps.shape.length !== 4)
    throw new ShapeError(`densecl compares feature maps [N, C, H, W], and the encoder's last are ${show(maps.shape)}`)
  return rearrange(maps as Maps, 'n c h w -> n (h w) c')
}
/** A head on every place of `[N, P, C]`. */
function head(on: (x: Matrix) => Matrix, places: Tokens): Tokens {
  const rows = on(rearrange(places, 'n p c -> (n p) c'))
  return reshape(rows, [places.shape[0]!, places.shape[1]!, rows.shape[1]!])
}

/** What recipes, commands and reports know of it. */
export const listings = {
  densecl: listed({
    label: 'DenseCL',
    predictor: 'none',
    takes: ['temperature', 'queue', 'lambda', 'symmetric', 'targetMomentum', 'targetMomentumEnd'],
    build: ({ parts, encoder, recipe: { lambda, projector: sizes } }) =>
      densecl({ ...parts, dense: projector(encoder.features, sizes!), ...(lambda !== undefined && { lambda }) }),
    published: {
      ...resnet,
      ...withSgd,
      source:
        "DenseCL, arXiv 2011.09157, and its authors' configuration for COCO (densecl_coco_800ep.py), not for CIFAR-10: queues of 4096 for 65536, momentum 0.99 for 0.999, keys are not shuffled, MoCo's views of CIFAR-10",
      epochs: 800,
      batch: 256,
      learningRate: 0.3,
      weightDecay: 1e-4,
      decayAll: true,
      projector: { out: 128, hidden: 2048 },
      temperature: 0.2,
      queue: 4096,
      targetMomentum: 0.99,
      lambda: 0.5,
      views: 'moco-cifar',
    },
    small: { queue: 512, targetMomentum: 0.9, temperature: 0.2 },
  }),
}
