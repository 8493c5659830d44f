/**
 * The page of `facet inspect --html`: per entry the fused kernels as a drawing in layers, data flowing down; then variables
 * and kernels with their WGSL. One file that loads nothing and runs no script: every kernel is a link to its text.
 */

import type { Program, Stored } from '../compiler/plan/program.js'
import { totalOf } from '../runtime/order.js'
import { dataflow, type FlowNode } from './dataflow.js'
import { escaped, htmlDocument } from './page.js'
import { count } from './table.js'

export function inspectPage(title: string, program: Program, entries: readonly string[]): string {
  const memory = program.slabs.reduce((a, b) => a + b, 0)
  return htmlDocument(
    title,
    stylesheet,
    `<h1>${escaped(title)}</h1>
<p>Target ${escaped(program.target)}; ${program.kernels.length} kernels, ${program.variables.length} variables, ${count(memory)}B of memory.</p>
<nav>${[...entries.map(name => [`entry-${name}`, name] as const), ['variables', 'Variables'], ['kernels', 'Kernels']].map(([id, name]) => `<a href="#${escaped(id!)}">${escaped(name!)}</a>`).join(' ')}</nav>
${entries.map(name => entrySection(program, name)).join('\n')}
<section id="variables"><h2>Variables</h2>
${tableOf(
  ['name', 'type', 'kind', 'bytes'],
  program.variables.map(variable => [variable.name, typeOf(variable), variable.kind, count(variable.bytes)]),
)}
</section>
<section id="kernels"><h2>Kernels</h2>
${program.kernels.map(({ name, code }, i) => `<article id="kernel-${i}"><h3>${escaped(name)}</h3><pre tabindex="0">${escaped(code)}</pre></article>`).join('\n')}
</section>`,
  )
}

function entrySection(program: Program, name: string): string {
  const entry = program.entries[name]!
  const { inputs, outputs, dispatches } = entry
  const total = (key: 'flops' | 'bytes') => count(totalOf(entry, key))
  const list = (tensors: readonly Stored[]) =>
    tensors.map(tensor => `<code>${escaped(`${tensor.name}: ${typeOf(tensor)}`)}</code>`).join(', ') || 'nothing'
  const rows = dispatches.map(({ kernel, workgroups, flops, bytes, scope }, i) => [
    String(i),
    program.kernels[kernel]!.name,
    workgroups.join(' x '),
    count(flops),
    `${count(bytes)}B`,
    scope,
  ])
  return `<section id="entry-${escaped(name)}"><h2>${escaped(name)}</h2>
<p>Takes ${list(inputs)}; gives ${list(outputs)}. ${dispatches.length} dispatches, ${total('flops')}FLOP, ${total('bytes')}B moved.</p>
${drawing(program, name, dataflow(program, name))}
<details><summary>Dispatches in order</summary>
${tableOf(['', 'kernel', 'workgroups', 'FLOP', 'moved', 'module'], rows)}
</details></section>`
}

const [WIDTH, HEIGHT, ACROSS, DOWN] = [190, 40, 206, 68]

/** Nodes in layers, those of a layer near what they read from. */
function drawing(program: Program, entry: string, nodes: readonly FlowNode[]): string {
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

const typeOf = ({ dtype, shape }: Stored): string => `${dtype}[${shape.join(', ')}]`
const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide"><table><thead><tr>${head.map(cell => `<th>${escaped(cell)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(row => `<tr>${row.map(cell => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}</tbody></table></div>`

const stylesheet = `
:root { --page: #fdfdfc; --panel: #ffffff; --ink: #1c1d1f; --soft: #5d6168; --line: #c9c9c4; --strong: #0b7a75; --plain: #7a8190 }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --panel: #1d2024; --ink: #e8e8e5; --soft: #a2a7af; --line: #454b53; --strong: #3ccfc4; --plain: #9aa2b1 } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 80px }
h1 { font-size: 30px; margin: 0 } h2 { margin: 48px 0 6px } h3 { margin: 24px 0 4px; font-size: 16px }
p, .soft, th { color: var(--soft) } a { color: var(--strong) } nav a { margin-right: 16px }
.drawing, .wide, pre { overflow: auto; max-height: 80vh; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
.drawing svg { display: block; margin: 12px auto }
path { fill: none; stroke: var(--line); stroke-width: 1.5 }
rect { fill: var(--panel); stroke: var(--strong); stroke-width: 1.5 } rect.input, rect.output { stroke: var(--plain); stroke-dasharray: 4 3 }
svg text { font-size: 12px; text-anchor: middle; fill: var(--ink) } svg text.soft { font-size: 11px; fill: var(--soft) }
a:focus-visible { outline: 2px solid var(--strong) } svg a:focus rect, svg a:hover rect { stroke-width: 3.5 }
article:target { outline: 2px solid var(--strong); outline-offset: 8px; border-radius: 4px }
table { border-collapse: collapse; font-size: 14px; width: 100%; white-space: nowrap } th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line) }
pre { padding: 12px; font-size: 13px } summary { cursor: pointer; margin: 12px 0 }
`
