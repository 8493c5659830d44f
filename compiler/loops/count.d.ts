import type { Machine } from '../graph/machine.js';
import { type Work } from '../kernels/cost.js';
import { type LoopProgram } from './program.js';
export declare function count({ launch, memories, body }: LoopProgram, machine: Machine): Work;
