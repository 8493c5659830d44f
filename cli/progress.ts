/**
 * The progress of a long run: on a terminal one line that is rewritten, elsewhere one JSON line per interval, so that a
 * log stays short and can be read by programs.
 */
import { launched } from '../runtime/distributed/mpi.js'

export interface ProgressOptions {
  /** What is running. */
  readonly label: string
  readonly steps: number
  readonly imagesPerStep: number
  /** Steps that were done before, of a run that is resumed. Default 0. */
  readonly done?: number
  /** Seconds between two lines. Default: 0.2 on a terminal, else 10. */
  readonly interval?: number
  /** Default: standard output. */
  readonly stream?: { write(text: string): unknown; isTTY?: boolean; columns?: number }
  /** Milliseconds. Default: `performance.now`. */
  readonly clock?: () => number
}
export interface ProgressState {
  readonly label: string
  readonly step: number
  readonly steps: number
  readonly loss: number | null
  readonly examplesPerSecond: number
  readonly secondsLeft: number
}
export interface Progress {
  /** After `step` steps; prints only when an interval has passed, and for the last step. Without `loss` the last one known is shown. */
  update(step: number, loss?: number): void
  /** What is done instead of steps, and of how many; printed when it is something else than before, or as `update` is. */
  stage(name: string, done?: number, of?: number): void
  /** Prints a warning on a line of its own; where there is no terminal, as JSON. */
  warn(message: string): void
  /** Leaves the line as it is, so that something else can be printed below. */
  end(): void
}

/** Whether a line can be rewritten. `mpirun` gives its processes terminals that are none. */
export const isTerminal = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true && !launched()

export function progress({
  label,
  steps,
  imagesPerStep,
  done = 0,
  stream = process.stdout,
  clock = () => performance.now(),
  ...options
}: ProgressOptions): Progress {
  const terminal = isTerminal(stream)
  const interval = (options.interval ?? (terminal ? 0.2 : 10)) * 1000
  const start = clock()
  let printed = start
  let since = { time: start, step: done }
  let speed = 0
  let loss: number | null = null
  let open = false
  let lastStep = -1
  let lastStage = ''
  const show = (state: object, what: string): void => {
    if (!terminal) stream.write(`${JSON.stringify(state)}\n`)
    else stream.write(`\r\x1b[2K${fitted(label, what, (stream.columns ?? 80) - 1)}`)
    open = terminal
  }

  return {
    update(step, value) {
      loss = value ?? loss
      const now = clock()
      if (step === lastStep || (now - printed < interval && step < steps)) return
      lastStep = step
      // A moving average: the first steps compile shaders, and other work may come and go.
      const recent = ((step - since.step) * 1000) / Math.max(now - since.time, 1e-3)
      speed = speed === 0 ? recent : 0.7 * speed + 0.3 * recent
      since = { time: now, step }
      printed = now
      const state: ProgressState = {
        label,
        step,
        steps,
        loss: loss === null ? null : round(loss, 5),
        examplesPerSecond: round(speed * imagesPerStep, 1),
        secondsLeft: speed > 0 ? Math.ceil((steps - step) / speed) : 0,
      }
      show(state, text(state))
    },
    stage(name, done, of) {
      const now = clock()
      if (name === lastStage && now - printed < interval) return
      lastStage = name
      printed = now
      show(
        { label, stage: name, ...(of !== undefined && { done, of }) },
        name + (of === undefined ? '' : `  ${done}/${of}`),
      )
    },
    warn(message) {
      this.end()
      stream.write(terminal ? `warning: ${message}\n` : `${JSON.stringify({ label, warning: message })}\n`)
    },
    end() {
      if (open) stream.write('\n')
      open = false
    },
  }
}

/** How a run is called, in its progress and in its report. */
export const runName = ({ method, augmentation }: { method: string; augmentation: string }): string =>
  augmentation === 'none' ? method : `${method} + ${augmentation}`

/** Two columns within a width: the first gives way, down to a few letters. */
function fitted(label: string, what: string, width: number): string {
  const room = Math.max(width - what.length - 2, 8)
  return `${label.length > room ? `${label.slice(0, room - 1)}…` : label}  ${what}`.slice(0, width)
}
const text = ({ step, steps, loss, examplesPerSecond, secondsLeft }: ProgressState): string =>
  `step ${step}/${steps}  loss ${loss === null ? '-' : loss.toFixed(4)}  ${examplesPerSecond.toFixed(0)} per second  ${duration(secondsLeft)} left`
const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
const round = (value: number, digits: number): number =>
  Number.isFinite(value) ? Number(value.toFixed(digits)) : value
