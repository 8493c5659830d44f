/**
 * The rewriting engine: rules are equations, read from left to right, and tried until none applies. Operands are
 * rewritten first, so one walk over the graph reaches the fixed point: rewriting the result again changes nothing.
 */
import { type Graph } from '../graph/graph.js';
import { type Tensor, type Untyped } from '../graph/node.js';
import type { Operation, Type } from '../graph/operation.js';
export interface Rule {
    /** What it says, such as `x * 1 = x`. Its name in errors, statistics and tests. */
    readonly equation: string;
    /** The operation on the left-hand side; `'any'`: all of them. */
    readonly on: Operation | 'any';
    /** The right-hand side, if the rule applies. It may be smaller than the node: it is broadcast to the node's shape. */
    readonly to: (node: Untyped, ...operands: Untyped[]) => Tensor | undefined | false;
}
/** One equation, for one operation or several. */
export declare const rule: (equation: string, on: {
    readonly operation: Operation;
} | readonly {
    readonly operation: Operation;
}[] | 'any', to: Rule['to']) => Rule[];
/** A pass that applies `rules`; `fired` hears of each application. */
export declare const rewriting: (rules: readonly Rule[]) => (graph: Graph, fired?: (rule: Rule) => void) => Graph;
export declare const isA: (x: Tensor, { operation }: {
    readonly operation: Operation;
}) => boolean;
export declare const isConstant: (x: Tensor) => boolean;
/** The first operand. */
export declare const inner: (x: Tensor) => Untyped;
/** A constant like a tensor. A value that was computed wraps around in integers and overflows in floats, as on the device. */
export declare const filled: (value: number, { shape, dtype }: Type) => Untyped;
