/**
 * Runs the trials of a study as child processes, some at a time. What is done is read off the folder, so a runner that was
 * killed is replaced by another one, and two may work on the same folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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
  /** The command line of a trial, without node. */
  readonly command: (trial: Trial) => readonly string[]
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

  const attempt = async (trial: Trial): Promise<void> => {
    const started = (starts.get(trial.id) ?? 0) + 1
    starts.set(trial.id, started)
    table.start(trial)
    const ended = await child(command(trial), signal, state => table.update(trial, state))
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
    while (!signal.aborted && queue.length > 0) {
      full = bytesIn(out) > limit
      if (full) return
      const trial = queue.shift()!
      if (finished(out).has(trial.id)) table.done(trial)
      else await attempt(trial)
    }
  }
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, work))
  const done = finished(out)
  const ready = trials.filter(({ id }) => done.has(id)).length
  return { done: ready, failed, left: trials.length - ready - failed, full }
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  /** The last sentence that it said. */
  readonly said: string
}

/**
 * A process of its own group, so that Ctrl-C reaches the runner alone, which then tells its trials to stop. A trial whose
 * runner is killed sees the channel close, and stops by itself.
 */
function child(args: readonly string[], signal: AbortSignal, onState: (state: TrialState) => void): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const process: ChildProcess = spawn(globalThis.process.execPath, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let said = ''
    const stop = (): void => void process.kill('SIGTERM')
    process.on('message', message => onState(message as TrialState))
    process.stderr!.on('data', data => (said = (said + data).slice(-4000)))
    process.on('error', reject)
    process.on('close', (code, ended) => {
      signal.removeEventListener('abort', stop)
      resolve({ code, signal: ended, said: sentenceIn(said) })
    })
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  })
}

/** What the command said of its failure, without its name. */
function sentenceIn(text: string): string {
  const at = text.lastIndexOf('facet: ')
  return at < 0 ? '' : text.slice(at + 'facet: '.length).trim()
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The `facet` command, as a child process is started with it. */
export const facet = fileURLToPath(new URL('../facet.mjs', import.meta.url))
