/**
 * What methods have in common: an online and a target branch from views to the rows that a loss compares, with every
 * feature augmentation in its place on the way. A method adds its heads and its formula.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { mean, normalize } from '../../compiler/language/math.js'
import { type Builder, twin } from '../../compiler/language/module.js'
import { add, mul, reshape, sub, take } from '../../compiler/ops/index.js'
import type { Shape } from '../../compiler/types/shape.js'
import {
  type AtSite,
  type Augmentations,
  apart,
  type Copies,
  checkSites,
  copiesOf,
  type Encode,
  through,
  together,
} from '../augment/copies.js'
import { architectures, type FeatureAugmentation, type Side } from '../augment/feature.js'
import { same, stopped } from '../augment/flow.js'
import type { Mixture } from '../augment/operators/operator.js'
import { shuffled } from '../layers.js'
import type { Schedule } from '../schedules.js'
import type { Batch, Matrix, Scalar, Vector } from '../tensors.js'
import { type Encoder, follow, type Head } from './method.js'

/** What a head does with rows. */
type OnRows = (x: Matrix) => Matrix

/** A view on one side of a pair. */
export interface Branch {
  /** Of every copy: rows `[N, D]` that the loss compares. */
  readonly compared: readonly Matrix[]
  /** The main copy's projection `[N, P]` before anything is placed there: for queues and metrics. */
  readonly projection: Matrix
  /** Of every copy: the mixture that it is, where it is compared with both targets. */
  readonly mixtures: readonly (Mixture | undefined)[]
  /** Of every copy, where `maps` asks for them: the encoder's last feature maps `[N, C, H, W]` (or tokens) with all that is placed there. */
  readonly maps: readonly Batch[]
}

/** The parts of a method, once their sizes have been checked at its door. */
export interface Parts<E extends Encoder = Encoder> {
  readonly encoder: E
  /** None: the loss takes pooled features. */
  readonly projector?: Head
  /** After the projector, on the online side only. */
  readonly predictor?: Head
  /** From the compared rows to scores, which the loss then takes instead. */
  readonly prototypes?: Head
  readonly augment?: Augmentations
}
/** The encoder, the augmentations and the named heads out of what a method was given, which may be more. */
export const partsOf = <E extends Encoder>(
  given: { readonly encoder: E },
  ...heads: readonly ('projector' | 'predictor' | 'prototypes')[]
): Parts<E> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name, part]) => part !== undefined && ['encoder', 'augment', ...heads].includes(name as never),
    ),
  ) as never as Parts<E>

/** How `branches` builds the two sides of a method. */
export interface BranchOptions<E extends Encoder = Encoder> extends Parts<E> {
  /**
   * What targets are: `'online'`, the same network with its gradient; `'stopped'`, the same without; or, with the momentum
   * of a target network, that network's, without gradient. `'none'`: the loss compares what is told of an image with the image itself,
   * or with its label, and augmentations can be placed on the online side only.
   */
  readonly target: 'online' | 'stopped' | 'none' | { readonly momentum: number | Schedule }
  /** The loss compares unit rows. */
  readonly unit: boolean
  /** The loss has negatives that augmentations can change. */
  readonly negatives?: boolean
  /** The loss is of a classifier's scores, which augmentations can change. */
  readonly scores?: boolean
  /** Both views of a pair go through encoder and projector as one batch. */
  readonly joint?: boolean | undefined
  /** The target encoder sees the batch shuffled: `shuffled` batch norm. */
  readonly shuffle?: boolean | undefined
  /** Branches also have the values of the encoder's last site before `pooled`. Neither with `joint` nor with `shuffle`. */
  readonly maps?: boolean
  /** The loss compares rows of pooled features, or what heads make of them. Default true. */
  readonly rows?: boolean
  /** What the online side sees of an image, at a site of the encoder: `x` is the value there for `view`. */
  readonly hide?: { readonly at: string; readonly seen: (x: Batch, view: Batch) => Batch }
}

