/** The report page: complete, self-contained, safe with odd names. */
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { reportPage } from '../../cli/report.js'
import type { ReportData, RunResult, SetFacts } from '../../cli/results.js'
import { valueText } from '../../cli/runs.js'
import { generator } from '../../models/data/random.js'

const random = generator(1)
const labels = Array.from({ length: 40 }, (_, n) => n % 10)
const points = labels.map(() => [random(), random()] as const)
const set: SetFacts = {
  name: 'shapes & "more"',
  train: 2000,
  test: 500,
  size: '16 x 16 pixels',
  classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
}
const result = (method: string, augmentation: string, knn: number): RunResult => ({
  set,
  adapter: 'an adapter',
  configuration: [
    ['batch', '64'],
    ['feature augmentation', augmentation],
  ],
  method,
  augmentation,
  steps: 30,
  plannedSteps: 30,
  seed: 1,
  losses: Array.from({ length: 30 }, (_, i) => [i + 1, -i / 30] as const),
  before: { knn: 0.2, linear: 0.25 },
  after: { knn, linear: knn + 0.01 },
  projection: { labels, before: points, after: points.map(([x, y]) => [y, -x] as const) },
  seconds: 61,
  trainSeconds: 50,
  examplesPerSecond: 123,
  weights: 'simsiam/weights.safetensors',
})
const data: ReportData = {
  title: 'A <b>title</b>',
  runs: [result('SimSiam', 'none', 0.31), result('SimSiam', 'Gaussian noise', 0.427), result('MoCo v2', 'none', 0.18)],
  interrupted: false,
}
const parse = (html: string) => parseHTML(html).document

test('every run is in the table, with its change', () => {
  const document = parse(reportPage(data))
  const rows = [...document.querySelectorAll('tbody tr')].map(row => [...row.children].map(cell => cell.textContent))
  assert.is(rows.length, 3)
  assert.equal(rows[1]!.slice(0, 5), ['SimSiam', 'Gaussian noise', '20.0 %', '42.7 %', '+22.7'])
  assert.is(rows[2]![4], '-2.0')
  assert.match(
    document.querySelector('header p')!.textContent!,
    /best encoder is SimSiam \+ Gaussian noise: .* from 20\.0 % to 42\.7 %/,
  )
})

test('one loss chart per method, one "before" for runs that share it, every class in the legend', () => {
  const document = parse(reportPage(data))
  const captions = [...document.querySelectorAll('figcaption')].map(caption => caption.textContent)
  assert.equal(captions, [
    'Nearest neighbours',
    'Linear probe',
    'SimSiam',
    'MoCo v2',
    'Before',
    'SimSiam',
    'SimSiam + Gaussian noise',
    'MoCo v2',
  ])
  assert.is(document.querySelectorAll('figure svg').length, captions.length)
  const legend = [...document.querySelectorAll('.legend')].at(-1)!
  assert.equal(
    [...legend.querySelectorAll('li')].map(item => item.textContent),
    set.classes,
  )
  const circles = document.querySelectorAll('figure:last-of-type svg circle').length
  assert.ok(circles >= labels.length, `${circles} circles`)
})

test('self-contained: no script, no address, both colour schemes; text is escaped', () => {
  const html = reportPage(data)
  assert.not.match(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''), /https?:|<script|<link|<img|url\(|@import/)
  assert.match(html, /prefers-color-scheme: dark/)
  assert.not.match(html, /<b>title/)
  assert.match(html, /A &lt;b&gt;title&lt;\/b&gt;/)
  assert.match(html, /shapes &amp; &quot;more&quot;/)
  assert.not.match(html, /NaN|undefined/)
})

test('what runs share is said once, what differs by run, and nothing twice', () => {
  const rows = [...parse(reportPage(data)).querySelectorAll('dl div')].map(row =>
    [...row.children].map(cell => cell.textContent),
  )
  assert.equal(rows, [
    ['batch', '64'],
    ['feature augmentation of SimSiam, MoCo v2', 'none'],
    ['feature augmentation of SimSiam + Gaussian noise', 'Gaussian noise'],
    ['adapter', 'an adapter'],
    ['weights', 'simsiam/weights.safetensors'],
  ])
})

test('runs on several sets have sections of their own', () => {
  const other = {
    ...result('SimSiam', 'none', 0.3),
    set: { ...set, name: 'digits', size: '8000 samples', classes: [] },
  }
  const document = parse(reportPage({ ...data, runs: [...data.runs, other] }))
  const headings = [...document.querySelectorAll('h2')].map(heading => heading.textContent)
  assert.ok(headings.includes('How it was run, digits') && headings.includes('How it was run, shapes & "more"'))
  assert.match(
    document.querySelector('header p')!.textContent!,
    /3 runs on .*1 run on 2,000 examples of digits, 8000 samples/,
  )
})

test('pretraining that made every encoder worse is not called an improvement', () => {
  const said = (...runs: RunResult[]) => parse(reportPage({ ...data, runs })).querySelector('header p')!.textContent!
  const worse = result('SimSiam', 'none', 0.15)
  assert.match(
    said(worse),
    /Pretraining did not help: of SimSiam, the nearest-neighbour accuracy went from 20\.0 % to 15\.0 %/,
  )
  assert.match(said(worse, result('MoCo v2', 'none', 0.18)), /did not help any encoder: of MoCo v2, the best after it,/)
  assert.match(said(result('SimSiam', 'none', 0.25)), /The encoder is SimSiam: its .* from 20\.0 % to 25\.0 %/)
})

test('parts of a recipe are read without braces', () => {
  const parts = { hidden: 32, batchNorm: true, lastBatchNorm: false, crop: { scale: [0.5, 1 / 3] }, mean: [1, 2, 3] }
  assert.is(valueText(parts), 'hidden 32, batch norm, no last batch norm, crop (scale 0.5 to 0.3333), mean 1, 2, 3')
})

test('a stopped demo says so and shows what there is', () => {
  const { after: _after, projection: _projection, ...partial } = result('SimSiam', 'none', 0.3)
  const html = reportPage({ ...data, runs: [{ ...partial, steps: 12 }], interrupted: true })
  const document = parse(html)
  assert.match(document.querySelector('header p')!.textContent!, /^Stopped before the end/)
  assert.not.match(html, /NaN|undefined/)
})

test.run()
