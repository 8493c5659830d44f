import type { BroadcastKnown, Shape, Within } from './shape.js';
/** Element types. `'u8'` is for inputs such as images: only `cast` takes it. */
export type DType = 'f32' | 'f16' | 'i32' | 'u32' | 'u8' | 'bool';
/** Whether a loss can reach the variables behind a tensor. `'stopped'` is accepted where either is. */
export type Gradient = 'flows' | 'stopped';
declare const type: unique symbol;
/**
 * `S` is a shape, or the message of the rule that found none. The three parameters exist in types only:
 * while a function is traced, named sizes are bound and `shape` holds numbers.
 */
export interface Tensor<out S extends Shape | string = any, out D extends DType = DType, out G extends Gradient = Gradient> {
    readonly [type]: [S, G];
    readonly dtype: D;
    readonly shape: number[];
}
/** A tensor through which no gradient flows: a target, a key, a queue row. */
export type Stopped<S extends Shape, D extends DType = 'f32'> = Tensor<S, D, 'stopped'>;
/**
 * A parameter of type `T` if the rule held, otherwise of the type that reads as the rule's message. Compared inside of objects, where
 * TypeScript decides also when there are type parameters in the message.
 */
export type Check<R, T> = {
    r: R;
} extends {
    r: string;
} ? (0 extends 1 & R ? T : R) : T;
/**
 * The same, and only where the rule is known to hold: in generic code sizes that may differ are refused, as TypeScript decides this
 * match when all that the rule may give is a shape, or `true`.
 */
export type Proved<R, T> = {
    r: R;
} extends {
    r: any[] | true;
} ? T : string extends R ? T : R;
/** `T`, if dtype `D` is one of `Allowed`, or not known to the types, which leave it to the builder; otherwise the message. */
export type OfDType<D extends DType, Allowed extends DType, T, Message extends string> = [D] extends [Allowed] ? T : [DType] extends [D] ? T : Message;
/** The same of an index, written out for its cost. */
export type Index<D extends DType, T> = [D] extends ['i32' | 'u32'] ? T : [DType] extends [D] ? T : `an index is i32 or u32, got ${D}: cast it`;
/** `T`, the second operand of an elementwise operation, if shape `B` broadcasts with `A`. */
export type Operand<A extends Shape, B extends Shape, T> = Within<A, B, T, T, Proved<BroadcastKnown<A, B>, T>>;
export {};
