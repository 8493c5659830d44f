/** Self-distillation of images and of their hidden patches: iBOT, and DINOv2's form of it. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { stepVariable } from '../../compiler/language/entry.js'
import { mean, normalize, softmax } from '../../compiler/language/math.js'
import { twin, update } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import {
  add,
  concatAll,
  constant,
  div,
  expandDims,
  mul,
  reshape,
  select,
  slice,
  stopGradient,
  sub,
} from '../../compiler/ops/index.js'
import type { Fit } from '../../compiler/types/layer.js'
import type { Augmentations } from '../augment/copies.js'
import { normalWith } from '../init.js'
import { koleo } from '../losses/pairs.js'
import { sinkhorn, softCrossEntropy } from '../losses/prototypes.js'
import { spread } from '../losses.js'
import { defined, listed, type Ready } from '../recipes/listed.js'
import { at, type Schedule } from '../schedules.js'
import type { Batch, Matrix, Tokens } from '../tensors.js'
import { type Branch, branches, crossed, partsOf } from './branches.js'
import { gridOf, hiddenOf, patchesOf, perView, randomMask, tokensAt, tokensOf } from './masks.js'
import { type Encoder, follow, type Given, type Head, type Method, method, type OnEncoder } from './method.js'

/** The parts of `ibot` and `dinov2`. */
export interface Distilled<E extends Encoder, J extends Head, P extends Head> {
  /** A `vit`. */
  encoder: E
  /** On its class token, and on its patches unless `patchHeads` are. */
  projector: OnEncoder<J, E>
  /** From unit projections to scores: `prototypes(P, K)`. */
  prototypes: Fit<P, Given<J>>
  /** Heads of the patches. Default: the same as of the class token. */
  patchHeads?: { projector: OnEncoder<J, E>; prototypes: Fit<P, Given<J>> }
  /** Share of the patches that the student does not see. Default 0.3. */
  hidden?: number
  /** Weight of the patches. Default 1. */
  patchWeight?: number
  /** Weight of `koleo` on the student's class tokens, as the encoder gives them. */
  koleoWeight?: number
  /** What keeps the teacher from one answer for all: the moving average of its scores is taken off, or codes use all prototypes equally. */
  centering?: 'mean' | 'sinkhorn'
  /** Default 0.1. */
  studentTemperature?: number
  /** Of the teacher's scores of class tokens. */
  teacherTemperature?: number | Schedule
  /** Of the teacher's scores of patches. */
  patchTemperature?: number | Schedule
  /** Of the teacher. */
  momentum?: number | Schedule
  /** Of the centres. Default 0.9. */
  centerMomentum?: number
  /** Feature augmentation. Default: none. */
  augment?: Augmentations
}

/**
 * iBOT: `L = dino(class tokens) + patchWeight ibotPatchLoss(hidden patches)`. The student sees both views with a learned `mask_token` in place of a random share
 * `hidden` of the patches; the teacher, a momentum network, sees them whole. Its class token of one view is what the student's of the other is to score, and its
 * hidden patches what the student's of the same view are to. Heads are shared by class token and patches unless `patchHeads` are given. Takes two
 * views and a `vit`. Defaults: temperatures 0.1 (student), 0.04 (teacher) and 0.07 (teacher, patches), momentum 0.996. `augment`: feature
 * augmentation at the encoder's stages, where patches see it too, `pooled`, `projection` and `unit` of the class token; branch `target` is the teacher.
 * Metric `spread` of the teacher's projections. Source: Zhou et al., arXiv 2111.07832, section 3, and its code (github.com/bytedance/ibot), which
 * hides patches in blocks.
 */
export const ibot = <E extends Encoder, const J extends Head, const P extends Head>(
  parts: Distilled<E, J, P>,
): Method<E, { spread: Stopped<[]> }, 'none'> => distilled('ibot', parts, {})

/**
 * DINOv2: as `ibot`, with codes by `sinkhorn` in place of centres, `koleo` on the student's class tokens (weight 0.1), and heads of their own for patches where
 * `patchHeads` has them, as published. Defaults beside: teacher's temperatures 0.07, momentum 0.992. Source: Oquab et al., arXiv 2304.07193, section 4;
 * github.com/facebookresearch/dinov2, whose hidden share of an image is 0.1 to 0.5, of half of the images.
 */
export const dinov2 = <E extends Encoder, const J extends Head, const P extends Head>(
  parts: Distilled<E, J, P>,
): Method<E, { spread: Stopped<[]> }, 'none'> =>
  distilled('dinov2', parts, { koleoWeight: 0.1, centering: 'sinkhorn', teacherTemperature: 0.07, momentum: 0.992 })

