import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import type { LoopProgram } from './program.js';
export declare function tiles(kernel: Kernel, { tile, unroll, workgroup, block }: Extract<Schedule, {
    kind: 'tiles';
}>, context: Context): LoopProgram;
