/**
 * Every method of the library: its loss is its published formula on the rows its networks give, gradients reach what they
 * should and nothing else, its states move, and it takes feature augmentation at every site it has.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Graph } from '../../compiler/graph/graph.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { entry, i32, trace, traceInit } from '../../compiler/language/entry.js'
import { normalize, topK } from '../../compiler/language/math.js'
import { module, parametersOf, update, variablesOf as variablesIn } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { sequential } from '../../compiler/language/sequential.js'
import { holding } from '../../compiler/language/trace.js'
import {
  abs,
  add,
  cast,
  concat,
  constant,
  equal,
  expandDims,
  gather,
  greater,
  iota,
  mul,
  relu,
  reshape,
  scatterAdd,
  slice,
  stopGradient,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import { generator } from '../../models/data/random.js'
import * as m from '../../models/index.js'
import type { Method } from '../../models/methods/method.js'

type Any = Tensor<any, any, any>
const [ROWS, IN, FEATURES, SIZE] = [6, 5, 8, 4]

const CLASSES = 7
type Kind = 'rows' | 'maps' | 'tokens'
/** One channel of 8 by 8: feature maps of two stages, or four tokens of a transformer. */
const SIDE = 8
const encoders: Readonly<Record<Kind, () => any>> = {
  rows: () => sequential(m.linear(IN, FEATURES), relu),
  maps: () => m.convnet({ channels: 1, width: FEATURES / 2, stages: 2 }),
  tokens: () => watched(m.vit({ channels: 1, size: SIDE, patch: 2, features: FEATURES, depth: 2, heads: 2 })),
}
/** An encoder that keeps what it is called with, so that a formula can see what a method hides. */
const watched = (encoder: any): any => {
  const calls: [Any, object][] = []
  const { features, sites, grid } = encoder
  const module_ = module(({ use }) => {
    const inner: any = use('inner', encoder)
    const body = (view: Any, at: object = {}) => {
      calls.push([view, at])
      return inner(view, at)
    }
    return Object.assign(body, { features, sites, grid })
  })
  return Object.assign(module_, { calls })
}
/** Of a call of a watched encoder: its pooled features, and its tokens after the norm. */
const seenBy = ({ encoder }: Parts, call: number, view?: Any) => {
  const [given, at] = encoder.calls[call]
  let tokens!: Any
  const pooled = encoder(view ?? given, { ...at, normed: (x: Any) => (tokens = x) })
  return { pooled, tokens, patches: slice(tokens, 1, 1, tokens.shape[1]) as Any }
}
/** The whole of a view, as a momentum network sees it in its first step. */
const wholeOf = ({ encoder }: Parts, view: Any) => {
  let tokens!: Any
  const pooled = encoder(view, { normed: (x: Any) => (tokens = x) })
  return { pooled, patches: slice(tokens, 1, 1, tokens.shape[1]) as Any }
}
/** A decoder that keeps what it is asked. */
const asking = (decoder: any): any => {
  const asks: any[] = []
  const module_ = module(({ use }) => {
    const inner: any = use('inner', decoder)
    return (asked: any) => {
      asks.push(asked)
      return inner(asked)
    }
  })
  return Object.assign(module_, { asks })
}
/** Modules that the methods are made of; each method takes those it needs. */
const make = (kind: Kind = 'rows') => ({
  encoder: encoders[kind](),
  dense: m.linear(FEATURES, 3) as any,
  patchHeads: { projector: m.linear(FEATURES, SIZE) as any, prototypes: m.prototypes(SIZE, CLASSES) as any },
  decoder: asking(m.tokenPredictor(FEATURES, { places: 16, width: 4, depth: 1, heads: 2, out: 4 })),
  teller: asking(m.tokenPredictor(FEATURES, { places: 16, width: 4, depth: 1, heads: 2, out: FEATURES })),
  projector: m.linear(FEATURES, SIZE) as any,
  predictor: m.predictor(SIZE, { hidden: 6 }) as any,
  prototypes: m.prototypes(SIZE, CLASSES) as any,
})
type Parts = ReturnType<typeof make>

interface Known {
  /** What the encoder makes: rows of rows (default), or features of images by maps or by tokens. */
  readonly kind?: Kind
  readonly build: (parts: Parts & { augment?: m.FeatureAugmentation }) => Method<any, any, any>
  /** The loss from the projections of both views. */
  readonly formula: (z1: Any, z2: Any, parts: Parts & Given) => Any
  readonly trained: readonly string[]
  /** State variables that a step changes, beside running statistics. */
  readonly moves?: readonly string[]
  readonly sites: readonly string[]
}
/** What a formula has beside the projections: variables of the method by name, and views. */
interface Given {
  readonly queue: Any
  readonly labels: Any
  readonly variable: (name: string) => Any
  readonly views: readonly Any[]
}
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

