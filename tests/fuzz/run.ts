/**
 * `npm run fuzz -- --programs 2000 --seed 1`: random programs with variables, compiled with and without fusion and run
 * twice on the device, against the float64 reference; `--schedule NAME` forces one schedule on every kernel (`tests/forced.ts`),
 * `--memory` compiles each program within a budget that has values computed again. Stops after `--minutes` (default 5) and says how many ran. A failure is shrunk and printed as its seed, recipe and graph text; exit code 1.
 */
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { type CompileOptions, compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, leafName, nodes, variables } from '../../compiler/graph/graph.js'
import { fromHalf } from '../../compiler/graph/halves.js'
import { print } from '../../compiler/graph/print.js'
import type { Chooser } from '../../compiler/kernels/schedule.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { LimitError } from '../../compiler/plan/limits.js'
import type { Program } from '../../compiler/plan/program.js'
import { load, type Session } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { forcedSchedule } from '../forced.js'
import { runnable } from '../halves.js'
import { build, dataOf, type Recipe, recipes } from './programs.js'

/** Of the largest magnitude in a result, or of one. Values are of order one; long chains lose a few digits. */
const TOLERANCE = 5e-4
/** The same where something is stored in halves: a value between two may be rounded to either, and others are made of it. */
const HALF_TOLERANCE = 1e-2

/** Results of two runs, by name: outputs after each, variables after the last. */
type Results = Readonly<Record<string, ArrayLike<number>>>
function expectedOf(graph: Graph): Results {
  const found: Record<string, ArrayLike<number>> = {}
  let state: Record<string, ArrayLike<number>> = dataOf(variables(graph))
  for (const run of RUNS) {
    const { outputs, variables: next } = evaluate(graph, { inputs: dataOf(graph.inputs, run), variables: state })
    for (const [name, { data }] of Object.entries(outputs)) found[`${name} of run ${run}`] = data
    state = { ...state, ...Object.fromEntries(Object.entries(next).map(([name, { data }]) => [name, data])) }
  }
  return { ...found, ...state }
}
const RUNS = [1, 2]

async function resultsOf(session: Session, program: Program, graph: Graph): Promise<Results> {
  const found: Record<string, ArrayLike<number>> = {}
  // One that becomes what it was, and is read by nothing else, is not in the program.
  const there = new Set(program.variables.map(({ name }) => name))
  const leaves = variables(graph).filter(leaf => there.has(leafName(leaf)))
  const initial = dataOf(variables(graph))
  session.writeVariables(Object.fromEntries(leaves.map(leaf => [leafName(leaf), initial[leafName(leaf)]!])))
  for (const run of RUNS) {
    const outputs = (await session.call(graph.name, dataOf(graph.inputs, run))) as Results
    for (const [name, data] of Object.entries(outputs)) found[`${name} of run ${run}`] = data
  }
  const after = (await session.readVariables(leaves.map(leafName))) as unknown as Results
  for (const leaf of leaves) {
    const data = after[leafName(leaf)]!
    found[leafName(leaf)] = leaf.dtype === 'f16' ? Array.from(data, fromHalf) : data
  }
  return found
}

interface Options {
  readonly choose?: Chooser
  /** Within a budget that has values computed again, where there is such a plan. */
  readonly memory?: boolean
}

/** A program within the smallest of some budgets for which there is a plan. */
function tight(graph: Graph, options: CompileOptions): Program {
  const free = compileGraphs([graph], options)
  const bytes = free.slabs.reduce((a, b) => a + b, 0)
  // Most of a small program is fixed: inputs, variables, results.
  for (const less of [bytes / 4, bytes / 8, bytes / 16, bytes / 32, 256])
    try {
      return compileGraphs([graph], { ...options, memory: Math.floor(bytes - less) })
    } catch (error) {
      if (!(error instanceof LimitError)) throw error
    }
  return free
}

