/** Samples of what is run again and again: by a session of this tree, or of another commit's. */
import { median } from '../../runtime/profile.js'

export interface Stats {
  readonly samples: number
  readonly median: number
  readonly min: number
}
/** Enqueues a run; waits for all of them. */
export interface Sampled {
  run(): void
  wait(): Promise<unknown>
}
/** At least `samples` and `ms` of them, `most` at most. */
export interface Protocol {
  readonly samples: number
  readonly ms: number
  readonly most: number
}

/** The peers' protocol. */
export const FULL: Protocol = { samples: 7, ms: 1500, most: 60 }
export const QUICK: Protocol = { samples: 5, ms: 300, most: 20 }
/** Milliseconds that hide what a wait costs. */
export const SAMPLE_MS = 20

export const stats = (times: readonly number[]): Stats => ({
  samples: times.length,
  median: median(times),
  min: Math.min(...times),
})

/** Milliseconds per run, of samples that take `least` ms or more; all by `clock`. */
export async function sample(
  { run, wait }: Sampled,
  least: number,
  protocol: Protocol,
  clock: () => number = () => performance.now(),
): Promise<number[]> {
  const timed = async (runs: number): Promise<number> => {
    const start = clock()
    for (let i = 0; i < runs; i++) run()
    await wait()
    return clock() - start
  }
  await timed(1)
  let runs = 1
  for (let ms = await timed(runs); ms < least; ms = await timed(runs)) runs *= 2
  const times: number[] = []
  for (let total = 0; times.length < protocol.most && (times.length < protocol.samples || total < protocol.ms); ) {
    const ms = await timed(runs)
    times.push(ms / runs)
    total += ms
  }
  return times
}
