/**
 * The report of a demo or pretraining run: one self-contained HTML page, a pure function of the results; `results.json`
 * beside the page holds the same numbers. `facet report` writes it again from these, or that of a study.
 */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { replaceFile } from '../runtime/checkpoint.js'
import { accuracyChart, lossChart, projectionChart } from './chart.js'
import { UsageError } from './errors.js'
import { definitions, duration, escaped, figure, grid, legend, page, percent, section, table } from './page.js'
import { runName } from './progress.js'
import { type Neighbours, type ReportData, type RunResult, readResults, type Scores } from './results.js'
import { gathered } from './study/gathered.js'
import { studyMarkdown } from './study/markdown.js'
import { holdsStudy, readStudyData, studyPage } from './study/page.js'

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
  const forms = holdsStudy(path) ? ['.html', '.md', '.json'] : ['.html']
  if (!forms.includes(extname(output)))
    throw new UsageError(`-o takes a file that ends with ${forms.join(' or ')}, got ${JSON.stringify(output)}`)
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
  if (!existsSync(folder)) throw new UsageError(`${folder} does not exist: give --out of a study or a run`)
  if (/\.(json|md)$/.test(output)) throw new UsageError(`${output} can be written of a study only: give an .html file`)
  const data = readResults(folder)
  if (data) return reportPage(data)
  // The folder of one run: its results are with those of the others.
  const weights = join(basename(resolve(folder)), 'weights.safetensors')
  const runs = readResults(dirname(resolve(folder)))?.runs.filter(run => run.weights === weights) ?? []
  if (runs.length > 0)
    return reportPage({ title: 'Pretraining', runs, interrupted: runs.some(run => run.steps < run.plannedSteps) })
  throw new UsageError(
    existsSync(join(folder, 'weights.safetensors'))
      ? `${folder} holds a run that was not evaluated: facet pretrain --resume ${folder} goes on with it`
      : `${folder} holds neither study.json of a study nor results.json of runs: give --out of one`,
  )
}

/** The whole page: sections for each set that runs are on. */
export function reportPage({ title, runs, interrupted, views }: ReportData): string {
  const sets = [...groupedBy(runs, run => JSON.stringify(run.set)).values()]
  return page(
    title,
    [interrupted && 'Stopped before the end: what was trained until then is shown.', ...sets.map(summary)]
      .filter(Boolean)
      .join(' '),
    sets.flatMap((of, i) =>
      sectionsOf(of, sets.length > 1 ? `, ${of[0]!.set.name}` : '', i === sets.length - 1 ? views : undefined),
    ),
  )
}

function groupedBy<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

