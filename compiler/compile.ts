/**
 * The whole compiler on one screen: entries are traced to graphs, graphs are optimized, cut into groups, lowered to
 * kernels, scheduled, printed as WGSL and planned into memory. Each stage is named and can be observed.
 */
import type { Graph } from './graph/graph.js'
import { checkOptions } from './graph/options.js'
import { ShapeError } from './graph/shape.js'
import { type Kernel, kernelsIn, type Runnable } from './kernels/kernel.js'
import { lower } from './kernels/lower.js'
import { byPhase } from './kernels/phases.js'
import { cut } from './kernels/ranges.js'
import { lowerLoop, through, type Views } from './kernels/repeat.js'
import { type Chooser, schedule } from './kernels/schedule.js'
import { machineOf, portable, type Target, type TargetDevice, targetFor } from './kernels/target.js'
import { type Entry, isEntry, type Names, namesOf, trace, traceInit } from './language/entry.js'
import type { LoopProgram } from './loops/program.js'
import { scanOf } from './ops/scan.js'
import { type FuseOptions, fuse, isLoop } from './passes/fuse.js'
import { partition } from './passes/partition.js'
import { optimize } from './passes/pipeline.js'
import { ownResults, ownSteps } from './passes/results.js'
import { type Bytes, bytesOf, LimitError } from './plan/limits.js'
import { type EntryMemory, plan } from './plan/plan.js'
import type { Program } from './plan/program.js'

/** What `compile` may be told: the target, its memory, and what the tuner needs. */
export interface CompileOptions {
  /**
   * What the kernels may count on. Default: `portable`, WebGPU's guaranteed minimum; a device that has no WebGPU compiles such a
   * program again when it loads it.
   */
  readonly target?: Target
  /** `'f16'`: large intermediate values are stored in half the bytes (`passes/precision.ts`). Default `'f32'`. */
  readonly precision?: 'f32' | 'f16'
  /**
   * For a program on several processes (`passes/partition.ts`), how many there are, and which entries they run together: `sizes`
   * are those of the whole batch, and each takes its shard of the rows. Other entries each runs by itself. Default: one process.
   */
  readonly ranks?: { readonly size: number; readonly entries: readonly string[] }
  /** False: one kernel per operation. Default true. */
  readonly fusion?: boolean
  /**
   * Bytes of device memory that the program may take, variables and inputs included: `'2GiB'`, `'512MiB'` or a number.
   * Values are computed again rather than kept until it fits, which costs time. Default: no limit.
   */
  readonly memory?: Bytes
  /** Chooses how the loops of a kernel are cut up. Default: heuristics of the target. */
  readonly choose?: Chooser
  /** Called with what each stage made of each entry. */
  readonly observe?: (stage: Stage) => void
}
const OPTIONS = [
  'target',
  'precision',
  'ranks',
  'fusion',
  'memory',
  'choose',
  'observe',
] as const satisfies readonly (keyof CompileOptions)[]
const PRECISIONS = ['f32', 'f16'] as const
/**
 * What `compile` hands to `observe` after each of its stages, in this order; graphs and kernels once for each entry.
 */
export type Stage =
  | { readonly name: 'trace' | 'optimize'; readonly entry: string; readonly graph: Graph }
  | { readonly name: 'kernels'; readonly entry: string; readonly kernels: readonly Kernel[] }
  /** Of all entries, each distinct program once. */
  | { readonly name: 'loops'; readonly loops: readonly LoopProgram[] }
  | { readonly name: 'plan'; readonly memory: Readonly<Record<string, EntryMemory>> }

declare const types: unique symbol
/** A program that remembers the types of its entries, so that a session's inputs and outputs are typed. */
export interface Compiled<E extends Record<string, Entry>> extends Program {
  readonly [types]?: E
}

/**
 * Compiles entries that share variables. `sizes` binds every named size of their inputs.
 * Throws `ShapeError`, of no entries too, `UnboundSize` and `LimitError`.
 */
export function compile<const E extends Record<string, Entry>>(
  entries: E,
  sizes: { [K in Names<E[keyof E]>]: number },
  options: CompileOptions = {},
): Compiled<E> {
  checkOptions('compile', options, OPTIONS)
  return compileGraphs(traceEntries(entries, sizes), options) as Compiled<E>
}

