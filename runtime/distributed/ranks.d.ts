/**
 * The processes that run one program together, as the runtime sees them: a number among so many, and sums over all of them.
 * `mpi.ts` has them from MPI; `localRanks` are several devices of one process, side by side.
 */
import type { Exchange, Program } from '../../compiler/plan/program.js';
import { FacetError } from '../errors.js';
/** What ranks exchange, by the names of dtypes. */
export type Exchanged = Float32Array | Int32Array | Uint32Array;
export type Combine = Exchange['values'][number]['combine'];
/** The processes that run a program together, as one of them sees it: `load` takes it. */
export interface Ranks {
    /** From 0. */
    readonly rank: number;
    /** How many there are. */
    readonly size: number;
    /**
     * Replaces `values` by the sum, maximum or minimum of those of all ranks, element by element: the same bits on each. All
     * ranks make the same calls in the same order. Throws `RankLost` where a rank is gone.
     */
    allReduce(values: Exchanged, combine: Combine): Promise<void>;
    /** Ends the job on all ranks, because this one cannot go on; `code` is what processes exit with. Default 1. */
    abort(code?: number): void;
}
/** A process of the job is gone, and with it the job. Start it again from its last checkpoint. */
export declare class RankLost extends FacetError {
    /** Which ranks are gone, where that is known. */
    readonly lost: readonly number[];
    name: string;
    /** `lost`: the ranks that are known to be gone. */
    constructor(message: string, 
    /** Which ranks are gone, where that is known. */
    lost?: readonly number[]);
}
/** Ranks that should hold the same variables do not. */
export declare class RanksApart extends FacetError {
    name: string;
}
/**
 * The first of `parts` that is not the same on all ranks, in a sentence that names it and the ranks that differ from rank 0;
 * `undefined`: all are. Every rank gives as many parts, and gets the same answer.
 */
export declare function difference(ranks: Ranks, parts: readonly (readonly [name: string, value: string | ArrayBufferView<ArrayBuffer>])[]): Promise<string | undefined>;
/** SHA-256, in numbers that ranks exchange. */
export declare function digestOf(value: string | ArrayBufferView<ArrayBuffer>): Promise<Uint32Array>;
/** Throws `BadInput` on every rank unless all give the same parts. */
export declare function agree(ranks: Ranks, parts: Parameters<typeof difference>[1]): Promise<void>;
/** Whether a program is for these ranks, and the same on all of them. Throws `BadInput`. */
export declare function checkRanks(program: Program, ranks: Ranks | undefined): Promise<void>;
/**
 * Ranks in one process: each has its session, on a device of its own or all on one. What is exchanged is added up in the
 * order of the ranks.
 */
export declare function localRanks(size: number): readonly Ranks[];
/** Combines `values` into `into`, element by element. */
export declare function combine(into: Exchanged, values: Exchanged, by: Combine): void;
