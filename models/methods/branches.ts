/**
 * What methods have in common: an online and a target branch from views to the rows that a loss compares, with every
 * feature augmentation in its place on the way. A method adds its heads and its formula.
 */
import type { Stopped, Untyped } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { normalize } from '../../compiler/language/math.js'
import { type Builder, twin } from '../../compiler/language/module.js'
import { stepVariable } from '../../compiler/language/program.js'
import { add, concat, mul, slice, stopGradient } from '../../compiler/ops/index.js'
import { type Augmentations, type Copies, checkSites, copiesOf, through } from '../augment/copies.js'
import type { Side } from '../augment/feature.js'
import { shuffled } from '../layers.js'
import { at, type Schedule } from '../schedules.js'
import { type Encoder, follow, type Head } from './method.js'

/** A view on one side of a pair. */
export interface Branch {
  /** Of every copy: rows `[N, D]` that the loss compares. */
  readonly compared: readonly Untyped[]
  /** The main copy's projection `[N, P]` before anything is placed there: for queues and metrics. */
  readonly projection: Untyped
}

/** The parts of a method, once their sizes have been checked at its door. */
export interface Parts {
  readonly encoder: Encoder
  /** None: the loss takes pooled features. */
  readonly projector?: Head
  /** After the projector, on the online side only. */
  readonly predictor?: Head
  /** From the compared rows to scores, which the loss then takes instead. */
  readonly prototypes?: Head
  readonly augment?: Augmentations
}
/** The encoder, the augmentations and the named heads out of what a method was given, which may be more. */
export const partsOf = (given: object, ...heads: readonly ('projector' | 'predictor' | 'prototypes')[]): Parts =>
  Object.fromEntries(
    Object.entries(given).filter(([name, part]) => part && ['encoder', 'augment', ...heads].includes(name as never)),
  ) as never as Parts

export interface BranchOptions extends Parts {
  /**
   * What targets are: `'online'`, the same network with its gradient; `'stopped'`, the same without; or, with the momentum
   * of a target network, that network's, without gradient.
   */
  readonly target: 'online' | 'stopped' | { readonly momentum: number | Schedule }
  /** The loss compares unit rows. */
  readonly unit: boolean
  /** The loss has negatives that augmentations can change. */
  readonly negatives?: boolean
  /** Both views of a pair go through encoder and projector as one batch. */
  readonly joint?: boolean | undefined
  /** The target encoder sees the batch shuffled: `shuffled` batch norm. */
  readonly shuffle?: boolean | undefined
}

export interface Branches {
  /** For evaluation. */
  readonly encoder: (x: Untyped) => Untyped
  readonly copies: Copies
  readonly name: string
  /** Both branches of one loss. Parts that several copies or views have in common are built once in it. */
  pass(): { readonly online: (view: Untyped) => Branch; readonly target: (view: Untyped) => Branch }
  /** Both branches at once, from views that share their batch statistics. Only where asked for. */
  readonly joint?: ((one: Untyped, two: Untyped) => Pair) | undefined
  /**
   * Weighted over copies: the mean of `loss` over `pairs`, given the compared rows of both sides after what is placed on
   * pairs (or their scores), and the number of the copy.
   */
  over(pairs: readonly Pair[], loss: PairLoss): Untyped
  /** Scores of compared rows on the target side. */
  targetScores(rows: Untyped): Untyped
  /** Moves the target network, if there is one. */
  follow(): void
}
export type PairLoss = (q: Untyped, k: Untyped, copy: number) => Untyped
export interface Pair {
  readonly q: Branch
  readonly k: Branch
}

