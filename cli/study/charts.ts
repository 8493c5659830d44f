/** The drawings of a study's report, beside those of a single run. Differences are in points; colours are the page's. */
import * as Plot from '@observablehq/plot'
import type { Estimate } from '../../models/study/statistics.js'
import { svg } from '../chart.js'
import { type Effect, signed } from './compare.js'

export interface Bar {
  readonly name: string
  readonly estimate: Effect
}

/** Mean differences and their intervals, one row each, beside 0, over those of the single seeds. What has no interval is a dot. */
export function effectsChart(bars: readonly Bar[]): string {
  const rows = bars.map(({ name: label, estimate: { mean, low, high, n } }) => ({
    label,
    mean,
    low: n < 2 ? mean : low,
    high: n < 2 ? mean : high,
  }))
  const single = bars.flatMap(({ name: label, estimate: { seeds } }) =>
    seeds.length < 2 ? [] : seeds.map(points => ({ label, points })),
  )
  // An interval of two seeds may be far wider than the differences: it is cut off, and the table has its ends.
  const reach =
    1.15 *
    Math.max(
      0.5,
      ...rows.map(({ mean, low, high }) => clipped(mean, low, high)),
      ...single.map(({ points }) => Math.abs(points)),
    )
  return svg({
    width: 620,
    height: 60 + Math.max(0, ...rows.map(({ label }) => rowHeight(label))) * rows.length,
    marginLeft: labelWidth(rows.map(({ label }) => label)),
    marginRight: 20,
    marginBottom: 40,
    x: {
      label: 'difference to the matched baseline, points',
      domain: [-reach, reach],
      grid: true,
      labelOffset: 36,
      clamp: true,
    },
    y: { label: null, domain: rows.map(({ label }) => label), tickSize: 0 },
    marks: [
      Plot.axisY({ label: null, tickSize: 0, lineWidth: WIDEST / FONT - 2, lineHeight: 1.2 }),
      Plot.ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.link(rows, {
        x1: 'low',
        x2: 'high',
        y: 'label',
        stroke: 'var(--plain)',
        strokeWidth: 3,
        strokeOpacity: 0.6,
      }),
      Plot.dot(single, { x: 'points', y: 'label', r: 2.5, stroke: 'currentColor', strokeOpacity: 0.55 }),
      Plot.dot(rows, { x: 'mean', y: 'label', r: 5, fill: 'var(--augmented)' }),
    ],
  })
}
/** How far a row reaches from 0, its interval counted up to five times its mean. */
const clipped = (mean: number, low: number, high: number): number =>
  Math.max(Math.abs(mean), Math.min(Math.max(Math.abs(low), Math.abs(high)), 5 * Math.max(0.5, Math.abs(mean))))

export interface Cell {
  readonly x: string
  readonly y: string
  readonly estimate: Estimate | undefined
}

/**
 * A difference per cell: coloured and bold where its interval excludes 0, the stronger the farther from 0 its nearer end, so that
 * nothing which may be noise has a colour; empty cells were refused or have not finished.
 */
export function heatMap(
  cells: readonly Cell[],
  { x, y }: { readonly x: readonly string[]; readonly y: readonly string[] },
): string {
  const known = cells.flatMap(cell => (cell.estimate ? [{ ...cell, estimate: cell.estimate }] : []))
  const sure = ({ low, high, n }: Estimate): number => (n > 1 ? Math.max(0, low, -high) : 0)
  const most = Math.max(0.5, ...known.map(({ estimate }) => sure(estimate)))
  const data = known.map(({ x, y, estimate }) => ({
    x,
    y,
    fill: estimate.mean < 0 ? 'var(--down)' : 'var(--up)',
    share: sure(estimate) === 0 ? 0 : 0.15 + 0.6 * (sure(estimate) / most),
    text: signed(estimate.mean),
    weight: sure(estimate) > 0 ? 700 : 400,
  }))
  return svg({
    width: labelWidth(y) + 30 + 110 * x.length,
    height: 50 + 34 * y.length,
    marginLeft: labelWidth(y),
    marginTop: 34,
    marginRight: 30,
    padding: 0.05,
    x: { label: null, domain: x, axis: 'top', tickSize: 0 },
    y: { label: null, domain: y, tickSize: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.cell(
        x.flatMap(x => y.map(y => ({ x, y }))),
        { x: 'x', y: 'y', stroke: 'currentColor', strokeOpacity: 0.12 },
      ),
      Plot.cell(data, { x: 'x', y: 'y', fill: 'fill', fillOpacity: 'share' }),
      ...[400, 700].map(weight =>
        Plot.text(
          data.filter(cell => cell.weight === weight),
          { x: 'x', y: 'y', text: 'text', fill: 'currentColor', fontWeight: weight },
        ),
      ),
    ],
    opacity: { type: 'identity' },
  })
}

