/** What an accumulation starts from and how it goes on. */
import { type Expression } from '../graph/expression.js';
import type { Combine } from '../graph/operation.js';
import type { DType } from '../types/tensor.js';
/** The value that changes nothing. */
export declare function identityOf(combine: Combine, dtype: DType, width?: 1 | 4): Expression;
/** A register that accumulates at one point, or four of them side by side. */
export interface Accumulator {
    readonly name: string;
    readonly combine: Combine;
    readonly value: Expression;
    /** What it is at each of its points. */
    readonly parts: readonly Expression[];
}
export declare function accumulator(name: string, combine: Combine, dtype: DType, width: number): Accumulator;
export declare const initialOf: ({ combine, value }: Accumulator) => Expression;
export declare const combined: (combine: Combine, a: Expression, b: Expression) => Expression;
/** One more term; products become multiply-adds. A term that a mask removed adds nothing. */
export declare function accumulated(combine: Combine, total: Expression, term: Expression): Expression;
/**
 * A total with a whole unrolled loop of terms: their products are added up before the total sees them, which then is read once,
 * and their extremes are found in pairs, which do not wait for each other.
 */
export declare function accumulatedAll(combine: Combine, total: Expression, terms: readonly Expression[]): Expression;
/** All of them combined, halves before wholes. */
export declare function inPairs(combine: Combine, all: readonly Expression[]): Expression;