/** Mounts the networks under `encoder`, `projector`, `predictor`, `target.encoder`, ... */
export function branches(name: string, { use }: Builder, options: BranchOptions): Branches {
  const encoder = use('encoder', options.encoder)
  const projector = options.projector && use('projector', options.projector)
  const predictor = options.predictor && use('predictor', options.predictor)
  const prototypes = options.prototypes && use('prototypes', options.prototypes)
  const copies = copiesOf(options.augment, use)
  const { target, unit } = options
  checkSites(name, options.augment, [
    ...(options.joint ? [] : (encoder.sites ?? [])).filter(site => site !== 'pooled'),
    'pooled',
    ...(projector ? ['projection'] : []),
    ...(predictor ? ['prediction'] : []),
    ...(unit ? ['unit'] : []),
    ...(options.negatives ? ['negatives'] : []),
  ])
  const own = typeof target === 'object'
  const targetEncoder = own ? use('target.encoder', twin(options.encoder)) : encoder
  const targetProjector = own && options.projector ? use('target.projector', twin(options.projector)) : projector
  const targetPrototypes = own && options.prototypes ? use('target.prototypes', twin(options.prototypes)) : prototypes

  const same = (x: Untyped) => x
  const branch = (
    side: Side,
    encode: (side: Side, view: Untyped) => Untyped[],
    project: (copies: readonly Untyped[]) => Untyped[],
    predict: ((x: Untyped) => Untyped) | undefined,
    done: (x: Untyped) => Untyped,
  ) => {
    const predictions = through(predict ?? same)
    return (view: Untyped): Branch => {
      const projected = project(encode(side, view))
      const placed = copies.apply('projection', side, projected)
      const predicted = predict ? copies.apply('prediction', side, predictions(placed)) : placed
      const rows = unit ? copies.apply('unit', side, through(x => normalize(x))(predicted)) : predicted
      return { compared: rows.map(done), projection: projected[0]! }
    }
  }
  const stop = (x: Untyped) => stopGradient(x)
  return {
    name,
    encoder,
    copies,
    targetScores: rows => (targetPrototypes ?? same)(rows),
    pass() {
      const [encode, project] = [copies.encoding(encoder), through(projector ?? same)]
      const [encodeTarget, projectTarget] = own
        ? [
            copies.encoding(options.shuffle ? (shuffled(targetEncoder) as Encoder) : targetEncoder),
            through(targetProjector ?? same),
          ]
        : [encode, project]
      return {
        online: branch('online', encode, project, predictor, same),
        target: branch('target', encodeTarget, projectTarget, undefined, target === 'online' ? same : stop),
      }
    },
    joint: options.joint
      ? (one, two) => {
          const rows = one.shape[0]!
          const halves = (x: Untyped) => [0, 1].map(i => slice(x, 0, i * rows, (i + 1) * rows))
          const sides = ['online', 'target'] as const
          const pooled = halves(encoder(concat(one, two, 0))).map((x, i) =>
            copies.apply('pooled', sides[i]!, copies.of(x)),
          )
          const project = (copy: number) => {
            const batch = concat(pooled[0]![copy]!, pooled[1]![copy]!, 0)
            return halves((projector ?? same)(batch))
          }
          const projected: Untyped[][] = []
          for (const copy of pooled[0]!.keys()) {
            const before = projected.findIndex((_, i) => pooled.every(side => side[i] === side[copy]))
            projected.push(projected[before] ?? project(copy))
          }
          const [q, k] = sides.map((side, i): Branch => {
            const placed = copies.apply(
              'projection',
              side,
              projected.map(half => half[i]!),
            )
            const units = unit ? copies.apply('unit', side, through(x => normalize(x))(placed)) : placed
            return { compared: units, projection: projected[0]![i]! }
          })
          return { q: q!, k: k! }
        }
      : undefined,
    over: (pairs, loss) =>
      copies.weighted(copy =>
        meanOf(
          pairs.map(({ q, k }) => {
            const pair = copies.compared(copy, q.compared[copy]!, k.compared[copy]!)
            const value = loss((prototypes ?? same)(pair.q), (targetPrototypes ?? same)(pair.k), copy)
            return pair.penalty ? add(value, pair.penalty) : value
          }),
        ),
      ),
    follow() {
      if (!own) return
      const m: Stopped<[]> = at(target.momentum, stepVariable.tensor as Untyped)
      follow(targetEncoder, encoder, m)
      if (projector) follow(targetProjector!, projector, m)
      if (prototypes) follow(targetPrototypes!, prototypes, m)
    },
  }
}

/** The first view as the query of the second. */
export function first({ name, pass, joint }: Branches, views: readonly Untyped[]): Pair {
  const [one, two] = views
  if (!(one && two) || views.length > 2) throw new ShapeError(`${name} takes two views, got ${views.length}`)
  if (joint) return joint(one, two)
  const { online, target } = pass()
  return { q: online(one), k: target(two) }
}

/** Every view as a query against the targets of the first two, itself excepted: `(1, 2), (2, 1), (3, 1), (3, 2), ...` */
export function crossed({ name, pass }: Branches, views: readonly Untyped[]): Pair[] {
  if (views.length < 2) throw new ShapeError(`${name} takes two views or more, got ${views.length}`)
  const { online, target } = pass()
  const [queries, keys] = [views.map(online), views.slice(0, 2).map(target)]
  return queries.flatMap((q, i) => keys.flatMap((k, j) => (i === j ? [] : [{ q, k }])))
}

export const meanOf = (values: readonly Untyped[]) => {
  const total = values.reduce((sum, value) => add(sum, value))
  return values.length === 1 ? total : mul(total, 1 / values.length)
}
