import type { Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import type { LoopProgram } from './program.js';
export declare function staged(kernel: Kernel, { rows, columns, depth, tile: [high, wide], unroll }: Extract<Schedule, {
    kind: 'staged';
}>, context: Context): LoopProgram;
