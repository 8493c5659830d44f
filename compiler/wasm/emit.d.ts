import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Module, type Storage } from '../loops/module.js';
import { type LoopProgram } from '../loops/program.js';
export declare function emit(kernel: Kernel, schedule: Schedule, storage: Storage): Module;
/** Function `k0` for the first program, and so on: with multiply-adds that round once, and without. */
export declare function wasmModule(programs: readonly LoopProgram[]): {
    readonly relaxed: Uint8Array<ArrayBuffer>;
    readonly plain: Uint8Array<ArrayBuffer>;
    readonly scratch: number;
};
