/** The report page: complete, self-contained, safe with odd names. */
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type ReportData, type RunResult, reportPage } from '../../cli/report.js'
import { generator } from '../../models/data/random.js'

const random = generator(1)
const labels = Array.from({ length: 40 }, (_, n) => n % 10)
const points = labels.map(() => [random(), random()] as const)
const result = (method: string, augmentation: string, knn: number): RunResult => ({
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
  set: {
    name: 'shapes & "more"',
    train: 2000,
    test: 500,
    height: 16,
    width: 16,
    classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  },
  adapter: 'an adapter',
  runs: [result('SimSiam', 'none', 0.31), result('SimSiam', 'Gaussian noise', 0.427), result('MoCo v2', 'none', 0.18)],
  configuration: [['batch', '64']],
  seconds: 200,
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
    data.set.classes,
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

test('a stopped demo says so and shows what there is', () => {
  const { after: _after, projection: _projection, ...partial } = result('SimSiam', 'none', 0.3)
  const html = reportPage({ ...data, runs: [{ ...partial, steps: 12 }], interrupted: true })
  const document = parse(html)
  assert.match(document.querySelector('header p')!.textContent!, /^Stopped before the end/)
  assert.not.match(html, /NaN|undefined/)
})

test.run()