/** The online and the target side of a method, as `branches` builds them. */
export interface Branches<E extends Encoder = Encoder> {
  /** For evaluation. */
  readonly encoder: E
  /** The feature augmentations and how often each is drawn. */
  readonly copies: Copies
  /** What sentences call the method. */
  readonly name: string
  /** Both branches of one loss. Parts that several copies or views have in common are built once in it. */
  pass(): { readonly online: (view: Batch) => Branch; readonly target: (view: Batch) => Branch }
  /** Both branches at once, from views that go through the networks as one batch. Only where asked for. */
  readonly joint?: ((one: Batch, two: Batch) => Pair) | undefined
  /**
   * Weighted over copies: the mean of `loss` over `pairs`, given the compared rows of both sides after what is placed on
   * pairs (or their scores), the number of the copy, and the pair. A loss is a number, or one per row `[N]`, which copies that are
   * compared with both targets need. Throws `ShapeError` where they have none.
   */
  over(pairs: readonly Pair[], loss: PairLoss): Scalar
  /** What heads make of other rows of features: projections, unit rows if those are compared, and scores if there are prototypes. */
  headed(side: Side, features: Matrix): Matrix
  /** Scores of compared rows on the target side. */
  targetScores(rows: Matrix): Matrix
  /** Moves the target network, if there is one. */
  follow(): void
}
export type PairLoss = (q: Matrix, k: Matrix, copy: number, pair: Pair) => Scalar | Vector
/** One query with its key: what a loss compares. */
export interface Pair {
  /** The online side. */
  readonly q: Branch
  /** The target side. */
  readonly k: Branch
}

/**
 * Mounts the networks of a method under `encoder`, `projector`, `predictor`, `target.encoder`, ... Pairs of views come from
 * `crossed` (every view as a query) or `first`; `over` makes the loss of them.
 */
