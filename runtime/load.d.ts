/** A program onto a device, and the session that runs it there. */
import type { Compiled } from '../compiler/compile.js';
import type { Entry } from '../compiler/language/entry.js';
import { type Device } from './device.js';
import { type Ranks } from './distributed/ranks.js';
import { Session } from './run.js';
/** What `load` may be told. */
export interface LoadOptions {
    /** Keys every random number of the program. Default 0. */
    readonly seed?: number;
    /** Whether to give the variables their initial values. Default true; false where a checkpoint is loaded next. */
    readonly init?: boolean;
    /** The processes that run the program together: as many as it was compiled for. Default: this one alone. */
    readonly ranks?: Ranks;
    /** Called when a pipeline is ready. */
    readonly onProgress?: (done: number, total: number) => void;
}
/**
 * Loads a compiled program. Throws `BadInput` if it is malformed or exceeds the device's limits, `OutOfMemory` if it does
 * not fit, `KernelError` with the WGSL line if a kernel does not compile.
 */
export declare function load<E extends Record<string, Entry> = any>(device: Device, given: Compiled<E>, { seed, init, ranks, onProgress }?: LoadOptions): Promise<Session<E>>;
