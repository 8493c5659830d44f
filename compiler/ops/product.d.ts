/** What contractions have in common: the term they add up, and the matrix products of the reference evaluation. */
import type { Scalar } from '../graph/expression.js';
/** The term of a contraction. */
export declare const product: Scalar;
/**
 * `out[m, n] = sum over k of a[m, k] b[k, n]`. Whole training steps are evaluated for comparison, so it is not the
 * plainest: tiles of 2 by 4 sums stay in registers while `k` runs over a packed panel of `b`.
 */
export declare function multiply(a: Float64Array, b: Float64Array, out: Float64Array, rows: number, inner: number, columns: number): void;
/** The same of integers, modulo 2^32: float64 does not hold every product of two. */
export declare function multiplyIntegers(a: Float64Array, b: Float64Array, out: Float64Array, rows: number, inner: number, columns: number): void;
