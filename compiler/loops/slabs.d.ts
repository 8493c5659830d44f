/**
 * The factors of a contraction on their way through workgroup memory. A workgroup computes a block of rows by columns; in
 * every step its lanes copy a slab of each factor, `depth` terms long, in units of four terms by four rows or columns.
 * The units of both slabs are dealt out together, so that no lane copies many more than another.
 * There are two buffers: while one is read, the next slab is on its way into the other, so a step costs one barrier.
 */
import { type Axis, type Expression, type Memory } from '../graph/expression.js';
import { type Indexing } from '../graph/indexing.js';
import { type Contraction, extents } from '../kernels/contraction.js';
import { type Kernel } from '../kernels/kernel.js';
import { type Builder } from './build.js';
import { type At, type Context, type StoreGroup } from './expand.js';
import { type Definitions, type Existing } from './fours.js';
import type { LoopProgram } from './program.js';
export interface Block {
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
}
/** How a slab lies in workgroup memory. */
export interface Layout {
    /** `'f16'`: factors lie there as halves. Default: as in registers. */
    readonly element?: 'f16';
    /** What neighbours there are: rows or columns of one term (`across`), or terms of one row or column. */
    readonly neighbours: 'across' | 'terms';
    /** Elements left free after each line of neighbours, so that lines begin in different banks; a multiple of four. */
    readonly padding: number;
}
/** A slab in workgroup memory: two buffers of lines, which are counted in vectors. */
export interface Slab {
    readonly memory: Memory;
    readonly line: number;
    readonly buffer: number;
}
/** A matrix product, cut into blocks. */
export interface Slabs {
    readonly contraction: Contraction;
    readonly size: ReturnType<typeof extents>;
    readonly indexing: Indexing;
    /** Where a workgroup is: which block of the rows and of the columns, and the values of the batch axes. */
    readonly rowBlock: Axis;
    readonly columnBlock: Axis;
    readonly here: At;
    readonly lane: Axis;
    readonly left: Slab;
    readonly right: Slab;
    /** The program. `stores` is what `finish` will store, which decides what may be accessed in vectors. */
    program(stores: readonly StoreGroup[], parts: Parts): LoopProgram;
}
/** What a schedule does with slabs. */
export interface Parts {
    /** Before the first. */
    begin(within: Within): void;
    /** Adds the products of one, which lies in this buffer, 0 or 1. */
    multiply(within: Within, buffer: Expression): void;
    /** After the last. */
    finish(within: Within): void;
    /** What it has in workgroup memory beside slabs. */
    readonly memories?: readonly Memory[];
}
/** The program that is being built. */
export interface Within extends Definitions {
    readonly builder: Builder;
    /** An expression of the kernel as one of the program. */
    at(e: Expression): Expression;
    /** Stores a group of four where it exists. */
    store(stores: readonly StoreGroup[], exists: Existing): void;
}
/** Throws for a kernel that is no matrix product. */
export declare function slabsOf(kernel: Kernel, { rows, columns, depth }: Block, lanes: number, layout: Layout, context: Context): Slabs;
