/**
 * One kernel under several schedules on the device: those that compute something else than the untuned kernel are dropped,
 * the rest are timed in turns, so that a machine that slows down slows all of them.
 */
import { type Kernel, points, writes } from '../compiler/kernels/kernel.js'
import type { Schedule } from '../compiler/kernels/schedule.js'
import type { Target } from '../compiler/kernels/target.js'
import { trial } from '../compiler/plan/trial.js'
import type { Device } from '../runtime/device.js'
import { KernelError } from '../runtime/errors.js'
import { load } from '../runtime/load.js'
import { median, runTimes } from '../runtime/profile.js'
import type { Outputs, Session } from '../runtime/run.js'
import { agree, allFinite, fill } from './operands.js'

export interface Measured {
  /** The fastest schedule; the incumbent unless another takes less than 95 % of its time. */
  readonly schedule: Schedule
  /** Milliseconds of the incumbent and of `schedule`, medians of a run. */
  readonly before: number
  readonly after: number
  /** Candidates that ran, and those dropped because they do not compile or compute something else. */
  readonly tried: number
  readonly rejected: number
}

/** Part of the incumbent's time that a schedule must stay below to replace it. */
const BETTER = 0.95
/** Finalists besides the incumbent, rounds in which each is timed once, and milliseconds that one timing should last. */
const FINALISTS = 3
const ROUNDS = 7
const LONG = 1

/** Throws `OutOfMemory` where the kernel's operands do not fit the device beside what is there. */
export async function measure(
  device: Device,
  kernel: Kernel,
  target: Target,
  incumbent: Schedule,
  candidates: readonly Schedule[],
): Promise<Measured> {
  const { session: first, compiling } = await loadAll(device, kernel, target, incumbent, candidates)
  const probes: { schedule: Schedule; time: number }[] = []
  let before: number
  try {
    const { reference, low } = await referenceOf(first)
    before = Math.min(...(await runTimes(first, '0', {}, { repeats: 2 })))
    for (const [i, schedule] of compiling.entries()) {
      if (!agree(reference, await resultsOf(first, `${i + 1}`, low), toleranceOf(kernel))) continue
      const time = Math.min(...(await runTimes(first, `${i + 1}`, {}, { repeats: 2 })))
      probes.push({ schedule, time })
    }
  } finally {
    first.destroy()
  }
  const counts = { tried: probes.length, rejected: candidates.length - probes.length }
  const finalists = probes
    .filter(({ time }) => time < 1.1 * before)
    .sort((a, b) => a.time - b.time)
    .slice(0, FINALISTS)
    .map(({ schedule }) => schedule)
  if (finalists.length === 0) return { schedule: incumbent, before, after: before, ...counts }

  const schedules = [incumbent, ...finalists]
  const repeats = Math.max(1, Math.min(64, Math.ceil(LONG / Math.max(before, 1e-3))))
  const session = await load(device, trial(kernel, schedules, target, repeats), { init: false })
  try {
    await referenceOf(session)
    const times = schedules.map((): number[] => [])
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, list] of times.entries())
        list.push((await runTimes(session, `${i}`, {}, { repeats: 1 }))[0]! / repeats)
    const medians = times.map(median)
    const best = medians.indexOf(Math.min(...medians))
    const winner = medians[best]! < BETTER * medians[0]! ? best : 0
    return { schedule: schedules[winner]!, before: medians[0]!, after: medians[winner]!, ...counts }
  } finally {
    session.destroy()
  }
}

/** The incumbent and those candidates whose text can be printed and is accepted by the device, loaded. */
async function loadAll(
  device: Device,
  kernel: Kernel,
  target: Target,
  incumbent: Schedule,
  candidates: readonly Schedule[],
): Promise<{ session: Session; compiling: readonly Schedule[] }> {
  const attempt = async (some: readonly Schedule[]): Promise<Session | undefined> => {
    try {
      return await load(device, trial(kernel, [incumbent, ...some], target), { init: false })
    } catch (error) {
      // A printer refuses a schedule that does not fit with a plain error; what else the device says is for the caller.
      if (some.length && (error instanceof KernelError || (error as Error).name === 'Error')) return undefined
      throw error
    }
  }
  const all = await attempt(candidates)
  if (all) return { session: all, compiling: candidates }
  const compiling: Schedule[] = []
  for (const candidate of candidates) {
    const alone = await attempt([candidate])
    if (alone) compiling.push(candidate)
    alone?.destroy()
  }
  return { session: (await attempt(compiling))!, compiling }
}

/** Fills the operands and gives the incumbent's results: of values of both signs, if these give finite results. */
async function referenceOf(session: Session, low = -1): Promise<{ reference: Outputs; low: number }> {
  write(session, 'operand', 0, low)
  const reference = await resultsOf(session, '0', low)
  return low < 0 && !allFinite(reference) ? referenceOf(session, 0.25) : { reference, low }
}

/**
 * What entry `entry` computes, beginning with results that are something else: whatever it leaves out is seen. What it
 * replaces begins the same each time.
 */
function resultsOf(session: Session, entry: string, low: number): Promise<Outputs> {
  write(session, 'replaced', 500, low)
  write(session, 'result', 1000, 1e6)
  return session.call(entry)
}

/** Fills the variables of a kind with values from `low` on. */
function write(session: Session, kind: 'operand' | 'replaced' | 'result', seed: number, low: number): void {
  const variables = session.program.variables.filter(({ name }) => name.startsWith(kind))
  session.writeVariables(
    Object.fromEntries(variables.map((variable, i) => [variable.name, fill(variable, seed + i, low)])),
  )
}

/** Sums may be added in another order; everything else is computed alike. */
function toleranceOf(kernel: Kernel): number {
  const terms = Math.max(0, ...kernel.body.map(s => (s.kind === 'accumulate' ? points(s.along) : 0)))
  const half = writes(kernel).some(({ dtype }) => dtype === 'f16') ? 2 ** -10 : 0
  return terms === 0 ? 0 : half + 1e-5 + 4 * 2 ** -24 * Math.sqrt(terms)
}
