/**
 * The report of a study: the three questions of the paper behind this project (which feature augmentation helps, by which
 * gradient flow, with how much image augmentation), each with plots and a sentence computed from the intervals, then every
 * table that these rest on.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../../runtime/checkpoint.js'
import { UsageError } from '../errors.js'
import { figure, grid, legend, page, section } from '../page.js'
import { type Bar, costChart, effectsChart, heatMap, levelsChart } from './charts.js'
import {
  contrast,
  type Effect,
  type Gain,
  gains,
  type Metric,
  meanGain,
  metricsOf,
  type Named,
  together,
  verdict,
} from './compare.js'
import { type Failure, readFailures, readResult, readStudy, type StudyRecord, type TrialResult } from './folder.js'
import { readGathered } from './gathered.js'
import { type Finding, findingsByMetric } from './hypotheses.js'
import {
  accuracyTable,
  configurationTable,
  costTable,
  curves,
  histograms,
  hypothesesTable,
  missing,
  projections,
} from './tables.js'

export interface StudyData {
  readonly record: StudyRecord
  readonly results: readonly TrialResult[]
  readonly failures: readonly Failure[]
}

/** Whether something is the folder of a study, or its results in one file. */
export const holdsStudy = (path: string): boolean => path.endsWith('.json') || existsSync(join(path, 'study.json'))

/** What the folder of a study, or one file of results, holds of its trials. Throws `UsageError` if none has finished. */
export function readStudyData(out: string): StudyData {
  if (out.endsWith('.json')) return readGathered(out)
  const record = readStudy(out)
  const results = record.trials.flatMap(({ id }) => readResult(out, id) ?? [])
  if (results.length === 0) throw new UsageError(`${out} holds no finished trial of ${record.name} yet`)
  const ids = new Set(record.trials.map(({ id }) => id))
  return { record, results, failures: readFailures(out).filter(({ id }) => ids.has(id)) }
}

/** Reads the folder of a study and writes the page. Default: `report.html` in it. */
export async function writeStudyReport(out: string, file: string = join(out, 'report.html')): Promise<string> {
  await replaceFile(file, studyPage(readStudyData(out)))
  return file
}

/** The values of every axis, in the order of the study. */
export function axesOf({ record, results }: StudyData) {
  const values = (axis: 'method' | 'augmentation' | 'flow' | 'imageAugmentation'): string[] => [
    ...new Set(record.trials.map(trial => trial[axis]).filter(value => value !== 'none')),
  ]
  const seeds = new Set(results.map(({ trial }) => trial.seed))
  const started = new Set(results.filter(({ trial }) => trial.augmentation !== 'none').map(({ trial }) => trial.method))
  return {
    // Of a study that has just begun: those that there is something to compare of.
    methods: values('method').filter(method => started.size === 0 || started.has(method)),
    augmentations: values('augmentation'),
    flows: values('flow'),
    levels: values('imageAugmentation'),
    seeds: seeds.size,
  }
}
type Axes = ReturnType<typeof axesOf>

/** The whole page. */
export function studyPage(data: StudyData): string {
  const { record, results } = data
  const axes = axesOf(data)
  const metrics = metricsOf(results)
  const [metric] = metrics as [Metric]
  const all = gains(results, metric)
  const answered = answers(all, axes)
  return page(record.name, summary(data, axes, metric), [
    ...findingsByMetric(record.hypotheses ?? [], results).map(({ metric, found }, i) =>
      registered(metric, found, i === 0),
    ),
    whichAugmentation(answered, all, axes),
    whichFlow(answered, all, axes),
    whichImages(answered, all, results, axes, metric),
    section(
      'Accuracy',
      'Mean and standard deviation (divisor n - 1) over n seeds, in per cent; the difference to the baseline of the same method, image augmentation and seed in points, with its 95 % interval: mean d ± t s / √n, where s is the standard deviation of the n differences d and t the 0.975 quantile of Student’s distribution with n - 1 degrees of freedom (paired t). Each interval stands for itself; of twenty, one misses the truth by chance.',
      accuracyTable(results, metrics),
    ),
    section(
      'What it costs',
      'Median time of a training step and device memory, each relative to the matched baseline, beside what is gained. Times of trials that ran side by side disturb each other.',
      grid([figure('Gain over the time of a step', costChart(spent(all, axes)))]) +
        legendOf(axes) +
        costTable(results, all),
    ),
    section(
      'Loss',
      'Of the first seed and the strongest image augmentation; moving averages. Losses of methods are on different scales.',
      curves(results, axes, colourOf(axes)) + legendOf(axes),
    ),
    results.some(result => result.histograms) &&
      section(
        'Scores of pairs',
        'Cosines of one batch’s positive pairs and of its negative ones (the other images of the batch), after training.',
        legend([
          ['var(--augmented)', 'positive'],
          ['var(--plain)', 'negative'],
        ]) + histograms(results),
      ),
    results.some(result => result.projection) &&
      section(
        'Features in the plane',
        'Test images after pretraining by the first two principal components of their features; one colour per class.',
        legend(results[0]!.classes.slice(0, 10).map((name, i) => [`var(--class-${i})`, name])) + projections(results),
      ),
    section('Configuration', 'What all trials share, and what differs.', configurationTable(results)),
    missing(data),
  ])
}

