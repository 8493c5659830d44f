/** `facet study --plan`: what a study would cost and see, before it is run, from a pilot's variance and times. */
import { summary } from '../../models/study/statistics.js'
import type { Hypothesis } from '../../models/study/study.js'
import { gains, type Metric, metricsOf } from './compare.js'
import { planOf } from './hypotheses.js'
import type { StudyData } from './page.js'

export interface Planned {
  readonly trials: number
  readonly seeds: number
  readonly jobs: number
  readonly hypotheses: readonly Hypothesis[]
  /** Finished trials with the same settings, of this study or another, some seeds of each. */
  readonly pilot: StudyData | undefined
}

/** The lines that are printed, each as soon as it is known: power is searched for, which takes its time. */
export function* plan({ trials, seeds, jobs, hypotheses, pilot }: Planned): Generator<string> {
  if (!pilot) {
    yield 'No pilot: run some seeds first (facet study FILE --only "seed 1," and so on), then give their folder with --pilot.'
    return
  }
  yield timeOf(pilot, trials, jobs)
  if (hypotheses.length === 0) yield 'The study has no hypotheses, so there is no power to speak of.'
  const [metric] = metricsOf(pilot.results) as [Metric]
  const all = gains(pilot.results, metric)
  for (const hypothesis of hypotheses) {
    const found = planOf(hypothesis, all, seeds)
    yield found
      ? `${hypothesis.name}: differences spread by ${found.deviation.toFixed(2)} points (${found.pilot} pilot seeds, ${metric.label}); power ${percent(found.power)} for ${hypothesis.expected} points with ${seeds} seeds; ${found.seeds.map(([wanted, count]) => `${percent(wanted)} takes ${count}`).join(', ')}.`
      : `${hypothesis.name}: the pilot has no two seeds of it.`
  }
  const few = all.length > 0 && new Set(all.map(({ trial }) => trial.seed)).size < 5
  if (few) yield 'A spread from fewer than five seeds is itself uncertain, by half and more of its size.'
}

function timeOf(pilot: StudyData, trials: number, jobs: number): string {
  const { mean: each } = summary(pilot.results.map(({ cost }) => cost.seconds))
  const hours = (each * trials) / jobs / 3600
  const adapters = [...new Set(pilot.results.map(({ adapter }) => adapter))].join(', ')
  return `A trial of the pilot took ${Math.round(each)} s on ${adapters}: ${hours.toFixed(1)} hours for all, ${jobs} at a time, if they do not disturb each other.`
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`
