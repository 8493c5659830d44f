/** The tables of a study's report, and its panels of single trials. */
import { type Estimate, estimate, summary } from '../../models/study/statistics.js'
import { type Trial, trialName } from '../../models/study/study.js'
import { lossChart, projectionChart } from '../chart.js'
import { escaped, figure, grid, section, table } from '../page.js'
import { scoresChart } from './charts.js'
import { type Gain, gains, intervalText, type Metric, signed } from './compare.js'
import type { TrialResult } from './folder.js'
import { type Finding, verdictOf } from './hypotheses.js'
import type { StudyData } from './page.js'

const row = (cells: readonly string[]): string => `<tr>${cells.join('')}</tr>`
const text = (value: string): string => `<td class="text">${escaped(value)}</td>`
const head = (value: string): string => `<th scope="row">${escaped(value)}</th>`
const number = (value: string, kind = ''): string => `<td${kind && ` class="${kind}"`}>${escaped(value)}</td>`
/** The first `texts` columns hold words. */
const heads = (names: readonly string[], texts = names.length): string =>
  row(names.map((name, i) => `<th${i < texts ? ' class="text"' : ''}>${escaped(name)}</th>`))

/** Trials that differ in their seed alone: method by method, each in the order of the study, baselines first. */
function settings(results: readonly TrialResult[]): TrialResult[][] {
  const groups = new Map<string, TrialResult[]>()
  for (const result of results) {
    const key = trialName({ ...result.trial, seed: 0 })
    groups.set(key, [...(groups.get(key) ?? []), result])
  }
  const methods = [...new Set(results.map(({ trial }) => trial.method))]
  return methods.flatMap(method => [...groups.values()].filter(([first]) => first!.trial.method === method))
}

export function accuracyTable(results: readonly TrialResult[], metrics: readonly Metric[]): string {
  const differences = new Map(metrics.map(metric => [metric, gains(results, metric)]))
  const rows = settings(results).map(group => {
    const { trial } = group[0]!
    const ids = new Set(group.map(result => result.trial.id))
    const cells = metrics.flatMap(metric => {
      const { mean, deviation, n } = summary(group.flatMap(result => metric.of(result) ?? []))
      const own = differences.get(metric)!.filter(gain => ids.has(gain.trial.id))
      const spread = n > 1 ? ` ± ${deviation.toFixed(1)}` : ''
      return [number(`${mean.toFixed(1)}${spread}`, 'strong'), ...difference(own)]
    })
    return row([
      head(trial.method),
      text(trial.augmentation),
      text(trial.flow === 'none' ? '' : trial.flow),
      text(trial.imageAugmentation),
      number(`${group.length}`),
      ...cells,
    ])
  })
  return table(
    heads(
      [
        'Method',
        'Feature augmentation',
        'Flow',
        'Image augmentation',
        'n',
        ...metrics.flatMap(({ label }) => [label, 'difference', '95 % interval']),
      ],
      4,
    ),
    rows,
  )
}

export const hypothesesTable = (found: readonly Finding[]): string =>
  table(
    heads(
      ['Hypothesis', 'Family', 'n', 'Expected', 'Difference', '95 % interval', 'p', 'Corrected', 'Power', 'Test error'],
      2,
    ),
    found.map(each => {
      const { hypothesis, estimate, p, corrected, power, testError } = each
      const { name, family, expected } = hypothesis
      const shows = estimate && corrected < 0.05 ? (estimate.mean > 0 ? 'up' : 'down') : ''
      return row([
        `<th scope="row" class="wrap">${escaped(name)}<small>${escaped(verdictOf(each))}</small></th>`,
        text(family),
        number(`${estimate?.n ?? 0}`),
        number(signed(expected)),
        number(estimate ? signed(estimate.mean) : '', shows),
        number(estimate ? intervalText(estimate) : '', shows),
        number(estimate ? probability(p) : ''),
        number(estimate && family === 'secondary' ? probability(corrected) : ''),
        number(estimate ? `${Math.round(100 * power)} %` : ''),
        number(!estimate || testError === undefined ? '' : `± ${testError.toFixed(1)}`),
      ])
    }),
  )
export const probability = (p: number): string => (p < 0.001 ? '< .001' : p.toFixed(3).replace(/^0/, ''))

function difference(own: readonly Gain[]): string[] {
  if (own.length === 0) return [number(''), number('')]
  const found: Estimate = estimate(own.map(({ points }) => points))
  const kind = found.n < 2 ? '' : found.low > 0 ? 'up' : found.high < 0 ? 'down' : ''
  return [number(signed(found.mean), kind), number(intervalText(found), kind)]
}

export function costTable(results: readonly TrialResult[], all: readonly Gain[]): string {
  const rows = settings(results).map(group => {
    const { trial, cost } = group[0]!
    const ids = new Set(group.map(result => result.trial.id))
    const own = all.filter(gain => ids.has(gain.trial.id))
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    const times = (of: (gain: Gain) => number): string => (own.length === 0 ? '' : `${mean(own.map(of)).toFixed(2)} x`)
    return row([
      head(trial.method),
      text(trial.augmentation),
      text(trial.flow === 'none' ? '' : trial.flow),
      text(trial.imageAugmentation),
      number(`${mean(group.map(result => result.cost.stepMilliseconds)).toFixed(1)} ms`),
      number(times(({ slower }) => slower)),
      number(megabytes(cost.memory)),
      number(times(({ memory }) => memory)),
      number(megabytes(cost.moved)),
      number(own.length === 0 ? '' : signed(mean(own.map(({ points }) => points)))),
    ])
  })
  return table(
    heads(
      [
        'Method',
        'Feature augmentation',
        'Flow',
        'Image augmentation',
        'step',
        '/ baseline',
        'memory',
        '/ baseline',
        'moved per step',
        'gain, points',
      ],
      4,
    ),
    rows,
  )
}
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

