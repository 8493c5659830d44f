/**
 * The tuner: distinct kernels of a program that take a share of its time worth having, each timed under the schedules worth
 * trying. What it finds is a table (`compiler/kernels/tuning.ts`) that `compile` takes as its `choose`.
 */
import { type Compiled, type CompileOptions, compile, compileGraphs, traceEntries } from '../compiler/compile.js'
import type { Graph } from '../compiler/graph/graph.js'
import { bound } from '../compiler/kernels/bound.js'
import type { Kernel } from '../compiler/kernels/kernel.js'
import { type Schedule, schedule } from '../compiler/kernels/schedule.js'
import { machineOf, type Target, targetFor } from '../compiler/kernels/target.js'
import { kernelKey, plain, type TuningTable, tuned } from '../compiler/kernels/tuning.js'
import type { Entry, Names } from '../compiler/language/entry.js'
import { candidates } from '../compiler/plan/candidates.js'
import type { Device } from '../runtime/device.js'
import { readCache, withTable, writeCache } from './cache.js'
import { measure } from './measure.js'

/** What `tune` says after each kernel. */
export interface KernelTuned {
  /** What the table knows it by: a digest of what it computes, whatever entry it is in. */
  readonly key: string
  /** Its name, after the operations in it: `sum_rsqrt_mul`. */
  readonly kernel: string
  /** The fastest one. */
  readonly schedule: Schedule
  /** How often the entries dispatch it, all entries run once. */
  readonly count: number
  /** Milliseconds per dispatch, before and after. */
  readonly before: number
  /** Milliseconds per dispatch with it. */
  readonly after: number
  /** Schedules that were timed. */
  readonly tried: number
  /** Schedules that were not, since their results differ from the untuned ones or they cannot run. */
  readonly rejected: number
  /** Kernels timed so far, of how many, and what the rest will take. */
  readonly done: number
  /** Kernels to be timed. */
  readonly total: number
  /** Seconds that the rest will take, at the pace so far. */
  readonly secondsLeft: number
}
/** What `tune` may be told, beside the options of `compile`. */
export interface TuneOptions extends Omit<CompileOptions, 'choose' | 'observe'> {
  /** What is known already: kernels in it are not timed. Default: nothing. */
  readonly table?: TuningTable
  /** Times kernels of the table again. Default false. */
  readonly force?: boolean
  /** Schedules to try for a kernel, besides the one it has. Default: `candidates`. */
  readonly candidates?: (kernel: Kernel, target: Target, incumbent: Schedule) => readonly Schedule[]
  /** The schedule to beat. Default: the heuristic choice. */
  readonly incumbent?: (kernel: Kernel, target: Target) => Schedule
  /** Called after each kernel, with the table so far. */
  readonly onKernel?: (kernel: KernelTuned, table: TuningTable) => void
  /** Aborting stops after the current kernel: the table has those that were timed. */
  readonly signal?: AbortSignal
}

/** Share of the estimated time of all entries below which a kernel is left to the heuristics. */
const NEGLIGIBLE = 0.02

/**
 * Times the kernels that `table` lacks and gives a table with them. With a complete table nothing is timed and the table is
 * the one given. Throws like `compile` and `load`.
 */
export async function tune<const E extends Record<string, Entry>>(
  device: Device,
  entries: E,
  sizes: { [K in Names<E[keyof E]>]: number },
  options: TuneOptions = {},
): Promise<TuningTable> {
  return tuneGraphs(device, traceEntries(entries, sizes), options)
}

/** The same from graphs. */
export async function tuneGraphs(
  device: Device,
  graphs: readonly Graph[],
  {
    table = {},
    force = false,
    incumbent = schedule,
    candidates: propose = candidates,
    onKernel,
    signal,
    target = targetFor(device),
    ...options
  }: TuneOptions = {},
): Promise<TuningTable> {
  const wanted = worthTuning(graphs, { ...options, target }).filter(({ key }) => force || !Object.hasOwn(table, key))
  const found: Record<string, TuningTable[string]> = { ...table }
  const start = performance.now()
  for (const [i, { kernel, key, count }] of wanted.entries()) {
    if (signal?.aborted) break
    const current = incumbent(kernel, target)
    const best = await measure(device, kernel, target, current, propose(kernel, target, current))
    const { before, after } = best
    found[key] = {
      kernel: kernel.name,
      schedule: plain(kernel, best.schedule),
      before: Number(before.toPrecision(4)),
      after: Number(after.toPrecision(4)),
    }
    const [done, total] = [i + 1, wanted.length]
    const secondsLeft = Math.ceil(((performance.now() - start) / 1000 / done) * (total - done))
    onKernel?.({ key, kernel: kernel.name, count, done, total, secondsLeft, ...best }, found)
  }
  return found
}

/** Distinct kernels of the graphs that are worth tuning, the most expensive first. `init` runs once and is left out. */
export function worthTuning(
  graphs: readonly Graph[],
  options: CompileOptions & { target: Target },
): { kernel: Kernel; key: string; count: number }[] {
  const all: Kernel[] = []
  const program = compileGraphs(graphs, {
    ...options,
    choose: (kernel, target) => {
      all.push(kernel)
      return schedule(kernel, target)
    },
  })
  // Schedules are chosen in the order of the dispatches, entry by entry.
  const owners = Object.entries(program.entries).flatMap(([name, { dispatches }]) => dispatches.map(() => name))
  if (owners.length !== all.length) throw new Error(`${all.length} schedules for ${owners.length} dispatches`)
  const found = new Map<string, { kernel: Kernel; key: string; count: number; time: number }>()
  let total = 0
  for (const [i, kernel] of all.entries()) {
    if (owners[i] === 'init') continue
    const key = kernelKey(kernel)
    const time = bound(kernel, machineOf(options.target))
    total += time
    const known = found.get(key)
    if (known) {
      known.count++
      known.time += time
    } else found.set(key, { kernel, key, count: 1, time })
  }
  return [...found.values()].filter(({ time }) => time >= NEGLIGIBLE * total).sort((a, b) => b.time - a.time)
}

/** What `compileTuned` may be told, beside the options of `tune`. */
export interface CompileTunedOptions extends Omit<TuneOptions, 'table'> {
  /** Times kernels that the cache lacks, and writes them to it. Default false: the cache is only read. */
  readonly tune?: boolean
  /** The cache file. Default `facet.tune.json`. */
  readonly cache?: string
}

/**
 * `compile` with the schedules that a cache file has for the device's adapter and driver; with `tune: true`, after timing
 * those it lacks. The same file gives the same program. Throws `TuningError` for a file that is not right, and like `compile`.
 */
export async function compileTuned<const E extends Record<string, Entry>>(
  device: Device,
  entries: E,
  sizes: { [K in Names<E[keyof E]>]: number },
  { tune: timing = false, cache: file = 'facet.tune.json', ...options }: CompileTunedOptions = {},
): Promise<Compiled<E>> {
  const cache = readCache(file)
  const section = sectionOf(device)
  let table = cache[section] ?? {}
  if (timing) {
    const known = table
    table = await tune(device, entries, sizes, { ...options, table: known })
    if (Object.keys(table).length > Object.keys(known).length || options.force)
      writeCache(file, withTable(readCache(file), section, table))
  }
  const {
    candidates: _,
    incumbent,
    onKernel: __,
    force: ___,
    signal: ____,
    target = targetFor(device),
    ...rest
  } = options
  return compile(entries, sizes, { ...rest, target, choose: tuned(table, incumbent) })
}

/** What a cache file calls the adapter and driver of a device. */
export const sectionOf = ({ identity }: Device): string => identity
