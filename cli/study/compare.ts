/**
 * What the results of a study say: the difference of every trial to its matched baseline, means of these over the rest of
 * the study, their intervals, and a sentence that claims no more than the intervals carry.
 *
 * The seed is what is repeated. Differences of one seed are averaged over all settings first, and the interval is that of
 * the mean over seeds, n of them: settings that share a seed, a baseline or a test set are not independent runs.
 */

import type { ProtocolName } from '../../models/evaluate/protocols.js'
import { type Estimate, estimate } from '../../models/study/statistics.js'
import type { Trial } from '../../models/study/study.js'
import type { TrialResult } from './folder.js'

/** A number of a protocol. */
export interface Metric {
  readonly label: string
  readonly of: (result: TrialResult) => number | undefined
}

/**
 * What the protocols of a study give, in its order: shares in per cent, numbers of `quality` as they are. Not the learning
 * rates that were chosen, nor single corruptions.
 */
export function metricsOf(results: readonly TrialResult[]): Metric[] {
  const [{ trial, scores }] = results as [TrialResult]
  const { evaluate, milestones = [] } = trial.configuration
  const after = (step: number | undefined) =>
    evaluate.flatMap(protocol =>
      Object.keys(scores[protocol] ?? {})
        .filter(name => name !== 'learningRate' && name !== 'clean' && !/^[a-z]\w* [1-5]$/i.test(name))
        .map(name => {
          const factor = protocol === 'quality' ? 1 : 100
          const what = name === 'accuracy' ? `${labels[protocol] ?? protocol} accuracy` : `${protocol} ${name}`
          return {
            label: step === undefined ? what : `${what} after ${step} steps`,
            of: ({ scores, milestones }: TrialResult) => {
              const there = step === undefined ? scores : milestones?.find(one => one.step === step)?.scores
              const value = there?.[protocol]?.[name]
              return value === undefined ? undefined : factor * value
            },
          }
        }),
    )
  return [undefined, ...milestones].flatMap(after)
}
const labels: Partial<Record<ProtocolName, string>> = { knn: 'kNN', knn200: 'kNN of 200', finetune: 'fine-tuned' }

/** In points: hundredths of the test images. */
export interface Gain {
  readonly trial: Trial
  readonly points: number
  /** Time of a step over that of the baseline's. */
  readonly slower: number
  readonly memory: number
}
type Setting = Pick<Trial, 'method' | 'augmentation' | 'flow' | 'imageAugmentation'>

/** Every augmented trial beside the baseline of its method, image augmentation and seed. */
export function gains(results: readonly TrialResult[], metric: Metric): Gain[] {
  const key = ({ method, imageAugmentation, seed }: Trial): string => [method, imageAugmentation, seed].join('\n')
  const baselines = new Map(
    results.filter(({ trial }) => trial.augmentation === 'none').map(result => [key(result.trial), result]),
  )
  return results.flatMap(result => {
    const { trial, cost } = result
    const baseline = baselines.get(key(trial))
    const [value, before] = [metric.of(result), baseline && metric.of(baseline)]
    if (trial.augmentation === 'none' || !baseline || value === undefined || before === undefined) return []
    return [
      {
        trial,
        points: value - before,
        slower: cost.stepMilliseconds / baseline.cost.stepMilliseconds,
        memory: cost.memory / baseline.cost.memory,
      },
    ]
  })
}

/** A difference of one setting and one seed. */
interface Difference {
  readonly setting: string
  readonly seed: number
  readonly points: number
}

/** A mean difference, and that of each seed. */
export interface Effect extends Estimate {
  /** In points, in the order of the seeds. */
  readonly seeds: readonly number[]
}

/**
 * The mean difference over settings and its interval over seeds. Settings that lack a seed which another one has are left
 * out, so that every seed is a mean of the same settings. Nothing if there are no differences.
 */
export function effect(differences: readonly Difference[], confidence = 0.95): Effect | undefined {
  const bySetting = new Map<string, Map<number, number>>()
  for (const { setting, seed, points } of differences)
    bySetting.set(setting, (bySetting.get(setting) ?? new Map()).set(seed, points))
  const fullest = [...bySetting.values()].reduce<Map<number, number> | undefined>(
    (most, seeds) => (!most || seeds.size > most.size ? seeds : most),
    undefined,
  )
  if (!fullest) return undefined
  const all = [...fullest.keys()]
  const whole = [...bySetting.values()].filter(points => all.every(seed => points.has(seed)))
  const seeds = all.map(seed => whole.reduce((sum, points) => sum + points.get(seed)!, 0) / whole.length)
  return { ...estimate(seeds, confidence), seeds }
}