export function branches<E extends Encoder>(name: string, { use }: Builder, options: BranchOptions<E>): Branches<E> {
  const encoder = use('encoder', options.encoder)
  const projector = options.projector && use('projector', options.projector)
  const predictor = options.predictor && use('predictor', options.predictor)
  const prototypes = options.prototypes && use('prototypes', options.prototypes)
  const copies = copiesOf(options.augment, use)
  const { target, unit } = options
  checkSites(name, options.augment, [
    ...(encoder.sites ?? []).filter(site => site !== 'pooled'),
    ...(options.rows === false ? [] : ['pooled']),
    ...(projector ? ['projection'] : []),
    ...(predictor ? ['prediction'] : []),
    ...(unit ? ['unit'] : []),
    ...(options.negatives ? ['negatives'] : []),
    ...(options.scores ? ['scores'] : []),
  ])
  checkArchitectures(name, options.augment, predictor !== undefined)
  if (options.target === 'none') checkOnline(name, options.augment)
  const own = typeof target === 'object'
  const targetEncoder = own ? use('target.encoder', twin(options.encoder)) : encoder
  const targetProjector = own && options.projector ? use('target.projector', twin(options.projector)) : projector
  const targetPrototypes = own && options.prototypes ? use('target.prototypes', twin(options.prototypes)) : prototypes

  const seen = options.maps ? lastMaps(name, encoder) : undefined
  const network = (encode: Encode, project: OnRows, side: Side = 'online') => {
    const watched = seen ? seen.watch(encode) : encode
    const seeing = side === 'online' && options.hide ? hiding(name, watched, encoder.sites, options.hide) : watched
    return { encode: copies.encoding(seeing), project: through(project) }
  }
  /** What a side makes of its projections, of which each copy may be a mixture already. */
  const finishing = (side: Side, predict: OnRows | undefined, done: typeof same) => {
    const predictions = through(predict ?? same)
    return (pooled: readonly Matrix[], projected: readonly Matrix[]): Branch => {
      const placed = copies.apply('projection', side, projected)
      const predicted = predict ? copies.apply('prediction', side, predictions(placed)) : placed
      const rows = unit ? copies.apply('unit', side, through(x => normalize(x))(predicted)) : predicted
      return {
        compared: rows.map(done),
        projection: projected[0]!,
        maps: seen ? pooled.map(x => done(seen.of(copies.encoded(x)))) : [],
        mixtures: rows.map((row, i) => {
          const made = new Set([pooled[i]!, placed[i]!, predicted[i]!, row].flatMap(x => copies.mixture(x) ?? []))
          if (made.size > 1) throw new ShapeError(`${name}: a query is mixed twice, so it has more than two targets`)
          return [...made][0]
        }),
      }
    }
  }
  const sides = () => ({
    online: finishing('online', predictor, same),
    target: finishing('target', undefined, target === 'online' ? same : stopped),
  })
  const branch =
    ({ encode, project }: ReturnType<typeof network>, side: Side, finish: ReturnType<typeof finishing>) =>
    (view: Batch): Branch => {
      const [pooled] = encode([{ side, view }])
      return finish(pooled!, project(pooled!))
    }
  return {
    name,
    encoder,
    copies,
    headed(side, features) {
      const mine = side === 'online'
      const projected = ((mine ? projector : targetProjector) ?? same)(features)
      const rows = mine && predictor ? predictor(projected) : projected
      return ((mine ? prototypes : targetPrototypes) ?? same)(unit ? normalize(rows) : rows)
    },
    targetScores: rows => (targetPrototypes ?? same)(rows),
    pass() {
      const { online, target } = sides()
      const trained = network(encoder, projector ?? same)
      const followed = () =>
        network(options.shuffle ? shuffled(targetEncoder as Encoder) : targetEncoder, targetProjector ?? same, 'target')
      return {
        online: branch(trained, 'online', online),
        target: branch(own ? followed() : trained, 'target', target),
      }
    },
    joint: options.joint
      ? (one, two) => {
          const { encode, project } = network(encoder, projector ?? same)
          const [q, k] = encode([
            { side: 'online', view: one },
            { side: 'target', view: two },
          ])
          // Copies that are the same on both sides are one batch.
          const batches = new Map<Matrix, Map<Matrix, Matrix>>()
          const projected = q!.map((rows, copy) => {
            const others = batches.get(rows) ?? new Map<Matrix, Matrix>()
            batches.set(rows, others)
            const other = k![copy]!
            const batch = others.get(other) ?? together([rows, other])
            others.set(other, batch)
            return apart(project([batch])[0]!, 2)
          })
          const { online, target } = sides()
          const of = (side: 0 | 1) => projected.map(each => each[side]!)
          return { q: online(q!, of(0)), k: target(k!, of(1)) }
        }
      : undefined,
    over: (pairs, loss) =>
      copies.weighted(copy =>
        meanOf(
          pairs.map(given => {
            const { q, k } = given
            const pair = copies.compared(copy, q.compared[copy]!, k.compared[copy]!)
            const against = (keys: Matrix) =>
              loss((prototypes ?? same)(pair.q), (targetPrototypes ?? same)(keys), copy, given)
            const mixture = q.mixtures[copy]
            const plain = () => {
              const one = against(pair.k)
              return perRow(one) ? mean(one) : one
            }
            const value = mixture ? shared(name, mixture, pair.k, against) : plain()
            return pair.penalty ? add(value, pair.penalty) : value
          }),
        ),
      ),
    follow() {
      if (!own) return
      follow(targetEncoder, encoder, target.momentum)
      if (projector) follow(targetProjector!, projector, target.momentum)
      if (prototypes) follow(targetPrototypes!, prototypes, target.momentum)
    },
  }
}

/** An encoder that sees what `hide` leaves, before anything else is placed there. */
function hiding(
  name: string,
  encode: Encode,
  sites: readonly string[] = [],
  { at, seen }: NonNullable<BranchOptions['hide']>,
): Encode {
  if (!sites.includes(at))
    throw new ShapeError(`${name} hides ${at} of an image: it takes an encoder with the site ${at}, a vit`)
  return (view, placed = {}) => {
    const visible = (x: Batch) => {
      const left = seen(x, view)
      return placed[at]?.(left) ?? left
    }
    return encode(view, { ...placed, [at]: visible })
  }
}

