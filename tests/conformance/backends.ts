/**
 * Where graphs run: on the device, many of them in one program, so that pipelines are created together; or in the float64
 * reference, one after the other.
 */
import { compileGraphs } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Graph } from '../../compiler/graph/graph.js'
import { targetFor } from '../../compiler/index.js'
import type { DType } from '../../compiler/types/tensor.js'
import { type Device, load, openDevice } from '../../runtime/node.js'
import type { Result } from './compare.js'
import type { Stored } from './oracle.js'

export interface Job {
  readonly graph: Graph
  readonly inputs: Readonly<Record<string, Stored>>
}
/** The outputs of a job, or why there are none, and how long it took. */
export interface Outcome {
  readonly outputs: Readonly<Record<string, Result>> | Error
  readonly milliseconds: number
}
export interface Backend {
  run(jobs: readonly Job[]): Promise<Outcome[]>
  close(): Promise<void>
}

export const reference: Backend = {
  async run(jobs) {
    const outcomes: Outcome[] = []
    for (const { graph, inputs } of jobs) outcomes.push(await timed(async () => evaluate(graph, { inputs }).outputs))
    return outcomes
  },
  close: async () => {},
}

export async function onDevice(): Promise<Backend> {
  const device = await openDevice()
  return { run: jobs => runProgram(device, jobs), close: async () => device.destroy() }
}

async function runProgram(device: Device, jobs: readonly Job[]): Promise<Outcome[]> {
  if (jobs.length === 0) return []
  const outcomes: Outcome[] = []
  try {
    const program = compileGraphs(
      jobs.map(({ graph }) => graph),
      { target: targetFor(device) },
    )
    const session = await load(device, program, { init: false })
    for (const { graph, inputs } of jobs)
      outcomes.push(
        await timed(async () => {
          const given = graph.inputs.map(({ attributes, dtype }) => [
            attributes.name,
            typed(inputs[attributes.name]!, dtype),
          ])
          const got = await session.call(graph.name, Object.fromEntries(given))
          return Object.fromEntries(
            Object.entries(got).map(([name, data]) => [name, { shape: (data as any).shape, data: data as any }]),
          )
        }),
      )
    session.destroy()
  } catch (error) {
    // One graph that does not compile must not take the others with it.
    if (jobs.length === 1) return [{ outputs: error as Error, milliseconds: 0 }]
    const half = jobs.length >> 1
    return [...(await runProgram(device, jobs.slice(0, half))), ...(await runProgram(device, jobs.slice(half)))]
  }
  return outcomes
}

async function timed(work: () => Promise<Readonly<Record<string, Result>>>): Promise<Outcome> {
  const start = performance.now()
  const outputs = await work().catch((error: Error) => error)
  return { outputs, milliseconds: performance.now() - start }
}

/** Elements as the runtime takes them. */
const typed = (values: Stored, dtype: DType): Stored | Uint8Array =>
  dtype === 'bool' ? Uint8Array.from(values) : values
