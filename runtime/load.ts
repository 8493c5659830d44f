/** A program onto a device, and the session that runs it there. */
import type { Compiled } from '../compiler/compile.js'
import type { Entry } from '../compiler/language/entry.js'
import { type Device, newCounters } from './device.js'
import { checkRanks, type Ranks } from './distributed/ranks.js'
import { RankedSession } from './distributed/session.js'
import { Ring } from './ring.js'
import { Session } from './run.js'
import { runsOn, validate } from './validate.js'

/** What `load` may be told. */
export interface LoadOptions {
  /** Keys every random number of the program. Default 0. */
  readonly seed?: number
  /** Whether to give the variables their initial values. Default true; false where a checkpoint is loaded next. */
  readonly init?: boolean
  /** The processes that run the program together: as many as it was compiled for. Default: this one alone. */
  readonly ranks?: Ranks
  /** Called when a pipeline is ready. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Loads a compiled program. Throws `BadInput` if it is malformed or exceeds the device's limits, `OutOfMemory` if it does
 * not fit, `KernelError` with the WGSL line if a kernel does not compile.
 */
export async function load<E extends Record<string, Entry> = any>(
  device: Device,
  given: Compiled<E>,
  { seed = 0, init = true, ranks, onProgress }: LoadOptions = {},
): Promise<Session<E>> {
  device.check()
  const program = !runsOn(device, given) && given.compileFor ? given.compileFor(device) : given
  validate(program, device)
  await checkRanks(program, ranks)
  const counters = newCounters()
  const rings = new Map<string, Ring>()
  const made = await device.load(program, {
    counters,
    rooms: made => {
      for (const [name, { outputs }] of Object.entries(program.entries)) rings.set(name, new Ring(made, name, outputs))
    },
    onProgress,
  })
  try {
    const session = ranks
      ? new RankedSession<E>(device, program, made, rings, counters, ranks)
      : new Session<E>(device, program, made, rings, counters)
    if (program.variables.some(({ name }) => name === 'seed')) session.writeVariables({ seed: Uint32Array.of(seed) })
    if (init && program.entries.init) (session as Session).run('init')
    // A first wait, so that a device that refuses what was made says it here.
    await session.settle()
    return session
  } catch (error) {
    made.destroy()
    throw error
  }
}
