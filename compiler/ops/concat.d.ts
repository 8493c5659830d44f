import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Insert, OnAxes } from '../types/axis.js';
import type { Alike, ConcatAll, ShapesOf } from '../types/join.js';
import type { Concat, Shape } from '../types/shape.js';
import type { Check, DType, Gradient, Proved } from '../types/tensor.js';
/** `a` followed by `b` along `axis`. */
export declare const concat: (<A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient, const X extends number>(a: Tensor<A, D, G>, b: Proved<Concat<A, B, X>, Tensor<B, NoInfer<D>, H>>, axis: X) => Tensor<Concat<A, B, X>, D, G | H>) & {
    readonly operation: Operation;
};
/** Any number of tensors one after the other along `axis`. Throws `ShapeError` where other axes differ. */
export declare const concatAll: <D extends DType, G extends Gradient, const P extends readonly unknown[], const X extends number>(given: Check<ConcatAll<ShapesOf<P>, X>, P & readonly Tensor<any, D, G>[]>, axis: X) => Tensor<ConcatAll<ShapesOf<P>, X>, D, G>;
/** Throws `ShapeError` unless `parts` is a list of tensors. */
export declare function checkList(what: string, parts: unknown): void;
/** Operands of one node: more, as a kernel may not bind them, are joined in groups. */
export declare const WIDEST = 6;
/** Tensors of one shape along a new axis. Throws `ShapeError` where shapes differ. */
export declare function stack<S extends Shape, D extends DType, G extends Gradient, const P extends readonly unknown[], const X extends number = 0>(given: Check<Alike<ShapesOf<P>>, P & readonly Tensor<S, D, G>[]>, axis?: Check<Insert<S, X, P['length']>, X>): Tensor<Insert<S, X, P['length']>, D, G>;
/** Moves elements by `shift` along `axis`; those that leave at one end enter at the other. */
export declare function roll<S extends Shape, D extends DType, G extends Gradient, const A extends number>(x: Tensor<S, D, G>, shift: number, axis: Check<OnAxes<S, A>, A>): Tensor<S, D, G>;
