import type { Target } from '../kernels/target.js';
import { type LoopProgram } from '../loops/program.js';
export interface Printed {
    readonly code: string;
    readonly workgroups: readonly [number, number, number];
}
export declare function printModule(program: LoopProgram, target: Target): Printed;
