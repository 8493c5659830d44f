/** Methods that compare views through their scores against prototypes: SwAV and DINO. */
import type { Stopped } from '../../compiler/graph/node.js'
import { stepVariable } from '../../compiler/language/entry.js'
import { mean, softmax } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import {
  add,
  concat,
  concatAll,
  constant,
  div,
  greaterEqual,
  mul,
  select,
  slice,
  stopGradient,
  sub,
} from '../../compiler/ops/index.js'
import type { Fit } from '../../compiler/types/layer.js'
import type { Augmentations } from '../augment/copies.js'
import { bankOf } from '../bank.js'
import { sinkhorn, softCrossEntropy } from '../losses/prototypes.js'
import { spread } from '../losses.js'
import { defined, listed } from '../recipes/listed.js'
import { bn, soloLars, soloLearn } from '../recipes/sources.js'
import { at, type Schedule } from '../schedules.js'
import type { Matrix } from '../tensors.js'
import { type Branch, branches, pairsOf, partsOf } from './branches.js'
import {
  type Encoder,
  type Given,
  type Head,
  type Method,
  method,
  type OnEncoder,
  type OnProjections,
} from './method.js'

interface Scored<E extends Encoder, J extends Head, P extends Head, Q extends Head> {
  encoder: E
  projector: OnEncoder<J, E>
  /** On the side that predicts codes or targets, before its prototypes. Default: none. */
  predictor?: OnProjections<Q, J>
  /** Both orders of the views; `false` takes view 1 alone, and targets of view 2. Default true. */
  symmetric?: boolean
  /** From unit projections to scores: `prototypes(P, K)`. */
  prototypes: Fit<P, Given<J>>
  augment?: Augmentations
}

/**
 * SwAV: each of the first two views gets a code, its scores made an assignment that uses all prototypes equally
 * (`sinkhorn`, no gradient), and every other view predicts it: `L = mean of -sum code log softmax(scores / T)`. Defaults:
 * temperature 0.1, epsilon 0.05, 3 iterations. Views after the second (multi-crop) predict only. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection` and `unit`; branch `target` is what makes codes. Metric
 * `spread` of the projections. Source: Caron et al., arXiv 2006.09882; their queue of earlier
 * features is off by default.
 */
export function swav<E extends Encoder, const J extends Head, const P extends Head, const Q extends Head = Head>(
  parts: Scored<E, J, P, Q> & {
    temperature?: number
    epsilon?: number
    iterations?: number
    /** So many earlier projections of each of the first two views share in its codes. Default: none. */
    queue?: number
    /** From this step on; before, they are only kept. Default 0. */
    queueFrom?: number
  },
): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { temperature = 0.1, epsilon = 0.05, iterations = 3, queue, queueFrom = 0 } = parts
  return method('swav', parts, builder => {
    const networks = branches('swav', builder, {
      ...partsOf(parts, 'projector', 'predictor', 'prototypes'),
      target: 'stopped',
      unit: true,
    })
    const symmetric = parts.symmetric ?? true
    const kept = queue === undefined ? [] : symmetric ? ['1', '2'] : ['2']
    const banks = kept.map(view => bankOf('swav', builder, queue!, view))
    let targets: readonly Branch[] = []
    const codeOf = (scores: Matrix, view: number) => {
      const own = sinkhorn(scores, { epsilon, iterations })
      if (banks.length === 0) return own
      const earlier = networks.targetScores(banks[view]!.rows(targets[view]!.projection.shape[1]!))
      const shared = slice(sinkhorn(concat(scores, earlier, 0), { epsilon, iterations }), 0, 0, scores.shape[0]!)
      return queueFrom === 0 ? shared : select(greaterEqual(stepVariable.tensor, queueFrom), shared, own)
    }
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, symmetric)
        // Of crossed pairs the first has view 2 for its target.
        targets = [...new Set(pairs.map(({ k }) => k))].reverse()
        return {
          loss: networks.over(pairs, (scores, others, _, { k }) =>
            softCrossEntropy(div(scores, temperature), codeOf(others, targets.indexOf(k))),
          ),
          metrics: { spread: spread(pairs[0]!.k.projection) },
          pair: [pairs[0]!.k.projection, pairs[0]!.q.projection] as const,
        }
      },
      afterStep() {
        for (const [view, bank] of banks.entries()) if (targets[view]) bank.push(targets[view].projection)
      },
    }
  })
}

