/** The report of a study: its comparisons against hand-computed numbers, its sentences, the page itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { effectsChart } from '../../cli/study/charts.js'
import { contrast, effect, gains, meanGain, metricsOf, together, verdict } from '../../cli/study/compare.js'
import { gathered } from '../../cli/study/gathered.js'
import { studyMarkdown } from '../../cli/study/markdown.js'
import { readStudyData, studyPage } from '../../cli/study/page.js'
import { estimate, studentQuantile } from '../../models/study/statistics.js'
import type { Trial } from '../../models/study/study.js'
import { axes, studyData } from './results.js'

const near = (value: number | undefined, expected: number): void =>
  assert.ok(value !== undefined && Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`)

/** Points that gaussian noise gains by seed; half of it by flow delta; twice as much with all image augmentation. */
const GAINED = [1, 2, 3]
const accuracy = ({ method, augmentation, flow, imageAugmentation, seed }: Trial): number => {
  const baseline =
    0.3 + 0.01 * seed + (method === 'moco' ? 0.1 : 0) + (imageAugmentation === 'simsiam-cifar' ? 0.05 : 0)
  if (!augmentation.startsWith('gaussian')) return baseline
  const levels = imageAugmentation === 'simsiam-cifar' ? 2 : 1
  return baseline + 0.01 * GAINED[seed - 1]! * (flow === 'delta' ? 0.5 : 1) * levels
}
const data = studyData(accuracy)
const [knn] = metricsOf(data.results) as [ReturnType<typeof metricsOf>[number]]
const all = gains(data.results, knn)
const html = studyPage(data)
const { document } = parseHTML(html)
/** The sentence of each section. */
const paragraphs = [...document.querySelectorAll('section')].map(
  section => section.querySelector('p')?.textContent ?? '',
)

test('every augmented trial is compared with the baseline of its method, image augmentation and seed', () => {
  // 2 methods x 2 levels x 3 seeds x 2 flows, and mixqueue on MoCo alone.
  assert.is(all.length, 24 + 6)
  for (const { trial, points } of all)
    near(points, 100 * (accuracy(trial) - accuracy({ ...trial, augmentation: 'none' })))
})

test('effects are means over settings for each seed, with the interval over seeds', () => {
  const found = meanGain(all, ({ augmentation }) => augmentation.startsWith('gaussian'))!
  // Of a seed: the mean of g, g / 2, 2 g and g, which is 1.125 g; g = 1, 2, 3. s = 1.125, t(2) = 4.3027.
  assert.is(found.n, 3)
  near(found.mean, 2.25)
  near(found.high - found.mean, (studentQuantile(0.95, 2) * 1.125) / Math.sqrt(3))
  // A setting that lacks a seed is left out.
  const partial = effect([
    { setting: 'a', seed: 1, points: 1 },
    { setting: 'a', seed: 2, points: 3 },
    { setting: 'b', seed: 1, points: 100 },
  ])!
  assert.equal([partial.mean, partial.n], [2, 2])
  assert.is(effect([]), undefined)
})

test('contrasts hold everything else fixed', () => {
  // delta less full: -g / 2 and -g, mean -0.75 g over seeds: -1.5. Level: (2g - g), (g - g / 2): 0.75 g for gaussian noise;
  // mixqueue gains nothing at either. Settings: 4 of gaussian noise (2 methods x 2 flows), 1 of mixqueue.
  near(contrast(all, 'flow', 'delta', 'full')!.mean, -1.5)
  near(contrast(all, 'imageAugmentation', 'simsiam-cifar', 'ladder-crop')!.mean, (4 * 1.5) / 5)
  assert.is(contrast(all, 'flow', 'nowhere', 'full'), undefined)
})

test('sentences claim what the intervals carry, and no more', () => {
  const words = { subject: 'thing', raises: 'raises it', lowers: 'lowers it' }
  const named = (name: string, differences: number[]) => ({ name, estimate: estimate(differences, together(2)) })
  assert.is(
    verdict([named('a', [1, 1.1, 0.9]), named('b', [1, -1, 0.5])], words),
    'a raises it by 1.0 points [+0.6, +1.4] (the intervals of all 2 comparisons together hold with 95 %, n = 3 seeds). For the other, no difference larger than the noise.',
  )
  assert.is(
    verdict([named('a', [-1, 3])], words),
    'No difference larger than the noise between the things (the intervals of one comparison hold with 95 %, n = 2 seeds).',
  )
  assert.match(verdict([named('a', [5])], words), /^With one seed there is no interval/)
  assert.match(verdict([], words), /^There is nothing to compare yet/)
})

test('the page answers the three questions with these sentences', () => {
  const headings = [...document.querySelectorAll('h2')].map(heading => heading.textContent)
  assert.equal(headings.slice(0, 3), [
    'Which feature augmentation helps?',
    'Which gradient flow?',
    'How does it relate to image augmentation?',
  ])
  // t(0.9875, 2) = 6.205: 2.25 +- 4.03 holds 0.
  assert.match(paragraphs[0]!, /^No difference larger than the noise between the feature augmentations/)
  assert.match(
    paragraphs[1]!,
    /^Compared with full, between trials that agree in all the rest\. No difference larger than the noise between the gradient flows \(the intervals of one comparison/,
  )
  assert.not.match(html, /NaN|undefined|Infinity/)
})

test('a mean is drawn over the differences of its seeds', () => {
  const drawn = meanGain(all, trial => trial.method === 'simsiam' && trial.augmentation.startsWith('gaussian'))!
  const { document } = parseHTML(effectsChart([{ name: 'noise', estimate: drawn }]))
  const x = [...document.querySelectorAll('circle')].map(circle => Number(circle.getAttribute('cx')))
  assert.is(x.length, drawn.seeds.length + 1)
  const order = (values: readonly number[]) => values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!)
  assert.equal(order(x.slice(0, -1)), order(drawn.seeds))
  near(drawn.seeds.reduce((a, b) => a + b, 0) / drawn.n, drawn.mean)
})

