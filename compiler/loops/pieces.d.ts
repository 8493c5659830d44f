/** The `pieces` schedule: points that each make, serially, a piece of what a scatter or an order gives. */
import type { Memory } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { Context } from './expand.js';
import type { LoopProgram } from './program.js';
type Pieces = Extract<Schedule, {
    kind: 'pieces';
}>;
/** On a processor. */
export declare function piecesProgram(kernel: Kernel, schedule: Pieces, places: readonly Memory[], memoryOf: (tensor: Tensor) => Memory): LoopProgram;
/** On WebGPU: a point is an invocation. */
export declare function pieces(kernel: Kernel, schedule: Pieces, context: Context): LoopProgram;
export {};
