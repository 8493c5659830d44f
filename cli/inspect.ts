/**
 * `facet inspect FILE.ts|BUNDLE`: what the compiler makes of the entries a file exports, or what a shader bundle holds:
 * graph, kernels, dispatches, bytes planned, FLOPs. Nothing is run on a device.
 */
import { writeFileSync } from 'node:fs'
import { parse } from 'node:path'
import type { Command } from 'commander'
import { compile, type Stage } from '../compiler/compile.js'
import type { Tensor } from '../compiler/graph/node.js'
import { print } from '../compiler/graph/print.js'
import { printKernel } from '../compiler/kernels/kernel.js'
import { targets } from '../compiler/kernels/target.js'
import { printProgram } from '../compiler/loops/program.js'
import type { Program } from '../compiler/plan/program.js'
import { programOf } from '../runtime/bundle.js'
import { openBundle } from '../runtime/files.js'
import { timesOf, totalOf } from '../runtime/order.js'
import { entryOptions, loadEntries } from './entries.js'
import { UsageError } from './errors.js'
import { inspectPage } from './inspect-page.js'
import { checkEntries, isBundle, targetNamed } from './source.js'
import { count } from './table.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly target: string
  readonly variant?: string
  readonly show: string
  readonly html?: string | true
}

export function register(program: Command): void {
  entryOptions(program.command('inspect'), 'a TypeScript file or a shader bundle (a folder or .facet file)')
    .summary('show the graph, kernels, dispatches and memory of a bundle or of the entries a file exports')
    .description(
      'Compiles the entries that FILE exports (values made by entry(...)) and prints what each floor of the compiler makes of them; of a bundle, what it holds.',
    )
    .option('--target <name>', `one of ${Object.keys(targets).join(', ')}`, 'portable')
    .option('--variant <name>', 'the variant of a bundle (default: the last, which is compiled for its target)')
    .option('--show <parts>', `any of ${PARTS.join()}, comma-separated`, 'graph,kernels,variables,dispatches,summary')
    .option(
      '--html [file]',
      'write a page that draws the fused kernels of each entry instead (default: named after what is inspected)',
      pagePath,
    )
    .action(inspect)
}

/** Anything else is what should be inspected, which must not be written over. */
function pagePath(text: string): string {
  if (!text.endsWith('.html'))
    throw new UsageError(
      `--html takes the page to write, a name that ends with .html, or nothing, got ${text}: put it last`,
    )
  return text
}

const PARTS = ['graph', 'kernels', 'loops', 'wgsl', 'variables', 'dispatches', 'summary']

async function inspect(path: string, options: Options): Promise<void> {
  const parts = options.show.split(',')
  const unknown = parts.find(part => !PARTS.includes(part))
  if (unknown !== undefined) throw new UsageError(`--show ${unknown} is none of ${PARTS.join(', ')}`)
  const { program, memory, out } = isBundle(path)
    ? await ofBundle(path, options, parts)
    : await ofEntries(path, options, parts)
  if (options.html !== undefined) {
    const shown = options.entry.length ? options.entry : Object.keys(program.entries)
    const page = options.html === true ? `${parse(path).name}.html` : options.html
    writeFileSync(page, inspectPage(path, program, shown))
    console.log(`${page} written`)
    return
  }
  if (parts.includes('wgsl')) out.push(...program.kernels.flatMap(({ name, code }) => [`// ${name}`, code]))
  if (parts.includes('variables')) out.push(...variables(program))
  if (parts.includes('dispatches')) out.push(...dispatches(program))
  if (parts.includes('summary')) out.push(...summary(program, memory))
  process.stdout.write(`${out.join('\n')}\n`)
}

type Memory = Extract<Stage, { name: 'plan' }>['memory']
interface Found {
  readonly program: Program
  readonly memory: Memory
  /** Lines of the parts that come first. */
  readonly out: string[]
}

async function ofEntries(
  file: string,
  { entry, set, target, variant }: Options,
  parts: readonly string[],
): Promise<Found> {
  if (variant !== undefined) throw new UsageError(`${file} has no variants: it is no bundle`)
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
    if (stage.name === 'loops' && parts.includes('loops')) out.push(...stage.loops.map(printProgram))
    if (stage.name === 'plan') memory = stage.memory
  }
  let memory: Memory = {}
  const chosen = targetNamed(target)
  const { entries, sizes } = await loadEntries(file, { entry, set })
  return { program: compile(entries, sizes, { target: chosen, observe }), memory, out }
}

async function ofBundle(path: string, { entry, variant: wanted }: Options, parts: readonly string[]): Promise<Found> {
  const bundle = await openBundle(path)
  const { variants } = bundle.manifest
  const variant = wanted === undefined ? variants.at(-1)! : variants.find(({ name }) => name === wanted)
  if (!variant)
    throw new UsageError(`${path} has no variant ${wanted}: it has ${variants.map(({ name }) => name).join(', ')}`)
  const program = await programOf(bundle, variant)
  checkEntries(path, program, entry)
  const out: string[] = []
  if (parts.includes('graph')) out.push(new TextDecoder().decode(await bundle.file('graph.txt')))
  if (parts.includes('kernels'))
    out.push(
      '# kernels',
      ...variant.kernels.map(({ name, file }) => `${name.padEnd(32)} ${file ?? variant.wasm!.relaxed}`),
      '',
    )
  const shown = Object.entries(program.entries).filter(([name]) => entry.length === 0 || entry.includes(name))
  return { program: { ...program, entries: Object.fromEntries(shown) }, memory: {}, out }
}

const variables = (program: Program): string[] => [
  '# variables',
  ...program.variables.map(
    ({ name, dtype, shape, kind, bytes }) =>
      `${name.padEnd(40)} ${`${dtype}[${shape.join(', ')}]`.padEnd(20)} ${kind.padEnd(9)} ${count(bytes)}B`,
  ),
  '',
]

function dispatches(program: Program): string[] {
  return Object.entries(program.entries).flatMap(([name, entry]) => [
    `# dispatches of ${name}`,
    ...entry.dispatches.map(
      ({ kernel, workgroups, flops, bytes, scope }, i) =>
        `${String(i).padStart(4)}  ${program.kernels[kernel]!.name.padEnd(32)} ${workgroups.join('x').padStart(12)} ${count(flops).padStart(9)}FLOP ${count(bytes).padStart(9)}B  ${timesOf(entry, i) > 1 ? `${timesOf(entry, i)} times ` : ''}${scope}`,
    ),
    '',
  ])
}

function summary(program: Program, memory: Memory): string[] {
  const variableBytes = program.variables.reduce((sum, { bytes }) => sum + bytes, 0)
  return [
    `# summary (target ${program.target})`,
    `kernels        ${program.kernels.length} distinct`,
    `variables      ${program.variables.length}, ${count(variableBytes)}B`,
    `slabs          ${program.slabs.length}, ${count(program.slabs.reduce((a, b) => a + b, 0))}B planned`,
    ...Object.entries(program.entries).map(([name, entry]) => {
      const known = memory[name]
      const moved = `${name.padEnd(14)} ${entry.dispatches.length} dispatches, ${count(totalOf(entry, 'flops'))}FLOP, ${count(totalOf(entry, 'bytes'))}B moved`
      if (!known) return moved
      return `${moved} (lower bound ${count(known.traffic)}B), temporaries ${count(known.planned)}B (lower bound ${count(known.lowerBound)}B)`
    }),
  ]
}
