/** What the compiler made of a program: graph, kernels, and what they cost, of one entry at a time. */
import type { Program } from 'facet-tensor'
import { drawingOf, tableOf, typeOf } from '../../cli/drawing.js'
import { definitions, escaped } from '../../cli/page.js'
import { count } from '../../cli/table.js'
import { timesOf, totalOf } from '../../runtime/order.js'
import { coloured } from './editor.js'
import type { Compilation } from './messages.js'

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T
const [entrySelect, kernelList] = [element<HTMLSelectElement>('entry'), element('kernels')]

let shown: { readonly compilation: Compilation; kernel: string } | undefined
/** Called when a kernel is chosen in the drawing. */
let onChoose = (): void => {}

export function listen(chosen: () => void): void {
  onChoose = chosen
  entrySelect.addEventListener('change', () => showEntry())
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name=text]'))
    input.addEventListener('change', () => showKernel())
  // The drawing's links are for a page that has all kernels on it.
  element('graph').addEventListener('click', event => {
    const link = (event.target as Element).closest('a')
    const [, index] = /^#kernel-(\d+)$/.exec(link?.getAttribute('href') ?? '') ?? []
    if (!shown || index === undefined) return
    event.preventDefault()
    shown.kernel = shown.compilation.program.kernels[Number(index)]!.name
    showKernels()
    onChoose()
    kernelList.querySelector<HTMLElement>('[aria-current]')?.focus()
  })
  kernelList.addEventListener('click', event => {
    const name = (event.target as Element).closest('button')?.dataset.kernel
    if (!shown || name === undefined) return
    shown.kernel = name
    showKernels()
    kernelList.querySelector<HTMLElement>('[aria-current]')?.focus()
  })
}

/** Shows it, of the entry that was shown if it is still there. */
export function show(compilation: Compilation): void {
  const names = entriesOf(compilation.program)
  const before = entrySelect.value
  entrySelect.replaceChildren(...names.map(name => new Option(name, name)))
  entrySelect.value = names.includes(before) ? before : names[0]!
  shown = { compilation, kernel: shown?.kernel ?? '' }
  showEntry()
}
/** Those that the program exports: `init` is the compiler's. */
const entriesOf = ({ entries }: Program): string[] => Object.keys(entries).filter(name => name !== 'init')

/** Whether there is anything to see. */
export const isEmpty = (): boolean => shown === undefined

/** In a few words. */
export function summaryOf({ program, milliseconds }: Compilation): string {
  const names = entriesOf(program)
  const dispatches = names.reduce((sum, name) => sum + program.entries[name]!.dispatches.length, 0)
  const flops = names.reduce((sum, name) => sum + totalOf(program.entries[name]!, 'flops'), 0)
  const bytes = program.slabs.reduce((a, b) => a + b, 0)
  return `${names.join(', ')}: ${dispatches} kernels, ${count(flops)}FLOP, ${count(bytes)}B of memory, compiled in ${Math.round(milliseconds)} ms`
}

function showEntry(): void {
  if (!shown) return
  const { program, graphs } = shown.compilation
  const name = entrySelect.value
  element('graph').innerHTML =
    `${drawingOf(program, name)}<details><summary>As text, before it is cut into kernels</summary><pre tabindex="0">${escaped(graphs[name] ?? '')}</pre></details>`
  element('costs').innerHTML = costsOf(shown.compilation, name)
  // What scrolls is reached by keys.
  for (const wide of element('costs').querySelectorAll<HTMLElement>('.wide')) wide.tabIndex = 0
  showKernels()
}