export function summary({ record, results, failures }: StudyData, { seeds }: Axes, metric: Metric): string {
  const [{ adapter, trial }] = results as [TrialResult]
  const hours = results.reduce((sum, { cost }) => sum + cost.seconds, 0) / 3600
  return [
    `${results.length} of ${record.trials.length} trials on ${trial.configuration.data}, ${trial.configuration.steps} steps each, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, in ${hours.toFixed(1)} hours of computing on ${adapter}.`,
    failures.length > 0 && `${failures.length} failed.`,
    results.length < record.trials.length && 'The study is not finished: what follows is of the trials that are.',
    `Plots and sentences are about ${metric.label} on test images, as differences to the matched run without feature augmentation.`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** What the study was registered to decide, by one metric. */
function registered(metric: Metric, found: readonly Finding[], first: boolean): string {
  const explained =
    'Named before the study was run. A filled dot is the mean difference, the bar its interval, a ring the difference of one seed. Intervals are of the paired t test over seeds, 95 %; secondary p values are corrected together (Holm). Power: with which the expected difference would have been seen, from the spread over the seeds that are finished. Test error: what other test images would change of one accuracy.'
  return section(
    first ? 'Hypotheses' : `Hypotheses by ${metric.label}`,
    first ? `${explained} Everything below this is exploration.` : '',
    grid([
      figure(
        `${metric.label}: difference in points`,
        effectsChart(
          found.flatMap(({ hypothesis, estimate }) => (estimate ? [{ name: hypothesis.name, estimate }] : [])),
        ),
      ),
    ]) + hypothesesTable(found),
  )
}

const estimates = (names: readonly string[], of: (name: string) => Effect | undefined): Bar[] =>
  names.flatMap(name => {
    const estimate = of(name)
    return estimate ? [{ name, estimate }] : []
  })
/** The same for a sentence: with intervals that hold together. */
function claims(names: readonly string[], of: (name: string, confidence?: number) => Effect | undefined): Named[] {
  const there = names.filter(name => of(name))
  return estimates(there, name => of(name, together(there.length)))
}

/** The three questions of the paper, and what the intervals say to each. */
export function answers(all: readonly Gain[], { augmentations, flows, levels }: Axes): Answers {
  const [flow = 'full', ...flowsBeside] = flows
  const [level = '', ...levelsBeside] = levels
  const helped = verdict(
    claims(augmentations, (name, confidence) => meanGain(all, trial => trial.augmentation === name, confidence)),
    { subject: 'feature augmentation', raises: 'raises accuracy', lowers: 'lowers accuracy' },
  )
  const flowed = verdict(
    claims(flowsBeside, (name, confidence) => contrast(all, 'flow', name, flow, confidence)),
    { subject: 'gradient flow', raises: 'raises accuracy', lowers: 'lowers accuracy' },
  )
  const related = verdict(
    claims(levelsBeside, (name, confidence) => contrast(all, 'imageAugmentation', name, level, confidence)),
    { subject: 'image augmentation', raises: 'raises the gain', lowers: 'lowers the gain' },
  )
  return {
    'Which feature augmentation helps?': helped,
    'Which gradient flow?':
      flowsBeside.length === 0
        ? `One flow was studied, ${flow}: there is nothing to compare.`
        : `Compared with ${flow}, between trials that agree in all the rest. ${flowed}`,
    'How does it relate to image augmentation?':
      levelsBeside.length === 0
        ? `One image augmentation was studied, ${level}: there is nothing to compare.`
        : `What feature augmentation adds, compared with what it adds at ${level}. ${related}`,
  }
}
type Answers = Record<
  'Which feature augmentation helps?' | 'Which gradient flow?' | 'How does it relate to image augmentation?',
  string
>
/** A section that answers one of them. */
const answering = (answered: Answers, question: keyof Answers, body: string): string =>
  section(question, answered[question], body)

function whichAugmentation(answered: Answers, all: readonly Gain[], { methods, augmentations }: Axes): string {
  const perMethod = methods.map(method =>
    figure(
      method,
      effectsChart(
        estimates(augmentations, name =>
          meanGain(all, trial => trial.augmentation === name && trial.method === method),
        ),
      ),
    ),
  )
  return answering(
    answered,
    'Which feature augmentation helps?',
    `<p>Mean difference to the matched baseline over flows and image augmentations (filled), with its 95 % interval over seeds; rings are single seeds.</p>${grid(perMethod)}`,
  )
}

function whichFlow(answered: Answers, all: readonly Gain[], { methods, augmentations, flows }: Axes): string {
  const maps = methods.map(method =>
    figure(
      method,
      heatMap(
        augmentations.flatMap(y =>
          flows.map(x => ({
            x,
            y,
            estimate: meanGain(all, trial => trial.method === method && trial.augmentation === y && trial.flow === x),
          })),
        ),
        { x: flows, y: augmentations },
      ),
    ),
  )
  return answering(
    answered,
    'Which gradient flow?',
    `<p>Mean difference to the matched baseline, in points; coloured, and bold, where its 95 % interval excludes 0, the more the farther. Empty: refused, or not finished. Some flows are the same function of some operators (noise whose scale does not depend on the feature passes the same gradient straight through as in full): they can differ by rounding only.</p>${grid(maps)}`,
  )
}

function whichImages(
  answered: Answers,
  all: readonly Gain[],
  results: readonly TrialResult[],
  axes: Axes,
  metric: Metric,
): string {
  const { methods, augmentations, levels } = axes
  const mean = (method: string, augmentation: string, level: string): number | undefined => {
    const found = results.filter(
      ({ trial }) =>
        trial.method === method && trial.augmentation === augmentation && trial.imageAugmentation === level,
    )
    return found.length === 0
      ? undefined
      : found.reduce((sum, result) => sum + (metric.of(result) ?? 0), 0) / found.length
  }
  const maps = methods.map(method =>
    figure(
      method,
      heatMap(
        augmentations.flatMap(y =>
          levels.map(x => ({
            x,
            y,
            estimate: meanGain(
              all,
              trial => trial.method === method && trial.augmentation === y && trial.imageAugmentation === x,
            ),
          })),
        ),
        { x: levels, y: augmentations },
      ),
    ),
  )
  const lines = methods.map(method =>
    figure(
      `${method}: accuracy`,
      levelsChart(
        ['none', ...augmentations].map(augmentation => ({
          label: augmentation,
          colour: colourOf(axes)(augmentation),
          points: levels.flatMap(x => {
            const y = mean(method, augmentation, x)
            return y === undefined ? [] : [{ x, y }]
          }),
        })),
        levels,
      ),
    ),
  )
  return answering(
    answered,
    'How does it relate to image augmentation?',
    `<p>Mean difference to the baseline at the same image augmentation, in points; and mean accuracy over flows and seeds.</p>${grid([...maps, ...lines])}${legendOf(axes)}`,
  )
}

const spent = (all: readonly Gain[], axes: Axes) =>
  axes.methods.flatMap(method =>
    axes.augmentations.flatMap(augmentation => {
      const found = all.filter(({ trial }) => trial.method === method && trial.augmentation === augmentation)
      if (found.length === 0) return []
      const mean = (of: (gain: Gain) => number): number => found.reduce((sum, one) => sum + of(one), 0) / found.length
      return [
        {
          label: `${method}, ${augmentation}`,
          colour: colourOf(axes)(augmentation),
          slower: mean(one => one.slower),
          points: mean(one => one.points),
        },
      ]
    }),
  )

const colourOf =
  ({ augmentations }: Pick<Axes, 'augmentations'>) =>
  (augmentation: string): string =>
    augmentation === 'none' ? 'var(--plain)' : `var(--class-${augmentations.indexOf(augmentation) % 10})`
const legendOf = (axes: Axes): string =>
  legend(['none', ...axes.augmentations].map(name => [colourOf(axes)(name), name]))