/** The graphs of entries that share variables, `init` first, which gives these their values. Throws like `compile`. */
export function traceEntries(
  entries: Readonly<Record<string, Entry>>,
  sizes: Readonly<Record<string, number>>,
): readonly Graph[] {
  if (Object.keys(entries ?? {}).length === 0)
    throw new ShapeError('compile is given no entry: compile({ step: entry({ ... }, ...) }, { ... })')
  checkSizes(entries, sizes)
  const graphs = Object.entries(entries).map(([name, entry]) => trace(name, entry, sizes))
  return [traceInit(graphs), ...graphs]
}

/** Throws `ShapeError` for sizes that no input has, and for those that are none. */
function checkSizes(entries: Readonly<Record<string, Entry>>, sizes: Readonly<Record<string, number>>): void {
  const inputs = Object.values(entries).filter(isEntry)
  const names = inputs.flatMap(namesOf)
  for (const [name, size] of Object.entries(sizes ?? {})) {
    if (inputs.length === Object.keys(entries).length && !names.includes(name))
      throw new ShapeError(
        `compile is given size ${name}, which no input has: ${names.length ? `they have ${[...new Set(names)].join(', ')}` : 'none of their sizes has a name'}`,
      )
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 1)
      throw new ShapeError(
        `compile: size ${name} must be a whole number of at least 1, got ${typeof size === 'string' ? `'${size}'` : size}`,
      )
  }
}

/** The same from graphs: what `traceEntries` gives, or a bundle holds. */
export function compileGraphs(graphs: readonly Graph[], options: CompileOptions = {}): Program {
  if (!PRECISIONS.includes(options.precision ?? 'f32'))
    throw new ShapeError(`compile: precision is one of ${PRECISIONS.join(', ')}, got ${String(options.precision)}`)
  const program = compileTo(options.target ?? portable, graphs, options)
  if (!options.target)
    Object.defineProperty(program, 'compileFor', {
      value: (device: TargetDevice) => compileTo(targetFor(device), graphs, options),
    })
  return program
}

function compileTo(
  target: Target,
  graphs: readonly Graph[],
  {
    precision = 'f32',
    fusion = true,
    choose = schedule,
    observe,
    memory: limit,
    ranks = { size: 1, entries: [] },
  }: CompileOptions,
): Program {
  if (precision === 'f16' && !target.f16)
    throw new LimitError(
      `precision 'f16' stores f16, which ${target.name} does not offer: compile for a device that has shader-f16, or leave precision out`,
    )
  const { storageBuffers } = target
  const machine = machineOf(target)
  const ofRank = (graph: Graph): Graph => (ranks.entries.includes(graph.name) ? partition(graph, ranks.size) : graph)
  const entries = graphs.map(traced => {
    observe?.({ name: 'trace', entry: traced.name, graph: traced })
    const graph = ownResults(optimize(ofRank(traced), { precision, storageBuffers, machine }))
    observe?.({ name: 'optimize', entry: traced.name, graph })
    const runnables = lowered(graph, target, { storageBuffers, machine, fusion })
    observe?.({ name: 'kernels', entry: traced.name, kernels: kernelsIn(runnables) })
    return { graph, runnables }
  })
  const { program, memory, loops } = plan(entries, target, choose, limit === undefined ? undefined : bytesOf(limit))
  observe?.({ name: 'loops', loops })
  observe?.({ name: 'plan', memory })
  return ranks.size > 1 ? { ...program, ranks } : program
}

/** The kernels of a graph, those of loops within each other. */
function lowered(graph: Graph, target: Target, options: FuseOptions): Runnable[] {
  const { units, results } = fuse(graph, options)
  const views: Views = new Map()
  // A kernel of a loop binds the counter, too.
  const inLoop = { ...options, storageBuffers: options.storageBuffers - 1 }
  const runnables = units.flatMap((unit): Runnable[] => {
    if (!isLoop(unit)) {
      const kernel = lower(unit, results.get(unit)!)
      // Software drivers leave out what a phase has not by cutting tiles at its period (`periodic.ts`): without more blocks.
      return cut(target.class === 'software' ? kernel : byPhase(kernel), target)
    }
    const { carries, body } = scanOf(unit)
    const own = ownSteps(body, carries)
    return lowerLoop(unit, graph, views, { body: own, runnables: lowered(own, target, inLoop) })
  })
  return views.size ? runnables.map(runnable => through(runnable, views)) : runnables
}
