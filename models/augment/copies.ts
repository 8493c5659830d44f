/**
 * The copies of its features that a method carries from its encoder to its loss. The first is the main one; each
 * augmentation that is composed by `'add'` or `'blend'` has copies of its own beside it, and one that replaces with
 * several copies splits those there are. Losses are paired copy by copy. Copies that nothing has told apart yet are the
 * same node, and everything that works on them is built once.
 */
import { type Tensor, withScope } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { mean, normalize } from '../../compiler/language/math.js'
import { type Module, variablesOf } from '../../compiler/language/module.js'
import { holding, redrawn } from '../../compiler/language/trace.js'
import { add, concatAll, mul, slice } from '../../compiler/ops/index.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Negatives } from '../losses.js'
import type { Head } from '../methods/method.js'
import type { Batch, Matrix, Scalar, Vector } from '../tensors.js'
import { augmented, augmentedNegatives, augmentedPair, augmentedScores } from './apply.js'
import { type FeatureAugmentation, rowSites, type Side } from './feature.js'
import { type Apply, type Compared, type Mixture, moduleOf } from './operators/operator.js'

/** One augmentation or several; in the order in which they are applied at a site. */
export type Augmentations = FeatureAugmentation | readonly FeatureAugmentation[]

/** What an augmentation makes of the value at a site of an encoder. */
export type AtSite = (x: Batch) => Batch
/** An encoder as branches call it: their sizes have been checked at the method's door. */
export type Encode = (views: Batch, at?: Readonly<Record<string, AtSite>>) => Matrix

interface Lane {
  /** Of this copy in the loss. */
  readonly weight: number
  /** The augmentation that this copy is there for; none for those that stand for the clean feature. */
  readonly own?: FeatureAugmentation
  /** Which of its copies this is, for every augmentation that has several. */
  readonly draw: ReadonlyMap<FeatureAugmentation, number>
}

export interface Copies {
  /** Every copy of a feature before the first site. */
  of<T extends Tensor>(x: T): T[]
  /** The weighted sum of the loss of every copy. */
  weighted(loss: (copy: number) => Scalar): Scalar
  /**
   * A function from the views of sides, which go through the encoder as one batch, to the pooled features of every copy of
   * each, with what is placed at the encoder's stages and on the pooled feature. It builds what sides and copies have in
   * common once.
   */
  encoding(encoder: Encode): (parts: readonly { readonly side: Side; readonly view: Batch }[]) => Matrix[][]
  /** The copies after a site: unchanged where nothing is placed there. */
  apply(site: (typeof rowSites)[number], side: Side, copies: readonly Matrix[]): Matrix[]
  /** What the encoder gave for a pooled feature of `encoding`, before anything was placed on it. */
  encoded(pooled: Matrix): Matrix
  /** The mixture that `apply` or `encoding` made this feature to be, where both its targets count. */
  mixture(x: Tensor): Mixture | undefined
  /** Both sides of a pair after what is placed on pairs; `penalty`, a scalar, is added to the loss. */
  compared(copy: number, q: Matrix, k: Matrix): Omit<Compared, 'penalty'> & { readonly penalty?: Scalar }
  /** What the query is told apart from, after what is placed on negatives; operators on rows leave unit rows. */
  negatives(copy: number, q: Matrix, rows: Matrix): Negatives
  /**
   * The scores `[N, C]` that `classifier` gives rows `[N, D]` of these labels, after what is placed on scores. Throws `ShapeError` where
   * there is something, and the classifier is not linear.
   */
  scores(copy: number, classifier: Head, rows: Matrix, labels: Vector<'i32'>): Matrix
}

