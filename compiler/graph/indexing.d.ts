import { type Axis, type Expression } from './expression.js';
import { type Linear } from './linear.js';
/** Inclusive bounds. */
export type Range = readonly [number, number];
export interface Indexing {
    /** The canonical object of an equal, simpler expression. */
    simplify(expression: Expression): Expression;
    /** `simplify` with axes and names replaced. */
    substitute(expression: Expression, by: ReadonlyMap<Axis | string, Expression>): Expression;
    range(expression: Expression): Range;
    /** Coefficients by atom, and the constant, of an integer expression that was simplified. */
    linear(expression: Expression): Linear;
    /** `sum(coefficient / divisor * atom) + constant`, for coefficients that are multiples of the divisor. */
    linearExpression(terms: ReadonlyMap<Expression, number>, constant: number, divisor: number): Expression;
}
export declare function createIndexing(): Indexing;
