/**
 * The loop of a training run: steps are enqueued ahead of the device, their losses are read behind it, in order. What
 * pretrains and what trains detectors goes through it, so both break off alike where a loss is lost.
 */
import { RankedSession } from '../runtime/distributed/session.js'
import { checkFinite, type Outputs, type Session } from '../runtime/run.js'
import type { Input } from '../runtime/values.js'
import { batches } from './data/batches.js'
import { arraysOf, type Examples } from './data/examples.js'
import { due, type Position, type Saving } from './resume.js'

export interface Steps {
  readonly set: { readonly train: Examples }
  readonly batch: number
  readonly seed: number
  /** In all, those of `from` among them. */
  readonly steps: number
  /** Where a run is that goes on. Default: at its beginning. */
  readonly from?: Position
  /** How often `keep` is called. Default: every 60 seconds. Ranks keep when the first of them does. */
  readonly every?: Saving['every']
  readonly rank?: number
  /** Called between two steps, when all losses so far are there, and after the last step. What it throws ends the run. */
  readonly keep: (position: Position) => Promise<void>
  /** Steps after which `reached` is called, when all losses so far are there. */
  readonly milestones?: readonly number[]
  readonly reached?: (step: number) => Promise<void>
  /** A step's outputs have arrived; they arrive in order, some steps late. */
  readonly seen?: (step: number, loss: number, outputs: Outputs) => void
  /** Aborting stops after the current step. */
  readonly signal?: AbortSignal | undefined
}

/** Steps that are enqueued and not read. */
const AHEAD = 2

/**
 * Runs the entry `step` of a session, whose inputs are arrays of the set, by their names. Throws `NonFinite` for a loss that is
 * none, and what `keep` throws; no read is pending then, so that the session can be destroyed.
 */
export async function runSteps(session: Session, options: Steps): Promise<Position> {
  const { set, batch, seed, steps, from, every, rank = 0, keep, seen, signal, milestones = [], reached } = options
  const losses = [...(from?.losses ?? [])]
  const first = losses.length
  const start = performance.now()
  const seconds = () => (from?.seconds ?? 0) + (performance.now() - start) / 1000
  const isDue = rank === 0 ? due(every) : () => false
  // What any rank wants, all do, after the same step.
  const asked = async (...flags: boolean[]): Promise<boolean[]> =>
    session instanceof RankedSession ? session.any(flags) : flags
  const inputs = session.program.entries.step!.inputs.map(({ name }) => name)
  const pending: Promise<void>[] = []
  const caughtUp = async (most = 0): Promise<void> => {
    while (pending.length > most) await pending.shift()
  }
  let done = first
  try {
    // A run that was stopped there may have been stopped before its milestone was done with.
    if (first > 0 && milestones.includes(first)) await reached?.(first)
    if (done < steps)
      for await (const rows of batches(set, { batch, seed, first })) {
        const [stop, store] = await asked(signal?.aborted ?? false, done > first && isDue(done))
        if (stop) break
        if (store) {
          await caughtUp()
          await keep({ losses, seconds: seconds() })
        }
        session.run(
          'step',
          Object.fromEntries(Object.entries<Input>(arraysOf(rows as never)).filter(([name]) => inputs.includes(name))),
        )
        const step = ++done
        const read = session.read('step').then((outputs: Outputs) => {
          checkFinite('step', outputs, ['loss'])
          const loss = outputs.loss![0] as number
          losses.push([step, loss])
          seen?.(step, loss, outputs)
        })
        // It is awaited below, but may fail before its turn.
        read.catch(() => {})
        pending.push(read)
        await caughtUp(AHEAD)
        if (milestones.includes(step)) {
          await caughtUp()
          await reached?.(step)
        }
        if (step === steps) break
      }
    await caughtUp()
  } finally {
    await Promise.allSettled(pending)
  }
  const position = { losses, seconds: seconds() }
  if (done > first) await keep(position)
  return position
}
