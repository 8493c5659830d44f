/**
 * Scalar expressions: what one element of a tensor is, in terms of elements of other tensors. Operations
 * lower to them (`operation.ts`), fusion substitutes them into each other, and kernels are made of them.
 * They know no target: a scalar function is a primitive (`primitive.ts`), which every target knows by name, or a formula of such.
 */
import type { DType } from '../types/tensor.js';
import type { Tensor } from './node.js';
import type { Combine } from './operation.js';
/** A loop variable: takes the values `0 .. size - 1`. */
export interface Axis {
    readonly name: string;
    readonly size: number;
}
/** A function on scalars. */
export interface Scalar {
    readonly name: string;
    /** Its meaning in JavaScript (float64; integers already wrapped). */
    readonly js: (...x: number[]) => number;
    /** Relative cost in simple arithmetic operations, for recompute-or-store decisions. Default 1. */
    readonly cost?: number;
    /** What it is in terms of primitives (`primitive.ts`), unless it is one of them. */
    readonly expand?: Formula;
}
export type Formula = (a: Expression, b: Expression, c: Expression, d: Expression) => Expression;
/** What a register holds: halves are a form of storage, and bytes are loaded as words. */
export type Register = 'f32' | 'i32' | 'u32' | 'bool';
export declare const registerType: (dtype: DType) => Register;
/** A scalar function that every target knows by name. */
export interface Primitive extends Scalar {
    /** Types of operands and result, such as `'bool T T -> T'`; `T` is one of `on` throughout. */
    readonly type: string;
    readonly on: readonly Register[];
    /** Its meaning on integers, where it is not `js`; the result wraps to 32 bits. */
    readonly integer?: Scalar['js'];
    /** With whom it exchanges values: the invocations of a quad or a subgroup. It then takes no vectors. */
    readonly exchanges?: 'quad' | 'subgroup';
}
/** An array that a loop program names: the place of a tensor, or memory of its own. */
export interface Memory {
    /** `group`: shared by the invocations of a workgroup. `lane`: of one invocation. `worker`: scratch of one thread. */
    readonly space: 'place' | 'group' | 'lane' | 'worker';
    readonly name: string;
    readonly dtype: DType;
    readonly count: number;
    /** Elements that an index counts. */
    readonly unit: 1 | 4;
    readonly access?: 'read' | 'read_write';
}
/** A scalar, or four of them side by side (`widthOf`): vectors stand in loop programs alone. */
export type Expression = {
    readonly kind: 'literal';
    readonly value: number;
    readonly dtype: DType;
} | {
    readonly kind: 'axis';
    readonly axis: Axis;
    readonly dtype: 'i32';
} | {
    readonly kind: 'apply';
    readonly scalar: Scalar;
    readonly args: readonly Expression[];
    readonly dtype: DType;
}
/** Element `index` (row-major position) of a tensor in memory. A `u8` tensor loads as `u32`. */
 | {
    readonly kind: 'load';
    readonly source: Tensor;
    readonly index: Expression;
    readonly dtype: DType;
    /** Elements loaded together, where not one: `index` then counts groups of them. */
    readonly width?: 4;
}
/** The same of a loop program's memory: loops have no tensors. */
 | {
    readonly kind: 'element';
    readonly memory: Memory;
    readonly index: Expression;
    readonly dtype: DType;
    readonly width?: 4;
}
/** The value of an enclosing accumulation or `let`, by name. */
 | {
    readonly kind: 'name';
    readonly name: string;
    readonly dtype: DType;
    readonly width?: 4;
}
/** A scalar four times; four scalars; one of a vector's four; all four combined, in their order. */
 | {
    readonly kind: 'splat';
    readonly of: Expression;
    readonly dtype: DType;
} | {
    readonly kind: 'vector';
    readonly parts: readonly Expression[];
    readonly dtype: DType;
} | {
    readonly kind: 'lane';
    readonly of: Expression;
    readonly lane: number;
    readonly dtype: DType;
} | {
    readonly kind: 'fold';
    readonly of: Expression;
    readonly combine: Combine;
    readonly dtype: DType;
};
/** How many scalars a value is. */
export declare function widthOf(e: Expression): 1 | 4;
export declare const literal: (value: number, dtype?: DType) => Expression;
export declare const axisOf: (axis: Axis) => Expression;
export declare const call: (scalar: Scalar, args: readonly Expression[], dtype: DType) => Expression;
export declare const index: {
    add: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
    };
    sub: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
    };
    mul: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
    };
    /** Quotient and remainder of a non-negative index by a positive constant. */
    div: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
        cost: number;
    };
    mod: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
        cost: number;
    };
    /** The nearest of `0 .. last`. */
    clamp: {
        type: 'i32 i32 -> i32';
        on: readonly [];
        name: string;
        js: (x: number, last: number) => number;
        cost: number;
    };
    less: {
        type: 'i32 i32 -> bool';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
    };
    equal: {
        type: 'i32 i32 -> bool';
        on: readonly [];
        name: string;
        js: (a: number, b: number) => number;
    };
    and: {
        name: string;
        js: (a: number, b: number) => number;
        type: string;
        on: never[];
    };
};
/** `condition ? whenTrue : whenFalse`, both sides evaluated. */
export declare const choose: Primitive;
export declare const plus: (a: Expression, b: Expression | number) => Expression;
export declare const minus: (a: Expression, b: Expression | number) => Expression;
export declare const times: (a: Expression, b: Expression | number) => Expression;
export declare const quotient: (a: Expression, b: Expression | number) => Expression;
export declare const remainder: (a: Expression, b: Expression | number) => Expression;
export declare const less: (a: Expression, b: Expression | number) => Expression;
export declare const equals: (a: Expression, b: Expression | number) => Expression;
export declare const both: (a: Expression, b: Expression | number) => Expression;
export declare const select: (condition: Expression, whenTrue: Expression, whenFalse: Expression) => Expression;
/** `low <= x < high` as a mask. */
export declare const within: (x: Expression, low: number, high: number) => Expression;
export declare const laneOf: (of: Expression, lane: number) => Expression;
export declare const splat: (of: Expression) => Expression;
/** What an expression is made of, directly. */
export declare function partsOf(e: Expression): readonly Expression[];
/** The same expression of other parts. */
export declare function withParts(e: Expression, parts: readonly Expression[]): Expression;
/** Visits every distinct part of some expressions once, indices of loads included. */
export declare function walk(roots: Iterable<Expression>, visit: (e: Expression) => void): void;
/** Row-major position of a multi-index. */
export declare const linearize: (at: readonly Expression[], shape: readonly number[]) => Expression;
/** Multi-index of a row-major position. */
export declare function delinearize(position: Expression, shape: readonly number[]): Expression[];
