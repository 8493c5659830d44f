/**
 * The report of a demo or pretraining run: one self-contained HTML page, readable in light and dark, with nothing loaded
 * from anywhere. `reportPage` is a pure function of the results; `results.json` beside the page holds the same numbers.
 */
import { accuracyChart, lossChart, projectionChart } from './chart.js'

export interface Scores {
  /** Shares of the test images, 0 to 1. */
  readonly knn: number
  readonly linear: number
}
export interface RunResult {
  readonly method: string
  /** Short name of the feature augmentation: `none`, `Gaussian noise`. */
  readonly augmentation: string
  readonly steps: number
  readonly plannedSteps: number
  readonly seed: number
  /** `[step, loss]` */
  readonly losses: readonly (readonly [number, number])[]
  readonly before?: Scores
  readonly after?: Scores
  /** Features of test images in the plane. */
  readonly projection?: Projection
  readonly seconds: number
  /** Of which training. */
  readonly trainSeconds: number
  readonly examplesPerSecond: number
  /** File of the trained weights, relative to the report. */
  readonly weights?: string
}
export interface Projection {
  readonly labels: readonly number[]
  readonly before: readonly (readonly [number, number])[]
  readonly after?: readonly (readonly [number, number])[]
}
export interface ReportData {
  readonly title: string
  readonly set: { name: string; train: number; test: number; height: number; width: number; classes: readonly string[] }
  readonly adapter: string
  readonly runs: readonly RunResult[]
  /** What the runs share, in the order to show. */
  readonly configuration: readonly (readonly [string, string])[]
  readonly seconds: number
  /** Stopped before the end. */
  readonly interrupted: boolean
}

export const runName = ({ method, augmentation }: Pick<RunResult, 'method' | 'augmentation'>): string =>
  augmentation === 'none' ? method : `${method} + ${augmentation}`
const colourOf = ({ augmentation }: RunResult): string =>
  augmentation === 'none' ? 'var(--plain)' : 'var(--augmented)'

/** The whole page. */
export function reportPage(data: ReportData): string {
  const { runs, set } = data
  const trained = runs.filter(run => run.losses.length > 0)
  const scored = runs.filter(run => run.before && run.after)
  const sections = [
    scored.length > 0 &&
      section(
        'What pretraining changed',
        'Accuracy on test images from frozen features: a weighted vote of the 20 nearest training images, and a linear classifier. The open dot is the same encoder before pretraining, the dashed line is chance.',
        `<div class="grid">${(['knn', 'linear'] as const)
          .map(kind =>
            figure(
              kind === 'knn' ? 'Nearest neighbours' : 'Linear probe',
              accuracyChart(
                scored.map(run => ({
                  label: runName(run),
                  colour: colourOf(run),
                  before: run.before![kind],
                  after: run.after![kind],
                })),
                1 / set.classes.length,
              ),
            ),
          )
          .join('')}</div>${accuracyTable(runs)}`,
      ),
    trained.length > 0 &&
      section(
        'Loss',
        'Per step faint, its moving average strong. Losses of different methods are on different scales.',
        `${legend([
          ['var(--plain)', 'without feature augmentation'],
          ['var(--augmented)', 'with feature augmentation'],
        ])}<div class="grid">${[...new Set(trained.map(run => run.method))]
          .map(method => {
            const curves = trained.filter(run => run.method === method)
            return figure(
              method,
              lossChart(curves.map(run => ({ label: runName(run), colour: colourOf(run), points: run.losses }))),
            )
          })
          .join('')}</div>`,
      ),
    runs.some(run => run.projection) &&
      section(
        'Features in the plane',
        'Test images by the first two principal components of their features, before and after pretraining; one colour per class.',
        legend(set.classes.slice(0, 10).map((name, i) => [`var(--class-${i})`, name])) + projections(runs),
      ),
    section('How it was run', '', configuration(data)),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(data.title)}</title>
<style>${stylesheet}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(data.title)}</h1>
<p>${escaped(summary(data))}</p>
</header>
${sections.filter(Boolean).join('\n')}
</main>
</body>
</html>
`
}

function summary({ runs, set, interrupted, seconds }: ReportData): string {
  const scored = runs.filter(run => run.before && run.after)
  const best = scored.reduce<RunResult | undefined>(
    (top, run) => (!top || run.after!.knn > top.after!.knn ? run : top),
    undefined,
  )
  return [
    interrupted && 'Stopped before the end: what was trained until then is shown.',
    `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${set.train.toLocaleString('en')} images of ${set.name}, ${set.height} x ${set.width} pixels, ${set.classes.length} classes, in ${duration(seconds)}.`,
    best &&
      `The best encoder is ${runName(best)}: its nearest-neighbour accuracy went from ${percent(best.before!.knn)} to ${percent(best.after!.knn)}, that of a linear probe from ${percent(best.before!.linear)} to ${percent(best.after!.linear)}.`,
  ]
    .filter(Boolean)
    .join(' ')
}

function accuracyTable(runs: readonly RunResult[]): string {
  const rows = runs.map(run => {
    const cell = (kind: keyof Scores): string => {
      const [before, after] = [run.before?.[kind], run.after?.[kind]]
      const change = before !== undefined && after !== undefined ? (after - before) * 100 : undefined
      return `<td>${before === undefined ? '–' : percent(before)}</td><td class="strong">${after === undefined ? '–' : percent(after)}</td><td class="${change === undefined ? '' : change > 0 ? 'up' : 'down'}">${change === undefined ? '' : `${change > 0 ? '+' : ''}${change.toFixed(1)}`}</td>`
    }
    const steps = run.steps === run.plannedSteps ? `${run.steps}` : `${run.steps} of ${run.plannedSteps}`
    return `<tr><th scope="row"><i style="background:${colourOf(run)}"></i>${escaped(run.method)}</th><td class="text">${escaped(run.augmentation)}</td>${cell('knn')}${cell('linear')}<td>${steps}</td><td>${run.examplesPerSecond.toFixed(0)}</td><td>${duration(run.seconds)}</td></tr>`
  })
  return `<div class="wide"><table>
