/**
 * Where the time of a run goes. Every dispatch gets a pass of its own with a timestamp at either end; on adapters without
 * timestamps a submit of its own, timed by the host. Passes of their own keep neighbours from overlapping, so the sum of
 * the parts can exceed `runTimes`, which puts the whole run between two timestamps.
 */
import { timesOf } from './order.js'
import type { Inputs, Session } from './run.js'

/** Of a dispatch that is repeated: of all its times together. */
export interface DispatchTime {
  /** Name of the kernel, unique in the program. */
  readonly kernel: string
  /** Module path of what it computes. */
  readonly scope: string
  /** Estimates of the compiler: floating-point operations, and bytes read and written at least once. */
  readonly flops: number
  /** Estimate of the compiler: bytes read and written at least once. */
  readonly bytes: number
  /** Milliseconds over the repeats. */
  readonly median: number
  /** Milliseconds of the fastest repeat. */
  readonly min: number
}
/** What `profile` measured of one entry. */
export interface Profile {
  /** `'timestamps'`: by the device; browsers round them to 0.065 ms. `'submits'`: by the host, less what an empty submit takes. */
  readonly clock: 'timestamps' | 'submits'
  /** In the order of the run. */
  readonly dispatches: readonly DispatchTime[]
}
/** What `profile` may be told. */
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
  const each = (count: number) => Array.from({ length: count }, (_, i) => ({ from: i, to: i + 1 }))
  const runs = await repeated(repeats, () => session.times(entry, inputs, each))
  return {
    clock: device.features.has('timestamp-query') ? 'timestamps' : 'submits',
    dispatches: program.entries[entry]!.dispatches.map(({ kernel, scope, flops, bytes }, i) => {
      const n = timesOf(program.entries[entry]!, i)
      const times = runs.map(run => n * run[i]!)
      const { name } = program.kernels[kernel]!
      return {
        kernel: name,
        scope,
        flops: n * flops,
        bytes: n * bytes,
        median: median(times),
        min: Math.min(...times),
      }
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
  return (await repeated(repeats, () => session.times(entry, inputs, to => [{ from: 0, to }]))).flat()
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

async function repeated(repeats: number, time: () => Promise<number[]>): Promise<number[][]> {
  await time()
  const runs: number[][] = []
  while (runs.length < repeats) runs.push(await time())
  return runs
}
