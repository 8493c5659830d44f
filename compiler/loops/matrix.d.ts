import type { Kernel } from '../kernels/kernel.js';
import { type Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import type { LoopProgram } from './program.js';
export declare function matrix(kernel: Kernel, { rows, columns, depth, subgroups: [down, across] }: Extract<Schedule, {
    kind: 'matrix';
}>, context: Context): LoopProgram;
