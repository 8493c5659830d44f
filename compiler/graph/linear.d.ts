/** Linear forms of integers, `sum(coefficient * atom) + constant`, and what is computed of them term by term. */
import type { Expression } from './expression.js';
export interface Linear {
    /** Coefficients by atom, none of them 0. */
    readonly terms: ReadonlyMap<Expression, number>;
    readonly constant: number;
}
export declare function scale(form: Linear, by: number): Linear;
/** The sum, whose atoms stay what they are. */
export declare function sumPlain(a: Linear, ...others: Linear[]): Linear;
/** Separates a form into the part whose terms are multiples of `n`, divided by `n`, and the rest. */
export declare function separated(form: Linear, n: number): [Linear, Linear];
/** What divides `n` and every coefficient. */
export declare const commonDivisor: ({ terms }: Linear, n: number) => number;
/** By what divides every coefficient; the constant is rounded down. */
export declare const divided: ({ terms, constant }: Linear, by: number) => Linear;
