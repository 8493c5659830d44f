/**
 * A node of the graph: an operation, its operands and attributes, the type of the result and the module path that
 * built it. `Tensor` *is* the node, typed: users, gradient rules and passes handle the same object.
 */
import type { Shape } from '../types/shape.js';
import type { DType, Gradient, Tensor as TypedTensor } from '../types/tensor.js';
import type { Attributes, Operation } from './operation.js';
/**
 * A value while an entry is traced: a node of its graph with a shape, a dtype and the operation that makes it. It holds
 * no numbers.
 *
 * @typeParam S The shape: sizes, or names that `compile` binds, such as `['batch', 64]`.
 * @typeParam D The dtype: `'f32'` where nothing else is said.
 * @typeParam G `'flows'` where a gradient may pass to parameters, `'stopped'` where none does.
 */
export interface Tensor<out S extends Shape | string = any, out D extends DType = DType, out G extends Gradient = Gradient> extends TypedTensor<S, D, G> {
    /** What makes it from the operands. */
    readonly operation: Operation;
    /** What it is made of, in the order that the operation takes. */
    readonly operands: readonly Tensor[];
    /** What the operation was told beside its operands: axes, a stride, the name of a variable. */
    readonly attributes: Attributes;
    /** Path of the modules that were open when the node was built: `encoder.layer1.0`. */
    readonly scope: string;
}
/** A tensor through which no gradient flows: a target, a key, a queue row. */
export type Stopped<S extends Shape = any, D extends DType = 'f32'> = Tensor<S, D, 'stopped'>;
/** A tensor whose type is taken on trust: for bodies of functions whose signature says what they do. */
export type Untyped = Tensor<any, any, any>;
export declare const currentScope: () => string;
/** Runs `body` with `name` appended to the scope of the nodes it builds. An empty name changes nothing. */
export declare function withScope<T>(name: string, body: () => T): T;
export declare const isTensor: (x: unknown) => x is Tensor;
/** What was given instead of a tensor, for errors. */
export declare const given: (x: unknown) => string;
/** Runs `body` and tells of the bools that it made which no operation has taken. */
export declare function withUnread<T>(body: () => T): {
    readonly result: T;
    readonly unread: ReadonlySet<Tensor>;
};
/** Takes note that something else than an operation depends on a bool. */
export declare const markRead: (x: Tensor) => void;
/** Throws `ShapeError` unless all are tensors, saying that `what` takes such and what it got. */
export declare function checkTensors(what: string, all: readonly unknown[]): void;
/** Runs `body` with other nodes in the place of some wherever these would be an operand. */
export declare function withStandIns<T>(others: ReadonlyMap<Tensor, Tensor>, body: () => T): T;
/** Builds a node: the one place where shapes are inferred. Errors say which operation, on what, in which module. */
export declare function apply(operation: Operation, all: readonly Tensor[], attributes?: Attributes): Tensor<any, any, any>;
/** The same node with some of its parts replaced; nothing is inferred. */
export declare const changed: (node: Tensor, parts: Partial<Tensor>) => Tensor;
/** The same node on other operands, in its own scope. Used by passes; types are inferred anew. */
export declare function rebuild(node: Tensor, operands: readonly Tensor[]): Tensor;
/** Every node that the outputs need, operands before users. */
export declare function topological(outputs: Iterable<Tensor>): Tensor[];
