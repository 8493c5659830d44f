/**
 * Kernels for a processor: points are the outermost axes of the grid, as many as keep threads busy; within a point run loops, the
 * innermost in vectors along the axis that most accesses follow. What is cut how depends on sizes alone, never on threads.
 */
import { type Axis, type Memory } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { LoopProgram } from './program.js';
type PointsSchedule = Extract<Schedule, {
    kind: 'points';
}>;
/** A kernel of primitives, in what the target has; `memoryOf` a tensor is its place. */
export declare function pointsProgram(whole: Kernel, { points: wanted, side: widest, rank }: PointsSchedule, places: readonly Memory[], memoryOf: (tensor: Tensor) => Memory): LoopProgram;
/** The program with as many points at a time as are worth handing to a thread. */
export declare function inTasks({ point, ...rest }: Omit<LoopProgram, 'launch'> & {
    readonly point: Axis;
}): LoopProgram;
export {};
