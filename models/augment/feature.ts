import { ShapeError } from '../../compiler/graph/shape.js'
import type { Schedule } from '../schedules.js'
import { type Flow, type FlowOf, flowName, type PairFlow, traitFor } from './flow.js'
import { checkCosine, checkStrength, type Kind, type Operator, reshapes, type Solve } from './operators/operator.js'

/**
 * Where rows of features are: the encoder's result `[N, F]`; the projection `[N, P]` as the projector gives it; the
 * prediction of methods that have a predictor; and the unit rows that the loss compares.
 */
export const rowSites = ['pooled', 'projection', 'prediction', 'unit'] as const
/**
 * A place for rows of features: after the encoder (`pooled`), the projector, the predictor, or as the loss compares
 * them (`unit`).
 */
export type RowSite = (typeof rowSites)[number]
/** One side of a pair: the one that trains (query, prediction), or the one that it is compared with (key, target). */
export type Side = 'online' | 'target'
/**
 * How a feature augmentation and a predictor stand to each other, by the paper's names (arXiv 2410.12396): none (`'basic'`),
 * the augmentation on the predictor's branch (`'serial'`), on the other (`'parallel'`, of which the paper reports the largest
 * gains), or on both.
 */
export const architectures = {
  basic: { predictor: false },
  serial: { predictor: true, branch: 'online' },
  parallel: { predictor: true, branch: 'target' },
  both: { predictor: true, branch: 'both' },
} as const satisfies Record<string, { readonly predictor: boolean; readonly branch?: Side | 'both' }>
export type Architecture = keyof typeof architectures
/**
 * `'replace'`: the augmented copies stand for the feature. `'blend'`: the loss is `(1 - weight)` of the clean one and
 * `weight` of theirs. `'add'`: theirs is added to the clean one, times `weight`. The loss of several copies is their mean.
 */
export type Compose = 'replace' | 'blend' | 'add'

/** `At` where an operator of this kind may stand, otherwise the message that says why not. */
export type Place<O extends Operator, At extends string> = O['kind'] extends 'pair'
  ? At extends 'unit'
    ? At
    : 'this operator takes both sides of a pair: place it at unit'
  : O['kind'] extends 'negatives'
    ? At extends 'negatives'
      ? At
      : 'this operator makes negatives: place it at negatives'
    : O['kind'] extends 'scores'
      ? At extends 'scores'
        ? At
        : 'this operator takes a classifier and its scores: place it at scores'
      : At extends 'scores'
        ? string extends At
          ? At
          : 'at scores are operators on scores only'
        : O['kind'] extends 'maps' | 'tokens'
          ? At extends RowSite | 'negatives'
            ? O['kind'] extends 'maps'
              ? 'this operator takes feature maps: place it at a stage of the encoder'
              : 'this operator takes tokens: place it at a stage of a transformer'
            : At
          : O['kind'] extends 'rows'
            ? At extends RowSite | 'negatives'
              ? At
              : string extends At
                ? At
                : 'this operator takes rows: place it at pooled, projection, prediction, unit or negatives'
            : At

/** Not for operators whose result has other rows than the feature, of which there is no way halfway. */
interface Often {
  /** Probability with which a row is augmented. Default 1. */
  readonly probability?: number
  /**
   * How much of the way from the clean to the augmented value is gone at each step, 0 to 1: `linear(0, 1, { steps })` fades
   * an augmentation in. Default 1 at every step.
   */
  readonly schedule?: Schedule
}
type Always = { readonly [K in keyof Often]?: never }
interface Several {
  /** Copies drawn independently; the loss is the mean over them. Default 1. */
  readonly copies?: number
  /** `'shared'`: both sides of a pair, and all views, get the same draws. Default `'independent'`. */
  readonly draws?: 'independent' | 'shared'
}
/** A strength in the operator's unit (default: the operator's own), or the cosine to the clean feature that it is solved from. */
type Strength<O extends Operator> =
  | { readonly strength?: number; readonly cosine?: never }
  | (O['solve'] extends Solve ? { readonly cosine: number; readonly strength?: never } : never)

type Weighted = { readonly compose: 'add' | 'blend'; readonly weight?: number }
type Alone = { readonly compose?: 'replace'; readonly weight?: never }
/**
 * The combinations that mean something. Targets and negatives carry no gradient, so their flow is `'stopped'`, and nothing that
 * is learned may stand at targets; learned negatives may be adversarial. A copy that cuts the gradient and replaces the online feature would leave the encoder
 * without any: beside the clean feature it trains the parts after the site, and the clean path the encoder.
 */
