/**
 * A loop over steps: a graph that is replayed, each time with the carries that the time before gave and with the next element
 * of the sequences. `language/scan.ts` traces a function to such a graph; `kernels/repeat.ts` makes kernels of it that run
 * again and again. Its gradient is a loop in the other direction, which computes each step again from the carries before it.
 */
import { type Graph } from '../graph/graph.js';
import { type Tensor, type Untyped } from '../graph/node.js';
import { type Operation, type Type } from '../graph/operation.js';
/** What a `scan` node is told. Its operands are the carries before the first step, sequences, and constants, in this order. */
export interface Scan {
    /** Inputs: as the operands, with one element of each sequence. Outputs: the next carries, then what is stacked. */
    readonly body: Graph;
    /** Steps. */
    readonly length: number;
    /** How many of the operands are carries, and sequences. */
    readonly carries: number;
    readonly sequences: number;
    /** From the last element to the first; results stand where their elements do. */
    readonly reverse: boolean;
}
export declare const scanOf: ({ attributes }: Tensor) => Scan;
/** Where the results of a `scan` begin: first come the carries after the last step. */
export declare const resultsOf: ({ body, carries }: Scan) => {
    stacked: number;
    states: number;
    count: number;
    outputs: Tensor<any, import("../index.js").DType, import("../index.js").Gradient>[];
};
/** A stand-in for a value inside a body that is being built: of no module, as inputs are. */
export declare const placeholder: ({ shape, dtype }: Type, name?: string) => Untyped;
export interface Steps {
    readonly length: number;
    readonly reverse: boolean;
    /** `next` is made of placeholders; `initial` is the value before the first step. */
    readonly carries: readonly {
        readonly placeholder: Tensor;
        readonly initial: Tensor;
        readonly next: Tensor;
    }[];
    /** `value` has an element per step, along its first axis. */
    readonly sequences: readonly {
        readonly placeholder: Tensor;
        readonly value: Tensor;
    }[];
    readonly outputs: readonly Tensor[];
    /** Further placeholders, and what they are in every step. */
    readonly constants?: ReadonlyMap<Tensor, Tensor>;
}
/**
 * The loop whose steps are made of placeholders: its `scan` node. What no placeholder is behind is computed once, before it, and
 * read as a constant; sequences that no step reads are left out.
 */
export declare const scanSteps: ((steps: Steps) => Tensor) & {
    readonly operation: Operation;
};
export declare const isScan: (node: Tensor) => boolean;
/** A leaf that is given from outside, rather than computed by a loop. */
export declare const isGiven: (node: Tensor) => boolean;