/**
 * DINO: a momentum teacher's centred, sharpened scores of the first two views are the targets of the student's scores of every
 * other view: `L = mean of -sum softmax((t - c) / Tt) log softmax(s / Ts)`. The centre `c` `[K]` follows the mean of the teacher's
 * scores: `c = m c + (1 - m) mean`. Defaults: temperatures 0.1 (student) and 0.04 (teacher; a schedule in the paper), momentum of the
 * teacher 0.996, of the centre 0.9. Views after the second (multi-crop) are the student's only. `augment`: as `swav`; branch `target` is
 * the teacher. Metric `spread` of the teacher's projections. Source: Caron et al., arXiv 2104.14294, algorithm 1.
 */
export function dino<E extends Encoder, const J extends Head, const P extends Head, const Q extends Head = Head>(
  parts: Scored<E, J, P, Q> & {
    studentTemperature?: number
    teacherTemperature?: number | Schedule
    momentum?: number | Schedule
    centerMomentum?: number
  },
): Method<E, { spread: Stopped<[]> }, 'none'> {
  const { studentTemperature = 0.1, teacherTemperature = 0.04, momentum = 0.996, centerMomentum = 0.9 } = parts
  return method('dino', parts, builder => {
    const options = { ...partsOf(parts, 'projector', 'predictor', 'prototypes'), target: { momentum }, unit: true }
    const networks = branches('dino', builder, options)
    let center: Stopped<[number]> | undefined
    let taught: readonly Matrix[] = []
    return {
      encoder: networks.encoder,
      loss(views) {
        const pairs = pairsOf(networks, views, parts.symmetric ?? true)
        const sharp = at(teacherTemperature, stepVariable.tensor)
        const targets = [...new Set(pairs.map(({ k }) => k))]
        taught = targets.map(({ compared }) => networks.targetScores(compared[0]!))
        center ??= builder.state('center', [taught[0]!.shape[1]!], shape => constant(0, shape))
        const centre = center
        return {
          loss: networks.over(pairs, (student, teacher) =>
            softCrossEntropy(div(student, studentTemperature), stopGradient(softmax(div(sub(teacher, centre), sharp)))),
          ),
          metrics: { spread: spread(targets[0]!.projection) },
          pair: [targets[0]!.projection, pairs[0]!.q.projection] as const,
        }
      },
      afterStep() {
        networks.follow()
        const rows = mean(stopGradient(concatAll(taught, 0)), [0])
        update(center!, add(mul(center!, centerMomentum), mul(rows, 1 - centerMomentum)))
      },
    }
  })
}

/** What recipes, commands and reports know of them. */
export const listings = {
  swav: listed({
    label: 'SwAV',
    predictor: 'optional',
    takes: ['prototypes', 'frozenEpochs', 'temperature', 'queue', 'queueEpochs'],
    build: ({ parts, scored, recipe, perEpoch }) =>
      swav({ ...parts, ...scored(), queueFrom: Math.round((recipe.queueEpochs ?? 0) * perEpoch) }),
    published: {
      ...soloLars,
      source: `${soloLearn}/swav.yaml`,
      learningRate: 0.6,
      weightDecay: 1e-6,
      projector: { out: 128, hidden: 2048, ...bn },
      prototypes: 3000,
      queue: 3840,
      queueEpochs: 50,
      frozenEpochs: 2,
      temperature: 0.1,
      views: 'symmetric-cifar',
    },
    small: { prototypes: 64, temperature: 0.1 },
  }),
  dino: listed({
    label: 'DINO',
    predictor: 'optional',
    takes: [
      'prototypes',
      'frozenEpochs',
      'temperature',
      'teacherTemperature',
      'teacherRise',
      'targetMomentum',
      'targetMomentumEnd',
    ],
    build: ({ parts: { temperature, ...parts }, scored, teacherTemperature }) =>
      dino({
        ...parts,
        ...scored(),
        ...defined({ studentTemperature: temperature, teacherTemperature: teacherTemperature() }),
      }),
    published: {
      ...soloLars,
      source: `${soloLearn}/dino.yaml, where the teacher's temperature rises over 0 epochs by default`,
      learningRate: 0.3,
      weightDecay: 1e-6,
      projector: { out: 256, hidden: 2048, layers: 3, activation: 'gelu', deviation: 0.02 },
      prototypes: 4096,
      frozenEpochs: 1,
      temperature: 0.1,
      teacherTemperature: 0.07,
      targetMomentum: 0.9995,
      targetMomentumEnd: 1,
      views: 'byol-cifar',
    },
    small: { prototypes: 256, temperature: 0.1, teacherTemperature: 0.04, targetMomentum: 0.95 },
  }),
}