/** `use` mounts the operators that have variables, as `augment0`, `augment1`, ... in order of the list. */
export function copiesOf(
  augmentations: Augmentations = [],
  use: <M>(name: string, child: M) => M = (_, child) => child,
): Copies {
  const all = [augmentations].flat() as FeatureAugmentation[]
  const applies = new Map(
    all.map((one, i) => [one, moduleOf(one.operator) ? use(`augment${i}`, one.operator.apply) : one.operator.apply]),
  )
  const lanes = lanesOf(all)
  const on = (lane: Lane, one: FeatureAugmentation): boolean => one.compose === 'replace' || lane.own === one
  const at = (site: string, side: Side, lane: Lane): FeatureAugmentation[] =>
    all.filter(
      one =>
        one.at === site &&
        one.operator.kind !== 'pair' &&
        (one.branch === side || one.branch === 'both') &&
        on(lane, one),
    )
  /** Tells apart the copies that have been drawn by themselves. */
  const tag = (lane: Lane, one: FeatureAugmentation, side?: Side): string =>
    [all.indexOf(one), lane.draw.get(one) ?? 0, one.draws === 'shared' ? '' : side].join('.')
  const draw = <T>(lane: Lane, one: FeatureAugmentation, body: () => T): T =>
    withScope('augment', () => (one.draws === 'shared' ? redrawn(`augment${tag(lane, one)}`, body) : body()))
  const mixtures = new WeakMap<Tensor, Mixture>()
  const origins = new WeakMap<Matrix, Matrix>()
  const augment = <S extends Shape>(lane: Lane, one: FeatureAugmentation, x: Tensor<S, 'f32'>): Tensor<S, 'f32'> => {
    const { x: copy, mixture } = draw(lane, one, () => augmented(one, applies.get(one) as Apply['channels'], x))
    if (mixture) mixtures.set(copy, mixture)
    return copy
  }

  const apply: Copies['apply'] = (site, side, copies) => {
    const made = new Map<Matrix, Map<string, Matrix>>()
    return copies.map((x, i) =>
      at(site, side, lanes[i]!).reduce((value, one) => {
        const known = made.get(value) ?? new Map<string, Matrix>()
        made.set(value, known)
        const key = tag(lanes[i]!, one)
        const copy = known.get(key) ?? augment(lanes[i]!, one, value)
        known.set(key, copy)
        return copy
      }, x),
    )
  }
  return {
    of: x => lanes.map(() => x),
    weighted: loss =>
      lanes
        .map(({ weight }, copy) => (weight === 1 ? loss(copy) : mul(loss(copy), weight)))
        .reduce((sum, one) => add(sum, one)),
    apply,
    mixture: x => mixtures.get(x),
    encoded: pooled => origins.get(pooled) ?? pooled,
    encoding(encoder) {
      const stages = [...new Set(all.map(one => one.at))].filter(site => !isRowSite(site))
      const passes = new Map<Batch, Map<string, Matrix[]>>()
      return parts => {
        const batch = together(parts.map(({ view }) => view))
        const made = passes.get(batch) ?? new Map<string, Matrix[]>()
        passes.set(batch, made)
        const pooled = lanes.map(lane => {
          const key = stages
            .flatMap(site => parts.flatMap(({ side }) => at(site, side, lane).map(one => tag(lane, one, side))))
            .join()
          const found: (Mixture | undefined)[] = parts.map(() => undefined)
          const placed = (site: string) => (x: Batch) =>
            together(
              apart(x, parts.length).map((rows, i) => {
                const copy = at(site, parts[i]!.side, lane).reduce((value, one) => augment(lane, one, value), rows)
                found[i] ??= mixtures.get(copy)
                return copy
              }),
            )
          const busy = stages.filter(site => parts.some(({ side }) => at(site, side, lane).length > 0))
          const encode = () =>
            apart(encoder(batch, Object.fromEntries(busy.map(site => [site, placed(site)]))), parts.length)
          // A further pass shares the stages before its site with the first, whose running statistics have moved already.
          const value = made.get(key) ?? (made.size > 0 ? holding(encode) : encode())
          if (!made.has(key)) for (const [i, mixture] of found.entries()) if (mixture) mixtures.set(value[i]!, mixture)
          made.set(key, value)
          return value
        })
        return parts.map(({ side }, i) => {
          const given = pooled.map(each => each[i]!)
          const placed = apply('pooled', side, given)
          for (const [copy, x] of placed.entries()) if (x !== given[copy]) origins.set(x, given[copy]!)
          return placed
        })
      }
    },
    compared(copy, q, k) {
      const { penalty, ...pair } = all
        .filter(one => one.operator.kind === 'pair' && on(lanes[copy]!, one))
        .reduce<Compared>(
          (pair, one) => draw(lanes[copy]!, one, () => augmentedPair(one, applies.get(one) as Apply['pair'], pair)),
          { q, k },
        )
      return penalty ? { ...pair, penalty: mean(penalty) } : pair
    },
    negatives(copy, q, rows) {
      const lane = lanes[copy]!
      let negatives: Negatives = { shared: rows }
      for (const one of all.filter(one => one.at === 'negatives')) {
        const given = negatives
        negatives =
          one.operator.kind === 'negatives'
            ? draw(lane, one, () => augmentedNegatives(one, applies.get(one) as Apply['negatives'], given, q))
            : Object.assign({}, given, { shared: normalize(augment(lane, one, given.shared)) })
      }
      return negatives
    },
    scores(copy, classifier, features, labels) {
      const lane = lanes[copy]!
      const scores = classifier(features) as Matrix
      const placed = all.filter(one => one.operator.kind === 'scores' && on(lane, one))
      if (placed.length === 0) return scores
      const given = { features, labels, weight: weightOf(classifier, features, scores, placed[0]!.label) }
      return placed.reduce<Matrix>(
        (scores, one) =>
          draw(lane, one, () => augmentedScores(one, applies.get(one) as Apply['scores'], { ...given, scores })),
        scores,
      )
    },
  }
}

