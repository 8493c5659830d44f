/** When values are in memory while kernels run in order. */
import type { Tensor } from '../graph/node.js';
/** A kernel, as the plan sees it. */
export interface Step {
    readonly reads: readonly Tensor[];
    readonly writes: readonly Tensor[];
}
/** Values that live otherwise than from the kernel that writes them to the last that reads them. */
export interface Values {
    /** New values of variables that are written in place: they take no memory of their own. */
    readonly inPlace: ReadonlySet<Tensor>;
    /** Read after the last kernel. */
    readonly results: ReadonlySet<Tensor>;
}
/** Steps that are repeated, inclusive. What is read or written elsewhere, too, must last from the first time to the last. */
export type Span = readonly [from: number, to: number];
export interface Lifetime {
    readonly tensor: Tensor;
    /** Steps of the first write and the last read, inclusive. */
    readonly from: number;
    readonly to: number;
    /** Temporaries that its kernel reads, the first that writes it. */
    readonly operands: readonly Tensor[];
    /** Several kernels write it. */
    readonly inParts?: true;
}
export declare function lifetimesOf(steps: readonly Step[], { inPlace, results }: Values, repeated?: readonly Span[]): Lifetime[];
/** Bytes alive at each step. */
export declare function aliveBytes(lifetimes: readonly Lifetime[]): number[];
/** Bytes alive at the busiest step: no plan of these kernels in this order can do with less. */
export declare const lowerBound: (lifetimes: readonly Lifetime[]) => number;