/** Throws `ShapeError` where an augmentation is placed on a target that there is not. */
function checkOnline(name: string, augmentations: Augmentations = []): void {
  for (const { branch, label } of [augmentations].flat() as FeatureAugmentation[])
    if (branch !== 'online') throw new ShapeError(`${name} has no target for ${label}: place it on the branch online`)
}

/** Keeps the values of an encoder's last site before `pooled`, by the pooled features that they became. */
function lastMaps(name: string, { sites = [] }: Encoder) {
  const site = sites.filter(site => site !== 'pooled').at(-1)
  if (!site)
    throw new ShapeError(`${name} compares the encoder's feature maps, and this encoder has no site before pooled`)
  const maps = new WeakMap<Matrix, Batch>()
  return {
    watch:
      (encode: Encode): Encode =>
      (views, at = {}) => {
        let last!: Batch
        const keep: AtSite = x => {
          last = at[site]?.(x) ?? x
          return last
        }
        const pooled = encode(views, { ...at, [site]: keep })
        maps.set(pooled, last)
        return pooled
      },
    of: (pooled: Matrix) => maps.get(pooled)!,
  }
}

/** Throws `ShapeError` where an augmentation stands in an architecture that the method does not have. */
function checkArchitectures(name: string, augmentations: Augmentations = [], predictor: boolean): void {
  for (const { architecture, label } of [augmentations].flat() as FeatureAugmentation[])
    if (architecture && architectures[architecture].predictor !== predictor)
      throw new ShapeError(
        predictor
          ? `${name} has a predictor, and the architecture ${architecture} of ${label} has none: use serial, parallel or both`
          : `${name} has no predictor, which the architecture ${architecture} of ${label} needs: give it one, or use basic`,
      )
}

/**
 * The pairs of a loss: both orders of the views (`crossed`), or the first view as the query of the second, which makes a pair of
 * a strong and a weak view asymmetric.
 */
export const pairsOf = (networks: Branches, views: readonly Batch[], symmetric: boolean): Pair[] =>
  symmetric ? crossed(networks, views) : [first(networks, views)]

/** The first view as the query of the second. */
export function first({ name, pass, joint }: Branches, views: readonly Batch[]): Pair {
  const [one, two] = views
  if (!(one && two) || views.length > 2) throw new ShapeError(`${name} takes two views, got ${views.length}`)
  if (joint) return joint(one, two)
  const { online, target } = pass()
  return { q: online(one), k: target(two) }
}

/** Every view as a query against the targets of the first two, itself excepted: `(1, 2), (2, 1), (3, 1), (3, 2), ...` */
export function crossed({ pass }: Branches, views: readonly Batch[]): Pair[] {
  const { online, target } = pass()
  const [queries, keys] = [views.map(online), views.slice(0, 2).map(target)]
  return queries.flatMap((q, i) => keys.flatMap((k, j) => (i === j ? [] : [{ q, k }])))
}

const perRow = (loss: Scalar | Vector): loss is Vector => loss.shape.length === 1

/** The mean of `(1 - w) L(q, k_i) + w L(q, k_pi(i))` over rows. */
function shared(name: string, { partner, share }: Mixture, keys: Matrix, against: (keys: Matrix) => Scalar | Vector) {
  const [own, other] = [against(keys), against(take(keys, partner, 0))]
  if (!(perRow(own) && perRow(other)))
    throw new ShapeError(
      `${name} has one loss for the batch, not one per row, of which parts could count: leave targets out of its mixtures`,
    )
  const w = reshape(share, own.shape as number[])
  return mean(add(mul(own, sub(1, w)), mul(other, w)))
}

export const meanOf = <S extends Shape>(values: readonly Tensor<S, 'f32'>[]): Tensor<S, 'f32'> => {
  const total = values.reduce((sum, value) => add(sum, value))
  return values.length === 1 ? total : mul(total, 1 / values.length)
}
