/**
 * Schedules: numbers that depend on the step, computed on the device. Learning rates, momenta of target networks and
 * augmentation strengths are all of this one form, and a plain number stands for a schedule that never changes.
 */
import type { Stopped } from '../compiler/graph/node.js'
import { ShapeError } from '../compiler/graph/shape.js'
import {
  add,
  cast,
  constant,
  cos,
  div,
  exp,
  floor,
  less,
  maximum,
  minimum,
  mul,
  select,
  sub,
} from '../compiler/ops/index.js'

/** A value for each step; `step` counts from 0. */
export type Schedule = (step: Stopped<[], 'u32' | 'f32'>) => Stopped<[]>

/** The value of a schedule, or of a number, at `step`. */
export const at = (schedule: number | Schedule, step: Stopped<[], 'u32' | 'f32'>): Stopped<[]> =>
  typeof schedule === 'number' ? constant(schedule, []) : schedule(step)

export interface CosineOptions {
  readonly steps: number
  /** Steps of the linear rise at the beginning. Default 0. */
  readonly warmup?: number
  /** Where the rise starts. Default 0. */
  readonly start?: number
  /** Default 0. */
  readonly end?: number
  /**
   * Where the rise is complete: `base` at step W, `start` at step 0 (`'after'`, default); `base` already at step W - 1, one
   * W-th of the way above `start` at step 0 (`'shifted'`); or `base` at W - 1 and `start` at 0 (`'within'`).
   */
  readonly reach?: 'after' | 'shifted' | 'within'
  /** `end` is reached at the last step, S - 1, and not one step after it. Default false. */
  readonly closed?: boolean
}
/**
 * Half a cosine from `base` to `end` over `steps`, after a linear rise over the first `warmup` steps: `start + (base - start)
 * t / W` for `t < W`, then `end + (base - end) (1 + cos(pi (t - W) / (S - W))) / 2`. Stays at `end` afterwards.
 * Source: Loshchilov and Hutter, arXiv 1608.03983; warm-up: Goyal et al., arXiv 1706.02677.
 */
export function cosineSchedule(
  base: number,
  { steps, warmup = 0, start = 0, end = 0, reach = 'after', closed = false }: CosineOptions,
): Schedule {
  check('cosineSchedule', steps)
  if (!(warmup >= 0 && warmup < steps))
    throw new ShapeError(
      `cosineSchedule: the warm-up of ${warmup} steps must be shorter than the schedule of ${steps} steps`,
    )
  return step => {
    const t = cast(step, 'f32')
    const length = Math.max(steps - warmup - (closed ? 1 : 0), 1)
    const fall = add(end, mul(base - end, falling(sub(t, warmup), length)))
    if (warmup === 0) return fall
    const slope = (base - start) / (reach === 'within' ? Math.max(warmup - 1, 1) : warmup)
    const rise = add(start, mul(reach === 'shifted' ? add(t, 1) : t, slope))
    return select(less(t, warmup), rise, fall)
  }
}

/** `base gamma^k`, k being the number of `milestones` (steps) that are reached. Default gamma 0.1. */
export const multistep =
  (base: number, { milestones, gamma = 0.1 }: { milestones: readonly number[]; gamma?: number }): Schedule =>
  step => {
    const t = cast(step, 'f32')
    const values = [...milestones].sort((a, b) => a - b).map((at, i) => ({ at, value: base * gamma ** (i + 1) }))
    return values.reduce<Stopped<any>>(
      (rate, { at, value }) => select(less(t, at), rate, value) as Stopped<any>,
      constant(base, [...t.shape]) as Stopped<any>,
    )
  }

/** `base gamma^floor(t / every)`: multiplied by `gamma` (default 0.1) after every so many steps. */
export function stepDecay(base: number, { every, gamma = 0.1 }: { every: number; gamma?: number }): Schedule {
  check('stepDecay', every)
  if (!(gamma > 0)) throw new ShapeError(`stepDecay: gamma must be positive, got ${gamma}`)
  // The half keeps whole quotients away from where division may round them down.
  return step => mul(base, exp(mul(floor(div(add(cast(step, 'f32'), 0.5), every)), Math.log(gamma))))
}

/**
 * Any schedule after a linear rise from `start` (default 0) to its first value: `start + (s(0) - start) t / W` for `t < W`, then
 * `s(t - W)`.
 */
export function warmup(schedule: number | Schedule, { steps, start = 0 }: { steps: number; start?: number }): Schedule {
  check('warmup', steps)
  return step => {
    const t = cast(step, 'f32')
    const after = at(schedule, maximum(sub(t, steps), 0) as Stopped<[]>)
    return add(start, mul(sub(after, start), fraction(t, steps)))
  }
}

/** A straight line from `from` to `to` over `steps`, constant afterwards: `from + (to - from) min(t / S, 1)`. */
export function linearSchedule(from: number, to: number, { steps }: { steps: number }): Schedule {
  check('linearSchedule', steps)
  return step => add(from, mul(to - from, fraction(cast(step, 'f32'), steps)))
}

/**
 * The momentum of a target network, from `base` to `end`, which is 1 by default: `end - (end - base) (1 + cos(pi t / S)) / 2`.
 * Source: BYOL, arXiv 2006.07733, section 3.2.
 */
export const momentumCosine = (base: number, { steps, end = 1 }: { steps: number; end?: number }): Schedule => {
  check('momentumCosine', steps)
  return step => sub(end, mul(end - base, falling(cast(step, 'f32'), steps)))
}

/** `min(t / S, 1)`. */
const fraction = (t: Stopped<[]>, steps: number): Stopped<[]> => minimum(div(t, steps), 1)
/** From 1 to 0 over half a period of the cosine. */
const falling = (t: Stopped<[]>, steps: number): Stopped<[]> => mul(add(cos(mul(fraction(t, steps), Math.PI)), 1), 0.5)

function check(name: string, steps: number): void {
  if (!(steps > 0)) throw new ShapeError(`${name}: steps must be a positive number, got ${steps}`)
}
