import * as assert from 'uvu/assert'
import { normalize } from '../../../compiler/language/math.js'
import { rearrange } from '../../../compiler/language/pattern.js'
import {
  add,
  cast,
  concat,
  constant,
  equal,
  expandDims,
  gather,
  iota,
  mul,
  reshape,
  scatterAdd,
  stopGradient,
  sum,
} from '../../../compiler/ops/index.js'
import * as m from '../../../models/index.js'

import {
  type Any,
  average,
  CLASSES,
  distilledOf,
  FEATURES,
  type Known,
  ROWS,
  seenBy,
  shared,
  wholeOf,
  without,
} from './parts.js'

const row = (x: Any): Any => stopGradient(normalize(x) as Any)
const pairs = ['pooled', 'projection', 'unit']
const contrastive = { trained: ['encoder', 'projector'], sites: pairs }
const momentum = ['target.encoder.0.weight', 'target.projector.weight']

const convnet = ['1.0', '1.1', '2.0', '2.1'].map(layer => `target.encoder.stage${layer}.weight`)

const blocks = ['norm1', 'attn.qkv', 'attn.proj', 'norm2', 'mlp.fc1', 'mlp.fc2']
const transformer = [
  ...['cls_token', 'pos_embed', 'patch_embed.weight', 'norm.weight'],
  ...[0, 1].flatMap(i => blocks.map(part => `blocks.${i}.${part}.weight`)),
]
  .map(name => `target.encoder.inner.${name}`)
  .concat('target.projector.weight')
const stages = ['patches', 'tokens', 'block0', 'block1', 'normed']