export interface Line {
  readonly label: string
  readonly colour: string
  readonly points: readonly { readonly x: string; readonly y: number }[]
}

/** Accuracy in per cent over the levels of an axis, in its order. */
export function levelsChart(lines: readonly Line[], levels: readonly string[]): string {
  const data = lines.flatMap(({ label, colour, points }) => points.map(point => ({ ...point, label, colour })))
  return svg({
    width: 460,
    height: 280,
    marginLeft: 48,
    marginBottom: 44,
    x: { type: 'point', label: null, domain: [...levels], tickSize: 4 },
    y: { label: 'accuracy, %', grid: true, nice: true },
    color: { type: 'identity' },
    marks: [
      Plot.line(data, { x: 'x', y: 'y', z: 'label', stroke: 'colour', strokeWidth: 2, strokeOpacity: 0.8 }),
      Plot.dot(data, { x: 'x', y: 'y', fill: 'colour', r: 3.5 }),
    ],
  })
}

export interface Spent {
  readonly label: string
  readonly colour: string
  readonly slower: number
  readonly points: number
}

/** What an augmentation gains over what it costs: time of a step, relative to the baseline's. */
export const costChart = (spent: readonly Spent[]): string =>
  svg({
    width: 460,
    height: 280,
    marginLeft: 48,
    marginBottom: 44,
    x: { label: 'time of a step / baseline', grid: true, nice: true, labelOffset: 38 },
    y: { label: 'difference, points', grid: true, nice: true },
    color: { type: 'identity' },
    marks: [
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      Plot.ruleX([1], { stroke: 'currentColor', strokeOpacity: 0.3, strokeDasharray: '3,3' }),
      Plot.dot(spent, { x: 'slower', y: 'points', fill: 'colour', r: 5, fillOpacity: 0.85 }),
    ],
  })

/** Shares of cosines in bins over [-1, 1], positive and negative pairs. */
export function scoresChart({
  positive,
  negative,
}: {
  readonly positive: readonly number[]
  readonly negative: readonly number[]
}): string {
  const bars = ([positive, negative] as const).flatMap((counts, i) => {
    const total = counts.reduce((a, b) => a + b, 0) || 1
    return counts.map((count, bin) => ({
      from: (2 * bin) / counts.length - 1,
      to: (2 * (bin + 1)) / counts.length - 1,
      share: (100 * count) / total,
      colour: i === 0 ? 'var(--augmented)' : 'var(--plain)',
    }))
  })
  return svg({
    width: 260,
    height: 170,
    marginLeft: 36,
    marginBottom: 36,
    x: { label: 'cosine', domain: [-1, 1], ticks: 5, labelOffset: 32 },
    y: { label: '%', grid: true, ticks: 4 },
    color: { type: 'identity' },
    marks: [Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'share', fill: 'colour', fillOpacity: 0.55 })],
  })
}

/** Of the text of a chart, in pixels. */
const FONT = 12
/** Room that labels may take, in pixels: longer ones are broken where they can be. */
const WIDEST = 340
const widthOf = (label: string): number => 16 + 0.55 * FONT * Math.max(4, label.length)
const labelWidth = (labels: readonly string[]): number => Math.min(WIDEST, Math.max(...labels.map(widthOf), 0))
const rowHeight = (label: string): number => 26 + (FONT + 2) * (Math.ceil(widthOf(label) / WIDEST) - 1)