/** What is wrong with each graph, or nothing. All graphs become one program, unless memory is limited. */
export async function failures(
  graphs: readonly Graph[],
  { memory = false, ...options }: Options = {},
): Promise<(string | undefined)[]> {
  if (memory && graphs.length > 1) {
    const wrong: (string | undefined)[] = []
    for (const graph of graphs) wrong.push(...(await failures([graph], { memory, ...options })))
    return wrong
  }
  const wrong = new Array<string | undefined>(graphs.length)
  const expected = graphs.map(expectedOf)
  const device = await testDevice()
  for (const fusion of [true, false]) {
    const how = { fusion, target: { ...targetFor(device), f16: true }, ...options }
    const program = memory ? tight(graphs[0]!, how) : compileGraphs(graphs, how)
    const session = await load(device, runnable(program, device), { init: false })
    for (const [i, graph] of graphs.entries()) {
      const tolerance = nodes(graph).some(({ dtype }) => dtype === 'f16') ? HALF_TOLERANCE : TOLERANCE
      const got = await resultsOf(session, program, graph)
      for (const [name, data] of Object.entries(expected[i]!)) {
        if (!got[name]) continue
        const whole = got[name] instanceof Int32Array || got[name] instanceof Uint32Array
        const allowed = whole ? 0 : tolerance * Array.from(data).reduce((most, x) => Math.max(most, Math.abs(x)), 1)
        const at = Array.from(data).findIndex((x, k) => !(Math.abs(x - got[name]![k]!) <= allowed))
        if (at >= 0)
          wrong[i] ??= `${fusion ? 'fused' : 'not fused'}: ${name}[${at}] is ${got[name]![at]}, reference ${data[at]}`
      }
    }
    session.destroy()
  }
  return wrong
}

/** The recipe of a seed. */
const drawn = (seed: number): Recipe => fc.sample(recipes, { seed, numRuns: 1 })[0]!

/** The smallest recipe that still fails, as text. */
async function shrunk(seed: number, options: Options): Promise<string> {
  const property = fc.asyncProperty(recipes, async recipe => {
    const [wrong] = await failures([build(recipe, 'shrunk')], options).catch((error: Error) => [error.message])
    if (wrong) throw new Error(wrong)
  })
  const { counterexample, errorInstance } = await fc.check(property, {
    seed,
    numRuns: 1,
    interruptAfterTimeLimit: 60_000,
  })
  if (!counterexample) return 'it passes alone'
  return `${(errorInstance as Error).message}\nrecipe ${JSON.stringify(counterexample[0])}\n${print(build(counterexample[0], 'shrunk'))}`
}

/** Runs seeds `seed, seed + 1, ...`; returns how many ran and a report of each failure. */
export async function fuzz(
  programs: number,
  seed: number,
  minutes: number,
  progress?: (done: number) => void,
  options: Options = {},
): Promise<{ done: number; reports: string[] }> {
  const until = performance.now() + minutes * 60_000
  const reports: string[] = []
  let done = 0
  while (done < programs && performance.now() < until && reports.length < 3) {
    const seeds = Array.from({ length: Math.min(16, programs - done) }, (_, i) => seed + done + i)
    const graphs = seeds.map((s, i) => build(drawn(s), `p${i}`))
    const wrong = await failures(graphs, options).catch(async () =>
      Promise.all(
        graphs.map(async graph => (await failures([graph], options).catch((error: Error) => [error.message]))[0]),
      ),
    )
    for (const [i, message] of wrong.entries())
      if (message) reports.push(`seed ${seeds[i]}: ${message}\nshrunk: ${await shrunk(seeds[i]!, options)}`)
    done += seeds.length
    progress?.(done)
  }
  return { done, reports }
}

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`)
  if (at < 0) return fallback
  const value = Number(process.argv[at + 1])
  if (!Number.isInteger(value) || value < 0) {
    process.stderr.write(`fuzz: --${name} takes a whole number, got ${process.argv[at + 1]}\n`)
    process.exit(2)
  }
  return value
}

async function forcedOption(): Promise<{ choose?: Chooser }> {
  const at = process.argv.indexOf('--schedule')
  try {
    const { adapter } = await testDevice()
    return forcedSchedule(at < 0 ? undefined : (process.argv[at + 1] ?? ''), adapter.kind)
  } catch (error) {
    process.stderr.write(`fuzz: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]!).href) {
  const known = ['--programs', '--seed', '--minutes', '--schedule', '--memory']
  const unknown = process.argv.slice(2).find(word => word.startsWith('-') && !known.includes(word))
  if (unknown) {
    process.stderr.write(`fuzz: ${unknown} is none of ${known.join(', ')}\n`)
    process.exit(2)
  }
  const [programs, seed, minutes] = [option('programs', 2000), option('seed', 1), option('minutes', 5)]
  const start = performance.now()
  const progress = (count: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${count} of ${programs} programs`)
  }
  const { done, reports } = await fuzz(programs, seed, minutes, progress, {
    ...(await forcedOption()),
    memory: process.argv.includes('--memory'),
  })
  for (const report of reports) console.log(report)
  console.log(
    `${done} of ${programs} programs ran in ${((performance.now() - start) / 1000).toFixed(0)} s, seeds ${seed} to ${seed + done - 1}`,
  )
  console.log(`${done - reports.length} passed, ${reports.length} failed`)
  await closeTestDevice()
  process.exitCode = reports.length ? 1 : 0
}
