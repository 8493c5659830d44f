/**
 * Schedules found by timing, as data: a table from kernels to schedules that a file can hold. A kernel is known by a hash
 * of what it computes (`kernelKey`), so a table outlives the run, and renaming modules, that it was made in; a schedule
 * names axes by position.
 */
import type { Axis } from '../graph/expression.js';
import { type Kernel } from './kernel.js';
import { type Chooser, type Schedule } from './schedule.js';
/** A schedule as JSON. `tile` of `tiles` has a number per grid axis, `unroll` one per loop axis in order of first use. */
export type PlainSchedule = {
    readonly kind: string;
} & Readonly<Record<string, number | readonly number[] | string>>;
export interface Tuned {
    /** What the kernel is called, for readers of the file. */
    readonly kernel: string;
    readonly schedule: PlainSchedule;
    /** Milliseconds of the heuristic schedule, and of this one. */
    readonly before: number;
    readonly after: number;
}
/** From the keys of kernels. */
export type TuningTable = Readonly<Record<string, Tuned>>;
/** A table is not what it should be; the message names the field. */
export declare class TuningError extends Error {
    name: string;
}
/** Chooses what the table has for a kernel, and `otherwise` for kernels it does not have. Throws `TuningError` for a schedule that does not fit its kernel. */
export declare const tuned: (table: TuningTable, otherwise?: Chooser) => Chooser;
/** Sixteen hexadecimal digits: the same for kernels that compute the same on the same shapes and dtypes, whatever their scope. */
export declare function kernelKey(kernel: Kernel): string;
/**
 * The kernel as text with everything numbered by first use: each distinct expression once, then the statements. Equal for
 * kernels that compute the same of other tensors.
 */
export declare function canonical({ grid, body, contraction }: Kernel): string;
/** Axes that statements loop over, in order of first use. */
export declare const loopsOf: (kernel: Kernel) => Axis[];
export declare function plain(kernel: Kernel, schedule: Schedule): PlainSchedule;
/** The schedule that `given` says for a kernel. `where` is the field in messages. Throws `TuningError` where it does not fit. */
export declare function scheduleOf(kernel: Kernel, given: PlainSchedule, where: string): Schedule;
/** Checks a table that was read from somewhere. `where` is the field that holds it. Throws `TuningError`. */
export declare function checkTable(given: unknown, where: string): TuningTable;
/** An object with fields, or a `TuningError`. */
export declare function record(given: unknown, where: string): Readonly<Record<string, unknown>>;
export declare function fail(where: string, what: string): never;
