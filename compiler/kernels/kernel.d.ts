/**
 * The loop IR of one fused kernel. For every point of the `grid`, statements run in order: accumulations over their
 * `along` axes, then stores. Expressions load through index maps, so movement costs no memory. Nothing of a target
 * is in here; how the loops are cut into invocations and tiles is the schedule's business (`schedule.ts`).
 *
 *   kernel     = name grid statement*
 *   statement  = accumulate along term*  |  store along result*
 *              | scatter along onto at result*  |  order along out key position result*
 *   result     = target index value where?
 *   term       = name combine expression
 */
import { type Axis, type Expression } from '../graph/expression.js';
import type { Tensor } from '../graph/node.js';
import type { Combine } from '../graph/operation.js';
import type { DType } from '../types/tensor.js';
export interface Term {
    /** What later statements call the result: `{ kind: 'name', name }`. */
    readonly name: string;
    readonly combine: Combine;
    readonly value: Expression;
    readonly dtype: DType;
}
export interface Accumulate {
    readonly kind: 'accumulate';
    readonly along: readonly Axis[];
    readonly terms: readonly Term[];
}
export interface Result {
    readonly target: Tensor;
    /** Row-major position in `target`. */
    readonly index: Expression;
    readonly value: Expression;
    /** Points that store it, where not all do: `index` is one of the target at the others, too. */
    readonly where?: Expression;
}
/** All values are computed before the first is stored: a result may replace what another one reads. */
export interface Store {
    readonly kind: 'store';
    /** Axes looped over at each grid point; empty for one value per point. */
    readonly along: readonly Axis[];
    readonly results: readonly Result[];
}
/**
 * At each grid point, the results along `onto` are 0 at first; then each step `along` adds its values to those at the position
 * that it loads, in the order of the steps.
 */
export interface Scatter {
    readonly kind: 'scatter';
    readonly along: readonly Axis[];
    readonly onto: Axis;
    /** Within `onto`, of each step. */
    readonly at: Expression;
    /** `index` along `onto`, `value` at each step. */
    readonly results: readonly Result[];
}
/**
 * At each grid point, a row is put in order, the least key first, equals as they stand: runs of `from` elements that are in
 * order become runs of `to`, of which the first `keep` stay, one after the other. The results are the names `key` and
 * `position`, along `out`.
 */
export interface Order {
    readonly kind: 'order';
    /** The row that is read; the last run may be shorter than the others. */
    readonly along: readonly [Axis];
    readonly out: Axis;
    readonly from: number;
    readonly to: number;
    readonly keep: number;
    readonly key: Expression;
    /** Where the element stood at first. */
    readonly position: Expression;
    readonly results: readonly Result[];
}
export type Statement = Accumulate | Store | Scatter | Order;
/** The statement of a kernel that has but this one, and takes the schedule `pieces` alone. */
export declare function piecesOf({ body: [first] }: Kernel): Scatter | Order | undefined;
/** The statements of a kernel for all other schedules. */
export declare const loopsIn: ({ name, body }: Kernel) => readonly (Accumulate | Store)[];
export interface Kernel {
    readonly kind?: 'kernel';
    /** Says what is computed: the operations, last first. */
    readonly name: string;
    /** Module path of the nodes. */
    readonly scope: string;
    readonly grid: readonly Axis[];
    readonly body: readonly Statement[];
    /** The product of two operands that each meet many elements of the other: the schedule tiles it. */
    readonly contraction: boolean;
    /** Elements of tensors that it reads or writes a part of: one step of a loop does. Of all others it is all. */
    readonly touched?: ReadonlyMap<Tensor, number>;
}
/** Kernels that run again and again, without a change: `repeat.ts`. */
export interface Repeat {
    readonly kind: 'repeat';
    readonly times: number;
    readonly body: readonly Runnable[];
}
export type Runnable = Kernel | Repeat;
/** All kernels, each once, in their order. */
export declare const kernelsIn: (runnables: readonly Runnable[]) => Kernel[];
/** The expressions of a statement. */
export declare function expressionsOf(statement: Statement): Expression[];
/** The same statement of other expressions and results. */
export declare function rebuilt(statement: Statement, of: (e: Expression) => Expression, result?: (result: Result) => Result): Statement;
/** The tensors that kernels load from, in order of first use. */
export declare function reads(runnable: Runnable): Tensor[];
/** The tensors that kernels store to. */
export declare const writes: (runnable: Runnable) => Tensor[];
/** The same on other tensors. Parts of expressions that are shared stay shared. */
export declare function onTensors(kernel: Runnable, to: ReadonlyMap<Tensor, Tensor>): Runnable;
export declare const points: (axes: readonly Axis[]) => number;
/** By how much a linear index moves along the innermost of some axes that has any length; `undefined` where it does not depend on it. */
export declare function stepAlong(terms: ReadonlyMap<Expression, number>, axes: readonly Axis[]): number | undefined;
/** Text for people: `compiler/README.md` and `facet inspect` show it. */
export declare function printKernel(kernel: Kernel, nameOf: (tensor: Tensor) => string): string;
