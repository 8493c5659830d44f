import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import type { LoopProgram } from './program.js';
export declare function transposed(kernel: Kernel, { side }: Extract<Schedule, {
    kind: 'transposed';
}>, context: Context): LoopProgram;