/** Of runs on one set; `of`: what to add to headings; `views`: a picture of those of the last set. */
function sectionsOf(runs: readonly RunResult[], of: string, views?: string): (string | false)[] {
  const { set } = runs[0]!
  const trained = runs.filter(run => run.losses.length > 0)
  const scored = runs.filter(run => run.before && run.after)
  return [
    scored.length > 0 &&
      section(
        `What pretraining changed${of}`,
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
    runs.some(run => run.geometry) &&
      section(
        `What pretraining changed${of}`,
        'The set has no labels to count, so that no accuracy can be given; how the features of the test images lie in space can. Rank (RankMe) and participation ratio count the directions that features use, uniformity falls towards -4 as they cover the sphere, spread is 1 where they point everywhere; a collapse has rank and participation near 1, uniformity and spread near 0.',
        geometryTable(runs),
      ),
    trained.length > 0 &&
      section(
        `Loss${of}`,
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
    views !== undefined &&
      section(
        `Views${of}`,
        'Some training images, and beside each what the encoder is given of it: views, drawn anew at every step. Those of one image are to be alike, those of others not.',
        `<div class="wide"><img class="views" src="${views}" alt="training images, one to a row, and views of each"></div>`,
      ),
    runs.some(run => run.neighbours) &&
      section(
        `Nearest neighbours${of}`,
        'Test images, and the training images whose features are nearest to theirs by the cosine, nearest first: with the weights that the encoder started with, and after pretraining.',
        grid(runs.flatMap(run => (run.neighbours ? [figure(runName(run), neighbours(run.neighbours))] : []))),
      ),
    runs.some(run => run.projection) &&
      section(
        `Features in the plane${of}`,
        `Test examples by the first two principal components of their features, before and after pretraining${set.classes.length > 0 ? '; one colour per class' : ''}.`,
        legend(set.classes.slice(0, 10).map((name, i) => [`var(--class-${i})`, name])) + projections(runs),
      ),
    section(`How it was run${of}`, '', configuration(runs)),
  ]
}

function summary(runs: readonly RunResult[]): string {
  const { name, train, size, classes } = runs[0]!.set
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0)
  const scored = runs.filter(run => run.before && run.after)
  const best = scored.reduce<RunResult | undefined>(
    (top, run) => (!top || run.after!.knn > top.after!.knn ? run : top),
    undefined,
  )
  const what = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} on ${train.toLocaleString('en')} examples of ${name}, ${size}, ${classes.length > 0 ? `${classes.length} classes` : 'without labels'}, in ${duration(seconds)}.`
  return best ? `${what} ${verdict(best, scored.length)}` : what
}

/** Of the run that is best after pretraining, which need not be better than before. */
function verdict(best: RunResult, of: number): string {
  const { before, after } = best as Required<RunResult>
  const change = `nearest-neighbour accuracy went from ${percent(before.knn)} to ${percent(after.knn)}, that of a linear probe from ${percent(before.linear)} to ${percent(after.linear)}.`
  if (after.knn > before.knn)
    return `${of > 1 ? 'The best encoder is' : 'The encoder is'} ${runName(best)}: its ${change}`
  return `Pretraining did not help${of > 1 ? ` any encoder: of ${runName(best)}, the best after it,` : `: of ${runName(best)},`} the ${change}`
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
    `<tr><th rowspan="2">Method</th><th rowspan="2">Feature augmentation</th><th colspan="3" scope="colgroup">kNN accuracy</th><th colspan="3" scope="colgroup">Linear accuracy</th><th rowspan="2">Steps</th><th rowspan="2">Examples/s</th><th rowspan="2">Time</th></tr>
<tr><th>before</th><th>after</th><th></th><th>before</th><th>after</th><th></th></tr>`,
    rows,
  )
}

/** Of runs on a set without labels: before and after. */
function geometryTable(runs: readonly RunResult[]): string {
  const names = ['rank', 'participation', 'uniformity', 'spread'] as const
  const cell = (value: number | undefined): string => `<td>${value?.toPrecision(3) ?? '–'}</td>`
  return table(
    `<tr><th rowspan="2">Method</th><th rowspan="2">Feature augmentation</th>${names.map(name => `<th colspan="2" scope="colgroup">${name}</th>`).join('')}</tr>
<tr>${names.map(() => '<th>before</th><th>after</th>').join('')}</tr>`,
    runs.map(
      run =>
        `<tr><th scope="row"><i style="background:${colourOf(run)}"></i>${escaped(run.method)}</th><td class="text">${escaped(run.augmentation)}</td>${names.map(name => cell(run.geometry?.before[name]) + cell(run.geometry?.after[name])).join('')}</tr>`,
    ),
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

/** What the runs share once, and what differs by run. */
function configuration(runs: readonly RunResult[]): string {
  const facts = runs.map(run => [
    ...run.configuration,
    ['adapter', run.adapter] as const,
    ...(run.weights ? [['weights', run.weights] as const] : []),
  ])
  const names = [...new Set(facts.flatMap(rows => rows.map(([name]) => name)))]
  const rows = names.flatMap(name => {
    const values = facts.map(rows => rows.find(([other]) => other === name)?.[1])
    if (values.every(value => value === values[0])) return [[name, values[0]!] as const]
    return [...groupedBy([...runs.keys()], i => values[i] ?? '')].flatMap(([value, at]) =>
      value === '' ? [] : [[`${name} of ${at.map(i => runName(runs[i]!)).join(', ')}`, value] as const],
    )
  })
  return definitions(rows)
}