function distilled<E extends Encoder, J extends Head, P extends Head>(
  name: string,
  parts: Distilled<E, J, P>,
  defaults: Partial<Distilled<E, J, P>>,
): Method<E, { spread: Stopped<[]> }, 'none'> {
  const {
    hidden: ratio = 0.3,
    patchWeight = 1,
    koleoWeight = 0,
    centering = 'mean',
    ...given
  } = { ...defaults, ...parts }
  const { studentTemperature = 0.1, teacherTemperature = 0.04, patchTemperature = 0.07 } = given
  const { momentum = 0.996, centerMomentum = 0.9, patchHeads } = given
  const { height, width } = gridOf(name, parts.encoder)
  const count = height * width
  const hidden = hiddenOf(name, count, ratio)
  return method(name, parts, builder => {
    const maskOf = perView(view => randomMask(view.shape[0]!, count, hidden))
    let token: Tensor<[1, 1, number], 'f32'> | undefined
    const tokenOf = (size: number) => (token ??= builder.param('mask_token', [1, 1, size], normalWith(0.02)))
    const networks = branches(name, builder, {
      ...partsOf(parts, 'projector', 'prototypes'),
      ...{ target: { momentum }, unit: true, maps: true },
      hide: {
        at: 'patches',
        seen: (x, view) => select(expandDims(maskOf(view).mask(), 2), tokenOf(x.shape[2]!), tokensOf(x)),
      },
    })
    const part = (side: '' | 'target.', name: 'projector' | 'prototypes', head: J | P) =>
      builder.use(`${side}patches.${name}`, side ? twin(head) : head)
    const headsOf = (side: '' | 'target.', { projector, prototypes }: NonNullable<typeof patchHeads>) => ({
      projector: part(side, 'projector', projector as J),
      prototypes: part(side, 'prototypes', prototypes as P),
    })
    const own = patchHeads && { student: headsOf('', patchHeads), teacher: headsOf('target.', patchHeads) }
    /** Scores `[N P, K]` of patches `[N, P, D]`. */
    const scoresOf = (side: 'online' | 'target', patches: Tokens): Matrix => {
      const rows = rearrange(patches, 'n p d -> (n p) d')
      const heads = side === 'online' ? own?.student : own?.teacher
      return heads ? heads.prototypes(normalize(heads.projector(rows))) : networks.headed(side, rows)
    }
    const centres = new Map<string, Stopped<[number]>>()
    const taught = new Map<string, Matrix>()
    /** What the teacher says, `[rows, K]`, by its scores; `all` of them move the centre. */
    const said = (what: string, scores: Matrix, all: Matrix, temperature: number | Schedule): Matrix => {
      const sharp = at(temperature, stepVariable.tensor)
      if (centering === 'sinkhorn') return sinkhorn(div(scores, sharp), { epsilon: 1 })
      const centre = centres.get(what) ?? builder.state(what, [scores.shape[1]!], shape => constant(0, shape))
      centres.set(what, centre)
      taught.set(what, all)
      return stopGradient(softmax(div(sub(scores, centre), sharp)))
    }
    return {
      encoder: networks.encoder,
      loss(views) {
        if (views.length > 2) throw new ShapeError(`${name} takes two views, got ${views.length}`)
        const pairs = crossed(networks, views)
        const [first, second] = pairs as [(typeof pairs)[0], (typeof pairs)[0]]
        const teachers = [first.k, second.k]
        const all = concatAll(
          teachers.map(({ compared }) => networks.targetScores(compared[0]!)),
          0,
        )
        const patches = teachers.map(({ maps }) => patchesOf(tokensOf(maps[0]!)))
        const everyPatch = centering === 'mean' ? scoresOf('target', concatAll(patches, 0)) : undefined
        const ofPatches = (q: Branch, k: Branch, view: Batch, copy: number) => {
          const places = maskOf(view).hidden
          const there = ({ maps }: Branch) => tokensAt(patchesOf(tokensOf(maps[copy]!)), places)
          const scores = scoresOf('target', there(k))
          const target = said('patch_center', scores, everyPatch ?? scores, patchTemperature)
          return softCrossEntropy(div(scoresOf('online', there(q)), studentTemperature), target)
        }
        const loss = networks.over(pairs, (student, teacher, copy, pair) => {
          const classes = softCrossEntropy(
            div(student, studentTemperature),
            said('center', teacher, all, teacherTemperature),
          )
          // The teacher of the same view stands in the other pair.
          const [k, view] = pair === first ? [second.k, views[0]] : [first.k, views[1]]
          const whole = add(classes, mul(ofPatches(pair.q, k, view, copy), patchWeight))
          if (koleoWeight === 0) return whole
          const tokens = tokensOf(pair.q.maps[copy]!)
          const rows = reshape(slice(tokens, 1, 0, 1), [tokens.shape[0]!, tokens.shape[2]!])
          return add(whole, mul(koleo(rows), koleoWeight))
        })
        return {
          loss,
          metrics: { spread: spread(first.k.projection) },
          pair: [first.k.projection, first.q.projection] as const,
        }
      },
      afterStep() {
        networks.follow()
        if (own)
          for (const part of ['projector', 'prototypes'] as const)
            follow(own.teacher[part], own.student[part], momentum)
        for (const [what, centre] of centres) {
          const rows = mean(stopGradient(taught.get(what)!), [0])
          update(centre, add(mul(centre, centerMomentum), mul(rows, 1 - centerMomentum)))
        }
      },
    }
  })
}

