/**
 * The fused kernels of an entry as a drawing in layers, data flowing down, and its tables: for the page of `facet inspect --html` and
 * the playground. Every function gives HTML text.
 */
import type { Program, Stored } from '../compiler/plan/program.js'
import { dataflow, type FlowNode } from './dataflow.js'
import { escaped } from './page.js'
import { count } from './table.js'

const [WIDTH, HEIGHT, ACROSS, DOWN] = [190, 40, 206, 68]

/** The kernels of an entry, each a link to `#kernel-N`. */
export function drawingOf(program: Program, entry: string): string {
  const nodes = dataflow(program, entry)
  const columns: number[] = []
  const taken = new Map<number, Set<number>>()
  for (const { from, layer } of nodes) {
    const used = taken.get(layer) ?? new Set<number>()
    const wanted = from.length ? Math.round(from.reduce((sum, i) => sum + columns[i]!, 0) / from.length) : 0
    let column = wanted
    for (let step = 1; used.has(column); step++) column = wanted + (step % 2 ? 1 : -1) * Math.ceil(step / 2)
    taken.set(layer, used.add(column))
    columns.push(column)
  }
  const [left, right] = columns.reduce(([a, b], c) => [Math.min(a, c), Math.max(b, c)], [0, 0])
  const layers = nodes.reduce((most, { layer }) => Math.max(most, layer), 0)
  const at = (i: number) => ({ x: (columns[i]! - left) * ACROSS + 8, y: nodes[i]!.layer * DOWN + 8 })
  const lines = nodes.flatMap(({ from }, i) =>
    from.map(source => {
      const [a, b] = [at(source), at(i)]
      const [x1, y1, x2, y2] = [a.x + WIDTH / 2, a.y + HEIGHT, b.x + WIDTH / 2, b.y]
      return `<path d="M${x1} ${y1}C${x1} ${y1 + 20} ${x2} ${y2 - 20} ${x2} ${y2}"/>`
    }),
  )
  const boxes = nodes.map((node, i) => box(program, entry, node, at(i)))
  const [width, height] = [(right - left + 1) * ACROSS, (layers + 1) * DOWN]
  return `<div class="drawing" tabindex="0" role="group" aria-label="Kernels of ${escaped(entry)}"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${lines.join('')}
${boxes.join('\n')}
</svg></div>`
}

function box(program: Program, entry: string, node: FlowNode, { x, y }: { x: number; y: number }): string {
  const rect = `<rect class="${node.kind}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`
  const line = (text: string, dy: number, kind = '') =>
    `<text x="${x + WIDTH / 2}" y="${y + dy}"${kind}>${escaped(text.length > 28 ? `${text.slice(0, 27)}…` : text)}</text>`
  if (node.dispatch === undefined) return `${rect}${line(node.name, 17)}${line(node.kind, 33, ' class="soft"')}`
  const { kernel, scope, flops, bytes, workgroups } = program.entries[entry]!.dispatches[node.dispatch]!
  const facts = [
    `${node.name}${scope && ` of ${scope}`}`,
    `${workgroups.join(' x ')} workgroups, ${count(flops)}FLOP, ${count(bytes)}B`,
    ...(node.variables.length ? [`variables ${node.variables.slice(0, 20).join(', ')}`] : []),
  ]
  return `<a href="#kernel-${kernel}"><title>${escaped(facts.join('\n'))}</title>${rect}${line(node.name, 17)}${line(scope || `${count(flops)}FLOP`, 33, ' class="soft"')}</a>`
}

export const typeOf = ({ dtype, shape }: Stored): string => `${dtype}[${shape.join(', ')}]`
export const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide"><table><thead><tr>${head.map(cell => `<th>${escaped(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row => `<tr>${row.map(cell => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`

/** Asks for the variables `--panel`, `--ink`, `--soft`, `--line`, `--strong` and `--plain`. */
export const drawingStyle = `
.drawing svg { display: block; margin: 12px auto }
.drawing path { fill: none; stroke: var(--line); stroke-width: 1.5 }
.drawing rect { fill: var(--panel); stroke: var(--strong); stroke-width: 1.5 }
.drawing rect.input, .drawing rect.output { stroke: var(--plain); stroke-dasharray: 4 3 }
.drawing text { font-size: 12px; text-anchor: middle; fill: var(--ink) }
.drawing text.soft { font-size: 11px; fill: var(--soft) }
.drawing a:focus rect, .drawing a:hover rect { stroke-width: 3.5 }
`
