/**
 * Whether a program can run on a device: every place lies in its slab, and nothing exceeds a limit. Before any buffer is made.
 */
import type { Program } from '../compiler/plan/program.js';
import type { Device } from './device.js';
/** Whether a device runs what the program was compiled to. */
export declare const runsOn: ({ adapter }: Pick<Device, 'adapter'>, { wasm }: Pick<Program, 'wasm'>) => boolean;
/** Throws `BadInput` where the program is wrong in itself or exceeds a limit, `OutOfMemory` where it cannot fit. */
export declare function validate(program: Program, { limits, memory, adapter }: Device): void;
