/** Loops over the steps of a sequence: recurrent networks, running statistics, iterative solvers. */
import { type Tensor } from '../graph/node.js';
import type { Dim, Shape } from '../types/shape.js';
import type { Gradient } from '../types/tensor.js';
/** A tensor, or tensors by name. */
export type Tree = Tensor | {
    readonly [name: string]: Tensor;
};
export type Each<T> = T extends Tensor ? T : T[keyof T];
/** A carry: the types of its tensors, and gradients flow through it. */
type CarriedTensor<T> = T extends Tensor<infer S, infer D> ? Tensor<S, D, Gradient> : never;
export type Carried<C> = C extends Tensor ? CarriedTensor<C> : {
    readonly [K in keyof C]: CarriedTensor<C[K]>;
};
/** What one step sees of a sequence: its first axis is gone. */
type ElementTensor<T> = T extends Tensor<infer A, infer D, infer G> ? Tensor<{
    s: A;
} extends {
    s: [any, ...infer R extends any[]];
} ? R : any, D, G> : never;
export type ElementOf<S> = S extends Tensor ? ElementTensor<S> : {
    readonly [K in keyof S]: ElementTensor<S[K]>;
};
export type LengthOf<T> = T extends Tensor<infer A> ? ({
    s: A;
} extends {
    s: [infer N extends Dim, ...any[]];
} ? N : number) : never;
/** What steps give, stacked along a new first axis. */
type StackedTensor<N extends Dim, T> = T extends Tensor<infer A, infer D, infer G> ? Tensor<{
    s: A;
} extends {
    s: infer S extends Shape;
} ? [N, ...S] : any, D, G> : never;
export type Stacked<N extends Dim, O> = O extends Tensor ? StackedTensor<N, O> : {
    readonly [K in keyof O]: StackedTensor<N, O[K]>;
};
/** What `scan` may be told. */
export interface ScanOptions {
    /**
     * How many steps there are between two carries that are kept for the gradient, which computes the carries between them again:
     * `'sqrt'` keeps about as many as lie between two. Default 1: every carry is kept.
     */
    readonly stride?: number | 'sqrt';
    /** From the last element to the first; outputs stand where their elements do. Default false. */
    readonly reverse?: boolean;
}
/**
 * Calls `cell` with the carry and one element of `sequence` after the other: `sequence` has a step per element of its first axis,
 * `[T, ...]`. Gives the carry after the last step, and the outputs stacked, `[T, ...]`. The cell is traced once and its kernels are
 * run `T` times, so what a program holds and how long it takes to compile do not grow with `T`. Gradients flow to the initial
 * carry, to the sequence and to whatever the cell reads besides; what depends on no carry is best computed outside, of all steps
 * at once (`x W` of a recurrent layer). Every step draws random numbers of its own. Throws `ShapeError` where a step gives a
 * carry of another type than it got, and for `update` in a cell: make it part of the carry.
 */
export declare const scan: <C extends Tree, S extends Tree, O extends Tree>(cell: (carry: Carried<C>, element: ElementOf<S>) => {
    readonly carry: Carried<C>;
    readonly output: O;
}, initial: C, sequence: S, options?: ScanOptions) => {
    carry: Carried<C>;
    outputs: Stacked<LengthOf<Each<S>>, O>;
};
/** The tensors of what a loop takes or gives: a bool among them counts as read, whatever becomes of it there. */
export declare function leavesOf(tree: Tree, what?: string): Tensor[];
/** Tensors by the names that others have. */
export declare const like: (tree: Tree, tensors: readonly Tensor[]) => Tree;
export declare function lengthOf(sequences: readonly Tensor[], what?: string): number;
export {};