const setting = ['hidden', 'patchWeight', 'prototypes', 'frozenEpochs', 'temperature', 'teacherTemperature'] as const
const takes = [...setting, 'teacherRise', 'patchTemperature', 'targetMomentum', 'targetMomentumEnd'] as const
const given = ({ parts: { temperature, ...parts }, recipe, scored, teacherTemperature }: Ready) => {
  const { hidden, patchWeight, patchTemperature } = recipe
  const temperatures = { studentTemperature: temperature, teacherTemperature: teacherTemperature(), patchTemperature }
  return { ...parts, ...scored(), ...defined({ hidden, patchWeight, ...temperatures }) }
}
const published = {
  encoder: 'vitTiny',
  patch: 4,
  batch: 256,
  warmup: 10,
  optimizer: 'adamw',
  weightDecay: 0.04,
  frozenEpochs: 1,
  temperature: 0.1,
  targetMomentumEnd: 1,
  views: 'byol-cifar',
} as const
const small = {
  encoder: 'vit',
  optimizer: 'adamw',
  learningRate: 1e-3,
  weightDecay: 0.04,
  prototypes: 256,
  temperature: 0.1,
  targetMomentum: 0.98,
} as const

/** What recipes, commands and reports know of them. */
export const listings = {
  ibot: listed({
    label: 'iBOT',
    predictor: 'none',
    takes,
    build: ready => ibot(given(ready)),
    published: {
      ...published,
      source:
        "iBOT, arXiv 2111.07832, and the defaults of its main_ibot.py with shared heads, not for CIFAR-10: ViT-Ti with patches of 4, 4096 prototypes for 8192, the teacher's momentum that it names for a batch of 256, constant weight decay for 0.04 to 0.4, gradients not clipped, BYOL's views of CIFAR-10",
      epochs: 100,
      learningRate: 5e-4,
      projector: { out: 256, hidden: 2048, layers: 3, activation: 'gelu', deviation: 0.02 },
      prototypes: 4096,
      teacherTemperature: 0.04,
      patchTemperature: 0.07,
      hidden: 0.3,
      targetMomentum: 0.9995,
    },
    small,
  }),
  dinov2: listed({
    label: 'DINOv2',
    predictor: 'none',
    takes,
    build(ready) {
      const { projector, prototypes, ...parts } = given(ready)
      return dinov2({ ...parts, projector, prototypes, patchHeads: { projector: ready.headOf(), ...ready.scored() } })
    },
    published: {
      ...published,
      source:
        "DINOv2, arXiv 2304.07193, and its ssl_default_config.yaml, with Sinkhorn's codes and heads for patches as in its vitl14.yaml, not for CIFAR-10: ViT-Ti with patches of 4, batch 256 and its learning rate by the root of the ratio to 1024, 4096 prototypes for 65536, constant weight decay for 0.04 to 0.4, gradients not clipped, every image with 0.3 of its patches hidden, BYOL's views of CIFAR-10",
      epochs: 100,
      learningRate: 2e-3,
      projector: { out: 256, hidden: 2048, layers: 3, activation: 'gelu', deviation: 0.02 },
      prototypes: 4096,
      teacherTemperature: 0.07,
      teacherRise: { from: 0.04, epochs: 30 },
      patchTemperature: 0.07,
      hidden: 0.3,
      targetMomentum: 0.992,
    },
    small,
  }),
}
