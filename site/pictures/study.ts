/**
 * The figure of the registered study: its primary difference by every number that was taken, seed by seed. It has its own colours for
 * light and dark.
 *
 *     npx tsx site/pictures/study.ts    # writes site/guide/pictures/study.svg
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { effectsChart } from '../../cli/study/charts.js'
import { findingsByMetric } from '../../cli/study/hypotheses.js'
import { readStudyData } from '../../cli/study/page.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const { record, results } = readStudyData(at('../../examples/study/confirm/results.json'))
const bars = findingsByMetric(record.hypotheses!, results).map(({ metric, found: [primary] }) => ({
  name: metric.label,
  estimate: primary!.estimate!,
}))
const style = `<style>svg{color-scheme:light dark;color:#1f2530;--plain:#8b93a3;--augmented:#c2410c}
@media(prefers-color-scheme:dark){svg{color:#e7eaf0;--plain:#8d96a8;--augmented:#fb923c}}</style>`
const title =
  '<title>Differences that noise on the target makes, for each seed, their mean and its 95 % interval</title>'
// Without Plot's own style sheet, which is for its drawings in a page.
const drawing = effectsChart(bars)
  .replace(/<style>.*?<\/style>/s, '')
  .replace(/>/, ` xmlns="http://www.w3.org/2000/svg">${title}${style}`)
writeFileSync(at('../guide/pictures/study.svg'), `${drawing}\n`)
