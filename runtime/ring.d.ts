/**
 * Outputs down to the host: each run of an entry copies its outputs into the next free room of a ring, in the same submit.
 * Reading takes them from there; a run that nobody reads costs one copy and is overwritten.
 */
import type { Stored } from '../compiler/plan/program.js';
import type { Command, DeviceProgram } from './device.js';
import { type Output } from './values.js';
export declare class Ring {
    private readonly entry;
    private readonly outputs;
    private readonly slots;
    private next;
    /** Where the latest run put its outputs; absent before the first, and if every slot was being read. */
    private latest;
    /** Of each output in a staging buffer. */
    private readonly offsets;
    constructor(on: DeviceProgram, entry: string, outputs: readonly Stored[]);
    /** What copies the outputs of a run that ends here. */
    copies(): Command[];
    /** The outputs of the latest run. Reading the same run again gives the same arrays. */
    read(): Promise<Record<string, Output>>;
    private map;
}
