/**
 * What work costs on the machines of a target: the one set of numbers that fusion, recomputation, schedules, ranges of long sums
 * and the tuner choose by (`kernels/cost.ts` counts the work). Targets differ in data, never in a formula of their own. Choices
 * depend on these and on sizes, not on the machine at hand, so that a program is the same everywhere; what is faster on one machine
 * is the tuner's to find.
 */
export interface Machine {
    /** Lanes of a vector within one point; 1 where points themselves are the lanes of the machine. */
    readonly width: 1 | 4;
    /** Nanoseconds of one lane, everything busy (of one thread on a processor): an addition, comparison, choice. `Scalar.cost` counts in these. */
    readonly simple: number;
    /** A multiplication and an addition of a contraction, fused. */
    readonly multiplyAdd: number;
    /** How much faster subgroup matrices, where there are any, multiply. */
    readonly matrices: number;
    /** An instruction that loads or stores, of one lane or a vector, what the nearest cache has; an eighth of it what workgroup memory has. */
    readonly load: number;
    /** A byte to or from memory. */
    readonly byte: number;
    /** A pass through a loop beside its body; all invocations of a group meeting. */
    readonly pass: number;
    readonly barrier: number;
    /** One more kernel, or on a processor the waking of threads for it. */
    readonly dispatch: number;
    /** A task that is worth handing to another unit. */
    readonly taskTime: number;
    /** Independent points without which part of it idles: invocations, or threads. */
    readonly busy: number;
    /** Points, invocations for a GPU, at which the largest machine is full. */
    readonly full: number;
    /** Points that share the results of a scatter, each of which looks at all that is scattered, or those of an order. */
    readonly owners: number;
    /** Tasks, or blocks of a contraction, that any number of units divides evenly. */
    readonly tasks: number;
    /** Blocks that run at once on several machines: a choice must be good on all of them. */
    readonly atOnce: readonly number[];
    /** Sums that the registers of one point hold; on a processor vectors of them. */
    readonly registers: number;
    /** Bytes of the first and the second cache of a unit. */
    readonly caches: readonly [number, number];
    readonly text: Text;
}
/** What a driver compiles in reasonable time. */
interface Text {
    /** Terms in the body of a loop: of a contraction, of one worth twice the text, of one over a window, of a plain reduction; and at most. */
    readonly contraction: number;
    readonly long: number;
    readonly window: number;
    readonly reduction: number;
    readonly most: number;
    /** Nanoseconds of work from which on a product is worth the text of a large tile, and of a larger loop. */
    readonly tile: number;
    readonly loop: number;
}
export declare const machines: Readonly<Record<'gpu' | 'software' | 'cpu' | 'wide', Machine>>;
/** Simple operations that take as long as a value's way to memory and back: below, it is as well computed again. */
export declare const wayToMemory: ({ byte, simple }: Machine) => number;
export {};
