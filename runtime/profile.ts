/**
 * Where the time of a run goes. Every dispatch gets a pass of its own with a timestamp at either end; on adapters without
 * timestamps a submit of its own, timed by the host. Passes of their own keep neighbours from overlapping, so the sum of
 * the parts can exceed `runTimes`, which puts the whole run between two timestamps.
 */
import type { Device } from './device.js'
import type { Inputs, Session, Step } from './run.js'

export interface DispatchTime {
  /** Name of the kernel, unique in the program. */
  readonly kernel: string
  /** Module path of what it computes. */
  readonly scope: string
  /** Estimates of the compiler: floating-point operations, and bytes read and written at least once. */
  readonly flops: number
  readonly bytes: number
  /** Milliseconds over the repeats. */
  readonly median: number
  readonly min: number
}
export interface Profile {
  /** `'timestamps'`: by the device; browsers round them to 0.065 ms. `'submits'`: by the host, less what an empty submit takes. */
  readonly clock: 'timestamps' | 'submits'
  /** In the order of the run. */
  readonly dispatches: readonly DispatchTime[]
}
export interface ProfileOptions {
  /** Runs that are timed, after one that is not. Default 5. */
  readonly repeats?: number
}

/**
 * Times each dispatch of `entry`. The entry runs `repeats + 1` times, so its variables move on as they do in training;
 * `read` still gives the outputs of the last `run`. Throws like `Session.run`.
 */
export async function profile(
  session: Session,
  entry: string,
  inputs: Inputs = {},
  { repeats = 5 }: ProfileOptions = {},
): Promise<Profile> {
  const { device, program } = session
  const runs = await repeated(repeats, () =>
    timed(
      device,
      session.prepare(entry, inputs).map(step => [step]),
    ),
  )
  return {
    clock: hasTimestamps(device) ? 'timestamps' : 'submits',
    dispatches: program.entries[entry]!.dispatches.map(({ kernel, scope, flops, bytes }, i) => {
      const times = runs.map(run => run[i]!)
      const { name } = program.kernels[kernel]!
      return { kernel: name, scope, flops, bytes, median: median(times), min: Math.min(...times) }
    }),
  }
}

/** Milliseconds that each of `repeats` whole runs of `entry` takes on the device, without what the host does; else like `profile`. */
export async function runTimes(
  session: Session,
  entry: string,
  inputs: Inputs = {},
  { repeats = 5 }: ProfileOptions = {},
): Promise<number[]> {
  return (await repeated(repeats, () => timed(session.device, [session.prepare(entry, inputs)]))).flat()
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

const hasTimestamps = ({ features }: Device): boolean => features.has('timestamp-query')

async function repeated(repeats: number, time: () => Promise<number[]>): Promise<number[][]> {
  await time()
  const runs: number[][] = []
  while (runs.length < repeats) runs.push(await time())
  return runs
}

/** Dispatches that share a pass. */
type Pass = readonly Step[]
/** Milliseconds of each pass, the passes run in order. */
const timed = (device: Device, passes: readonly Pass[]): Promise<number[]> =>
  hasTimestamps(device) ? byTimestamps(device, passes) : bySubmits(device, passes)

/** WebGPU's limit of a query set is 4096 timestamps. */
const PASSES_AT_A_TIME = 2048

async function byTimestamps(device: Device, passes: readonly Pass[]): Promise<number[]> {
  const { gpu } = device
  const times: number[] = []
  for (let from = 0; from < passes.length; from += PASSES_AT_A_TIME) {
    const part = passes.slice(from, from + PASSES_AT_A_TIME)
    const count = 2 * part.length
    const querySet = gpu.createQuerySet({ type: 'timestamp', count })
    const resolved = gpu.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    })
    const staging = gpu.createBuffer({ size: 8 * count, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
    try {
      const encoder = gpu.createCommandEncoder({ label: 'profile' })
      part.forEach((pass, i) => {
        encode(encoder, pass, { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 })
      })
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0)
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count)
      gpu.queue.submit([encoder.finish()])
      await device.wait(staging.mapAsync(GPUMapMode.READ))
      const nanoseconds = new BigInt64Array(staging.getMappedRange())
      // A device may restart its clock between two timestamps: that pass counts as nothing rather than as less.
      for (let i = 0; i < count; i += 2) times.push(Math.max(0, Number(nanoseconds[i + 1]! - nanoseconds[i]!) / 1e6))
    } finally {
      querySet.destroy()
      resolved.destroy()
      staging.destroy()
    }
  }
  return times
}

async function bySubmits(device: Device, passes: readonly Pass[]): Promise<number[]> {
  const { queue } = device.gpu
  const submit = async (pass: Pass): Promise<number> => {
    const start = performance.now()
    const encoder = device.gpu.createCommandEncoder({ label: 'profile' })
    encode(encoder, pass)
    queue.submit([encoder.finish()])
    await device.wait(queue.onSubmittedWorkDone() as Promise<unknown>)
    return performance.now() - start
  }
  const empty: number[] = []
  while (empty.length < 5) empty.push(await submit([]))
  const times: number[] = []
  for (const pass of passes) times.push(Math.max(0, (await submit(pass)) - median(empty)))
  return times
}

function encode(encoder: GPUCommandEncoder, steps: Pass, timestampWrites?: GPUComputePassTimestampWrites): void {
  const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {})
  for (const { pipeline, group, workgroups } of steps) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(...workgroups)
  }
  pass.end()
}