const settingOf = ({ method, augmentation, flow, imageAugmentation }: Setting): string =>
  [method, augmentation, flow, imageAugmentation].join('\n')
/** The gains that `pick` holds for, together. */
export const meanGain = (all: readonly Gain[], pick: (trial: Trial) => boolean, confidence?: number) =>
  effect(
    all
      .filter(({ trial }) => pick(trial))
      .map(({ trial, points }) => ({ setting: settingOf(trial), seed: trial.seed, points })),
    confidence,
  )

/**
 * The difference between two values of an axis, between trials that agree in all the rest: `value` less `reference`.
 * Of gains, so that where the axis is that of image augmentation each is compared with its own baseline.
 */
export function contrast(
  all: readonly Gain[],
  axis: 'augmentation' | 'flow' | 'imageAugmentation',
  value: string,
  reference: string,
  confidence?: number,
): Effect | undefined {
  // An augmentation may bring a flow of its own, which then differs with it.
  const rest = (trial: Trial): string =>
    settingOf({ ...trial, ...(axis === 'augmentation' && { flow: '' }), [axis]: '' })
  const other = new Map(
    all
      .filter(({ trial }) => trial[axis] === reference)
      .map(({ trial, points }) => [`${rest(trial)}\n${trial.seed}`, points]),
  )
  return effect(
    all.flatMap(({ trial, points }) => {
      const against = trial[axis] === value ? other.get(`${rest(trial)}\n${trial.seed}`) : undefined
      return against === undefined ? [] : [{ setting: rest(trial), seed: trial.seed, points: points - against }]
    }),
    confidence,
  )
}

// Sentences

export interface Named {
  readonly name: string
  readonly estimate: Estimate
}

/**
 * The confidence of each of `count` intervals such that all of them together hold with 95 % (Bonferroni's correction): what
 * sentences claim, since of twenty plain intervals one excludes 0 by chance.
 */
export const together = (count: number): number => 1 - 0.05 / Math.max(1, count)

/** Which of several differences are larger than the noise: `raises`, `lowers` say what positive and negative ones do. */
export function verdict(
  found: readonly Named[],
  { subject, raises, lowers }: { readonly subject: string; readonly raises: string; readonly lowers: string },
): string {
  if (found.length === 0) return `There is nothing to compare yet: no ${subject} has a finished match.`
  const single = found.filter(({ estimate }) => estimate.n < 2)
  if (single.length === found.length)
    return `With one seed there is no interval, so nothing can be said about the ${subject}: run two or more.`
  const sure = found.filter(({ estimate: { low, high, n } }) => n > 1 && (low > 0 || high < 0))
  const seeds = [...new Set(found.map(({ estimate }) => estimate.n))].join(' or ')
  const level = `the intervals of ${found.length === 1 ? 'one comparison' : `all ${found.length} comparisons together`} hold with 95 %, n = ${seeds} seeds`
  if (sure.length === 0) return `No difference larger than the noise between the ${subject}s (${level}).`
  const said = sure.map(({ name, estimate }) => `${name} ${estimate.mean > 0 ? raises : lowers} ${span(estimate)}`)
  const others = found.length - sure.length
  const rest =
    others === 0 ? '' : ` For the other${others === 1 ? '' : ` ${others}`}, no difference larger than the noise.`
  return `${said.join('; ')} (${level}).${rest}`
}

/** `by 1.2 points [+0.3, +2.1]` */
export const span = (found: Estimate): string => `by ${Math.abs(found.mean).toFixed(1)} points ${intervalText(found)}`
/** With a sign, to one digit or to more. */
export const signed = (points: number, digits = 1): string => {
  const size = Math.abs(points).toFixed(digits)
  return Number(size) === 0 ? size : `${points > 0 ? '+' : '−'}${size}`
}
/** Digits that the bounds of an interval take: two where one would hide on which side of zero a bound lies. */
export const digitsOf = ({ low, high }: Estimate): number =>
  [low, high].some(bound => bound !== 0 && Math.abs(bound) < 0.05) ? 2 : 1
/** `[−0.3, +2.1]`, or what is missing for one. */
export const intervalText = (found: Estimate): string =>
  found.n < 2 ? 'one seed' : `[${[found.low, found.high].map(bound => signed(bound, digitsOf(found))).join(', ')}]`
