/**
 * Feature augmentation: data augmentation in feature space, between the parts of a method. One framework with
 * orthogonal parameters: which operator, at which site, on which branch, with which gradient flow, instead of or
 * beside the clean feature. A method threads `Copies` of its features through its heads and never asks for details.
 */
import { type Tensor, type Untyped, withScope } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { add, mul, stopGradient, straightThrough } from '../../compiler/ops/index.js'
import type { Operator } from './operators/operator.js'

/** Where: on the encoder's pooled feature `[N, F]`, or on the projection `[N, P]` (before it is scaled to a unit row). */
export type Site = 'pooled' | 'projection'
/** One side of a pair: the one that trains (query, prediction), or the one that it is compared with (key, target). */
export type Side = 'online' | 'target'
/**
 * What gradient reaches the clean feature `x` through its augmented copy `a`:
 * `'full'`: that of `a` itself. `'stopped'`: none. `'straight-through'`: that of the identity, the value being `a`.
 */
export type Flow = 'full' | 'stopped' | 'straight-through'
/** `'replace'`: the augmented copy stands for the feature. `'add'`: its loss is added to the clean one, times `weight`. */
export type Compose = 'replace' | 'add'

/**
 * Combinations that mean something. Targets carry no gradient, so their flow is `'stopped'`. A copy that stops the
 * gradient and replaces the online feature would leave the encoder without any: beside the clean feature
 * (`compose: 'add'`) it trains the parts after the site, and the clean path the encoder.
 */
export type Placement =
  | {
      readonly at: Site
      readonly branch: 'online' | 'both'
      readonly flow?: 'full' | 'straight-through'
      readonly compose?: 'replace'
      readonly weight?: never
    }
  | {
      readonly at: Site
      readonly branch: 'online' | 'both'
      readonly flow?: Flow
      readonly compose: 'add'
      readonly weight?: number
    }
  | {
      readonly at: Site
      readonly branch: 'target'
      readonly flow?: 'stopped'
      readonly compose?: 'replace'
      readonly weight?: never
    }
  | {
      readonly at: Site
      readonly branch: 'target'
      readonly flow?: 'stopped'
      readonly compose: 'add'
      readonly weight?: number
    }

export interface FeatureAugmentation {
  readonly operator: Operator
  readonly at: Site
  readonly branch: Side | 'both'
  readonly flow: Flow
  readonly compose: Compose
  /** Of the augmented loss, where it is added. */
  readonly weight: number
  /** One line for reports. */
  readonly label: string
}

/**
 * `augment(gaussianNoise({ cosine: 0.95 }), { at: 'projection', branch: 'online', flow: 'full' })`: an argument of
 * `simsiam` and `moco`. Branches and views draw independently. Defaults: flow `'full'` (targets: `'stopped'`), compose
 * `'replace'`, weight 1. Throws `ShapeError` for combinations that `Placement` rules out.
 */
export function augment(operator: Operator, placement: Placement): FeatureAugmentation {
  const { at, branch, flow = branch === 'target' ? 'stopped' : 'full', compose = 'replace' } = placement
  const weight = 'weight' in placement && placement.weight !== undefined ? placement.weight : 1
  const known = (what: string, value: string, among: readonly string[]) => {
    if (!among.includes(value)) throw new ShapeError(`augment: ${what} must be ${among.join(' or ')}, got ${value}`)
  }
  known('at', at, ['pooled', 'projection'])
  known('branch', branch, ['online', 'target', 'both'])
  known('flow', flow, ['full', 'stopped', 'straight-through'])
  known('compose', compose, ['replace', 'add'])
  if (branch === 'target' && flow !== 'stopped')
    throw new ShapeError(
      `augment: no gradient flows into targets, so flow must be stopped on branch target, got ${flow}`,
    )
  if (branch !== 'target' && flow === 'stopped' && compose === 'replace')
    throw new ShapeError(
      `augment: a stopped copy in place of the ${branch === 'both' ? 'online' : branch} feature leaves the encoder without gradient: use compose add, or flow full or straight-through`,
    )
  if (!(weight > 0)) throw new ShapeError(`augment: weight must be positive, got ${weight}`)
  const beside = compose === 'add' ? `, added with weight ${weight}` : ''
  return {
    operator,
    at,
    branch,
    flow,
    compose,
    weight,
    label: `${operator.label} at ${at}, ${branch}, ${flow}${beside}`,
  }
}

/** The augmented copy `a` of `x` with the gradient that `flow` says. */
export function withFlow(flow: Flow, x: Untyped, a: Untyped): Untyped {
  if (flow === 'stopped') return stopGradient(a)
  return flow === 'full' ? a : straightThrough(a, x)
}

/**
 * The features that a method carries from its encoder to its loss. Copy 0 is the main one; each augmentation composed
 * by `'add'` has one more, so that losses are paired copy by copy. Copies that no augmentation has told apart yet are
 * the same node, and `through` computes them once.
 */
export interface Copies {
  /** Of each copy in the loss; the main one has 1. */
  readonly weights: readonly number[]
  /** Every copy of a feature before the first site. */
  of(x: Untyped): Untyped[]
  /** The copies after a site, on one side of a pair: unchanged where nothing is placed there. */
  apply(at: Site, side: Side, copies: readonly Tensor[]): Untyped[]
}

export function copiesOf(augmentations: FeatureAugmentation | readonly FeatureAugmentation[] = []): Copies {
  const all = [augmentations].flat() as FeatureAugmentation[]
  const added = all.filter(({ compose }) => compose === 'add')
  const weights = [1, ...added.map(({ weight }) => weight)]
  return {
    weights,
    of: x => weights.map(() => x),
    apply(at, side, copies) {
      return all
        .filter(one => one.at === at && (one.branch === side || one.branch === 'both'))
        .reduce<Tensor[]>(
          (before, one) => {
            const copy = through(x => withScope('augment', () => withFlow(one.flow, x, one.operator(x))))
            const own = added.indexOf(one) + 1
            return before.map((x, i) => (own === 0 || i === own ? copy([x])[0]! : x))
          },
          [...copies],
        )
    },
  }
}

/** `part` applied to copies, once to each distinct one, also over several calls. */
export function through(part: (x: Untyped) => Tensor): (copies: readonly Tensor[]) => Tensor[] {
  const done = new Map<Tensor, Tensor>()
  return copies =>
    copies.map(x => {
      const known = done.get(x) ?? part(x)
      done.set(x, known)
      return known
    })
}

/** The weighted sum of the losses of all copies. */
export const weighted = (weights: readonly number[], loss: (copy: number) => Tensor): Tensor<[], 'f32'> =>
  weights
    .map((weight, copy): Untyped => (weight === 1 ? loss(copy) : mul(loss(copy), weight)))
    .reduce((sum, one) => add(sum, one))
