/**
 * A long accumulation with few results becomes two kernels: partial sums over equal, contiguous ranges of one axis, then
 * the sum of the parts, which finishes as the original did. Both have a fixed order, so results have the same bits in
 * every run. For the blocks of a GPU's contractions the number of parts is the one with the least expected time
 * (`timeOf`); `compiler/README.md` compares it with stream-K.
 */
import { type Expression } from '../graph/expression.js';
import type { Machine } from '../graph/machine.js';
import { extents } from './contraction.js';
import { type Kernel } from './kernel.js';
import { type Target } from './target.js';
/** The kernels that compute what one does, each of one kind of work. */
export declare const cut: (kernel: Kernel, target: Target) => Kernel[];
/** Two kernels for one, if it has a single long accumulation and too few results to fill the device. */
export declare function inRanges(kernel: Kernel, target: Target): Kernel[];
/** A term where `exists`, which the last range may leave. Elsewhere it loads elements 0, and its first factor is 0. */
export declare function masked(term: Expression, exists: Expression): Expression;
/**
 * Nanoseconds that pass while a product of this size runs in `parts` ranges, each with `fraction` of the terms:
 * waves of blocks, of which the last one may be part empty, then partial sums written and read again. The mean over
 * the machines that the numbers are for (`Machine.atOnce`).
 */
export declare function timeOf(size: ReturnType<typeof extents>, parts: number, fraction: number, machine: Machine): number;
