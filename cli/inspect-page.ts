/**
 * The page of `facet inspect --html`: per entry the fused kernels as a drawing in layers, data flowing down; then variables
 * and kernels with their text, folded. One file that loads nothing: every kernel is a link to its text, and a few lines of script
 * unfold what a link leads to and leave out what a search does not find.
 */

import type { Program, Stored } from '../compiler/plan/program.js'
import { totalOf } from '../runtime/order.js'
import { drawingOf, drawingStyle, tableOf, typeOf } from './drawing.js'
import { escaped, htmlDocument } from './page.js'
import { count } from './table.js'

export function inspectPage(title: string, program: Program, entries: readonly string[]): string {
  const memory = program.slabs.reduce((a, b) => a + b, 0)
  return htmlDocument(
    title,
    stylesheet,
    `<h1>${escaped(title)}</h1>
<p>Target ${escaped(program.target)}; ${program.kernels.length} kernels, ${program.variables.length} variables, ${count(memory)}B of memory.</p>
<nav aria-label="Parts">${[...entries.map(name => [`entry-${name}`, name] as const), ['variables', 'Variables'], ['kernels', 'Kernels']].map(([id, name]) => `<a href="#${escaped(id!)}">${escaped(name!)}</a>`).join(' ')}<input type="search" placeholder="Search kernels, modules, variables, text" aria-label="Search"><output></output></nav>
${entries.map(name => entrySection(program, name)).join('\n')}
<section id="variables"><h2>Variables</h2>
${tableOf(
  ['name', 'type', 'kind', 'bytes'],
  program.variables.map(variable => [variable.name, typeOf(variable), variable.kind, count(variable.bytes)]),
)}
</section>
<section id="kernels"><h2>Kernels</h2>
${program.kernels.map(({ name, code }, i) => `<details id="kernel-${i}"><summary>${escaped(name)} <span class="soft">${code.split('\n').length} lines</span></summary><pre tabindex="0">${escaped(code)}</pre></details>`).join('\n')}
</section>
<script>${script}</script>`,
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
${drawingOf(program, name)}
<details><summary>Dispatches in order</summary>
${tableOf(['', 'kernel', 'workgroups', 'FLOP', 'moved', 'module'], rows)}
</details></section>`
}

/** Without it, all is there: browsers unfold what they are asked for. */
const script = `
const open = () => { const at = document.getElementById(location.hash.slice(1)); if (at?.matches('details')) { at.open = true; at.scrollIntoView() } }
addEventListener('hashchange', open); open()
const [search, output] = [document.querySelector('[type=search]'), document.querySelector('nav output')]
const parts = [...document.querySelectorAll('#kernels details, tbody tr, svg a')]
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  const found = parts.filter(part => {
    const fits = words.every(word => part.textContent.toLowerCase().includes(word))
    part.classList.toggle('out', !fits)
    return fits && part.matches('details')
  })
  output.textContent = words.length ? found.length + (found.length === 1 ? ' kernel' : ' kernels') : ''
})
`

const stylesheet = `${drawingStyle}
:root { --page: #fdfdfc; --panel: #ffffff; --ink: #1c1d1f; --soft: #5d6168; --line: #c9c9c4; --strong: #0b7a75; --plain: #7a8190 }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --panel: #1d2024; --ink: #e8e8e5; --soft: #a2a7af; --line: #454b53; --strong: #3ccfc4; --plain: #9aa2b1 } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 80px }
h1 { font-size: 30px; margin: 0 } h2 { margin: 48px 0 6px } h3 { margin: 24px 0 4px; font-size: 16px }
p, .soft, th { color: var(--soft) } a { color: var(--strong) } 
.drawing, .wide, pre { overflow: auto; max-height: 80vh; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
a:focus-visible { outline: 2px solid var(--strong) }
#kernels details:target { outline: 2px solid var(--strong); outline-offset: 4px; border-radius: 4px }
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 10px 0; background: var(--page) } nav a { margin: 0 }
[type=search] { flex: 1 1 200px; max-width: 380px; padding: 6px 10px; font: inherit; font-size: 14px; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px }
section, details { scroll-margin-top: 60px } details.out, tr.out { display: none } svg a.out { opacity: 0.15 }
#kernels summary { margin: 6px 0; font-family: ui-monospace, monospace; font-size: 14px } #kernels .soft { color: var(--soft) }
table { border-collapse: collapse; font-size: 14px; width: 100%; white-space: nowrap } th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid var(--line) }
pre { padding: 12px; font-size: 13px } summary { cursor: pointer; margin: 12px 0 }
`
