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
import { normalize } from '../../compiler/language/math.js'
import { parametersOf, update, variablesOf as variablesIn } from '../../compiler/language/module.js'
import { rearrange } from '../../compiler/language/pattern.js'
import { sequential } from '../../compiler/language/sequential.js'
import { holding } from '../../compiler/language/trace.js'
import { add, concat, constant, mul, relu, reshape, slice, stopGradient } from '../../compiler/ops/index.js'
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
  tokens: () => m.vit({ channels: 1, size: SIDE, patch: 4, features: FEATURES, depth: 2, heads: 2 }),
}
/** Modules that the methods are made of; each method takes those it needs. */
const make = (kind: Kind = 'rows') => ({
  encoder: encoders[kind](),
  dense: m.linear(FEATURES, 3) as any,
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
