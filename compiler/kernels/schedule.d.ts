/**
 * A schedule says how the loops of a kernel are cut up: data, chosen by heuristics from the target and the sizes.
 *
 * - `tiles`: one invocation computes a tile of grid points; loop axes may be unrolled.
 * - `rows`: one workgroup computes one grid point, or some neighbours; its invocations share the row and combine what each has.
 * - `staged`: one workgroup computes a block of a matrix product; slabs of both factors pass through workgroup memory.
 * - `matrix`: the same with the target's subgroup matrices (tensor cores), for factors that halves hold exactly.
 * - `pieces`: a point makes a piece of what a scatter or an order gives, serially.
 * - `transposed`: one workgroup moves a square tile through workgroup memory, where stores run along another axis than loads.
 * A long accumulation with few results is added in ranges first (`ranges.ts`): partial sums, then their sum.
 */
import { type Axis } from '../graph/expression.js';
import { type Machine } from '../graph/machine.js';
import { type Contraction, extents } from './contraction.js';
import { type Kernel } from './kernel.js';
import { type MatrixShape, type Target } from './target.js';
export type Schedule = {
    readonly kind: 'tiles';
    /** Grid points per invocation, by axis; each divides the axis. */
    readonly tile: ReadonlyMap<Axis, number>;
    /** Iterations per pass of a loop, by axis; each divides the axis. */
    readonly unroll: ReadonlyMap<Axis, number>;
    /** Iterations of the outermost loop of an accumulation that are summed apart before they join the total; 0, the default, for all. */
    readonly block?: number;
    readonly workgroup: number;
}
/** `across`, a power of two that divides the grid and the lanes, are neighbours that one workgroup computes; 1, the default, for one. */
 | {
    readonly kind: 'rows';
    readonly lanes: number;
    readonly across?: number;
} | {
    readonly kind: 'staged';
    /** Rows and columns of the block that a workgroup computes, and terms per slab; multiples of 4. */
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
    /** Rows and columns per invocation; multiples of 4 that divide the block. */
    readonly tile: readonly [number, number];
    /** Terms in the body of the loop over a slab; divides `depth`. */
    readonly unroll: number;
} | {
    readonly kind: 'matrix';
    /** As for `staged`; multiples of the target's matrices. */
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
    /** Subgroups of a workgroup, down the rows and across the columns: each computes its part of the block. */
    readonly subgroups: readonly [number, number];
}
/**
 * Points one after the other, on a processor: at least `points` of them where the grid has so many, each in vectors along the axis
 * of that `rank` among those that accesses follow, the first being 1, with at most `side` vectors of sums next to each other.
 */
 | {
    readonly kind: 'points';
    readonly points: number;
    readonly side: number;
    readonly rank: number;
}
/**
 * Blocks of a contraction on a processor, with at most so many terms at a time, in register tiles of 4 rows by `tile` columns, of
 * which their rows and columns are multiples.
 */
 | {
    readonly kind: 'packed';
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
    readonly tile: 8 | 16;
}
/** A point for each `piece` of a scatter's or an order's results, which are made one after the other. */
 | {
    readonly kind: 'pieces';
    readonly piece: number;
    readonly workgroup: number;
}
/** `side`: of the tile, 8, 16 or 32. */
 | {
    readonly kind: 'transposed';
    readonly side: number;
};
type Matrix = Extract<Schedule, {
    kind: 'matrix';
}>;
/** Picks a schedule for a kernel. Every schedule of a kernel computes the same. */
export type Chooser = (kernel: Kernel, target: Target) => Schedule;
/** The heuristic choice. */
export declare function schedule(kernel: Kernel, target: Target): Schedule;
/** As many points as threads divide evenly; one vector of sums alone would wait for each addition. */
export declare const pointsOf: ({ tasks }: Machine) => Schedule;
/**
 * Blocks of a contraction for a processor. Their rows share a panel of columns that the first cache holds, and their columns the
 * rows, which the second one does. Rows are packed again for each block beside, columns for each below: of the blocks that threads
 * divide evenly, those take the least time that have the least to pack.
 */
export declare function packedBlocks(kernel: Kernel, machine: Machine): Schedule | undefined;
export declare const largestDivisor: (n: number, most: number) => number;
/**
 * Blocks of a matrix product for workgroup memory: up to 128 by 128, smaller where there are few of them. None for small
 * products, and none where masks leave most terms out, which only a printed-out loop can skip.
 */
export declare function stagedBlocks(kernel: Kernel, target: Target): Schedule | undefined;
/** Halves that are left free after each line of a slab, so that matrices are read from all banks. */
export declare const slabPadding = 8;
/** Workgroup memory of the `matrix` schedule: two buffers of both slabs, and a matrix of sums per subgroup. */
export declare const matrixBytes: ({ rows, columns, depth, subgroups: [down, across] }: Matrix, matrix: MatrixShape) => number;
/** Results of a block from which on an invocation computes 8 by 8 of them, not 4 by 4. */
export declare const LARGE: number;
/** The sides of a block, and how many blocks there are. */
export declare function blockOf(size: ReturnType<typeof extents>): {
    rows: number;
    columns: number;
    count: number;
};
/** Whether both factors are floats that f16 holds exactly: what is computed from halves is rounded to them nowhere else, and may overflow. */
export declare const multipliesHalves: ({ left, right, dtype }: Contraction) => boolean;
export {};