/** iBOT's and DINOv2's loss of the views that a watched encoder was called with: the student's, then the teacher's. */
function distilledOf(
  parts: Parts & Given,
  form: 'mean' | 'sinkhorn',
  heads: Pick<Parts, 'projector' | 'prototypes'> = parts,
  weight = 1,
): Any {
  const { projector, prototypes, views } = parts
  const score = (x: Any) => prototypes(normalize(projector(x)))
  const scoreRows = (x: Any) => heads.prototypes(normalize(heads.projector(x)))
  const scorePatches = (x: Any) => reshape(scoreRows(reshape(x, [-1, FEATURES])), [ROWS, 16, CLASSES]) as Any
  const students = [0, 1].map(i => seenBy(parts, i))
  const teachers = views.map(view => wholeOf(parts, view))
  const zeros = constant(0, [CLASSES]) as any
  const masks = [0, 1].map(i => {
    let mask!: Any
    const [view, at] = parts.encoder.calls[i]
    // What differs from the patches as they are was hidden.
    let clean!: Any
    parts.encoder(view, { patches: (x: Any) => (clean = x) })
    parts.encoder(view, { ...at, patches: (x: Any) => (mask = at.patches(x)) })
    return greater(sum(abs(sub(mask, clean)), 2), 0)
  })
  const [t1, t2] = teachers.map(({ pooled }) => stopGradient(score(pooled))) as [Any, Any]
  const [s1, s2] = students.map(({ pooled }) => score(pooled)) as [Any, Any]
  if (form === 'mean') {
    const classes = m.dinoLoss([t1, t2] as any, [s1, s2], zeros).loss
    const patches = students.map((student, i) =>
      m.ibotPatchLoss(
        scorePatches(student.patches) as any,
        scorePatches(teachers[i]!.patches) as any,
        masks[i] as any,
        zeros,
        {
          teacherTemperature: 0.07,
        },
      ),
    )
    return add(classes, mul(average(patches), weight))
  }
  const code = (x: Any) => m.sinkhorn(x, { epsilon: 0.07 })
  const told = (s: Any, t: Any) => m.softCrossEntropy(mul(s, 10) as any, code(t) as any)
  const classes = average([told(s1, t2), told(s2, t1)])
  const patches = students.map((student, i) => {
    // The hidden quarter of each image, as rows.
    const places = topK(cast(masks[i]!, 'f32') as Any, 4).indices as Any
    return told(hiddenRows(student.patches, places), hiddenRows(teachers[i]!.patches, places))
  })
  const spreading = average(students.map(({ pooled }) => m.koleo(pooled as any)))
  return add(add(classes, average(patches)), mul(spreading, 0.1))

  function hiddenRows(x: Any, places: Any): Any {
    return score(reshape(gather(x, expandDims(places, 2), 1), [-1, FEATURES]))
  }
}

