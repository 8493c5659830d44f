/**
 * Schedules: numbers that depend on the step, computed on the device. Learning rates, momenta of target networks and
 * augmentation strengths are all of this one form, and a plain number stands for a schedule that never changes.
 */
import type { Stopped } from '../compiler/graph/node.js';
/** A value for each step; `step` counts from 0. */
export type Schedule = (step: Stopped<[], 'u32' | 'f32'>) => Stopped<[]>;
/** The value of a schedule, or of a number, at `step`. */
export declare const at: (schedule: number | Schedule, step: Stopped<[], 'u32' | 'f32'>) => Stopped<[]>;
export interface CosineOptions {
    readonly steps: number;
    /** Steps of the linear rise at the beginning. Default 0. */
    readonly warmup?: number;
    /** Where the rise starts. Default 0. */
    readonly start?: number;
    /** Default 0. */
    readonly end?: number;
    /**
     * Where the rise is complete: `base` at step W, `start` at step 0 (`'after'`, default); `base` already at step W - 1, one
     * W-th of the way above `start` at step 0 (`'shifted'`); or `base` at W - 1 and `start` at 0 (`'within'`).
     */
    readonly reach?: 'after' | 'shifted' | 'within';
    /** `end` is reached at the last step, S - 1, and not one step after it. Default false. */
    readonly closed?: boolean;
}
/**
 * Half a cosine from `base` to `end` over `steps`, after a linear rise over the first `warmup` steps: `start + (base - start)
 * t / W` for `t < W`, then `end + (base - end) (1 + cos(pi (t - W) / (S - W))) / 2`. Stays at `end` afterwards.
 * Source: Loshchilov and Hutter, arXiv 1608.03983; warm-up: Goyal et al., arXiv 1706.02677.
 */
export declare function cosineSchedule(base: number, { steps, warmup, start, end, reach, closed }: CosineOptions): Schedule;
/** `base gamma^k`, k being the number of `milestones` (steps) that are reached. Default gamma 0.1. */
export declare const multistep: (base: number, { milestones, gamma }: {
    milestones: readonly number[];
    gamma?: number;
}) => Schedule;
/** `base gamma^floor(t / every)`: multiplied by `gamma` (default 0.1) after every so many steps. */
export declare function stepDecay(base: number, { every, gamma }: {
    every: number;
    gamma?: number;
}): Schedule;
/**
 * Any schedule after a linear rise from `start` (default 0) to its first value: `start + (s(0) - start) t / W` for `t < W`, then
 * `s(t - W)`.
 */
export declare function warmup(schedule: number | Schedule, { steps, start }: {
    steps: number;
    start?: number;
}): Schedule;
/** A straight line from `from` to `to` over `steps`, constant afterwards: `from + (to - from) min(t / S, 1)`. */
export declare function linearSchedule(from: number, to: number, { steps }: {
    steps: number;
}): Schedule;
/**
 * The momentum of a target network, from `base` to `end`, which is 1 by default: `end - (end - base) (1 + cos(pi t / S)) / 2`.
 * Source: BYOL, arXiv 2006.07733, section 3.2.
 */
export declare const momentumCosine: (base: number, { steps, end }: {
    steps: number;
    end?: number;
}) => Schedule;
