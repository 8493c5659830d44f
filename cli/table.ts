/** Tables of figures, printed for a terminal or as Markdown. */
import { bound, type Ceilings } from '../runtime/ceilings.js'
import type { DispatchTime } from '../runtime/profile.js'

export interface Table {
  readonly head: readonly string[]
  /** First column to the left, the others to the right. */
  readonly rows: readonly (readonly string[])[]
}

export function text({ head, rows }: Table, markdown = false): string {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map(row => row[i]!.length)))
  const lines = all.map(row => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))))
  if (!markdown) return lines.map(cells => cells.join('  ')).join('\n')
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [lines[0]!, rule, ...lines.slice(1)].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** `1234567` as `1.23 M`. */
export function count(n: number): string {
  const unit = n >= 1e9 ? 'G' : n >= 1e6 ? 'M' : n >= 1e3 ? 'k' : ''
  const value = n / { G: 1e9, M: 1e6, k: 1e3, '': 1 }[unit]
  return `${unit ? value.toPrecision(3) : value} ${unit}`
}

/** The longest dispatches; what is left out is summed up in the last row. */
export function profileTable(dispatches: readonly DispatchTime[], ceilings: Ceilings, most = 20): Table {
  const total = dispatches.reduce((sum, { median }) => sum + median, 0)
  const sorted = [...dispatches].sort((a, b) => b.median - a.median)
  const rest = sorted.slice(most)
  const restMs = rest.reduce((sum, { median }) => sum + median, 0)
  return {
    head: ['kernel', 'ms', 'of run', 'MFLOP', 'MiB', 'GFLOP/s', 'GB/s', 'of ceiling'],
    rows: [
      ...sorted.slice(0, most).map(({ kernel, scope, median, flops, bytes }) => {
        const { ms, by } = bound(ceilings, flops, bytes)
        return [
          scope ? `${kernel} @${scope}` : kernel,
          figure(median),
          percent(median / total),
          figure(flops / 1e6),
          mebibytes(bytes),
          figure(flops / median / 1e6),
          figure(bytes / median / 1e6),
          `${percent(ms / median)} ${by}`,
        ]
      }),
      ...(rest.length ? [[`${rest.length} more`, figure(restMs), percent(restMs / total), '', '', '', '', '']] : []),
    ],
  }
}

/** Three digits. */
export const figure = (x: number): string =>
  !Number.isFinite(x) ? '-' : x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(x >= 1 ? 2 : 3)
export const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(0)}%` : '-')
export const mebibytes = (bytes: number): string => figure(bytes / 2 ** 20)
