/** The drawings of the page, by Observable Plot. Colours are variables of the style sheet, so that both schemes have theirs. */
import * as Plot from '@observablehq/plot'
import type { Histograms } from './messages.js'

type Point = readonly [x: number, y: number]
const common: Plot.PlotOptions = {
  width: 460,
  height: 230,
  marginLeft: 44,
  marginRight: 12,
  style: { background: 'transparent', fontSize: '11px', overflow: 'visible' },
}

/** Loss over steps: the values faint, their mean over a window strong. */
export function lossChart(losses: readonly Point[], steps: number): Element {
  const k = Math.max(1, Math.round(losses.length / 20))
  const line = { x: '0', y: '1', stroke: 'var(--accent)' }
  return Plot.plot({
    ...common,
    x: { label: 'step', domain: [0, steps] },
    y: { label: 'loss', grid: true, nice: true },
    marks: [
      Plot.line(losses as Point[], { ...line, strokeOpacity: 0.3, strokeWidth: 1 }),
      Plot.line(losses as Point[], Plot.windowY({ k, anchor: 'end', strict: false }, { ...line, strokeWidth: 2 })),
    ],
  })
}

/** Accuracy over steps, beside what guessing gives. */
export function accuracyChart(scores: readonly Point[], steps: number, classes: number): Element {
  const percent = scores.map(([step, share]) => [step, 100 * share] as Point)
  const top = Math.min(100, 10 * Math.ceil(Math.max(30, ...percent.map(([, y]) => y + 5)) / 10))
  return Plot.plot({
    ...common,
    x: { label: 'step', domain: [0, steps] },
    y: { label: 'accuracy, %', domain: [0, top], grid: true },
    marks: [
      Plot.ruleY([100 / classes], { stroke: 'var(--soft)', strokeDasharray: '4,4' }),
      Plot.line(percent, { x: '0', y: '1', stroke: 'var(--accent)', strokeWidth: 2 }),
      Plot.dot(percent, { x: '0', y: '1', fill: 'var(--accent)', r: 3 }),
    ],
  })
}

/** Cosines of pairs of views of one image, and of different images, each as shares of their number in all `histograms`. */
export function scoreChart(histograms: readonly Histograms[]): Element {
  const bars = (kind: keyof Histograms, fill: string) => {
    const counts = histograms[0]![kind].map((_, i) => histograms.reduce((sum, given) => sum + given[kind][i]!, 0))
    const total = counts.reduce((a, b) => a + b, 0)
    const width = 2 / counts.length
    const rows = counts.map((count, i) => ({ x1: i * width - 1, x2: (i + 1) * width - 1, y: (100 * count) / total }))
    return Plot.rectY(rows, { x1: 'x1', x2: 'x2', y: 'y', fill, fillOpacity: 0.6, insetLeft: 0.5, insetRight: 0.5 })
  }
  return Plot.plot({
    ...common,
    x: { label: 'cosine', domain: [-1, 1] },
    y: { label: 'share, %', grid: true },
    marks: [bars('negative', 'var(--negative)'), bars('positive', 'var(--positive)'), Plot.ruleY([0])],
  })
}

/** Features in the plane, coloured by class. */
export function planeChart(points: readonly Point[], labels: Uint8Array, classes: readonly string[]): Element {
  const rows = points.map(([x, y], i) => ({
    x,
    y,
    colour: `var(--class-${labels[i]! % 10})`,
    name: classes[labels[i]!],
  }))
  return Plot.plot({
    ...common,
    ...{ marginTop: 4, marginRight: 4, marginBottom: 4, marginLeft: 4, inset: 8 },
    x: { axis: null, domain: [-1, 1] },
    y: { axis: null, domain: [-1, 1] },
    color: { type: 'identity' },
    marks: [Plot.dot(rows, { x: 'x', y: 'y', fill: 'colour', r: 3, fillOpacity: 0.8, title: 'name' })],
  })
}

/**
 * Points mirrored and turned onto `before`: principal components have no sign, and may change places. The orthogonal map
 * nearest to the cross products of both (Procrustes), in the plane in closed form.
 */
export function aligned(points: readonly Point[], before: readonly Point[]): readonly Point[] {
  if (points.length !== before.length) return points
  let [xx, xy, yx, yy] = [0, 0, 0, 0]
  points.forEach(([x, y], i) => {
    const [u, v] = before[i]!
    xx += x * u
    xy += x * v
    yx += y * u
    yy += y * v
  })
  const turn = Math.hypot(xx + yy, xy - yx)
  const mirror = Math.hypot(xx - yy, xy + yx)
  const [c, s] = turn >= mirror ? [xx + yy, xy - yx] : [xx - yy, xy + yx]
  const length = Math.max(turn, mirror) || 1
  const [cos, sin] = [c / length, s / length]
  const sign = turn >= mirror ? 1 : -1
  return points.map(([x, y]) => [cos * x - sign * sin * y, sin * x + sign * cos * y])
}
