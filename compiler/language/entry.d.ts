/**
 * A program is one or more entries that share variables. An entry names its inputs and their shapes, once, as values;
 * tracing it with named sizes bound gives a graph of concrete shapes.
 */
import { type Graph } from '../graph/graph.js';
import { type Stopped, type Tensor } from '../graph/node.js';
import type { Shape } from '../types/shape.js';
import type { DType, Gradient } from '../types/tensor.js';
import { type Variable } from './module.js';
/** An input of an entry: its shape, whose sizes are numbers or names, and its dtype. Made by `f32`, `i32`, `u32` and `u8`. */
export interface InputSpec<S extends Shape = Shape, D extends DType = DType> {
    readonly shape: S;
    readonly dtype: D;
}
/**
 * An input of 32-bit floats: `f32(['batch', 10])`, the same as the bare shape `['batch', 10]`. As a type, a tensor of such:
 * `(x: f32<['batch', 10]>) => ...`.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export declare const f32: <const S extends Shape>(shape: S) => InputSpec<S, "f32">;
export type f32<S extends Shape, G extends Gradient = Gradient> = Tensor<S, 'f32', G>;
/**
 * An input of 32-bit integers, for labels and indices: `i32(['batch'])`. As a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export declare const i32: <const S extends Shape>(shape: S) => InputSpec<S, "i32">;
export type i32<S extends Shape> = Tensor<S, 'i32'>;
/**
 * An input of 32-bit integers without sign, for bits and counters. As a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 */
export declare const u32: <const S extends Shape>(shape: S) => InputSpec<S, "u32">;
export type u32<S extends Shape> = Tensor<S, 'u32'>;
/**
 * An input of bytes, as images have them: `cast` makes numbers of them, and views take them as they are. No other value is u8. As
 * a type, a tensor of such.
 *
 * @param shape Sizes, each a number or a name that `compile` binds.
 * @example
 * ```ts
 * const images = u8(['batch', 32, 32, 3])
 * const embed = entry({ images }, ({ images }) => ({ features: encoder(plainImage(images, 'moco-cifar')) }))
 * ```
 */
export declare const u8: <const S extends Shape>(shape: S) => InputSpec<S, "u8">;
export type u8<S extends Shape> = Tensor<S, 'u8'>;
/** Inputs of an entry by name; a bare shape is f32. */
export type Inputs = Record<string, Shape | InputSpec>;
type Given<T> = T extends InputSpec<infer S, infer D> ? Stopped<S, D> : T extends Shape ? Stopped<T, 'f32'> : never;
type ShapeIn<T> = T extends InputSpec<infer S, any> ? S : T extends Shape ? T : never;
/** A traceable function. Outputs are read back by the host; updates happen on the device. */
export interface Entry<I extends Inputs = any, O extends Record<string, Tensor> = any> {
    /** The shape and dtype of each input, by name, as `entry` was given them. */
    readonly inputs: I;
    /** What is traced: from one tensor for each input to the outputs. */
    readonly body: (inputs: any) => O;
}
/**
 * An entry: what a program can be asked to do. Nothing runs here; `compile` calls `body` once, with a tensor for each input, and notes
 * what it does.
 *
 * @param inputs The shape of each input by name: `['batch', 784]` for f32, else `u8`, `i32` or `u32` of a shape. A size is a
 *   number, or a name that `compile` binds.
 * @param body Gives the outputs by name, from tensors made by operations. What it tells `update` to is written at the end of each run.
 * @returns What `compile` takes, alone or with others that share its variables.
 * @throws `ShapeError` where an input has no shape; by `compile`, where shapes clash that types did not see, and for outputs that are no tensors.
 * @throws `UnboundSize`, by `compile`: for a name that it was not given.
 * @example
 * ```ts
 * const step = entry({ x: ['batch', 784], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(net(x), y) }))
 * const program = compile({ step }, { batch: 64 })
 * ```
 */
export declare function entry<const I extends Inputs, O extends Record<string, Tensor>>(inputs: I, body: (inputs: {
    [K in keyof I]: Given<I[K]>;
}) => O): Entry<I, O>;
export declare const isEntry: (x: unknown) => x is Entry;
/** The named sizes of an entry's inputs, as values. */
export declare const namesOf: ({ inputs }: Entry) => string[];
/** The named sizes of an entry, or of a record of entries. */
export type Names<E> = E extends Entry<infer I, any> ? Extract<ShapeIn<I[keyof I]>[number], string> : never;
/** The two variables every program has: what its random numbers are keyed by. `step` is advanced by training steps. */
export declare const seedVariable: Variable<Stopped<[], 'u32'>>;
/** Training steps taken so far, u32: what schedules depend on, and what random numbers are keyed by beside the seed. */
export declare const stepVariable: Variable<Stopped<[], 'u32'>>;
/** A size that an entry names and `compile` was not given. */
export declare class UnboundSize extends Error {
    name: string;
}
/** The graph of one entry. Throws `ShapeError` and `UnboundSize`. */
export declare function trace(name: string, given: Entry, sizes?: Record<string, number>): Graph;
/** The graph that gives every variable of `graphs` its initial value. The seed is left alone: the host sets it. */
export declare function traceInit(graphs: readonly Graph[]): Graph;
export {};
