/** The drawings of the page, by Observable Plot. Colours are variables of the style sheet, so that both schemes have theirs. */
import * as Plot from '@observablehq/plot'
import type { Histograms } from './messages.js'

type Point = readonly [x: number, y: number]
/** A drawing, and the same in numbers for who does not see it. */
export interface Chart {
  readonly drawing: Element
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}
const MOST_ROWS = 20
/** So few points are seen each. */
const FEW = 12

const options = (width: number): Plot.PlotOptions => ({
  width,
  height: Math.round(Math.max(190, width / 2)),
  marginLeft: 44,
  marginRight: 12,
  marginBottom: 42,
  style: { background: 'transparent', fontSize: '12px', overflow: 'visible' },
})
function chart(
  plot: Plot.PlotOptions,
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Chart {
  const drawing = Plot.plot(plot)
  // One picture with one name, not groups with names of Plot's marks.
  for (const part of drawing.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
  drawing.setAttribute('role', 'img')
  drawing.setAttribute('aria-label', name)
  return { drawing, head, rows }
}
/** So many of the rows, the last among them. */
const some = <T>(rows: readonly T[]): T[] => {
  const every = Math.ceil(rows.length / MOST_ROWS)
  return rows.filter((_, i) => (rows.length - 1 - i) % every === 0)
}
const ticks = (width: number): number => Math.max(3, Math.floor(width / 80))

/** A curve of one of several runs. */
export interface Line {
  /** What differs between the runs. */
  readonly label: string
  readonly points: readonly Point[]
  /** Which of the looks of `runMark` it has. */
  readonly look: number
}
const DASHES = ['7,4', '', '2,3', '8,3,2,3'] as const
const strokeOf = ({ look }: Line) => `var(--run-${look})`
/** What the lines of a run look like. */
export function runMark(look: number): Element {
  const mark = Plot.plot({
    ...{ width: 26, height: 10, margin: 0, axis: null, x: { domain: [0, 1] }, y: { domain: [-1, 1] } },
    marks: [Plot.ruleY([0], { stroke: `var(--run-${look})`, strokeWidth: 2, strokeDasharray: DASHES[look]! })],
  })
  mark.querySelector('style')?.remove()
  mark.setAttribute('aria-hidden', 'true')
  return mark
}
/** Of one run its numbers, of several each with what differs. */
function tabulated(lines: readonly Line[], name: string, text: (value: number) => string) {
  const several = lines.length > 1
  return {
    head: [...(several ? ['run'] : []), 'step', name],
    rows: lines.flatMap(({ label, points }) =>
      some(points).map(([step, value]) => [...(several ? [label] : []), `${step}`, text(value)]),
    ),
  }
}
/** From where each run came to where: `Gaussian noise: 21.0 % at first, 42.1 % at step 500`. */
const ends = (lines: readonly Line[], text: (value: number) => string): string =>
  lines
    .map(({ label, points }) => {
      const [step, value] = points.at(-1)!
      const change = `${text(points[0]![1])} at first, ${text(value)} at step ${step}`
      return lines.length > 1 ? `${label}: ${change}` : change
    })
    .join('; ')
const steps = (steps: number, width: number): Plot.ScaleOptions => ({
  ...{ label: 'step', domain: [0, steps], ticks: ticks(width), labelOffset: 38 },
})

/** A quantity over steps, of each run: the values faint, their mean over a window strong. */
export function linesChart(name: string, lines: readonly Line[], of: number, width: number): Chart {
  const title = `${name[0]!.toUpperCase()}${name.slice(1)}`
  const { head, rows } = tabulated(lines, name, value => value.toFixed(4))
  return chart(
    {
      ...options(width),
      x: steps(of, width),
      y: { label: name, grid: true, nice: true },
      marks: lines.flatMap(line => {
        const points = line.points as Point[]
        const k = Math.max(1, Math.round(points.length / 20))
        const at = { x: '0', y: '1', stroke: strokeOf(line) }
        const strong = { ...at, strokeWidth: 2, strokeDasharray: DASHES[line.look]! }
        return [
          Plot.line(points, { ...at, strokeOpacity: lines.length > 1 ? 0.2 : 0.3, strokeWidth: 1 }),
          Plot.line(points, Plot.windowY({ k, anchor: 'end', strict: false }, strong)),
          ...(points.length <= FEW ? [Plot.dot(points, { x: '0', y: '1', fill: strokeOf(line), r: 3 })] : []),
        ]
      }),
    },
    `${title} over steps: ${ends(lines, value => value.toFixed(3))}`,
    head,
    rows,
  )
}
/** A quantity over steps of one run. */
export const curveChart = (name: string, points: readonly Point[], of: number, width: number): Chart =>
  linesChart(name, [{ label: name, points, look: 1 }], of, width)

/** Accuracy over steps, beside what guessing gives. */
export function accuracyChart(scores: readonly Line[], of: number, classes: number, width: number): Chart {
  const lines = scores.map(line => ({
    ...line,
    points: line.points.map(([step, share]) => [step, 100 * share] as Point),
  }))
  const most = Math.max(30, ...lines.flatMap(({ points }) => points.map(([, y]) => y + 5)))
  const { head, rows } = tabulated(lines, 'accuracy, %', value => value.toFixed(1))
  return chart(
    {
      ...options(width),
      x: steps(of, width),
      y: { label: 'accuracy, %', domain: [0, Math.min(100, 10 * Math.ceil(most / 10))], grid: true },
      marks: [
        Plot.ruleY([100 / classes], { stroke: 'var(--soft)', strokeDasharray: '1,4' }),
        ...lines.flatMap(line => [
          Plot.line(line.points, {
            ...{ x: '0', y: '1', stroke: strokeOf(line), strokeWidth: 2, strokeDasharray: DASHES[line.look]! },
          }),
          Plot.dot(line.points, { x: '0', y: '1', fill: strokeOf(line), r: 3 }),
        ]),
      ],
    },
    `kNN accuracy over steps: ${ends(lines, value => `${value.toFixed(1)} %`)}`,
    head,
    rows,
  )
}

/** Cosines of pairs of views of one image, filled, and of different images, outlined, each as shares of their number in all `histograms`. */
export function scoreChart(histograms: readonly Histograms[], width: number): Chart {
  const shares = (kind: keyof Histograms) => {
    const counts = histograms[0]![kind].map((_, i) => histograms.reduce((sum, given) => sum + given[kind][i]!, 0))
    const total = counts.reduce((a, b) => a + b, 0) || 1
    const bin = 2 / counts.length
    return counts.map((count, i) => ({ x1: i * bin - 1, x2: (i + 1) * bin - 1, y: (100 * count) / total }))
  }
  const [positive, negative] = [shares('positive'), shares('negative')]
  const place = { x1: 'x1', x2: 'x2', y: 'y', insetLeft: 0.5, insetRight: 0.5 }
  const mean = (bars: typeof positive) =>
    bars.reduce((sum, { x1, x2, y }) => sum + ((x1 + x2) / 2) * (y / 100), 0).toFixed(2)
  return chart(
    {
      ...options(width),
      x: { label: 'cosine', domain: [-1, 1], ticks: ticks(width), labelOffset: 38 },
      y: { label: 'share, %', grid: true },
      marks: [
        Plot.rectY(positive, { ...place, fill: 'var(--positive)', fillOpacity: 0.6 }),
        Plot.rectY(negative, { ...place, fill: 'none', stroke: 'var(--negative)', strokeWidth: 1.5 }),
        Plot.ruleY([0]),
      ],
    },
    `Cosines of pairs: of one image ${mean(positive)} in the mean, of different images ${mean(negative)}`,
    ['cosine', 'same image, %', 'different images, %'],
    positive.flatMap(({ x1, x2, y }, i) =>
      y > 0 || negative[i]!.y > 0
        ? [[`${x1.toFixed(2)} to ${x2.toFixed(2)}`, y.toFixed(1), negative[i]!.y.toFixed(1)]]
        : [],
    ),
  )
}

const SYMBOLS = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'star',
  'cross',
  'wye',
  'plus',
  'times',
  'asterisk',
] as const
/** Classes are told apart by colour and by shape; from ten classes on by the two together. */
const look = (label: number) => ({
  colour: `var(--class-${label % 10})`,
  symbol: SYMBOLS[(label + Math.floor(label / 10)) % SYMBOLS.length]!,
})
/** What points of a class look like. */
export const classMark = (label: number): Element => {
  const { colour, symbol } = look(label)
  const mark = Plot.plot({
    ...{ width: 14, height: 14, margin: 0, axis: null, x: { domain: [-1, 1] }, y: { domain: [-1, 1] } },
    marks: [Plot.dot([[0, 0]], { symbol, r: 4, fill: colour, stroke: colour })],
  })
  mark.querySelector('style')?.remove()
  mark.setAttribute('aria-hidden', 'true')
  return mark
}

/** Features in the plane, each class with a colour and a shape. */
export function planeChart(
  points: readonly Point[],
  labels: Uint8Array,
  classes: readonly string[],
  width: number,
): Chart {
  const of = classes.map((name, label) => ({ name, label, rows: points.filter((_, i) => labels[i] === label) }))
  const mean = (rows: readonly Point[], axis: 0 | 1): string =>
    (rows.reduce((sum, point) => sum + point[axis], 0) / rows.length).toFixed(2)
  return chart(
    {
      ...options(width),
      ...{ marginTop: 4, marginRight: 4, marginBottom: 4, marginLeft: 4, inset: 8 },
      x: { axis: null, domain: [-1.15, 1.15] },
      y: { axis: null, domain: [-1.15, 1.15] },
      marks: of.map(({ label, rows }) => {
        const { colour, symbol } = look(label)
        return Plot.dot(rows as Point[], { x: '0', y: '1', symbol, r: 3, fill: colour, stroke: colour })
      }),
    },
    `Features of ${points.length} test images in the plane, in ${classes.length} classes`,
    ['class', 'images', 'mean x', 'mean y'],
    of.flatMap(({ name, rows }) => (rows.length ? [[name, `${rows.length}`, mean(rows, 0), mean(rows, 1)]] : [])),
  )
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