// Panels

/** One trial per method and feature augmentation: the first seed and flow, the strongest image augmentation, of those that `has` holds for. */
function exemplars(results: readonly TrialResult[], has: (result: TrialResult) => boolean): TrialResult[] {
  const chosen = new Map<string, TrialResult>()
  for (const result of results.filter(has)) {
    const { trial } = result
    const key = `${trial.method}\n${trial.augmentation}`
    const before = chosen.get(key)?.trial
    const sameRun = before && before.seed === trial.seed && before.flow === trial.flow
    // Levels come from the weakest to the strongest.
    if (!before || (sameRun && before.imageAugmentation !== trial.imageAugmentation)) chosen.set(key, result)
  }
  return [...chosen.values()]
}
const captionOf = ({ trial }: TrialResult): string =>
  trial.augmentation === 'none' ? trial.method : `${trial.method}, ${trial.augmentation} ${trial.flow}`

export function curves(
  results: readonly TrialResult[],
  { methods }: { readonly methods: readonly string[] },
  colourOf: (augmentation: string) => string,
): string {
  const shown = exemplars(results, () => true)
  return grid(
    methods.flatMap(method => {
      const own = shown.filter(({ trial }) => trial.method === method)
      if (own.length === 0) return []
      const lines = own.map(({ trial, losses }) => ({
        label: trial.augmentation,
        colour: colourOf(trial.augmentation),
        points: losses,
      }))
      return [figure(method, lossChart(lines))]
    }),
  )
}
export const histograms = (results: readonly TrialResult[]): string =>
  grid(
    exemplars(results, ({ histograms }) => histograms !== undefined).map(result =>
      figure(captionOf(result), scoresChart(result.histograms!)),
    ),
    true,
  )

export const projections = (results: readonly TrialResult[]): string =>
  grid(
    exemplars(results, ({ projection }) => projection !== undefined).map(result =>
      figure(captionOf(result), projectionChart(result.projection!.points, result.projection!.labels)),
    ),
    true,
  )

// Configuration

/** Every part of every configuration: once if all trials share it, else each value with the trials that have it. */
export function configurationTable(results: readonly TrialResult[]): string {
  const flat = results.map(({ trial }) => ({ trial, parts: flattened(trial.configuration) }))
  const names = [...new Set(flat.flatMap(({ parts }) => Object.keys(parts)))]
  const rows = names.map(name => {
    const values = new Map<string, Trial[]>()
    for (const { trial, parts } of flat) {
      const value = parts[name] ?? '(not set)'
      values.set(value, [...(values.get(value) ?? []), trial])
    }
    const said =
      values.size === 1
        ? escaped([...values.keys()][0]!)
        : [...values]
            .map(([value, trials]) => `${escaped(value)} <small>${escaped(whose(trials, flat.length))}</small>`)
            .join('<br>')
    return { shared: values.size === 1, html: row([head(name), `<td class="text wrap">${said}</td>`]) }
  })
  const of = (shared: boolean): string[] => rows.filter(one => one.shared === shared).map(({ html }) => html)
  const trials = results.map(({ trial, adapter, finished, warnings }) =>
    row([head(trial.id), text(trialName(trial)), text(adapter), text(finished), text(warnings.join('; '))]),
  )
  return [
    of(false).length === 0 ? '' : table(heads(['What differs', '']), of(false)),
    `<details><summary>What all trials share</summary>${table(heads(['Part', 'Value']), of(true))}</details>`,
    `<details><summary>Every trial</summary>${table(heads(['id', 'trial', 'adapter', 'finished', 'warnings']), trials)}</details>`,
  ].join('')
}

/** Which trials, by what they have in common: a method, an image augmentation; otherwise how many. */
function whose(trials: readonly Trial[], total: number): string {
  const shared = (['method', 'augmentation', 'flow', 'imageAugmentation'] as const).flatMap(axis => {
    const [first, ...others] = new Set(trials.map(trial => trial[axis]))
    return others.length === 0 ? [first!] : []
  })
  return `${trials.length} of ${total}${shared.length > 0 ? `: ${shared.join(', ')}` : ''}`
}

const flattened = (value: object, path = ''): Record<string, string> =>
  Object.assign(
    {},
    ...Object.entries(value).map(([key, part]) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? flattened(part, `${path}${key}.`)
        : { [`${path}${key}`]: typeof part === 'string' ? part : JSON.stringify(part) },
    ),
  )

// What is not there

export function missing({ record, results, failures }: StudyData): string | false {
  const done = new Set(results.map(({ trial }) => trial.id))
  const waiting = record.trials.filter(({ id }) => !done.has(id)).length - failures.length
  const named = new Map(record.trials.map(trial => [trial.id, trialName(trial)]))
  const rows = [
    ...failures.map(({ id, reason }) =>
      row([head('failed'), text(named.get(id) ?? id), `<td class="text wrap">${escaped(reason)}</td>`]),
    ),
    ...record.leftOut.map(({ method, augmentation, flow, reason }) =>
      row([
        head('left out'),
        text(`${method}, ${augmentation}, ${flow}`),
        `<td class="text wrap">${escaped(reason)}</td>`,
      ]),
    ),
  ]
  if (rows.length === 0 && waiting === 0) return false
  return section(
    'What is missing',
    `${waiting} trials have not been run yet. Combinations that the library refuses are left out, with its reason.`,
    rows.length === 0 ? '' : table(heads(['', 'Trial', 'Reason']), rows),
  )
}