<thead><tr><th rowspan="2">Method</th><th rowspan="2">Feature augmentation</th><th colspan="3" scope="colgroup">kNN accuracy</th><th colspan="3" scope="colgroup">Linear accuracy</th><th rowspan="2">Steps</th><th rowspan="2">Images/s</th><th rowspan="2">Time</th></tr>
<tr><th>before</th><th>after</th><th></th><th>before</th><th>after</th><th></th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`
}

/** Panels of runs that start from the same features share one "before". */
function projections(runs: readonly RunResult[]): string {
  const panels: string[] = []
  const seen = new Set<string>()
  for (const run of runs) {
    if (!run.projection) continue
    const { before, after, labels } = run.projection
    const key = JSON.stringify(before)
    if (!seen.has(key)) {
      const shared = runs.filter(other => JSON.stringify(other.projection?.before) === key)
      const name = shared.length === runs.length ? 'Before' : `${shared.map(runName).join(', ')}: before`
      panels.push(figure(name, projectionChart(before, labels)))
      seen.add(key)
    }
    if (after) panels.push(figure(`${runName(run)}`, projectionChart(after, labels)))
  }
  return `<div class="grid small">${panels.join('')}</div>`
}

function configuration({ configuration, adapter, runs, seconds }: ReportData): string {
  const rows: (readonly [string, string])[] = [
    ...configuration,
    ['adapter', adapter],
    ['total time', duration(seconds)],
    ...runs.flatMap(run => (run.weights ? [[`weights of ${runName(run)}`, run.weights] as const] : [])),
  ]
  return `<dl>${rows.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`
}

const section = (title: string, text: string, body: string): string =>
  `<section><h2>${escaped(title)}</h2>${text && `<p>${escaped(text)}</p>`}${body}</section>`
const figure = (caption: string, body: string): string =>
  `<figure><figcaption>${escaped(caption)}</figcaption>${body}</figure>`
const legend = (entries: readonly (readonly [string, string])[]): string =>
  `<ul class="legend">${entries.map(([colour, name]) => `<li><i style="background:${colour}"></i>${escaped(name)}</li>`).join('')}</ul>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, character => entities[character]!)
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

const stylesheet = `
:root { --page: #fdfdfc; --panel: #ffffff; --ink: #1c1d1f; --soft: #5d6168; --line: #e3e3df; --plain: #7a8190; --augmented: #0b7a75; --up: #0b7a3b; --down: #b3392f;
--class-0: #4269d0; --class-1: #d99a00; --class-2: #ff725c; --class-3: #37a89a; --class-4: #3ca951; --class-5: #ff8ab7; --class-6: #a463f2; --class-7: #4fb0e8; --class-8: #9c6b4e; --class-9: #8a8f98; }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --panel: #1d2024; --ink: #e8e8e5; --soft: #a2a7af; --line: #32363c; --plain: #9aa2b1; --augmented: #3ccfc4; --up: #5fd08a; --down: #f0857b;
--class-0: #7d9bf5; --class-1: #efb118; --class-3: #6cc5b0; --class-6: #bb8af8; --class-7: #97bbf5; --class-8: #c09275; --class-9: #b6bac1; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 1020px; margin: 0 auto; padding: 40px 24px 80px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 12px }
h2 { font-size: 19px; margin: 48px 0 6px }
p { margin: 0 0 16px; max-width: 70ch; color: var(--soft) }
header p { font-size: 17px; color: var(--ink) }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px }
.grid.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)) }
figure { margin: 0; padding: 14px 16px 10px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
figcaption { font-weight: 600; font-size: 14px; margin-bottom: 8px }
svg { display: block; width: 100%; max-width: 600px; height: auto; color: var(--ink) }
.wide { overflow-x: auto; margin-top: 20px }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; white-space: nowrap }
th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--line) }
thead th { font-weight: 500; color: var(--soft); font-size: 13px; vertical-align: bottom }
thead th[colspan] { text-align: center }
th:first-child, th:nth-child(2), td.text { text-align: left }
thead tr + tr th { text-align: right }
.strong { font-weight: 650 }
.up { color: var(--up) }
.down { color: var(--down) }
i { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 8px }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 0 0 14px; font-size: 14px; color: var(--soft) }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 0 32px; margin: 12px 0 0 }
dl div { display: flex; justify-content: space-between; gap: 16px; padding: 6px 0; border-bottom: 1px solid var(--line); font-size: 15px }
dt { color: var(--soft) }
dd { margin: 0; text-align: right; overflow-wrap: anywhere }
@media print { body { background: #fff } figure { break-inside: avoid } }
`
