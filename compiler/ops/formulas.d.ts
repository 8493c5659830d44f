/**
 * Scalar functions as formulas of primitives, where they are more than one: written once for every target. Polynomials are of
 * single precision; what drivers get wrong (huge arguments, small results) is kept from them here. What enters as NaN leaves
 * as NaN: a comparison with it does not hold, so it is what a `select` gives where none does.
 */
import { type Expression, type Formula } from '../graph/expression.js';
export declare const atLeast: (x: Expression, low: number) => Expression;
export declare const atMost: (x: Expression, high: number) => Expression;
/** 1 / (1 + exp(-x)). */
export declare const sigmoid: Formula;
/** tanh(x): its power series near 0, where drivers lose everything; clamped far out, where they overflow. */
export declare const tanh: Formula;
/** exp(x) - 1: its power series near 0, where the difference would cancel. */
export declare const expm1: Formula;
/** log(1 + x): near 0 as 2 artanh(x / (2 + x)), by its power series. */
export declare const log1p: Formula;
/** Error function: power series near 0, and W. J. Cody's rational approximations (Math. Comp. 23, 1969) beyond. */
export declare const erf: Formula;
/** a to the power of b as IEEE 754 has it: a negative number has integer powers alone. */
export declare const power: Formula;
export declare const sine: Formula;
export declare const cosine: Formula;
export declare const tangent: Formula;
/**
 * a - b * trunc(a / b). Of floats exactly, for quotients below 2^40, as long division of their mantissas, eight bits at a time:
 * a rounded quotient loses the remainder from 2^24 on, and near whole quotients before.
 */
export declare function rest(a: Expression, b: Expression): Expression;
/** a - b * floor(a / b): the remainder, moved to the side of `b`, which cannot overflow; by the integer 0 it is 0. */
export declare const floored: Formula;
/**
 * The nearest f16, halves to even, infinite beyond its range. By its bits above 2^-14, as a multiple of 2^-24 below: drivers
 * drop a conversion to f16 and back, and `quantizeToF16` loses what is small.
 */
export declare const toHalf: Formula;
/** Not all bits of the exponent are set: shaders may be compiled as if infinities and NaN did not occur. */
export declare const finite: (x: Expression) => Expression;
export declare const notANumber: (x: Expression) => Expression;
/** The key of NaN, above that of Infinity. */
export declare const LAST_KEY = 4294967294;
/** Floats in the order of their bits: those of negative numbers, which are ordered the other way round, inverted. */
export declare const orderKey: (x: Expression) => Expression;
/** Philox 4x32-10 at a position, of a key whose second word is given: neighbours share the block of four words. */
export declare const philox: (key1: number) => Formula;