type Route<O extends Operator, At extends string> = O['kind'] extends 'pair'
  ? { readonly branch?: never; readonly flow?: 'full' | PairFlow } & (Weighted | Alone) & Several & Often
  : At extends 'negatives'
    ? {
        readonly branch?: never
        readonly compose?: never
        readonly flow?: 'stopped' | Extract<FlowOf<O>, Adversarial>
      } & {
        readonly weight?: never
        readonly copies?: never
        readonly draws?: never
      } & (O['kind'] extends 'negatives' ? Always : Often)
    : O['kind'] extends 'scores'
      ? Online<O, 'online'> & Several & Often
      : 'joint' extends O['traits'][number]
        ? Online<O, 'both'> & { readonly branch: 'both'; readonly draws?: 'shared'; readonly copies?: number } & Always
        : ('target' extends O['traits'][number]
            ? Partial<Pick<OnTarget, 'branch'>> & Omit<OnTarget, 'branch'>
            : Online<O, 'online' | 'both'> | ('learned' extends O['traits'][number] ? never : OnTarget)) &
            Several &
            Often
type Online<O extends Operator, B> =
  | ({ readonly branch?: B; readonly flow?: Exclude<FlowOf<O>, 'stopped' | 'generator'> } & Alone)
  | ({ readonly branch?: B; readonly flow?: FlowOf<O> } & Weighted)
type OnTarget = { readonly branch: 'target'; readonly flow?: 'stopped' } & (Weighted | Alone)
/**
 * What a mixed query is compared with: the target of its anchor (`'own'`, the default), or both targets, each by its share of
 * the mixture: `(1 - w) L(q', k_i) + w L(q', k_pi(i))`. For mixtures on the online branch, in methods whose loss is one per row.
 * Source: i-Mix, Lee et al., arXiv 2010.08887, equation 3; MixCo, Kim et al., arXiv 2010.06300.
 */
type Targets<O extends Operator> = 'mixture' extends O['traits'][number]
  ? { readonly targets?: 'own' | 'both' }
  : { readonly targets?: 'own' }
type Adversarial = 'adversarial' | { readonly adversarial: number }

/** What `augment` takes. */
export type Augment<O extends Operator, At extends string> = {
  readonly operator: O
  readonly at: Place<O, At>
  /** That it needs, by name: with another, the method refuses it. Gives the branch. Default: whatever there is. */
  readonly architecture?: Architecture
} & Strength<O> &
  Targets<O> &
  Route<O, At>

/** A feature augmentation with every default filled in, as `augment` makes it. */
export interface FeatureAugmentation {
  /** What it does to features. */
  readonly operator: Operator
  /** Where: a `RowSite`, a stage that the encoder names, `'negatives'` or `'scores'`. */
  readonly at: string
  /** Which side of a pair it changes. */
  readonly branch: Side | 'both'
  /** Where gradients pass through it. */
  readonly flow: Flow
  /** The loss with it alone (`'replace'`), blended with the plain one, or added to it. */
  readonly compose: Compose
  /** Copies drawn independently; the loss is the mean over them. */
  readonly copies: number
  /** Of the augmented loss, where it is blended or added. */
  readonly weight: number
  /** `'shared'`: both sides of a pair, and all views, get the same draws. */
  readonly draws: 'independent' | 'shared'
  /** What a mixed query is compared with: the target of its anchor (`'own'`), or both targets by their shares. */
  readonly targets: 'own' | 'both'
  /** The architecture that it needs, by its name in the paper; undefined: any. */
  readonly architecture: Architecture | undefined
  /** Probability with which a row is augmented, 0 to 1. */
  readonly probability: number
  /** How much of the way from the clean to the augmented value is gone at each step, 0 to 1; undefined: all of it. */
  readonly schedule: Schedule | undefined
  /** In the operator's own unit; undefined: the operator's own, or solved from `cosine`. */
  readonly strength: number | undefined
  /** The mean cosine to the clean feature that the strength is solved from, where it was asked for. */
  readonly cosine: number | undefined
  /** One line for reports. */
  readonly label: string
}

