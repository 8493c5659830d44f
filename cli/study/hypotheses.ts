/** What a study was registered to decide: each hypothesis with its interval, its p value and what the study could have seen. */
import { holm, power, seedsFor, standardError } from '../../models/study/power.js'
import { significance, summary } from '../../models/study/statistics.js'
import type { Hypothesis } from '../../models/study/study.js'
import {
  contrast,
  digitsOf,
  type Effect,
  type Gain,
  gains,
  type Metric,
  meanGain,
  metricsOf,
  signed,
  span,
} from './compare.js'
import type { TrialResult } from './folder.js'

/** A hypothesis and what the results say to it; no estimate where no seed has all of its trials. */
export interface Finding {
  readonly hypothesis: Hypothesis
  readonly estimate: Effect | undefined
  /** Of the two-sided paired t test, and corrected within the family of secondary hypotheses. */
  readonly p: number
  readonly corrected: number
  /** With which the study, as far as it has come, would have seen the expected difference: from the spread over its seeds. */
  readonly power: number
  /** Standard error of one accuracy from the choice of test examples, in points. */
  readonly testError: number | undefined
}

/** Every hypothesis, in the order given, by one metric. */
export function findings(
  hypotheses: readonly Hypothesis[],
  results: readonly TrialResult[],
  metric: Metric,
): Finding[] {
  const all = gains(results, metric)
  const testError = errorOf(results, metric)
  const found = hypotheses.map(hypothesis => {
    const estimate = estimateOf(hypothesis, all)
    return { hypothesis, estimate, p: estimate ? significance(estimate) : 1 }
  })
  const secondary = found.filter(({ hypothesis }) => hypothesis.family === 'secondary')
  const corrected = new Map(holm(secondary.map(({ p }) => p)).map((p, i) => [secondary[i]!, p]))
  return found.map(each => ({
    ...each,
    corrected: corrected.get(each) ?? each.p,
    power: powerOf(each.estimate, each.hypothesis.expected),
    testError,
  }))
}

/** The findings of a study by each of its metrics; hypotheses that have no trial yet stand under the first alone. */
export const findingsByMetric = (hypotheses: readonly Hypothesis[], results: readonly TrialResult[]) =>
  hypotheses.length === 0
    ? []
    : metricsOf(results).map((metric, i) => ({
        metric,
        found: findings(hypotheses, results, metric).filter(({ estimate }) => i === 0 || estimate),
      }))

/** The differences that a hypothesis is about, over seeds. */
export function estimateOf(
  { augmentation, against, method, imageAugmentation }: Hypothesis,
  all: readonly Gain[],
): Effect | undefined {
  const [level, other] = [imageAugmentation ?? []].flat()
  const about = all.filter(({ trial }) => method === undefined || trial.method === method)
  if (other !== undefined)
    return contrast(
      about.filter(({ trial }) => trial.augmentation === augmentation),
      'imageAugmentation',
      level!,
      other,
    )
  const there = about.filter(({ trial }) => level === undefined || trial.imageAugmentation === level)
  if (against !== undefined) return contrast(there, 'augmentation', augmentation, against)
  return meanGain(there, trial => trial.augmentation === augmentation)
}

const powerOf = (estimate: Effect | undefined, effect: number): number =>
  estimate === undefined || estimate.n < 2 ? 0 : power({ effect, deviation: estimate.deviation, n: estimate.n })

function errorOf(results: readonly TrialResult[], metric: Metric): number | undefined {
  const errors = results.flatMap(result => {
    const value = metric.of(result)
    return value === undefined || result.tested === undefined ? [] : [100 * standardError(value / 100, result.tested)]
  })
  return errors.length === 0 ? undefined : summary(errors).mean
}

/** What a finding says, claiming no more than its interval carries: also what it excludes where it shows nothing. */
export function verdictOf({ hypothesis, estimate, corrected, power }: Finding): string {
  if (estimate === undefined) return 'No seed has all of its trials yet.'
  const { mean, low, high, n } = estimate
  if (n < 2) return 'With one seed there is no interval, so nothing can be said.'
  const { expected } = hypothesis
  if (corrected < 0.05)
    return `${mean > 0 ? 'Raises' : 'Lowers'} it ${span(estimate)}${Math.sign(mean) === Math.sign(expected) ? '' : ', against what was expected'}.`
  const excluded = expected > 0 ? high < expected : low > expected
  const rest = excluded
    ? `the expected ${signed(expected)} lie outside of its interval`
    : `what was expected, ${signed(expected)}, is not excluded`
  return `No difference larger than the noise: at most ${signed(expected > 0 ? high : low, digitsOf(estimate))} with 95 %; ${rest} (power ${Math.round(100 * power)} %).`
}

/** For planning: of a pilot's spread, the power with the seeds of the study, and the seeds that 80, 90 and 95 % take. */
export interface Plan {
  readonly hypothesis: Hypothesis
  readonly deviation: number
  readonly pilot: number
  readonly power: number
  readonly seeds: readonly (readonly [wanted: number, seeds: number])[]
}
export function planOf(hypothesis: Hypothesis, pilot: readonly Gain[], seeds: number): Plan | undefined {
  const found = estimateOf(hypothesis, pilot)
  if (!found || found.n < 2) return undefined
  const { deviation, n } = found
  const comparison = { effect: hypothesis.expected, deviation }
  return {
    hypothesis,
    deviation,
    pilot: n,
    power: power({ ...comparison, n: seeds }),
    seeds: [0.8, 0.9, 0.95].map(wanted => [wanted, seedsFor(wanted, comparison)] as const),
  }
}
