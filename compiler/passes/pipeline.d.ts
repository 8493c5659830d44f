/**
 * What is done to a graph before it is cut into kernels: a list of named passes from graph to graph. A pass is added
 * by a line here; the runner times each, can show the text before and after, and can verify what came out.
 */
import type { Graph } from '../graph/graph.js';
import { type Machine } from '../graph/machine.js';
export interface Storage {
    /** How large intermediate values are stored: see `precision.ts`. Default f32. */
    readonly precision: 'f32' | 'f16';
    /** Storage buffers that one kernel may bind. Default 8, WebGPU's minimum. */
    readonly storageBuffers: number;
    /** What work costs. Default: on a GPU. */
    readonly machine: Machine;
}
export type Pass = (graph: Graph, storage: Storage) => Graph;
export declare const pipeline: readonly (readonly [name: string, pass: Pass])[];
export interface OptimizeOptions extends Partial<Storage> {
    /** Check the graph before the first and after every pass. Throws `VerifyError` with the name of the pass. */
    readonly verify?: boolean;
    readonly onPass?: (name: string, before: Graph, after: Graph, milliseconds: number) => void;
}
/** The graph after every pass of the pipeline. Gradients must have been taken: operations that only shape them go. */
export declare function optimize(graph: Graph, { verify, onPass, precision, storageBuffers, machine }?: OptimizeOptions): Graph;
