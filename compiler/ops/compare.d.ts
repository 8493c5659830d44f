import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient, OfDType, Operand } from '../types/tensor.js';
import { type Beside, type Together } from './elementwise.js';
/** a === b */
export declare const equal: Comparison & {
    readonly operation: Operation;
};
/** a !== b */
export declare const notEqual: Comparison & {
    readonly operation: Operation;
};
/** a < b */
export declare const less: Comparison & {
    readonly operation: Operation;
};
/** a <= b */
export declare const lessEqual: Comparison & {
    readonly operation: Operation;
};
/** a > b */
export declare const greater: Comparison & {
    readonly operation: Operation;
};
/** a >= b */
export declare const greaterEqual: Comparison & {
    readonly operation: Operation;
};
/** Both hold. */
export declare const logicalAnd: Comparison & {
    readonly operation: Operation;
};
/** At least one holds. */
export declare const logicalOr: Comparison & {
    readonly operation: Operation;
};
/** Exactly one holds. */
export declare const logicalXor: Comparison & {
    readonly operation: Operation;
};
/** Does not hold. */
export declare const logicalNot: (<S extends Shape>(x: Tensor<S, 'bool'>) => Tensor<S, 'bool', 'stopped'>) & {
    readonly operation: Operation;
};
/** Neither infinite nor NaN. */
export declare const finite: (<S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'bool', 'stopped'>) & {
    readonly operation: Operation;
};
/** The result of an undefined computation, such as 0 / 0. By its bits, as for `finite`: on a device `x != x` may say false. */
export declare const notANumber: (<S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'bool', 'stopped'>) & {
    readonly operation: Operation;
};
/** A number that is ordered as `x` is, with NaN above all: what sorts compare, since NaN compares with nothing. Less than 2^32 - 1. */
export declare const orderKey: (<S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'u32', 'stopped'>) & {
    readonly operation: Operation;
};
/** Bitwise and. */
export declare const bitAnd: Bits & {
    readonly operation: Operation;
};
/** Bitwise or. */
export declare const bitOr: Bits & {
    readonly operation: Operation;
};
/** Bitwise exclusive or. */
export declare const bitXor: Bits & {
    readonly operation: Operation;
};
/** a * 2^b modulo 2^32, for b below 32; of larger ones the last five bits count. */
export declare const shiftLeft: Bits & {
    readonly operation: Operation;
};
/** floor(a / 2^b), for b below 32; of larger ones the last five bits count. */
export declare const shiftRight: Bits & {
    readonly operation: Operation;
};
/**
 * `a` where the bool condition holds, `b` elsewhere; all three broadcast. The dtype is that of the tensors among `a` and `b`, which
 * must have one; a number beside a tensor takes its dtype, and two numbers give f32: `select(c, 1, 0)` is `cast(c, 'f32')`.
 * The gradient flows to the selected side only. Throws `ShapeError`.
 */
export declare const select: (<C extends Shape, A extends Shape = Shape, B extends Shape = Shape, D extends DType = never, E extends DType = never, G extends Gradient = never, H extends Gradient = never, K extends DType = "bool">(condition: Condition<C, K, Together<A, B, D, E>>, a: number | Tensor<A, D, G>, b: number | Beside<A, B, D, E, Tensor<B, E, H>>) => Tensor<Selected<C, A, B, D, E>, NoInfer<D | E>, NoInfer<G | H>>) & {
    readonly operation: Operation;
};
/** A condition of shape `C` for sides that broadcast to `R`; where they do not, that is said of them. */
type Condition<C extends Shape, K extends DType, R> = OfDType<K, 'bool', {
    r: R;
} extends {
    r: infer S extends Shape;
} ? Operand<S, C, Tensor<C, K>> : Tensor<C, K>, `select takes a bool condition, got ${K}: compare it with a number first`>;
type Selected<C extends Shape, A extends Shape, B extends Shape, D extends DType, E extends DType> = {
    r: Together<A, B, D, E>;
} extends {
    r: infer R extends Shape;
} ? Together<C, R, DType, D | E> : never;
type Float = 'f32' | 'f16';
/** The same values in another dtype: `f32`, `f16`, `i32`, `u32` or `bool` (not 0). The gradient flows between floats. */
export declare const cast: (<S extends Shape, D extends DType, G extends Gradient, const T extends DType>(x: Tensor<S, D, G>, dtype: T) => Tensor<S, T, [T, D] extends [Float, Float] ? G : 'stopped'>) & {
    readonly operation: Operation;
};
type Comparison = <A extends Shape = Shape, B extends Shape = Shape, D extends DType = never, E extends DType = never>(a: number | Tensor<A, D>, b: number | Beside<A, B, D, E, Tensor<B, E>>) => Tensor<Together<A, B, D, E>, 'bool', 'stopped'>;
type Bits = <A extends Shape = Shape, B extends Shape = Shape, D extends 'i32' | 'u32' = never, E extends 'i32' | 'u32' = never>(a: number | Tensor<A, D>, b: number | Beside<A, B, D, E, Tensor<B, E>>) => Tensor<Together<A, B, D, E>, NoInfer<D | E>, 'stopped'>;
export {};
