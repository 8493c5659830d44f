import type { Tensor } from '../../../compiler/graph/node.js'
import { normalize, topK } from '../../../compiler/language/math.js'
import { module } from '../../../compiler/language/module.js'
import { sequential } from '../../../compiler/language/sequential.js'
import {
  abs,
  add,
  cast,
  constant,
  expandDims,
  gather,
  greater,
  mul,
  relu,
  reshape,
  slice,
  stopGradient,
  sub,
  sum,
} from '../../../compiler/ops/index.js'
import * as m from '../../../models/index.js'
import type { Method } from '../../../models/methods/method.js'

export type Any = Tensor<any, any, any>
export const [ROWS, IN, FEATURES, SIZE] = [6, 5, 8, 4]

export const CLASSES = 7
export type Kind = 'rows' | 'maps' | 'tokens'
/** One channel of 8 by 8: feature maps of two stages, or four tokens of a transformer. */
export const SIDE = 8
export const encoders: Readonly<Record<Kind, () => any>> = {
  rows: () => sequential(m.linear(IN, FEATURES), relu),
  maps: () => m.convnet({ channels: 1, width: FEATURES / 2, stages: 2 }),
  tokens: () => watched(m.vit({ channels: 1, size: SIDE, patch: 2, features: FEATURES, depth: 2, heads: 2 })),
}
/** An encoder that keeps what it is called with, so that a formula can see what a method hides. */
export const watched = (encoder: any): any => {
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
export const seenBy = ({ encoder }: Parts, call: number, view?: Any) => {
  const [given, at] = encoder.calls[call]
  let tokens!: Any
  const pooled = encoder(view ?? given, { ...at, normed: (x: Any) => (tokens = x) })
  return { pooled, tokens, patches: slice(tokens, 1, 1, tokens.shape[1]) as Any }
}
/** The whole of a view, as a momentum network sees it in its first step. */
export const wholeOf = ({ encoder }: Parts, view: Any) => {
  let tokens!: Any
  const pooled = encoder(view, { normed: (x: Any) => (tokens = x) })
  return { pooled, patches: slice(tokens, 1, 1, tokens.shape[1]) as Any }
}
/** A decoder that keeps what it is asked. */
export const asking = (decoder: any): any => {
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
export const make = (kind: Kind = 'rows') => ({
  encoder: encoders[kind](),
  dense: m.linear(FEATURES, 3) as any,
  patchHeads: { projector: m.linear(FEATURES, SIZE) as any, prototypes: m.prototypes(SIZE, CLASSES) as any },
  decoder: asking(m.tokenPredictor(FEATURES, { places: 16, width: 4, depth: 1, heads: 2, out: 4 })),
  teller: asking(m.tokenPredictor(FEATURES, { places: 16, width: 4, depth: 1, heads: 2, out: FEATURES })),
  projector: m.linear(FEATURES, SIZE) as any,
  predictor: m.predictor(SIZE, { hidden: 6 }) as any,
  prototypes: m.prototypes(SIZE, CLASSES) as any,
})
export type Parts = ReturnType<typeof make>

export interface Known {
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
export interface Given {
  readonly queue: Any
  readonly labels: Any
  readonly variable: (name: string) => Any
  readonly views: readonly Any[]
}
/** iBOT's and DINOv2's loss of the views that a watched encoder was called with: the student's, then the teacher's. */
export function distilledOf(
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

export const shared = ({ predictor: _, patchHeads: __, ...parts }: Parts & { augment?: m.FeatureAugmentation }) => ({
  ...parts,
  hidden: 0.25,
})
export const without = <P extends { predictor: unknown }>({ predictor: _, ...parts }: P) => parts
export const average = (values: readonly Any[]): Any =>
  mul(
    values.reduce((a, b) => add(a, b)),
    1 / values.length,
  )
