/**
 * `facet inspect FILE.ts`: what the compiler makes of the entries a file exports: graph, kernels, dispatches, bytes
 * planned, FLOPs. Nothing is run on a device.
 */
import type { Command } from 'commander'
import { compile, type Stage } from '../compiler/compile.js'
import type { Tensor } from '../compiler/graph/node.js'
import { print } from '../compiler/graph/print.js'
import { printKernel } from '../compiler/kernels/kernel.js'
import { targets } from '../compiler/kernels/target.js'
import type { Program } from '../compiler/plan/program.js'
import { entryOptions, loadEntries } from './entries.js'
import { UsageError } from './errors.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly target: string
  readonly show: string
}

export function register(program: Command): void {
  entryOptions(program.command('inspect'))
    .summary('show the graph, kernels, dispatches and memory of the entries a file exports')
    .description(
      'Compiles the entries that FILE exports (values made by entry(...)) and prints what each floor of the compiler makes of them.',
    )
    .option('--target <name>', `one of ${Object.keys(targets).join(', ')}`, 'portable')
    .option(
      '--show <parts>',
      'any of graph,kernels,wgsl,dispatches,summary, comma-separated',
      'graph,kernels,dispatches,summary',
    )
    .action(inspect)
}

const PARTS = ['graph', 'kernels', 'wgsl', 'dispatches', 'summary']

async function inspect(file: string, { entry, set, target: targetName, show }: Options): Promise<void> {
  const target = targets[targetName]
  if (!target) throw new UsageError(`--target ${targetName} is none of ${Object.keys(targets).join(', ')}`)
  const parts = show.split(',')
  const unknown = parts.find(part => !PARTS.includes(part))
  if (unknown !== undefined) throw new UsageError(`--show ${unknown} is none of ${PARTS.join(', ')}`)
  const { entries, sizes } = await loadEntries(file, { entry, set })

  const out: string[] = []
  const observe = (stage: Stage): void => {
    if (stage.name === 'optimize' && parts.includes('graph'))
      out.push(`# graph of ${stage.entry}`, print(stage.graph), '')
    if (stage.name === 'kernels' && parts.includes('kernels')) {
      const names = new Map<Tensor, string>()
      const nameOf = (tensor: Tensor): string => {
        const name = names.get(tensor) ?? String(tensor.attributes.name ?? `${tensor.operation.name}${names.size}`)
        names.set(tensor, name)
        return name
      }
      out.push(`# kernels of ${stage.entry}`, ...stage.kernels.map(kernel => printKernel(kernel, nameOf)), '')
    }
    if (stage.name === 'plan') memory = stage.memory
  }
  let memory: Extract<Stage, { name: 'plan' }>['memory'] = {}
  const compiled: Program = compile(entries, sizes, { target, observe })
  if (parts.includes('wgsl')) out.push(...compiled.kernels.flatMap(({ name, code }) => [`// ${name}`, code]))
  if (parts.includes('dispatches')) out.push(...dispatches(compiled))
  if (parts.includes('summary')) out.push(...summary(compiled, memory))
  process.stdout.write(`${out.join('\n')}\n`)
}

function dispatches(program: Program): string[] {
  return Object.entries(program.entries).flatMap(([name, entry]) => [
    `# dispatches of ${name}`,
    ...entry.dispatches.map(
      ({ kernel, workgroups, flops, bytes, scope }, i) =>
        `${String(i).padStart(4)}  ${program.kernels[kernel]!.name.padEnd(32)} ${workgroups.join('x').padStart(12)} ${count(flops).padStart(9)}FLOP ${count(bytes).padStart(9)}B  ${scope}`,
    ),
    '',
  ])
}

function summary(program: Program, memory: Extract<Stage, { name: 'plan' }>['memory']): string[] {
  const variableBytes = program.variables.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    `# summary (target ${program.target})`,
    `kernels        ${program.kernels.length} distinct`,
    `variables      ${program.variables.length}, ${count(variableBytes)}B`,
    `slabs          ${program.slabs.length}, ${count(program.slabs.reduce((a, b) => a + b, 0))}B planned`,
    ...Object.entries(program.entries).map(([name, { dispatches: list }]) => {
      const { planned = 0, lowerBound = 0, traffic = 0 } = memory[name] ?? {}
      const total = (key: 'flops' | 'bytes') => count(list.reduce((sum, dispatch) => sum + dispatch[key], 0))
      return `${name.padEnd(14)} ${list.length} dispatches, ${total('flops')}FLOP, ${total('bytes')}B moved (lower bound ${count(traffic)}B), temporaries ${count(planned)}B (lower bound ${count(lowerBound)}B)`
    }),
  ]
}

/** `1234567` as `1.23 M`. */
function count(n: number): string {
  const unit = n >= 1e9 ? 'G' : n >= 1e6 ? 'M' : n >= 1e3 ? 'k' : ''
  const value = n / { G: 1e9, M: 1e6, k: 1e3, '': 1 }[unit]
  return `${unit ? value.toPrecision(3) : value} ${unit}`
}