/** The weight `[C, D]` of a classifier whose scores of `rows` are their product with it, and a bias where there is one. */
function weightOf(classifier: Module, rows: Tensor, scores: Tensor, label: string): Matrix {
  const variables = variablesOf(classifier)
  const weight = variables.find(({ tensor }) => tensor.shape.length === 2)?.tensor
  const isProduct = ({ operation, operands }: Tensor): boolean =>
    operation.name === 'dot'
      ? operands.includes(rows) && operands.includes(weight!)
      : operation.name === 'add' && operands.some(isProduct)
  if (weight && variables.length <= 2 && isProduct(scores)) return weight as Matrix
  const names = variables.map(({ name, tensor }) => `${name} [${tensor.shape.join(', ')}]`)
  throw new ShapeError(
    `${label} takes a linear classifier, one weight [classes, features] and maybe a bias: this one has ${names.join(', ')}, or does more than multiply`,
  )
}

/** Rows as one batch, and a batch as equal parts again. */
export const together = <R extends Shape>(parts: readonly Tensor<[Dim, ...R], 'f32'>[]): Tensor<[Dim, ...R], 'f32'> =>
  parts.length === 1 ? parts[0]! : concatAll(parts, 0)
export function apart<R extends Shape>(x: Tensor<[Dim, ...R], 'f32'>, count: number): Tensor<[Dim, ...R], 'f32'>[] {
  if (count === 1) return [x]
  const rows = x.shape[0]! / count
  return Array.from({ length: count }, (_, i) => slice(x, 0, i * rows, (i + 1) * rows))
}

/** Whether a site is none of the encoder. */
const isRowSite = (site: string): boolean =>
  (rowSites as readonly string[]).includes(site) || site === 'negatives' || site === 'scores'

function lanesOf(all: readonly FeatureAugmentation[]): Lane[] {
  const beside = all.filter(({ compose }) => compose !== 'replace')
  const clean = beside.reduce((weight, one) => weight * (one.compose === 'blend' ? 1 - one.weight : 1), 1)
  const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
  const first: Lane[] = [
    { weight: clean, draw: new Map() },
    ...beside.flatMap(one =>
      range(one.copies).map(i => ({ weight: one.weight / one.copies, own: one, draw: new Map([[one, i]]) })),
    ),
  ]
  return all
    .filter(one => one.compose === 'replace' && one.copies > 1)
    .reduce(
      (lanes, one) =>
        lanes.flatMap(lane =>
          range(one.copies).map(i => ({
            ...lane,
            weight: lane.weight / one.copies,
            draw: new Map([...lane.draw, [one, i]]),
          })),
        ),
      first,
    )
}

/** Throws `ShapeError` where an augmentation stands at a site that the method, or its encoder, does not have. */
export function checkSites(method: string, augmentations: Augmentations = [], sites: readonly string[]): void {
  for (const { at, label } of [augmentations].flat() as FeatureAugmentation[])
    if (!sites.includes(at))
      throw new ShapeError(`${method} has no site ${at} for ${label}: its sites are ${sites.join(', ')}`)
}

/** `part` applied to copies, once to each distinct one, also over several calls. */
export function through(part: (x: Matrix) => Matrix): (copies: readonly Matrix[]) => Matrix[] {
  const done = new Map<Matrix, Matrix>()
  return copies =>
    copies.map(x => {
      const known = done.get(x) ?? part(x)
      done.set(x, known)
      return known
    })
}
