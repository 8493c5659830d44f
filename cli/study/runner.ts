/**
 * Runs the trials of a study in child processes, some at a time, each of which runs one trial after the other. What is done is
 * read off the folder, so a runner that was killed is replaced by another one, and two may work on the same folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { Trial } from '../../models/study/study.js'
import { bytesIn, finished, writeFailure } from './folder.js'
import type { Table } from './table.js'
import type { TrialState } from './trial.js'

/** Exit code of a trial that another process runs: "try again later" of sysexits.h. */
export const BUSY = 75
const INTERRUPTED = 130
/** A trial whose process is killed is started again, so many times in all. */
const STARTS = 3

export interface RunnerOptions {
  readonly trials: readonly Trial[]
  readonly out: string
  readonly jobs: number
  /** The command line of a process that runs the trials it is sent, without node: `ToWorker` and `FromWorker` say what they send. */
  readonly command: readonly string[]
  /** No trial is started while the folder holds more bytes. */
  readonly limit: number
  readonly signal: AbortSignal
  readonly table: Table
}
/** What became of the trials that were to be run. */
export interface Outcome {
  readonly done: number
  readonly failed: number
  /** Neither: stopped before their turn, or for want of disk space. */
  readonly left: number
  readonly full: boolean
}

export async function runTrials({ trials, out, jobs, command, limit, signal, table }: RunnerOptions): Promise<Outcome> {
  const queue = trials.filter(({ id }) => !finished(out).has(id))
  const starts = new Map<string, number>()
  let [failed, full] = [0, false]

  const attempt = async (trial: Trial, worker: Worker): Promise<void> => {
    const started = (starts.get(trial.id) ?? 0) + 1
    starts.set(trial.id, started)
    table.start(trial)
    const ended = await worker.run(trial.id, state => table.update(trial, state))
    if (finished(out).has(trial.id)) return table.done(trial)
    if (ended.code === INTERRUPTED || (signal.aborted && ended.code === null)) return table.stopped(trial)
    if (ended.code === BUSY) {
      // Somebody else's: its turn comes again after the others.
      starts.set(trial.id, started - 1)
      table.stopped(trial)
      queue.push(trial)
      return queue.length > jobs ? undefined : pause(1000, signal)
    }
    if (ended.code === null && started < STARTS) {
      table.stopped(trial)
      return void queue.unshift(trial)
    }
    const reason = ended.said || `its process ended with ${ended.signal ?? `exit code ${ended.code}`}`
    failed++
    await writeFailure(out, { id: trial.id, reason })
    table.failed(trial, reason)
  }
  const work = async (): Promise<void> => {
    const worker = workerOf(command, signal)
    while (!signal.aborted && queue.length > 0) {
      full = bytesIn(out) > limit
      if (full) break
      const trial = queue.shift()!
      if (finished(out).has(trial.id)) table.done(trial)
      else await attempt(trial, worker)
    }
    await worker.end()
  }
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, work))
  const done = finished(out)
  const ready = trials.filter(({ id }) => done.has(id)).length
  return { done: ready, failed, left: trials.length - ready - failed, full }
}

/** The id of the trial to run next. The channel closed: there is none. */
export type ToWorker = string
/** How far the trial is; at its end the exit code of a process that had run it alone: 0 or `BUSY`. One that fails ends its process. */
export type FromWorker = { readonly state: TrialState } | { readonly ended: typeof BUSY | 0 }

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  /** The last sentence that it said. */
  readonly said: string
}
interface Worker {
  run(id: string, onState: (state: TrialState) => void): Promise<Ended>
  end(): Promise<void>
}

/** A process for trials, started when there is one, and again after it has ended with one. */
function workerOf(command: readonly string[], signal: AbortSignal): Worker {
  let child: ReturnType<typeof start> | undefined
  return {
    async run(id, onState) {
      child ??= start(command, signal)
      const { process, ended } = child
      let listen!: (message: FromWorker) => void
      const said = new Promise<Ended>(resolve => {
        listen = message =>
          'state' in message ? onState(message.state) : resolve({ code: message.ended, signal: null, said: '' })
        process.on('message', listen)
        // It may have been killed: `ended` says so.
        process.send(id satisfies ToWorker, () => {})
      })
      const first = await Promise.race([said, ended])
      process.off('message', listen)
      if (process.exitCode !== null || process.signalCode !== null || !process.connected) {
        await ended
        child = undefined
      }
      return first
    },
    async end() {
      if (child?.process.connected) child.process.disconnect()
      await child?.ended
    },
  }
}

/**
 * A process of its own group, so that Ctrl-C reaches the runner alone, which then tells its trials to stop. A trial whose
 * runner is killed sees the channel close, and stops by itself.
 */
function start(args: readonly string[], signal: AbortSignal) {
  const process: ChildProcess = spawn(globalThis.process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    let said = ''
    const stop = (): void => void process.kill('SIGTERM')
    process.stderr!.on('data', data => (said = (said + data).slice(-4000)))
    // Not the event "close" of the process: it does not come if the channel was closed from here.
    const heard = new Promise<void>(resolve => process.stderr!.on('close', resolve))
    process.on('error', reject)
    process.on('exit', async (code, ended) => {
      await heard
      signal.removeEventListener('abort', stop)
      resolve({ code, signal: ended, said: sentenceIn(said) })
    })
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
  return { process, ended }
}

/** What the command said of its failure, without its name. */
function sentenceIn(text: string): string {
  const at = text.lastIndexOf('facet: ')
  return at < 0 ? '' : text.slice(at + 'facet: '.length).trim()
}

/** So many milliseconds, or less if the signal is aborted. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  setTimeout(milliseconds, undefined, { signal }).catch(() => {})
