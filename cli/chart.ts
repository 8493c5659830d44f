/**
 * The drawings of the report as SVG text, made by Observable Plot on a document without a browser. Colours are CSS
 * variables of the page, so that one drawing serves a light and a dark page.
 */
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

export interface Curve {
  readonly label: string
  /** A CSS colour. */
  readonly colour: string
  /** `[step, loss]` */
  readonly points: readonly (readonly [number, number])[]
}

const { document } = parseHTML('<!doctype html><html><body></body></html>')
const style = { background: 'transparent', fontSize: '12px', overflow: 'visible' } as const

/** A drawing as text. */
export function svg(options: Plot.PlotOptions): string {
  const drawing = Plot.plot({ document: document as unknown as Document, style, ...options })
  // Plot's own style sheet names a class per drawing; sizes follow the page, coordinates need no more than two digits.
  return drawing.outerHTML.replace(/(\d+\.\d{2})\d+/g, '$1').replace(/<svg /, `<svg role="img" `)
}

/** Loss over steps: the values faint, their moving average strong. */
export function lossChart(curves: readonly Curve[]): string {
  const marks = curves.flatMap(({ points, colour }) => [
    Plot.line(points as [number, number][], { stroke: colour, strokeOpacity: 0.25, strokeWidth: 1 }),
    Plot.line(smooth(points), { stroke: colour, strokeWidth: 2 }),
  ])
  return svg({
    width: 460,
    height: 240,
    marginLeft: 48,
    marginBottom: 40,
    x: { label: 'step', labelOffset: 36 },
    y: { label: 'loss', grid: true, nice: true },
    marks,
  })
}

/** An exponential moving average over about a twentieth of the run. */
function smooth(points: Curve['points']): [number, number][] {
  const keep = 1 - Math.min(1, 20 / Math.max(1, points.length))
  let average = 0
  let weight = 0
  return points.map(([step, loss]) => {
    average = keep * average + (1 - keep) * loss
    weight = keep * weight + (1 - keep)
    return [step, average / weight]
  })
}

export interface Change {
  readonly label: string
  readonly colour: string
  /** Shares, 0 to 1. */
  readonly before: number
  readonly after: number
}

/** One line per run, from the accuracy before to the accuracy after; `chance` is marked. */
export function accuracyChart(changes: readonly Change[], chance: number): string {
  const percent = (x: number): number => x * 100
  const top = Math.min(100, 10 * Math.ceil(11 * Math.max(...changes.flatMap(({ before, after }) => [before, after]))))
  return svg({
    width: 460,
    height: 60 + 46 * changes.length,
    marginLeft: 178,
    marginRight: 44,
    marginBottom: 40,
    x: { label: 'accuracy, %', grid: true, domain: [0, top], ticks: 5, labelOffset: 36 },
    y: { domain: changes.map(({ label }) => label), axis: null },
    marks: [
      // Names of runs are long: they are broken into lines.
      Plot.axisY({ label: null, tickSize: 0, lineWidth: 14 }),
      Plot.ruleX([percent(chance)], { stroke: 'currentColor', strokeOpacity: 0.4, strokeDasharray: '3,3' }),
      Plot.link(changes, {
        x1: d => percent(d.before),
        x2: d => percent(d.after),
        y: 'label',
        stroke: 'colour',
        strokeWidth: 3,
        strokeOpacity: 0.5,
      }),
      Plot.dot(changes, {
        x: d => percent(d.before),
        y: 'label',
        r: 4,
        stroke: 'colour',
        strokeWidth: 2,
        fill: 'var(--page)',
      }),
      Plot.dot(changes, { x: d => percent(d.after), y: 'label', r: 5, fill: 'colour' }),
      Plot.text(changes, {
        x: d => percent(Math.max(d.after, d.before)),
        y: 'label',
        text: d => percent(d.after).toFixed(1),
        dx: 9,
        textAnchor: 'start',
        fill: 'currentColor',
      }),
    ],
    color: { type: 'identity' },
  })
}

/** Points in the plane, coloured by class `var(--class-0)` ... */
export function projectionChart(points: readonly (readonly [number, number])[], labels: ArrayLike<number>): string {
  const data = points.map(([x, y], i) => ({ x, y, colour: `var(--class-${labels[i]! % 10})` }))
  return svg({
    width: 260,
    height: 260,
    margin: 8,
    axis: null,
    inset: 6,
    marks: [
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.15, rx: 6 }),
      Plot.dot(data, { x: 'x', y: 'y', fill: 'colour', r: 2.2, fillOpacity: 0.75 }),
    ],
    color: { type: 'identity' },
  })
}
