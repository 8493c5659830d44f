/** Elementwise operations of one tensor: one row each. Adding a row adds the operation everywhere. */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
/** e to the power of x. */
export declare const exp: Unary<"f16" | "f32">;
/** 2 to the power of x. */
export declare const exp2: Unary<"f16" | "f32">;
/** exp(x) - 1, accurate near 0. */
export declare const expm1: Unary<"f16" | "f32">;
/** Natural logarithm. */
export declare const log: Unary<"f16" | "f32">;
/** Logarithm to base 2. */
export declare const log2: Unary<"f16" | "f32">;
/** log(1 + x), accurate near 0. */
export declare const log1p: Unary<"f16" | "f32">;
/** Square root; the gradient at 0 is unbounded. */
export declare const sqrt: Unary<"f16" | "f32">;
/** 1 / sqrt(x). */
export declare const rsqrt: Unary<"f16" | "f32">;
/** x * x. */
export declare const square: Unary<"f16" | "f32">;
/** 1 / x. */
export declare const reciprocal: Unary<"f16" | "f32">;
/** Sine of an angle in radians. */
export declare const sin: Unary<"f16" | "f32">;
/** Cosine of an angle in radians. */
export declare const cos: Unary<"f16" | "f32">;
/** Tangent of an angle in radians. */
export declare const tan: Unary<"f16" | "f32">;
/** Inverse tangent, in radians. */
export declare const atan: Unary<"f16" | "f32">;
/** Hyperbolic tangent, saturating (drivers overflow beyond about 40). */
export declare const tanh: Unary<"f16" | "f32">;
/** 1 / (1 + exp(-x)), saturating without overflow. */
export declare const sigmoid: Unary<"f16" | "f32">;
/** Gauss error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export declare const erf: Unary<"f16" | "f32">;
/** max(x, 0); the gradient at 0 is 0. */
export declare const relu: Unary<"f16" | "f32">;
/** Negation. */
export declare const neg: Unary<DType>;
/** Absolute value; the gradient at 0 is 0. */
export declare const abs: Unary<DType>;
/** -1, 0 or 1. */
export declare const sign: Unary<DType>;
/** The integer below. */
export declare const floor: Unary<"f16" | "f32">;
/** The integer above. */
export declare const ceil: Unary<"f16" | "f32">;
/** The nearest integer, halves to even. */
export declare const round: Unary<"f16" | "f32">;
/** The integer towards 0. */
export declare const trunc: Unary<"f16" | "f32">;
type Unary<On extends DType> = {
    readonly operation: Operation;
} & (<S extends Shape, D extends On, G extends Gradient>(x: Tensor<S, D, G>) => Tensor<S, D, G>);
export {};