/**
 * A feature augmentation, an argument of every method:
 *
 * ```ts
 * augment({ operator: gaussianNoise(), cosine: 0.95, at: 'projection' })
 * augment({ operator: mixStyle(), at: 'stage2', probability: 0.5, compose: 'add', copies: 2 })
 * augment({ operator: mixQueue(), at: 'negatives' })
 * ```
 *
 * `at` is a `RowSite`, a stage that the encoder names, `'negatives'`, or the `'scores'` of a classifier. Defaults: the operator's own strength and flow
 * (`'full'` where it has none; `'stopped'` on targets and negatives), branch `'online'` (or that of the architecture), compose
 * `'replace'`, weight 1 (0.5 where blended), one copy, its own target. Throws `ShapeError` for what the types rule out.
 */
export function augment<const O extends Operator, const At extends string>(given: Augment<O, At>): FeatureAugmentation {
  const all = given as unknown as { at: string; operator: Operator } & Partial<FeatureAugmentation>
  const { operator, at, copies = 1, probability = 1, cosine, strength, schedule, architecture, targets = 'own' } = all
  const { name, kind } = operator
  const silent = kind === 'negatives' || at === 'negatives'
  if (architecture) known('architecture', architecture, Object.keys(architectures))
  const form: { readonly predictor?: boolean; readonly branch?: Side | 'both' } = architecture
    ? architectures[architecture]
    : {}
  const { branch = form.branch ?? (operator.traits.includes('target') ? 'target' : 'online'), compose = 'replace' } =
    all
  const stops = branch === 'target' || (silent && operator.flow !== 'adversarial')
  const { flow = stops ? 'stopped' : (operator.flow ?? 'full') } = all
  const { weight = compose === 'blend' ? 0.5 : 1 } = all
  const { draws = operator.traits.includes('joint') ? 'shared' : 'independent' } = all
  known('branch', branch, ['online', 'target', 'both'])
  known('compose', compose, ['replace', 'blend', 'add'])
  known('draws', draws, ['independent', 'shared'])
  known('targets', targets, ['own', 'both'])
  if (architecture && (silent || kind === 'pair'))
    throw new ShapeError(`augment: ${name} stands on no branch, so there is no architecture: leave it out`)
  if (form.branch && branch !== form.branch)
    throw new ShapeError(
      `augment: in the architecture ${architecture} the augmentation is on branch ${form.branch}, not ${branch}: leave one of both out`,
    )
  checkPlace(name, kind, at)
  checkFlow(operator, { branch, flow, compose, copies, silent })
  if (!(weight > 0)) throw new ShapeError(`augment: weight must be positive, got ${weight}`)
  if (compose === 'blend' && weight > 1)
    throw new ShapeError(`augment: a blend's weight must be at most 1, got ${weight}`)
  if (!(Number.isInteger(copies) && copies >= 1))
    throw new ShapeError(`augment: copies must be a whole number from 1 on, got ${copies}`)
  if (!(probability >= 0 && probability <= 1))
    throw new ShapeError(`augment: probability must be from 0 to 1, got ${probability}`)
  if (targets === 'both' && !operator.traits.includes('mixture'))
    throw new ShapeError(
      `augment: ${name} mixes no two features in known shares, so there is one target: leave targets out`,
    )
  if (targets === 'both' && branch !== 'online')
    throw new ShapeError(`augment: targets both is for mixed queries, on branch online, got ${branch}`)
  if (kind === 'scores' && branch !== 'online')
    throw new ShapeError(`augment: scores are those of what trains, so the branch of ${name} is online, got ${branch}`)
  const joint = operator.traits.includes('joint')
  if (joint && (branch !== 'both' || draws !== 'shared'))
    throw new ShapeError(`augment: ${name} must have the same draws on both sides: use branch both`)
  if ((reshapes(operator) || kind === 'negatives') && (probability !== 1 || schedule))
    throw new ShapeError(
      `augment: ${name} gives other rows than it is given, of which none can be left as they are: leave probability and schedule out`,
    )
  if (cosine !== undefined) {
    if (strength !== undefined) throw new ShapeError(`augment: give ${name} a strength or a cosine, not both`)
    if (!operator.solve)
      throw new ShapeError(
        `augment: what ${name} does to a feature depends on the features: give a strength, not a cosine`,
      )
    checkCosine(name, cosine)
  }
  if (strength !== undefined) {
    if (operator.strength === undefined) throw new ShapeError(`augment: ${name} has no strength`)
    checkStrength(operator, strength)
  }
  const amount = cosine === undefined ? (strength ?? operator.strength) : `cosine ${cosine}`
  const what = [
    amount === undefined ? name : `${name}(${amount})`,
    `at ${at}`,
    ...(silent || kind === 'pair' ? [] : [branch]),
  ].join(' ')
  const beside = compose === 'replace' ? [] : [`${compose === 'add' ? 'added' : 'blended'} with weight ${weight}`]
  const several = [...(copies > 1 ? [`${copies} copies`] : []), ...(draws === 'shared' ? ['shared draws'] : [])]
  const compared = [...(targets === 'both' ? ['both targets'] : []), ...(architecture ? [architecture] : [])]
  const often = [...(probability < 1 ? [`probability ${probability}`] : []), ...(schedule ? ['scheduled'] : [])]
  return {
    operator,
    at,
    branch,
    flow,
    compose,
    copies,
    weight,
    draws,
    targets,
    architecture,
    probability,
    schedule,
    strength,
    cosine,
    label: [what, flowName(flow), ...beside, ...several, ...compared, ...often].join(', '),
  }
}

