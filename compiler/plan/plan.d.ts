/** Kernels of all entries become a program: dispatches in order over slabs, variables shared between entries. */
import { type Graph } from '../graph/graph.js';
import { type Runnable } from '../kernels/kernel.js';
import type { Chooser } from '../kernels/schedule.js';
import { type Target } from '../kernels/target.js';
import type { LoopProgram } from '../loops/program.js';
import type { Program } from './program.js';
/** One entry, lowered: the graph (for its leaves and results) and its kernels. */
export interface Lowered {
    readonly graph: Graph;
    readonly runnables: readonly Runnable[];
}
export interface EntryMemory {
    /** Bytes alive at the busiest step, temporaries only: no plan can do with less. */
    readonly lowerBound: number;
    /** Bytes of the temporaries this entry uses. */
    readonly planned: number;
    /** Bytes that have to be moved however it is computed: inputs and variables read, variables and outputs written, each once. */
    readonly traffic: number;
}
export interface Planned {
    readonly program: Program;
    readonly memory: Readonly<Record<string, EntryMemory>>;
    /** What the texts of the program's kernels were printed from, as far as that is a loop program. */
    readonly loops: readonly LoopProgram[];
}
/**
 * `budget`: bytes of all buffers, by default as many as it takes; values are computed again rather than kept where that
 * is needed. Throws `LimitError` where that is not enough.
 */
export declare function plan(entries: readonly Lowered[], target: Target, choose: Chooser, budget?: number): Planned;