const methods: Readonly<Record<string, Known>> = {
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
const predicted: Readonly<Record<string, Known>> = {
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
const optional: Readonly<Record<string, Known>> = {
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
const asymmetric: Readonly<Record<string, Known>> = {
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
const shared = ({ predictor: _, patchHeads: __, ...parts }: Parts & { augment?: m.FeatureAugmentation }) => ({
  ...parts,
  hidden: 0.25,
})
const without = <P extends { predictor: unknown }>({ predictor: _, ...parts }: P) => parts
const average = (values: readonly Any[]): Any =>
  mul(
    values.reduce((a, b) => add(a, b)),
    1 / values.length,
  )

/** One pass of `method` on two views and labels in the float64 reference, with the values that `init` gives its variables. */
function pass(method: Method<any, any, any>, kind: Kind = 'rows', formula?: (one: Any, two: Any, labels: Any) => Any) {
  const shape = kind === 'rows' ? [ROWS, IN] : [ROWS, 1, SIDE, SIDE]
  const names = new Map<string, string>()
  const graph: Graph = trace(
    'step',
    entry({ one: shape, two: shape, labels: i32([ROWS]) }, ({ one, two, labels }) => {
      const { loss, metrics } = method.loss([one, two], ...(method.labels === 'labels' ? [labels] : []))
      const parameters = parametersOf(method)
      const found = backward(
        [[loss, constant(1, [])]],
        parameters.map(({ tensor }) => tensor),
      )
      parameters.forEach(({ name, tensor }, i) => {
        names.set(`gradient${i}`, name)
        update(tensor, add(tensor as Any, 1))
      })
      method.afterStep()
      return {
        loss,
        ...metrics,
        ...(formula && { formula: holding(() => formula(one, two, labels)) }),
        ...Object.fromEntries(found.map((gradient, i) => [`gradient${i}`, gradient])),
      } as never
    }),
  )
  const start = { ...evaluate(traceInit([graph]), { variables: { seed: 5 } }).variables, seed: 5, step: 0 } as any
  const random = generator(3)
  const size = shape.reduce((a, b) => a * b)
  const rows = () => Float64Array.from({ length: size }, () => 2 * random() - 1)
  const inputs = { one: rows(), two: rows(), labels: Float64Array.from({ length: ROWS }, (_, i) => i % 3) }
  const { outputs, variables } = evaluate(graph, { inputs, variables: start })
  const gradients = [...names].map(([output, name]) => [name, [...outputs[output]!.data]] as const)
  const moved = Object.keys(variables).filter(
    name =>
      !/running/.test(name) &&
      ![...names.values()].includes(name) &&
      variables[name]!.data.some((value, i) => value !== start[name].data[i]),
  )
  return { loss: outputs.loss!.data[0]!, formula: outputs.formula?.data[0], gradients, moved }
}
const some = (values: readonly number[]): boolean => values.some(value => Math.abs(value) > 1e-12)

const cases = [
  ...Object.entries(methods).map(each => ['', ...each] as const),
  ...Object.entries(predicted).map(each => [' with a predictor', ...each] as const),
  ...Object.entries(optional).map(each => [' with its options', ...each] as const),
  ...Object.entries(asymmetric).map(each => [' of one order', ...each] as const),
]
for (const [form, name, { kind, build, formula, trained, moves = [], sites }] of cases) {
  test(`${name}${form}: the loss is its formula, gradients and updates reach what they should`, () => {
    const parts = make(kind)
    const method = build(parts)
    const found = pass(method, kind, (one, two, labels) => {
      const [z1, z2] = [one, two].map(x => parts.projector(parts.encoder(x)))
      const variable = (name: string) => variablesIn(method).find(variable => variable.name === name)?.tensor as Any
      return formula(z1, z2, { ...parts, queue: variable('queue'), labels, variable, views: [one, two] })
    })
    assert.ok(Math.abs(found.loss - found.formula!) < 1e-12 * Math.max(1, Math.abs(found.loss)), `${found.loss}`)
    const reached = found.gradients.filter(([, values]) => some(values)).map(([part]) => part.split('.')[0]!)
    assert.equal([...new Set(reached)].sort(), [...trained])
    assert.equal(found.moved.filter(moved => !moves.includes(moved) && !/bias/.test(moved)).sort(), [])
    for (const moved of moves) assert.ok(found.moved.includes(moved), `${moved} has moved`)
    assert.is(method.label, name)
  })

  test(`${name}${form}: takes feature augmentation at ${sites.join(', ')} and nowhere else`, () => {
    const operator = m.gaussianNoise()
    const clean = pass(build(make(kind)), kind).loss
    for (const at of sites) {
      const { loss, gradients } = pass(build({ ...make(kind), augment: m.augment({ operator, at } as any) }), kind)
      assert.ok(Number.isFinite(loss) && loss !== clean, `${at}: ${loss}`)
      assert.ok(gradients.some(([part, values]) => part.startsWith('encoder') && some(values)))
    }
    for (const at of ['pooled', 'projection', 'prediction', 'unit', 'negatives', 'stage1'].filter(
      x => !sites.includes(x),
    ))
      assert.throws(
        () => pass(build({ ...make(kind), augment: m.augment({ operator, at } as any) }), kind),
        new RegExp(`${name} has no site ${at} for gaussian.*: its sites are `),
      )
  })
}

test('the queue of swav takes part in codes from its step on', () => {
  const loss = (queueFrom: number) => pass(m.swav({ ...without(make()), queue: 9, queueFrom })).loss
  const plain = pass(m.swav(without(make()))).loss
  // A pass is step 0.
  assert.is(loss(1), plain)
  assert.not.equal(loss(0), plain)
})

test('multi-crop views are queries only', () => {
  const [ofCrops, ofTwo] = [m.simsiam(make()), m.simclr(without(make()))]
  const graph = (views: number) =>
    trace(
      'step',
      entry({ x: [views, ROWS, IN] }, ({ x }) => {
        const crops = Array.from({ length: views }, (_, i) => reshape(slice(x as Any, 0, i, i + 1), [ROWS, IN]) as Any)
        return { loss: ofCrops.loss(crops as never).loss }
      }),
    )
  assert.ok(graph(4).outputs.loss)
  assert.throws(() => graph(1), /simsiam takes two views or more, got 1/)
  assert.throws(
    () =>
      trace(
        'step',
        entry({ one: [ROWS, IN], two: [ROWS, IN], three: [ROWS, IN] }, ({ one, two, three }) => ({
          loss: ofTwo.loss([one, two, three] as never).loss,
        })),
      ),
    /simclr takes two views, got 3/,
  )
})

// What the types refuse: never called.
void (() => {
  const rows = null! as Tensor<[6, 5], 'f32', 'stopped'>
  const labels = null! as Tensor<[6], 'i32', 'stopped'>
  const encoder = sequential(m.linear(5, 8), relu)
  const labelled = m.supervised({ encoder, classifier: m.linear(8, 3) })
  const unlabelled = m.simclr({ encoder, projector: m.linear(8, 4) })
  const optimizer = m.sgd({ learningRate: 1 })
  m.train(labelled, optimizer, [rows], { labels })
  // @ts-expect-error labels are missing
  m.train(labelled, optimizer, [rows])
  m.train(unlabelled, optimizer, [rows, rows])
  // @ts-expect-error input has 8 features, layer expects 9
  m.simclr({ encoder, projector: m.linear(9, 4) })
  const narrow = m.linear(8, 4)
  // @ts-expect-error input has 4 features, layer expects 5
  m.swav({ encoder, projector: narrow, prototypes: m.prototypes(5, 7) })
})

test.run()