function known(what: string, value: string, among: readonly string[]): void {
  if (!among.includes(value)) throw new ShapeError(`augment: ${what} must be ${among.join(' or ')}, got ${value}`)
}

/** The run-time side of `Place`. */
function checkPlace(name: string, kind: Kind, at: string): void {
  const rows = (rowSites as readonly string[]).includes(at) || at === 'negatives'
  const wrong =
    kind === 'pair' && at !== 'unit'
      ? 'takes both sides of a pair: place it at unit'
      : kind === 'negatives' && at !== 'negatives'
        ? 'makes negatives: place it at negatives'
        : (kind === 'scores') !== (at === 'scores')
          ? kind === 'scores'
            ? 'takes a classifier and its scores: place it at scores'
            : 'takes features, and scores are none: place it elsewhere'
          : (kind === 'maps' || kind === 'tokens') && rows
            ? kind === 'maps'
              ? 'takes feature maps: place it at a stage of the encoder'
              : 'takes tokens: place it at a stage of a transformer'
            : kind === 'rows' && !rows
              ? `takes rows: place it at ${rowSites.join(', ')} or negatives`
              : undefined
  if (wrong) throw new ShapeError(`augment: ${name} ${wrong}, not at ${at}`)
}

/** The run-time side of `Route`. */
function checkFlow(
  { name, kind, traits }: Operator,
  {
    branch,
    flow,
    compose,
    copies,
    silent,
  }: Pick<FeatureAugmentation, 'branch' | 'flow' | 'compose' | 'copies'> & {
    silent: boolean
  },
): void {
  const word = flowName(flow)
  if (traits.includes('target') && branch !== 'target')
    throw new ShapeError(`augment: ${name} makes targets, so its branch must be target, got ${branch}`)
  const trait = traitFor(flow)
  if (trait && !traits.includes(trait))
    throw new ShapeError(
      `augment: flow ${word} needs an operator ${{ statistics: 'with statistics', partner: 'that mixes with a partner', learned: 'with parameters' }[trait]}, and ${name} is none`,
    )
  if (reshapes({ traits }) && (flow === 'straight-through' || flow === 'delta'))
    throw new ShapeError(
      `augment: ${name} gives other rows than it is given, so nothing goes ${word}: use another flow`,
    )
  if (kind === 'pair') {
    known('flow', word, ['full', 'target-stopped', 'online-stopped'])
    return
  }
  if (word === 'target-stopped' || word === 'online-stopped')
    throw new ShapeError(`augment: flow ${word} needs an operator on pairs, and ${name} is none`)
  if (silent) {
    if (flow !== 'stopped' && !word.startsWith('adversarial'))
      throw new ShapeError(`augment: no gradient flows into negatives, so flow must be stopped there, got ${word}`)
    if (copies !== 1) throw new ShapeError(`augment: there is one set of negatives, got ${copies} copies`)
    if (compose !== 'replace')
      throw new ShapeError(`augment: negatives are replaced, not ${compose === 'add' ? 'added' : 'blended'}`)
    return
  }
  if (branch === 'target' && flow !== 'stopped')
    throw new ShapeError(
      `augment: no gradient flows into targets, so flow must be stopped on branch target, got ${word}`,
    )
  if (branch === 'target' && traits.includes('learned'))
    throw new ShapeError(
      `augment: no gradient flows into targets, so nothing would train the parameters of ${name} there: place it on branch online or both`,
    )
  if (branch !== 'target' && compose === 'replace' && (flow === 'stopped' || flow === 'generator'))
    throw new ShapeError(
      `augment: a copy without gradient in place of the ${branch === 'both' ? 'online' : branch} feature leaves the encoder without any: use compose add or blend, or another flow than ${word}`,
    )
}
