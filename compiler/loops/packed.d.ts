/**
 * Contractions on a processor, after Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", ACM TOMS 2008). A
 * point is a block of the result. Panels of both factors are copied to scratch through their index maps, so that masks are zeros
 * there and a convolution is a product like any other; tiles of 4 rows by 8 or 16 columns are summed in registers over the terms of
 * a block, and what is stored of each sum is computed tile by tile, while it is near.
 */
import { type Memory } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import { type Kernel } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import type { LoopProgram } from './program.js';
/** Rows of a register tile. */
export declare const ROWS = 4;
type Packed = Extract<Schedule, {
    kind: 'packed';
}>;
export declare function packedProgram(kernel: Kernel, { rows, columns, depth, tile: width }: Packed, places: readonly Memory[], memoryOf: (tensor: Tensor) => Memory): LoopProgram;
export {};
