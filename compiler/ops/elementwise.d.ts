/** What elementwise operations have in common: broadcasting, one scalar function, evaluation element by element. */
import { type Expression, type Formula, type Scalar } from '../graph/expression.js';
import { type Tensor } from '../graph/node.js';
import type { Host, Operation, Type } from '../graph/operation.js';
import type { Broadcast, Identical, Shape } from '../types/shape.js';
import type { DType, Operand } from '../types/tensor.js';
/** One row: the scalar function, its gradient, and on which dtypes it is defined. */
export interface Row {
    readonly js: Scalar['js'];
    /** As primitives: what devices compute. */
    readonly expand: Formula;
    /** Gradients of the operands. Absent: no gradient flows (the result is constant almost everywhere). */
    readonly vjp?: NonNullable<Operation['vjp']>;
    /** Meaning on integers, where it differs from `js`; the result is wrapped to 32 bits. */
    readonly integer?: Scalar['js'];
    readonly cost?: number;
}
export declare const FLOAT: readonly DType[];
export declare const NUMBER: readonly DType[];
export declare const SIGNED: readonly DType[];
export declare const INTEGER: readonly DType[];
export declare const LOGICAL: readonly DType[];
/** Operands of one dtype among `on`, broadcast against each other; the result has that dtype, or `result`. */
export declare function elementwise(name: string, row: Row, on: readonly DType[], result?: DType): Operation;
/** The index at which an operand of `shape` is read for element `index` of a broadcast result: axes of size 1 repeat. */
export declare const broadcastIndex: (index: readonly Expression[], shape: readonly number[]) => Expression[];
export declare function evaluateElementwise(operands: readonly Host[], type: Type, js: Scalar['js']): Float64Array;
/** The elements of a tensor broadcast to `shape`. */
export declare const expanded: ({ shape, data }: Host, result: readonly number[]) => Float64Array;
/** What a 32-bit integer register holds after overflow; floats are kept as they are. */
export declare const wrap: (x: number, dtype: DType) => number;
/** A number beside a tensor is a constant of its dtype; numbers alone are f32. */
export declare function together(...operands: readonly (Tensor | number)[]): Tensor[];
/** The shape of two operands broadcast against each other. The dtypes say which is a number: its shape may be inferred of what the result is used for. */
export type Together<A extends Shape, B extends Shape, D extends DType = DType, E extends DType = DType> = Identical<E, never> extends true ? A : Identical<D, never> extends true ? B : Broadcast<A, B>;
/** `T` if a tensor of shape `B` and dtype `E` can stand beside one of shape `A` and dtype `D`, otherwise the message that says why not. */
export type Beside<A extends Shape, B extends Shape, D extends DType, E extends DType, T> = Operand<A, B, SameDType<D, E, T>>;
type SameDType<D extends DType, E extends DType, T> = Identical<D, E> extends true ? T : [D] extends [E] ? T : [E] extends [D] ? T : `cannot combine ${D} with ${E}: cast one of them`;
export {};
