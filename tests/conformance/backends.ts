/**
 * Where graphs run: on the device, many of them in one program, so that pipelines are created together; or in the float64
 * reference, one after the other.
 */
import { type CompileOptions, compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, leafName, variables } from '../../compiler/graph/graph.js'
import { halfBits } from '../../compiler/graph/halves.js'
import { targetFor } from '../../compiler/index.js'
import { traceInit } from '../../compiler/language/entry.js'
import type { DType } from '../../compiler/types/tensor.js'
import { BadInput } from '../../runtime/errors.js'
import { type Device, load, openDevice } from '../../runtime/node.js'
import { forcedSchedule } from '../forced.js'
import type { Result } from './compare.js'
import type { Stored } from './oracle.js'

export interface Job {
  readonly graph: Graph
  /** What each run is given: one run, unless the graph keeps variables from run to run. */
  readonly runs: readonly Readonly<Record<string, Stored>>[]
  /** For a graph with variables. */
  readonly state?: State
}
export type Results = Readonly<Record<string, Result>>
export interface State {
  /** What variables hold at first; the others start as they say themselves. */
  readonly variables: Readonly<Record<string, Stored>>
  /** The outputs of the case, from those of the runs and from the variables after the last one. */
  readonly results: (runs: readonly Results[], variables: Results) => Results
}
/** The outputs of a job, or why there are none, and how long it took. */
export interface Outcome {
  readonly outputs: Results | Error
  readonly milliseconds: number
}
export interface Backend {
  run(jobs: readonly Job[]): Promise<Outcome[]>
  close(): Promise<void>
}

export const reference: Backend = {
  async run(jobs) {
    const outcomes: Outcome[] = []
    for (const job of jobs) outcomes.push(await timed(async () => evaluateRuns(job)))
    return outcomes
  },
  close: async () => {},
}

function evaluateRuns({ graph, runs, state }: Job): Results {
  if (!state) return evaluate(graph, { inputs: runs[0]! }).outputs
  const given = variables(graph).flatMap((leaf): [string, Result][] => {
    const data = state.variables[leafName(leaf)]
    return data ? [[leafName(leaf), { shape: leaf.shape, data }]] : []
  })
  let now: Results = { ...evaluate(initOf(graph, state), {}).variables, ...Object.fromEntries(given) }
  const outputs = runs.map(inputs => {
    const values = Object.fromEntries(Object.entries(now).map(([name, { data }]) => [name, data]))
    const after = evaluate(graph, { inputs, variables: values })
    now = { ...now, ...after.variables }
    return after.outputs
  })
  return state.results(outputs, now)
}

/** The initial values of the variables that the case does not give. */
function initOf(graph: Graph, { variables: given }: State): Graph {
  const init = traceInit([graph])
  return { ...init, updates: init.updates.filter(({ variable }) => !(leafName(variable) in given)) }
}

/**
 * With a schedule forced on every kernel, if there is one. Throws `BadInput` for one that the device's adapter does not have, and
 * where `halves` are asked for and it stores none.
 */
export async function onDevice(schedule?: string, halves = false): Promise<Backend> {
  const device = await openDevice()
  try {
    const target = targetFor(device)
    if (halves && !target.f16) throw new BadInput(`${device.adapter.name} has no shader-f16, which --dtype f16 stores.`)
    const compiler = { target, ...forcedSchedule(schedule, device.adapter.kind) }
    return { run: jobs => runJobs(device, compiler, jobs), close: async () => device.destroy() }
  } catch (error) {
    device.destroy()
    throw error
  }
}

/** Graphs with variables have a program of their own, since names of variables repeat from case to case. */
async function runJobs(device: Device, compiler: CompileOptions, jobs: readonly Job[]): Promise<Outcome[]> {
  const plain = await runProgram(
    device,
    compiler,
    jobs.filter(({ state }) => !state),
  )
  const outcomes: Outcome[] = []
  for (const job of jobs)
    outcomes.push(job.state ? await timed(() => runState(device, compiler, job, job.state!)) : plain.shift()!)
  return outcomes
}

async function runState(
  device: Device,
  compiler: CompileOptions,
  { graph, runs }: Job,
  state: State,
): Promise<Results> {
  const program = compileGraphs([initOf(graph, state), graph], compiler)
  const session = await load(device, program)
  try {
    const known = new Set(program.variables.map(({ name }) => name))
    session.writeVariables(Object.fromEntries(Object.entries(state.variables).filter(([name]) => known.has(name))))
    const outputs: Results[] = []
    for (const inputs of runs) outputs.push(results(await session.call(graph.name, givenTo(graph, inputs))))
    return state.results(outputs, results(await session.readVariables()))
  } finally {
    session.destroy()
  }
}

async function runProgram(device: Device, compiler: CompileOptions, jobs: readonly Job[]): Promise<Outcome[]> {
  if (jobs.length === 0) return []
  const outcomes: Outcome[] = []
  try {
    const program = compileGraphs(
      jobs.map(({ graph }) => graph),
      compiler,
    )
    const session = await load(device, program, { init: false })
    for (const { graph, runs } of jobs)
      outcomes.push(await timed(async () => results(await session.call(graph.name, givenTo(graph, runs[0]!)))))
    session.destroy()
  } catch (error) {
    // One graph that does not compile must not take the others with it.
    if (jobs.length === 1) return [{ outputs: error as Error, milliseconds: 0 }]
    const half = jobs.length >> 1
    return [
      ...(await runProgram(device, compiler, jobs.slice(0, half))),
      ...(await runProgram(device, compiler, jobs.slice(half))),
    ]
  }
  return outcomes
}

const givenTo = (graph: Graph, inputs: Readonly<Record<string, Stored>>) =>
  Object.fromEntries(
    graph.inputs.map(({ attributes, dtype }) => [attributes.name, typed(inputs[attributes.name]!, dtype)]),
  )
const results = (got: Readonly<Record<string, unknown>>): Results =>
  Object.fromEntries(
    Object.entries(got).map(([name, data]) => [name, { shape: (data as any).shape, data: data as any }]),
  )

async function timed(work: () => Promise<Results>): Promise<Outcome> {
  const start = performance.now()
  const outputs = await work().catch((error: Error) => error)
  return { outputs, milliseconds: performance.now() - start }
}

/** Elements as the runtime takes them. */
const typed = (values: Stored, dtype: DType): Stored | Uint8Array | Uint16Array =>
  dtype === 'bool' ? Uint8Array.from(values) : dtype === 'f16' ? Uint16Array.from(values, halfBits) : values
