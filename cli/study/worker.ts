/** The processes that run trials: a worker of `facet study`, and a task of a cluster. */
import type { Trial } from '../../models/study/study.js'
import { UsageError } from '../errors.js'
import { interruptible } from '../runs.js'
import { Locked, whenFree } from './lock.js'
import { BUSY, type FromWorker, type ToWorker } from './runner.js'
import type { TrialState, Trials } from './trial.js'

/**
 * The trials that a runner sends, in this process. Told to stop, or left alone by its runner, it keeps a checkpoint of the one
 * it is at.
 */
export async function work(trials: Trials, trialOf: (id: string) => Trial): Promise<void> {
  // Nobody listens to what is said after a runner was killed.
  process.stderr.on('error', () => {})
  const tell = (message: FromWorker): void => {
    if (process.connected) process.send!(message, undefined, undefined, () => {})
  }
  const left = new AbortController()
  const leave = (): void => left.abort()
  process.on('disconnect', leave)
  try {
    await interruptible(async told => {
      const signal = AbortSignal.any([told, left.signal])
      for (let id = await sent(signal); id !== undefined; id = await sent(signal)) {
        const report = seldom(state => tell({ state }))
        const ended = await trials.run(trialOf(id), { signal, report }).then(
          () => 0 as const,
          (error): typeof BUSY => {
            if (error instanceof Locked) return BUSY
            throw error
          },
        )
        if (!signal.aborted) tell({ ended })
      }
    })
  } finally {
    trials.end()
    process.off('disconnect', leave)
    // The channel would keep the process alive.
    if (process.connected) process.disconnect()
  }
}

/**
 * One trial, as a task of a cluster: its progress is said as lines of JSON. Told to stop, it keeps a checkpoint. While another
 * process has the trial it is waited for: a task that was killed may have left its lock.
 */
export async function workOnce(trials: Trials, trial: Trial): Promise<void> {
  const { id } = trial
  let waiting: Locked | undefined
  await interruptible(async signal => {
    const report = seldom(state => console.log(JSON.stringify({ id, ...state })))
    const busy = (error: Locked): void => {
      waiting = error
      process.stderr.write(`facet: ${error.message}: waiting until that one has ended, or seems dead\n`)
    }
    try {
      const ran = await whenFree(() => trials.run(trial, { signal, report }), { signal, busy })
      if (ran === undefined && waiting)
        throw new UsageError(`${waiting.message}, and this task was stopped before that one had ended`)
    } finally {
      trials.end()
    }
  })
}

/** What the runner sends next; nothing once the signal is aborted. */
const sent = (signal: AbortSignal): Promise<ToWorker | undefined> =>
  new Promise(resolve => {
    const done = (id?: unknown): void => {
      process.off('message', done)
      signal.removeEventListener('abort', stop)
      resolve(id as ToWorker | undefined)
    }
    const stop = (): void => done()
    if (signal.aborted) return resolve(undefined)
    process.on('message', done)
    signal.addEventListener('abort', stop)
  })

/** Says how far a trial is, but for steps in between five times a second. */
function seldom(say: (state: TrialState) => void): (state: TrialState) => void {
  let said = 0
  return state => {
    const now = performance.now()
    if (state.stage === 'train' && state.step > 0 && state.step < state.steps && now - said < 200) return
    said = now
    say(state)
  }
}
