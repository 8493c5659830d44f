import { type Kernel, type Statement } from './kernel.js';
import type { Schedule } from './schedule.js';
import { type Target } from './target.js';
/** Invocations of a quad, which combine what they have in registers. */
export declare const QUAD = 4;
/** The schedule of a kernel that accumulates; none where its points had better have an invocation each. */
export declare function rowsOf(kernel: Kernel, target: Target): Extract<Schedule, {
    kind: 'rows';
}> | undefined;
/**
 * Whether the rows that a statement loops over stand across memory, as the columns of a matrix do: neighbours of the grid lie next to
 * each other there, and neighbours of the row do not.
 */
export declare function standsAcross({ grid }: Kernel, statement: Statement): boolean;