export const methods: Readonly<Record<string, Known>> = {
  simclr: { build: parts => m.simclr(without(parts)), formula: (a, b) => m.ntXent(a, b, 0.5), ...contrastive },
  dcl: {
    build: parts => m.dcl({ ...without(parts), sigma: 0.5 }),
    formula: (a, b) => m.decoupledContrast(a, b, { sigma: 0.5 }),
    ...contrastive,
  },
  barlow: {
    build: parts => m.barlow(without(parts)),
    formula: (a, b) => m.barlowTwins(a, b),
    trained: ['encoder', 'projector'],
    sites: ['pooled', 'projection'],
  },
  vicreg: {
    build: parts => m.vicreg(without(parts)),
    formula: (a, b) => m.vicregLoss(a, b),
    trained: ['encoder', 'projector'],
    sites: ['pooled', 'projection'],
  },
  wmse: {
    build: parts => m.wmse({ ...without(parts), epsilon: 0.1, group: 3 }),
    formula: (a, b) => m.whiteningMse(a, b, { epsilon: 0.1, group: 3 }),
    trained: ['encoder', 'projector'],
    sites: ['pooled', 'projection'],
  },
  tico: {
    build: parts => m.tico(without(parts)),
    formula: (a, b, { variable }) => m.ticoLoss(a, row(b) as any, variable('covariance')).loss,
    trained: ['encoder', 'projector'],
    moves: ['covariance', ...momentum],
    sites: pairs,
  },
  siglip: {
    build: parts => m.siglip(without(parts)),
    formula: (a, b) => m.siglipLoss(a, b, constant(Math.log(10), []) as any, constant(-10, []) as any),
    trained: ['encoder', 'logit_bias', 'logit_scale', 'projector'],
    sites: pairs,
  },
  moco: {
    build: parts => m.moco({ ...without(parts), queue: 16, symmetric: true }),
    formula: (a, b, { queue }) =>
      add(m.infoNCE(a, stopGradient(b) as any, queue) as Any, m.infoNCE(b, stopGradient(a) as any, queue) as Any),
    trained: ['encoder', 'projector'],
    moves: ['queue', 'pointer', ...momentum],
    sites: [...pairs, 'negatives'],
  },
  densecl: {
    kind: 'maps',
    build: parts => m.densecl({ ...without(parts), queue: 16 }),
    formula: (q, k, { queue, encoder, dense, variable, views }) => {
      const places = (view: Any) => {
        let maps!: Any
        encoder(view, { stage2: (x: Any) => (maps = x) })
        return rearrange(maps, 'n c h w -> n (h w) c') as Any
      }
      const [maps, kMaps] = views.map(places) as [Any, Any]
      const told = (x: Any) => reshape(dense(reshape(x, [-1, FEATURES])), [ROWS, -1, 3])
      const keys = {
        k: stopGradient(k),
        kDense: stopGradient(told(kMaps)),
        kMaps,
        queue,
        denseQueue: variable('queueDense'),
      }
      return m.denseclLoss({ q, dense: told(maps), maps, ...keys } as any)
    },
    trained: ['dense', 'encoder', 'projector'],
    moves: [
      'queue',
      'pointer',
      'queueDense',
      'pointerDense',
      'target.dense.weight',
      'target.projector.weight',
      ...convnet,
    ],
    sites: ['stage1', 'stage2', ...pairs, 'negatives'],
  },
  simsiam: {
    build: parts => m.simsiam(parts),
    formula: (a, b, { predictor }) =>
      average([m.negativeCosine(predictor(a), row(b) as any), m.negativeCosine(predictor(b), row(a) as any)]),
    trained: ['encoder', 'predictor', 'projector'],
    sites: [...pairs, 'prediction'],
  },
  byol: {
    build: parts => m.byol(parts),
    formula: (a, b, { predictor }) => m.byolLoss(predictor(a), predictor(b), row(a) as any, row(b) as any),
    trained: ['encoder', 'predictor', 'projector'],
    moves: momentum,
    sites: [...pairs, 'prediction'],
  },
  mocoV3: {
    build: parts => m.mocoV3(parts),
    formula: (a, b, { predictor }) => m.mocoV3Loss(predictor(a), predictor(b), row(a) as any, row(b) as any),
    trained: ['encoder', 'predictor', 'projector'],
    moves: momentum,
    sites: [...pairs, 'prediction'],
  },
  nnclr: {
    build: parts => m.nnclr({ ...parts, queue: 16 }),
    formula: (a, b, { predictor, queue }) =>
      average([
        m.nnclrLoss(m.nearest(b, queue).rows as any, predictor(a), 0.2),
        m.nnclrLoss(m.nearest(a, queue).rows as any, predictor(b), 0.2),
      ]),
    trained: ['encoder', 'predictor', 'projector'],
    moves: ['queue', 'pointer'],
    sites: [...pairs, 'prediction'],
  },
  swav: {
    build: parts => m.swav(without(parts)),
    formula: (a, b, { prototypes }) => m.swavLoss([prototypes(normalize(a)), prototypes(normalize(b))]),
    trained: ['encoder', 'projector', 'prototypes'],
    sites: pairs,
  },
  dino: {
    build: parts => m.dino(without(parts)),
    formula: (a, b, { prototypes }) =>
      m.dinoLoss(
        [stopGradient(prototypes(normalize(a))), stopGradient(prototypes(normalize(b)))] as any,
        [prototypes(normalize(a)), prototypes(normalize(b))],
        constant(0, [CLASSES]) as any,
      ).loss,
    trained: ['encoder', 'projector', 'prototypes'],
    moves: ['center', 'target.prototypes.weight', ...momentum],
    sites: pairs,
  },
  msn: {
    kind: 'tokens',
    build: parts => m.msn({ ...without(parts), hidden: 0.5 }),
    formula: (_, k, parts) => {
      const { projector, prototypes } = parts
      const anchors = seenBy(parts, 0)
      assert.is(anchors.tokens.shape[1], 9, 'the class token and half of the patches')
      return m.msnLoss(prototypes(normalize(projector(anchors.pooled))), stopGradient(prototypes(normalize(k))) as any)
    },
    trained: ['encoder', 'projector', 'prototypes'],
    moves: transformer,
    sites: [...stages, ...pairs],
  },
  ibot: {
    kind: 'tokens',
    build: parts => m.ibot(shared(parts)),
    formula: (_a, _b, parts) => distilledOf(parts, 'mean'),
    trained: ['encoder', 'mask_token', 'projector', 'prototypes'],
    moves: ['center', 'patch_center', 'target.prototypes.weight', ...transformer],
    sites: [...stages, ...pairs],
  },
  dinov2: {
    kind: 'tokens',
    build: parts => m.dinov2(shared(parts)),
    formula: (_a, _b, parts) => distilledOf(parts, 'sinkhorn'),
    trained: ['encoder', 'mask_token', 'projector', 'prototypes'],
    moves: ['target.prototypes.weight', ...transformer],
    sites: [...stages, ...pairs],
  },
  mae: {
    kind: 'tokens',
    build: ({ encoder, decoder, augment }) => m.mae({ encoder, decoder, hidden: 0.5, ...(augment && { augment }) }),
    formula: (_a, _b, parts) => {
      const { tokens } = seenBy(parts, 0)
      const { known, asked } = parts.decoder.asks[0]
      const patches = rearrange(parts.views[0]!, 'n c (h p) (w q) -> n (h w) (p q c)', { p: 2, q: 2 })
      const told = parts.decoder({ tokens, known, asked })
      // In the order of the image, with a mask, as the loss is written.
      const place = (x: Any) => scatterAdd(x, expandDims(asked, 2), 1, 16) as Any
      const hidden = equal(sum(cast(equal(expandDims(asked, 2), iota([1, 1, 16], 2)), 'f32'), 1), 1)
      return m.maeLoss(place(told) as any, patches as any, hidden as any)
    },
    trained: ['decoder', 'encoder'],
    sites: stages,
  },
  ijepa: {
    kind: 'tokens',
    build: ({ encoder, teller, augment }) =>
      m.ijepa({ encoder, predictor: teller, blocks: 2, scale: 0.25, ...(augment && { augment }) }),
    formula: (_a, _b, parts) => {
      const { tokens } = seenBy(parts, 0)
      const whole = wholeOf(parts, parts.views[0]!).patches
      return average(
        parts.teller.asks.slice(0, 2).map((given: any) => {
          assert.equal(
            [given.known.shape, given.asked.shape],
            [
              [ROWS, 8],
              [ROWS, 4],
            ],
          )
          return m.jepaLoss(parts.teller({ ...given, tokens }), gather(whole, expandDims(given.asked, 2), 1) as any)
        }),
      )
    },
    trained: ['encoder', 'predictor'],
    moves: transformer.filter(name => !name.includes('projector')),
    sites: stages,
  },
  supcon: {
    build: parts => m.supcon(without(parts)),
    formula: (a, b, { labels }) => m.supervisedContrast(concat(a, b, 0) as any, concat(labels, labels, 0) as any),
    ...contrastive,
  },
  supervised: {
    build: parts => m.supervised({ ...parts, classifier: parts.projector }),
    formula: (a, b, { labels }) => average([m.crossEntropy(a, labels as any), m.crossEntropy(b, labels as any)]),
    trained: ['classifier', 'encoder'],
    sites: ['pooled'],
  },
}
/** Methods that take a predictor, with one. */
export const predicted: Readonly<Record<string, Known>> = {
  simclr: {
    build: parts => m.simclr(parts),
    formula: (a, b, { predictor }) => average([m.ntXent(predictor(a), b, 0.5), m.ntXent(predictor(b), a, 0.5)]),
    trained: ['encoder', 'predictor', 'projector'],
    sites: [...pairs, 'prediction'],
  },
  dcl: {
    build: parts => m.dcl({ ...parts, symmetric: false }),
    formula: (a, b, { predictor }) => m.decoupledContrast(predictor(a), b),
    trained: ['encoder', 'predictor', 'projector'],
    sites: [...pairs, 'prediction'],
  },
  moco: {
    build: parts => m.moco({ ...parts, queue: 16 }),
    formula: (a, b, { predictor, queue }) => m.infoNCE(predictor(a), stopGradient(b) as any, queue),
    trained: ['encoder', 'predictor', 'projector'],
    moves: ['queue', 'pointer', ...momentum],
    sites: [...pairs, 'prediction', 'negatives'],
  },
  barlow: {
    build: parts => m.barlow(parts),
    formula: (a, b, { predictor }) => average([m.barlowTwins(predictor(a), b), m.barlowTwins(predictor(b), a)]),
    trained: ['encoder', 'predictor', 'projector'],
    sites: ['pooled', 'projection', 'prediction'],
  },
  swav: {
    build: parts => m.swav({ ...parts, symmetric: false }),
    formula: (a, b, { predictor, prototypes }) =>
      m.softCrossEntropy(
        mul(prototypes(normalize(predictor(a))), 10) as any,
        m.sinkhorn(stopGradient(prototypes(normalize(b))) as any),
      ),
    trained: ['encoder', 'predictor', 'projector', 'prototypes'],
    sites: [...pairs, 'prediction'],
  },
}
/** Methods with something that they have by an option. */
export const optional: Readonly<Record<string, Known>> = {
  ibot: {
    kind: 'tokens',
    build: parts => m.ibot({ ...without(parts), hidden: 0.25, patchWeight: 2 }),
    formula: (_a, _b, parts) => distilledOf(parts, 'mean', parts.patchHeads, 2),
    trained: ['encoder', 'mask_token', 'patches', 'projector', 'prototypes'],
    moves: [
      ...['center', 'patch_center', 'target.prototypes.weight', ...transformer],
      ...['projector', 'prototypes'].map(part => `target.patches.${part}.weight`),
    ],
    sites: [...stages, ...pairs],
  },
  swav: {
    build: parts => m.swav({ ...without(parts), queue: 9 }),
    formula: (a, b, { prototypes, variable }) =>
      m.swavLoss([prototypes(normalize(a)), prototypes(normalize(b))], {
        queues: [prototypes(variable('queue1')), prototypes(variable('queue2'))],
      }),
    trained: ['encoder', 'projector', 'prototypes'],
    moves: ['queue1', 'pointer1', 'queue2', 'pointer2'],
    sites: pairs,
  },
  tico: {
    build: parts => m.tico({ ...parts, symmetric: true, rho: 3, beta: 0.5 }),
    formula: (a, b, { predictor, variable }) => {
      const of = (one: Any, two: Any) =>
        m.ticoLoss(predictor(one), row(two) as any, variable('covariance'), { rho: 3, beta: 0.5 })
      return average([of(a, b).loss, of(b, a).loss])
    },
    trained: ['encoder', 'predictor', 'projector'],
    moves: ['covariance', ...momentum],
    sites: [...pairs, 'prediction'],
  },
}
/** One order of the views. */
export const asymmetric: Readonly<Record<string, Known>> = {
  simsiam: {
    build: parts => m.simsiam({ ...parts, symmetric: false }),
    formula: (a, b, { predictor }) => m.negativeCosine(predictor(a), row(b) as any),
    trained: ['encoder', 'predictor', 'projector'],
    sites: [...pairs, 'prediction'],
  },
  mocoV3: {
    build: parts => m.mocoV3({ ...parts, symmetric: false }),
    formula: (a, b, { predictor }) => mul(m.pairContrast(predictor(a), row(b) as any, 5), 4 * 0.2),
    trained: ['encoder', 'predictor', 'projector'],
    moves: momentum,
    sites: [...pairs, 'prediction'],
  },
}
