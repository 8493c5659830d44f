/** Targets as the plan sees them: what makes a module of a kernel, and what a program holds beside its kernels. */
import type { Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { Target } from '../kernels/target.js';
import type { Module, Storage } from '../loops/module.js';
import type { Program } from './program.js';
export interface Backend {
    module(kernel: Kernel, schedule: Schedule, storage: Storage): Module;
    /** Made of all modules of a program, in order. */
    whole(modules: readonly Module[]): Pick<Program, 'wasm'>;
}
export declare const backendOf: (target: Target) => Backend;
