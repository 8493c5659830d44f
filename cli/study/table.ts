/**
 * The progress of a study: on a terminal one table that is drawn over, elsewhere a line whenever a trial starts, is done or
 * fails, and now and then one for each that runs.
 */
import { type Trial, trialName } from '../../models/study/study.js'
import type { TrialState } from './trial.js'

export interface TableOptions {
  /** Trials of the study, and those done before. */
  readonly total: number
  readonly done: number
  /** Default: standard output. */
  readonly stream?: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Milliseconds. Default: `performance.now`. */
  readonly clock?: () => number
}
export interface Table {
  start(trial: Trial): void
  update(trial: Trial, state: TrialState): void
  done(trial: Trial): void
  /** It has not finished, and is no failure. */
  stopped(trial: Trial): void
  failed(trial: Trial, reason: string): void
  /** Leaves the table as it is. */
  end(): void
}

interface Running {
  readonly trial: Trial
  readonly since: number
  state?: TrialState
  /** When the training began in this process, and with which step. */
  from?: { readonly time: number; readonly step: number }
}
/** Milliseconds between two drawings, and between two lines of a running trial where there is no terminal. */
const [DRAWN, SAID] = [200, 30_000]

export function studyTable({
  total,
  stream = process.stdout,
  clock = () => performance.now(),
  ...options
}: TableOptions): Table {
  const terminal = stream.isTTY === true
  const running = new Map<string, Running>()
  const failures: string[] = []
  const said = new Map<string, number>()
  const start = clock()
  let done = options.done
  let [lines, drawn] = [0, -Infinity]

  const head = (): string => {
    const rest = total - done - failures.length
    const each = (clock() - start) / (done - options.done)
    const left = done > options.done && rest > 0 ? `, about ${duration((each * rest) / 1000)} left` : ''
    return `${done} of ${total} done, ${running.size} running, ${failures.length} failed, ${rest - running.size} waiting${left}`
  }
  const draw = (force = true): void => {
    if (!terminal || (!force && clock() - drawn < DRAWN)) return
    drawn = clock()
    const rows = [head(), ...failures.slice(-8), ...[...running.values()].map(one => `  ${rowOf(one, clock())}`)]
    const width = (stream.columns ?? 80) - 1
    const up = lines > 0 ? `\x1b[${lines}A` : ''
    stream.write(`${up}\x1b[0J${rows.map(row => `${row.slice(0, width)}\n`).join('')}`)
    lines = rows.length
  }
  const say = (text: string): void => {
    if (terminal) draw()
    else stream.write(`${text}\n`)
  }
  return {
    start(trial) {
      running.set(trial.id, { trial, since: clock() })
      say(`start   ${labelOf(trial)}`)
    },
    update(trial, state) {
      const one = running.get(trial.id)
      if (!one) return
      if (state.stage === 'train' && one.state?.stage !== 'train') one.from = { time: clock(), step: state.step }
      one.state = state
      draw(false)
      if (terminal || clock() - (said.get(trial.id) ?? one.since) < SAID) return
      said.set(trial.id, clock())
      stream.write(`        ${rowOf(one, clock())}\n`)
    },
    done(trial) {
      running.delete(trial.id)
      done++
      say(`done    ${labelOf(trial)}  (${head()})`)
    },
    stopped(trial) {
      running.delete(trial.id)
      say(`stopped ${labelOf(trial)}`)
    },
    failed(trial, reason) {
      running.delete(trial.id)
      failures.push(`  failed  ${labelOf(trial)}: ${reason.split('\n')[0]}`)
      say(`failed  ${labelOf(trial)}: ${reason}`)
    },
    end: () => draw(),
  }
}

const labelOf = (trial: Trial): string => `${trial.id}  ${trialName(trial)}`
const stages = { compile: 'compiling', before: 'first step', train: 'training', after: 'evaluating' }

function rowOf({ trial, state, from }: Running, now: number): string {
  if (!state) return `${labelOf(trial)}  starting`
  const { stage, step, steps, loss } = state
  if (stage !== 'train') return `${labelOf(trial)}  ${stages[stage]}`
  const speed = from && step > from.step ? (step - from.step) / (now - from.time) : 0
  const left = speed > 0 ? `  ${duration((steps - step) / speed / 1000)} left` : ''
  return `${labelOf(trial)}  step ${step}/${steps}  loss ${loss === null ? '-' : loss.toFixed(4)}${left}`
}

function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : whole < 3600 ? `${Math.round(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`
}
