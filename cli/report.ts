/**
 * The report of a demo or pretraining run: one self-contained HTML page, a pure function of the results; `results.json`
 * beside the page holds the same numbers. `facet report` writes it again from these, or that of a study.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { replaceFile } from '../runtime/checkpoint.js'
import { accuracyChart, lossChart, projectionChart } from './chart.js'
import { UsageError } from './errors.js'
import { definitions, duration, escaped, figure, grid, legend, page, percent, section, table } from './page.js'
import { runName } from './progress.js'
import { gathered } from './study/gathered.js'
import { studyMarkdown } from './study/markdown.js'
import { holdsStudy, readStudyData, studyPage } from './study/page.js'

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
  /** Some test images, and the training images whose features are nearest to theirs. */
  readonly neighbours?: readonly Neighbours[]
  readonly seconds: number
  /** Of which training. */
  readonly trainSeconds: number
  readonly examplesPerSecond: number
  /** File of the trained weights, relative to the report. */
  readonly weights?: string
}
/** PNG files as addresses: a test image, and its neighbours side by side, nearest first. */
export interface Neighbours {
  readonly query: string
  readonly before: string
  readonly after: string
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
  /** A PNG file as an address: some training images, and beside each its views. */
  readonly views?: string
}

const colourOf = ({ augmentation }: RunResult): string =>
  augmentation === 'none' ? 'var(--plain)' : 'var(--augmented)'

export function register(program: Command): void {
  program
    .command('report')
    .summary('write the report of a study, a run or a demo as one HTML page')
    .description(
      'Writes the report of what facet study, facet pretrain or facet demo left in a folder, finished or not: one self-contained HTML page. Of a study also its tables (FILE.md), or all its results (FILE.json), which this command reads too.',
    )
    .argument('<path>', 'folder of a study or of a run, or results of a study in one file')
    .option('-o, --output <file>', 'the page, .md or .json (default: report.html in the folder)')
    .action(write)
}

async function write(path: string, options: { output?: string }): Promise<void> {
  const output = options.output ?? join(path.endsWith('.json') ? dirname(path) : path, 'report.html')
  const text = holdsStudy(path) ? studyText(path, output) : runText(path, output)
  await mkdir(dirname(output), { recursive: true })
  await replaceFile(output, text)
  console.log(`${output} written`)
}

function studyText(path: string, output: string): string {
  const data = readStudyData(path)
  return output.endsWith('.json') ? gathered(data) : output.endsWith('.md') ? studyMarkdown(data) : studyPage(data)
}

function runText(folder: string, output: string): string {
  const run = join(folder, 'results.json')
  if (!existsSync(run))
    throw new UsageError(`${folder} holds neither study.json of a study nor results.json of a run: give --out of one`)
  if (/\.(json|md)$/.test(output)) throw new UsageError(`${output} can be written of a study only: give an .html file`)
  try {
    return reportPage(JSON.parse(readFileSync(run, 'utf8')))
  } catch (error) {
    throw new UsageError(`${run} is damaged, or of another version: ${(error as Error).message}`)
  }
}

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
        `${grid(
          (['knn', 'linear'] as const).map(kind =>
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
          ),
        )}${accuracyTable(runs)}`,
      ),
    trained.length > 0 &&
      section(
        'Loss',
        'Per step faint, its moving average strong. Losses of different methods are on different scales.',
        `${legend([
          ['var(--plain)', 'without feature augmentation'],
          ['var(--augmented)', 'with feature augmentation'],
        ])}${grid(
          [...new Set(trained.map(run => run.method))].map(method => {
            const curves = trained.filter(run => run.method === method)
            return figure(
              method,
              lossChart(curves.map(run => ({ label: runName(run), colour: colourOf(run), points: run.losses }))),
            )
          }),
        )}`,
      ),
    data.views &&
      section(
        'Views',
        'Some training images, and beside each what the encoder is given of it: views, drawn anew at every step. Those of one image are to be alike, those of others not.',
        `<div class="wide"><img class="views" src="${data.views}" alt="training images, one to a row, and views of each"></div>`,
      ),
    runs.some(run => run.neighbours) &&
      section(
        'Nearest neighbours',
        'Test images, and the training images whose features are nearest to theirs by the cosine, nearest first: with the weights that the encoder started with, and after pretraining.',
        grid(runs.flatMap(run => (run.neighbours ? [figure(runName(run), neighbours(run.neighbours))] : []))),
      ),
    runs.some(run => run.projection) &&
      section(
        'Features in the plane',
        `Test images by the first two principal components of their features, before and after pretraining${set.classes.length > 0 ? '; one colour per class' : ''}.`,
        legend(set.classes.slice(0, 10).map((name, i) => [`var(--class-${i})`, name])) + projections(runs),
      ),
    section('How it was run', '', configuration(data)),
  ]
  return page(data.title, summary(data), sections)
}

function summary({ runs, set, interrupted, seconds }: ReportData): string {
  const scored = runs.filter(run => run.before && run.after)
  const best = scored.reduce<RunResult | undefined>(
    (top, run) => (!top || run.after!.knn > top.after!.knn ? run : top),
    undefined,
  )
  return [
    interrupted && 'Stopped before the end: what was trained until then is shown.',
    `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${set.train.toLocaleString('en')} images of ${set.name}, ${set.height} x ${set.width} pixels, ${set.classes.length > 0 ? `${set.classes.length} classes` : 'without labels'}, in ${duration(seconds)}.`,
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
  return table(
    `<tr><th rowspan="2">Method</th><th rowspan="2">Feature augmentation</th><th colspan="3" scope="colgroup">kNN accuracy</th><th colspan="3" scope="colgroup">Linear accuracy</th><th rowspan="2">Steps</th><th rowspan="2">Images/s</th><th rowspan="2">Time</th></tr>
<tr><th>before</th><th>after</th><th></th><th>before</th><th>after</th><th></th></tr>`,
    rows,
  )
}

/** A row for each test image: itself, its neighbours before and after. */
function neighbours(rows: readonly Neighbours[]): string {
  const picture = (address: string, what: string): string => `<td><img src="${address}" alt="${what}" height="32"></td>`
  return table(
    '<tr><th class="text">Image</th><th class="text">Before</th><th class="text">After</th></tr>',
    rows.map(({ query, before, after }, n) => {
      const cells = [
        picture(query, `test image ${n + 1}`),
        picture(before, 'its nearest training images before pretraining'),
        picture(after, 'its nearest training images after pretraining'),
      ]
      return `<tr class="pictures">${cells.join('')}</tr>`
    }),
  )
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
  return grid(panels, true)
}

function configuration({ configuration, adapter, runs, seconds }: ReportData): string {
  const rows: (readonly [string, string])[] = [
    ...configuration,
    ['adapter', adapter],
    ['total time', duration(seconds)],
    ...runs.flatMap(run => (run.weights ? [[`weights of ${runName(run)}`, run.weights] as const] : [])),
  ]
  return definitions(rows)
}
