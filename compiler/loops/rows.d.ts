import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import type { LoopProgram } from './program.js';
export declare function rows(kernel: Kernel, { lanes, across }: Extract<Schedule, {
    kind: 'rows';
}>, context: Context): LoopProgram;
