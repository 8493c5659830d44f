/**
 * The whole compiler on one screen: entries are traced to graphs, graphs are optimized, cut into groups, lowered to
 * kernels, scheduled, printed as WGSL and planned into memory. Each stage is named and can be observed.
 */
import type { Graph } from './graph/graph.js';
import { type Kernel } from './kernels/kernel.js';
import { type Chooser } from './kernels/schedule.js';
import { type Target } from './kernels/target.js';
import { type Entry, type Names } from './language/entry.js';
import type { LoopProgram } from './loops/program.js';
import { type Bytes } from './plan/limits.js';
import { type EntryMemory } from './plan/plan.js';
import type { Program } from './plan/program.js';
/** What `compile` may be told: the target, its memory, and what the tuner needs. */
export interface CompileOptions {
    /**
     * What the kernels may count on. Default: `portable`, WebGPU's guaranteed minimum; a device that has no WebGPU compiles such a
     * program again when it loads it.
     */
    readonly target?: Target;
    /** `'f16'`: large intermediate values are stored in half the bytes (`passes/precision.ts`). Default `'f32'`. */
    readonly precision?: 'f32' | 'f16';
    /**
     * For a program on several processes (`passes/partition.ts`), how many there are, and which entries they run together: `sizes`
     * are those of the whole batch, and each takes its shard of the rows. Other entries each runs by itself. Default: one process.
     */
    readonly ranks?: {
        readonly size: number;
        readonly entries: readonly string[];
    };
    /** False: one kernel per operation. Default true. */
    readonly fusion?: boolean;
    /**
     * Bytes of device memory that the program may take, variables and inputs included: `'2GiB'`, `'512MiB'` or a number.
     * Values are computed again rather than kept until it fits, which costs time. Default: no limit.
     */
    readonly memory?: Bytes;
    /** Chooses how the loops of a kernel are cut up. Default: heuristics of the target. */
    readonly choose?: Chooser;
    /** Called with what each stage made of each entry. */
    readonly observe?: (stage: Stage) => void;
}
/**
 * What `compile` hands to `observe` after each of its stages, in this order; graphs and kernels once for each entry.
 */
export type Stage = {
    readonly name: 'trace' | 'optimize';
    readonly entry: string;
    readonly graph: Graph;
} | {
    readonly name: 'kernels';
    readonly entry: string;
    readonly kernels: readonly Kernel[];
}
/** Of all entries, each distinct program once. */
 | {
    readonly name: 'loops';
    readonly loops: readonly LoopProgram[];
} | {
    readonly name: 'plan';
    readonly memory: Readonly<Record<string, EntryMemory>>;
};
declare const types: unique symbol;
/** A program that remembers the types of its entries, so that a session's inputs and outputs are typed. */
export interface Compiled<E extends Record<string, Entry>> extends Program {
    readonly [types]?: E;
}
/**
 * Compiles entries that share variables. `sizes` binds every named size of their inputs.
 * Throws `ShapeError`, of no entries too, `UnboundSize` and `LimitError`.
 */
export declare function compile<const E extends Record<string, Entry>>(entries: E, sizes: {
    [K in Names<E[keyof E]>]: number;
}, options?: CompileOptions): Compiled<E>;
/** The graphs of entries that share variables, `init` first, which gives these their values. Throws like `compile`. */
export declare function traceEntries(entries: Readonly<Record<string, Entry>>, sizes: Readonly<Record<string, number>>): readonly Graph[];
/** The same from graphs: what `traceEntries` gives, or a bundle holds. */
export declare function compileGraphs(graphs: readonly Graph[], options?: CompileOptions): Program;
export {};