test('what does not vary between seeds is found', () => {
  const steady = studyData(trial => (trial.augmentation.startsWith('gaussian') ? 0.35 + 0.001 * trial.seed : 0.3))
  const text = parseHTML(studyPage(steady)).document.querySelector('section > p')!.textContent!
  assert.match(text, /^gaussian@projection:cosine=0.9 raises accuracy by 5\.2 points \[\+4\.8, \+5\.6\]/)
  assert.match(text, /For the other, no difference larger than the noise\.$/)
})

test('the accuracy table has mean, deviation, difference and interval of every setting', () => {
  const tables = [...document.querySelectorAll('table')]
  const accuracies = tables.find(table => table.textContent!.includes('95 % interval'))!
  const rows = [...accuracies.querySelectorAll('tbody tr')].map(row => [...row.children].map(cell => cell.textContent))
  assert.is(rows.length, 2 * 2 * 3 + 2)
  assert.equal(rows[0]!.slice(0, 8), ['simsiam', 'none', '', 'ladder-crop', '3', '32.0 ± 1.0', '', ''])
  const noise = rows.find(
    ([method, name, flow]) => method === 'simsiam' && name!.startsWith('gaussian') && flow === 'full',
  )!
  assert.equal(noise.slice(3, 8), ['ladder-crop', '3', '34.0 ± 2.0', '+2.0', '[−0.5, +4.5]'])
})

test('what differs between trials is told from what they share', () => {
  const differing = [...document.querySelectorAll('table')].find(table => table.textContent!.includes('What differs'))!
  const parts = [...differing.querySelectorAll('tbody th')].map(cell => cell.textContent)
  assert.ok(['augment', 'seed', 'recipe.method', 'recipe.views'].every(part => parts.includes(part)))
  assert.not.ok(parts.includes('steps'))
  const out = document.querySelectorAll('section')
  assert.match([...out].at(-1)!.textContent!, /simsiam, mixqueue:flow=stopped, stopped.*no site negatives/)
})

test('well-formed and self-contained; text is escaped', () => {
  assert.not.match(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''), /https?:|<script|<link|<img|url\(|@import/)
  assert.match(html, /^<!doctype html>\n<html lang="en">/)
  assert.not.match(html, /<b>more/)
  assert.match(html, /study &amp; &lt;b&gt;more/)
  assert.match(html, /a &lt;set&gt;/)
  for (const name of ['section', 'figure', 'table', 'svg', 'ul', 'details', 'p', 'g', 'td', 'th', 'tr']) {
    const [opened, closed] = [new RegExp(`<${name}[ >]`, 'g'), new RegExp(`</${name}>`, 'g')].map(
      tag => html.match(tag)?.length,
    )
    assert.is(opened, closed, `${name}: ${opened} opened, ${closed} closed`)
  }
  assert.ok(document.querySelectorAll('figure svg').length > 12)
})

test('in one file, and read again, a study gives the same page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facet-study-'))
  try {
    const file = join(folder, 'study.json')
    writeFileSync(file, gathered(data))
    assert.is(studyPage(readStudyData(file)), html)
    writeFileSync(file, gathered({ ...data, results: [] }))
    assert.throws(() => readStudyData(file), /study\.json holds no finished trial/)
    writeFileSync(file, '{')
    assert.throws(() => readStudyData(file), /study\.json holds no results of a study/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('tables in Markdown: what all rows share has no column', () => {
  const text = studyMarkdown(data)
  const [accuracies, differences] = text
    .split(/\n\n/)
    .filter(part => part.startsWith('|'))
    .map(table => table.split('\n').map(row => row.slice(2, -2).split(/ +\| +/)))
  assert.equal(accuracies![0], ['method', 'image augmentation', 'flow', 'none', ...axes.augmentations])
  // Two flows each, and mixqueue's own on MoCo.
  assert.is(accuracies!.length, 2 + 2 * 2 * 2 + 2)
  assert.equal(accuracies![2]!.slice(0, 5), ['simsiam', 'ladder-crop', 'full', '32.0 ± 1.0', '34.0 ± 2.0'])
  assert.equal(differences![2]!.slice(0, 4), ['simsiam', 'ladder-crop', 'full', '+2.0 [−0.5, +4.5]'])
  const kept = ({ flow, imageAugmentation }: Trial): boolean =>
    flow !== 'delta' && flow !== 'stopped' && imageAugmentation === 'ladder-crop'
  const few = studyMarkdown({
    ...data,
    results: data.results.filter(({ trial }) => kept(trial)),
    record: { ...data.record, trials: data.record.trials.filter(kept) },
  })
  assert.match(few, /^\| method +\| none +\| gaussian/m)
  for (const sentence of paragraphs.slice(0, 3)) assert.ok(text.includes(sentence), sentence)
})

test('a study with one trial, one level and one flow is a page too', () => {
  const [first] = data.results
  const page = studyPage({
    ...data,
    record: { ...data.record, trials: [first!.trial], leftOut: [] },
    results: [first!],
  })
  assert.match(page, /nothing to compare/)
  assert.not.match(page, /NaN|undefined|Infinity/)
  const half = studyPage({
    ...data,
    results: data.results.slice(0, 9),
    failures: [{ id: first!.trial.id, reason: 'lost <it>' }],
  })
  assert.match(half, /The study is not finished/)
  assert.match(half, /lost &lt;it&gt;/)
  assert.not.match(half, /NaN|undefined|Infinity/)
})

test.run()
