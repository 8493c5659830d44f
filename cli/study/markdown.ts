/** The tables of a study's report as Markdown, for a README: rows are methods, columns feature augmentations. */
import { estimate, summary as summaryOf } from '../../models/study/statistics.js'
import { gains, intervalText, type Metric, metricsOf, signed } from './compare.js'
import type { TrialResult } from './folder.js'
import { type Finding, findingsByMetric, verdictOf } from './hypotheses.js'
import { answers, axesOf, type StudyData, summary } from './page.js'
import { probability } from './tables.js'

export function studyMarkdown(data: StudyData): string {
  const axes = axesOf(data)
  const metrics = metricsOf(data.results)
  const [metric] = metrics as [Metric]
  return [
    summary(data, axes, metric),
    ...findingsByMetric(data.record.hypotheses ?? [], data.results).flatMap(({ metric, found }) => [
      `Hypotheses, by ${metric.label}:`,
      registered(found),
    ]),
    ...Object.entries(answers(gains(data.results, metric), axes)).map(
      ([question, answer]) => `**${question}** ${answer}`,
    ),
    ...metrics.flatMap(metric => [
      `${metric.label}, mean ± standard deviation over seeds:`,
      pivot(data, results => accuracy(results, metric)),
      'Difference to the matched baseline in points, with its 95 % interval:',
      pivot(data, results => difference(data, results, metric)),
    ]),
  ]
    .join('\n\n')
    .concat('\n')
}

const registered = (found: readonly Finding[]): string =>
  aligned(
    [
      [
        'hypothesis',
        'family',
        'n',
        'expected',
        'difference',
        '95 % interval',
        'p',
        'corrected',
        'power',
        'test error',
        'verdict',
      ],
      ...found.map(each => {
        const { hypothesis, estimate, p, corrected, power, testError } = each
        return [
          hypothesis.name,
          hypothesis.family,
          `${estimate?.n ?? 0}`,
          signed(hypothesis.expected),
          estimate ? signed(estimate.mean) : '-',
          estimate ? intervalText(estimate) : '-',
          estimate ? probability(p) : '-',
          estimate && hypothesis.family === 'secondary' ? probability(corrected) : '-',
          estimate ? `${Math.round(100 * power)} %` : '-',
          !estimate || testError === undefined ? '-' : `± ${testError.toFixed(1)}`,
          verdictOf(each),
        ]
      }),
    ],
    0,
  )

function accuracy(results: readonly TrialResult[], metric: Metric): string {
  const { n, mean, deviation } = summaryOf(results.flatMap(result => metric.of(result) ?? []))
  return n === 0 ? '' : `${mean.toFixed(1)}${n > 1 ? ` ± ${deviation.toFixed(1)}` : ''}`
}

function difference({ results: all }: StudyData, results: readonly TrialResult[], metric: Metric): string {
  const ids = new Set(results.map(({ trial }) => trial.id))
  const own = gains(all, metric).filter(({ trial }) => ids.has(trial.id))
  if (own.length === 0) return ''
  const found = estimate(own.map(({ points }) => points))
  return `${signed(found.mean)} ${intervalText(found)}`
}

/** A row for each method, image augmentation and flow, a column for each feature augmentation; baselines stand in each row. */
function pivot(data: StudyData, cell: (results: readonly TrialResult[]) => string): string {
  const { methods, augmentations, flows, levels } = axesOf(data)
  const columns = ['none', ...augmentations]
  const rows = methods.flatMap(method =>
    levels.flatMap(level =>
      flows.map(flow => [
        method,
        level,
        flow,
        ...columns.map(column =>
          cell(
            data.results.filter(
              ({ trial }) =>
                trial.method === method &&
                trial.imageAugmentation === level &&
                trial.augmentation === column &&
                (column === 'none' || trial.flow === flow),
            ),
          ),
        ),
      ]),
    ),
  )
  // A flow that an augmentation brings of its own has a row where there is that augmentation.
  const filled = rows.filter(row => augmentations.length === 0 || row.slice(4).some(Boolean))
  return aligned([
    ['method', 'image augmentation', 'flow', ...columns],
    ...filled.map(row => row.map(text => text || '-')),
  ])
}

/** The first row is the head; a column of dashes is left out, as is one of the first `words` whose rows are all the same word. */
function aligned(table: readonly (readonly string[])[], words = 3): string {
  const [head, ...rows] = table as [readonly string[], ...(readonly string[])[]]
  const kept = head.flatMap((_, i) => {
    const values = new Set(rows.map(row => row[i]))
    return values.size === 1 && (i < words || values.has('-')) ? [] : [i]
  })
  const widths = kept.map(i => Math.max(3, ...table.map(row => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`
  return [head, widths.map(width => '-'.repeat(width)), ...rows]
    .map((row, n) => line(n === 1 ? row : kept.map(i => row[i]!)))
    .join('\n')
}