function costsOf({ program, memory }: Compilation, name: string): string {
  const entry = program.entries[name]!
  const { inputs, outputs, dispatches } = entry
  const kept = program.variables.reduce((sum, { bytes }) => sum + bytes, 0)
  const temporaries = memory[name]
  const facts: [string, string][] = [
    ['Kernels in one run', `${dispatches.length}`],
    ['Operations in one run', `${count(totalOf(entry, 'flops'))}FLOP`],
    ['Moved in one run', `${count(totalOf(entry, 'bytes'))}B`],
    ['Variables', `${program.variables.length}, ${count(kept)}B`],
    ...(temporaries
      ? ([
          ['Temporary values', `${count(temporaries.planned)}B`],
          ['Their lower bound', `${count(temporaries.lowerBound)}B`],
        ] as [string, string][])
      : []),
    ['Memory of all entries', `${count(program.slabs.reduce((a, b) => a + b, 0))}B`],
    ['Takes', inputs.map(input => `${input.name} ${typeOf(input)}`).join(', ') || 'nothing'],
    ['Gives', outputs.map(output => `${output.name} ${typeOf(output)}`).join(', ') || 'nothing'],
  ]
  const rows = dispatches.map(({ kernel, workgroups, flops, bytes, scope }, i) => [
    program.kernels[kernel]!.name,
    `${workgroups.join(' x ')}${timesOf(entry, i) > 1 ? `, ${timesOf(entry, i)} times` : ''}`,
    count(flops),
    `${count(bytes)}B`,
    scope,
  ])
  const variables = program.variables.map(variable => [
    variable.name,
    typeOf(variable),
    variable.kind,
    `${count(variable.bytes)}B`,
  ])
  return `${definitions(facts)}
<h2>Kernels in order</h2>${tableOf(['kernel', 'workgroups', 'FLOP', 'moved', 'module'], rows)}
<h2>Variables</h2>${tableOf(['name', 'type', 'kind', 'bytes'], variables)}`
}

/** The kernels of the entry, each once, in the order in which they run. */
function showKernels(): void {
  if (!shown) return
  const { program } = shown.compilation
  const { dispatches } = program.entries[entrySelect.value]!
  const kernels = [...new Set(dispatches.map(({ kernel }) => kernel))].map(kernel => {
    const own = dispatches.filter(dispatch => dispatch.kernel === kernel)
    return { name: program.kernels[kernel]!.name, flops: own.reduce((sum, { flops }) => sum + flops, 0) }
  })
  if (!kernels.some(({ name }) => name === shown!.kernel)) shown.kernel = kernels[0]?.name ?? ''
  kernelList.innerHTML = kernels
    .map(
      ({ name, flops }) =>
        `<li><button type="button" data-kernel="${escaped(name)}"${name === shown!.kernel ? ' aria-current="true"' : ''}>${escaped(name)} <small>${count(flops)}FLOP</small></button></li>`,
    )
    .join('')
  showKernel()
}

/** Colours are those of the scheme that holds when it is called. */
export async function showKernel(): Promise<void> {
  if (!shown) return
  const { kernel: name, compilation } = shown
  const { program, loops } = compilation
  const form = document.querySelector<HTMLInputElement>('input[name=text]:checked')!.value
  const code =
    form === 'wgsl' ? (program.kernels.find(kernel => kernel.name === name)?.code ?? '') : (loops[name] ?? '')
  const html = form === 'wgsl' ? await coloured(code) : escaped(code)
  if (shown.kernel !== name || shown.compilation !== compilation) return
  element('kernel-name').textContent = name
  element('kernel-facts').textContent = factsOf(program, name)
  element('kernel-text').innerHTML = `<pre tabindex="0" role="group" aria-labelledby="kernel-name">${html}</pre>`
}

/** What the runs of a kernel in the entry that is shown cost together, and the modules that they compute. */
function factsOf({ kernels, entries }: Program, name: string): string {
  const entry = entries[entrySelect.value]!
  const own = entry.dispatches.filter(({ kernel }) => kernels[kernel]!.name === name)
  const total = (key: 'flops' | 'bytes'): string => count(own.reduce((sum, dispatch) => sum + dispatch[key], 0))
  const scopes = [...new Set(own.map(({ scope }) => scope).filter(Boolean))]
  const times = own.length > 1 ? `runs ${own.length} times: ` : ''
  const place = scopes.length ? `, in ${scopes.slice(0, 4).join(', ')}${scopes.length > 4 ? ', ...' : ''}` : ''
  return `${times}${total('flops')}FLOP, ${total('bytes')}B moved${place}`
}
