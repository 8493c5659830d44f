/** What the page puts into its document: tables, legends, pictures. */
import { type Chart, classMark, type Line, runMark } from './charts.js'
import type { Nearest, Picture, Seen } from './messages.js'

/** The numbers of a chart. */
export function tableOf({ head, rows }: Chart): HTMLTableElement {
  const table = document.createElement('table')
  const row = (cells: readonly string[], kind: 'th' | 'td') => {
    const line = table.insertRow()
    for (const text of cells) {
      const cell = document.createElement(kind)
      if (kind === 'th') cell.setAttribute('scope', 'col')
      cell.textContent = text
      line.append(cell)
    }
  }
  row(head, 'th')
  for (const cells of rows) row(cells, 'td')
  return table
}

export const classLegend = (names: readonly string[]): Element[] =>
  names.slice(0, 10).map((name, i) => {
    const item = document.createElement('li')
    item.append(classMark(i), name)
    return item
  })

/** Runs by what their lines look like, and what each came to. */
export const runLegend = (lines: readonly Line[], text: (value: number) => string): Element[] =>
  lines.map(({ label, look, points }) => {
    const item = document.createElement('li')
    item.append(runMark(look), `${label}: ${text(points.at(-1)![1])}`)
    return item
  })

/** What the columns are called where rows are too narrow to stand under the head. */
const COLUMNS = ['image', 'two views', 'nearest before training', 'nearest now'] as const

/** The table of what is learned: each row an image, two views of it, its nearest neighbours before training and now. */
export function drawSeen(table: HTMLTableElement, images: readonly Seen[]): void {
  const body = table.tBodies[0]!
  body.replaceChildren(
    ...images.map(({ image, class: name, views, before, now }, n) => {
      const what = name === undefined ? `test image ${n + 1}` : `test image ${n + 1}, ${name}`
      const line = document.createElement('tr')
      line.append(
        cell(0, image, what, name),
        cell(1, views, `two views of ${what}`),
        nearest(2, before, `before training, nearest to ${what}`),
        nearest(3, now, `now nearest to ${what}`),
      )
      return line
    }),
  )
}

function nearest(column: number, { picture, count, same }: Nearest, what: string): HTMLTableCellElement {
  const words = same === undefined ? undefined : `${same} of ${count} of its class`
  return cell(column, picture, words ? `${what}: ${words}` : what, words)
}

function cell(column: number, { width, height, pixels }: Picture, name: string, words?: string): HTMLTableCellElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', name)
  canvas.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0)
  const made = document.createElement('td')
  made.dataset.column = COLUMNS[column]!
  made.append(canvas)
  if (words !== undefined) made.append(Object.assign(document.createElement('span'), { textContent: words }))
  return made
}

export function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes]))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
