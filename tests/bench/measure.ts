/**
 * One workload on a loaded device: compiled, checked, timed. A sample is one run and one wait, as in the peers' harness; on
 * a GPU, where a wait costs more than a small run, as many runs as take 20 ms, and rates come from the device's own clock.
 */
import { compile, type Stage, targetFor } from '../../compiler/index.js'
import { type Device, load, type Session } from '../../runtime/node.js'
import { type DispatchTime, profile, runTimes } from '../../runtime/profile.js'
import { fromHalves, toHalves } from './halves.js'
import { benchProgram } from './programs.js'
import { FULL, QUICK, SAMPLE_MS, type Stats, sample, stats } from './sample.js'
import type { BenchWorkload, Suite, Verdict } from './workloads.js'

/** Times in milliseconds, sizes in bytes. */
export interface Measurement {
  readonly workload: string
  readonly title: string
  /** Of one run, by the host's clock. */
  readonly wall: Stats
  /** Of one run between timestamps; on GPUs that have them. */
  readonly device?: Stats
  /** Per run: the workload's own counts, else the compiler's estimates. */
  readonly flops: number
  readonly bytes: number
  /** Bytes that the dispatches read and write by the compiler's estimate. */
  readonly moved: number
  readonly dispatches: number
  readonly kernels: number
  /** The compiler alone; then, from a copy of the program, pipelines, buffers and initial values. */
  readonly compile: number
  readonly load: number
  /** Everything up to the end of the first run: with the compiler, and warm, from a copy of the program. */
  readonly first: number
  readonly warm: number
  /** Temporaries as planned, and the least that any plan needs; then all buffers. */
  readonly planned: number
  readonly lowerBound: number
  readonly buffers: number
  readonly check: Verdict
  readonly profile?: readonly DispatchTime[]
}
export interface MeasureOptions {
  readonly quick: boolean
  readonly profile: boolean
}

export async function measure(
  device: Device,
  suite: Suite,
  workload: BenchWorkload,
  { quick, profile: wanted }: MeasureOptions,
): Promise<Measurement> {
  const { half = false } = workload
  const halves = half && workload.kind !== 'resnet'
  const drawn = suite.inputs(workload)
  const values = mapValues(drawn, ({ data }) => (halves ? toHalves(data) : data))
  // What is checked is what went in: rounded.
  const inputs = halves
    ? mapValues(drawn, (one, name) => ({ ...one, data: fromHalves(values[name] as Uint16Array) }))
    : drawn
  const { entry, results } = benchProgram(workload)
  let memory: Extract<Stage, { name: 'plan' }>['memory'] = {}
  const observe = (stage: Stage): void => {
    if (stage.name === 'plan') memory = stage.memory
  }
  const start = performance.now()
  const precision = half ? 'f16' : 'f32'
  const made = compile({ run: entry }, {}, { target: targetFor(device), precision, observe })
  const compileTime = performance.now() - start
  // A copy knows nothing of the compiler.
  const program = structuredClone(made)
  const begun = performance.now()
  const session: Session = await load(device, program)
  try {
    const loaded = performance.now()
    session.writeVariables(values)
    session.run('run')
    await session.settle()
    const warm = performance.now() - begun

    const losses: number[] = []
    const steps = results.length === 0 ? (workload.lossSteps ?? 1) : 0
    while (losses.length < steps) {
      if (losses.length > 0) session.run('run')
      losses.push((await session.read('run')).loss![0]!)
    }
    const read = await session.readVariables(results)
    const outputs = halves ? mapValues(read, fromHalves) : read
    const check = suite.check(workload, inputs, { outputs, losses })

    const gpu = device.adapter.kind === 'gpu'
    const repeated = { run: () => session.run('run'), wait: () => device.done() }
    const wall = stats(await sample(repeated, gpu ? SAMPLE_MS : 0, quick ? QUICK : FULL))
    const clocked = gpu && device.features.has('timestamp-query')
    const { dispatches } = program.entries.run!
    const moved = dispatches.reduce((sum, { bytes }) => sum + bytes, 0)
    return {
      workload: workload.id,
      title: workload.title,
      wall,
      ...(clocked ? { device: stats(await runTimes(session, 'run', {}, { repeats: quick ? 5 : 20 })) } : {}),
      flops: workload.flops ?? dispatches.reduce((sum, { flops }) => sum + flops, 0),
      bytes: workload.bytes ?? moved,
      moved,
      dispatches: dispatches.length,
      kernels: new Set(dispatches.map(({ kernel }) => kernel)).size,
      compile: compileTime,
      load: loaded - begun,
      first: compileTime + warm,
      warm,
      planned: memory.run?.planned ?? 0,
      lowerBound: memory.run?.lowerBound ?? 0,
      buffers: program.slabs.reduce((a, b) => a + b, 0),
      check,
      ...(wanted ? { profile: (await profile(session, 'run')).dispatches } : {}),
    }
  } finally {
    session.destroy()
  }
}

const mapValues = <A, B>(from: Readonly<Record<string, A>>, to: (value: A, name: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name, to(value, name)]))
