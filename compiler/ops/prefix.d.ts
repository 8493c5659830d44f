/**
 * Running sums and order along an axis. In a running sum each element looks at all others of its row; the sums of longer rows are
 * taken in blocks. Sorting is stable and takes n log n.
 */
import { type Stopped, type Tensor, type Untyped } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { OnAxes } from '../types/axis.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** Running sum along `axis`, from the end if `reverse`, without the element itself if `exclusive`. */
export declare const cumsum: (<S extends Shape, D extends DType, G extends Gradient, const A extends number>(x: Tensor<S, D, G>, axis: Check<OnAxes<S, A>, A>, options?: {
    reverse?: boolean;
    exclusive?: boolean;
}) => Tensor<S, D, G>) & {
    readonly operation: Operation;
};
/** Where the first `count` elements of each row stand, once that is in order: the first on ties, NaN last. */
export declare function firstInOrder(x: Untyped, axis: number, count: number, descending: boolean): Untyped;
/**
 * Indices that sort `x` along `axis` (i32), stable: equal elements keep their order. NaN comes last, ascending or descending.
 * Work grows as n log n.
 */
export declare const argsort: (<S extends Shape, const A extends number = -1>(x: Tensor<S>, axis?: Check<OnAxes<S, A>, A>, options?: {
    descending?: boolean;
}) => Stopped<S, 'i32'>) & {
    readonly operation: Operation;
};
/** The position that each element of `x` has in its row once that is sorted along `axis` (i32), NaN last: the inverse of `argsort`. */
export declare const sortRank: <S extends Shape, const A extends number>(x: Tensor<S>, axis: Check<OnAxes<S, A>, A>, options?: {
    descending?: boolean;
}) => Stopped<S, 'i32'>;
/** `x` sorted along `axis`, and where its elements stood; the gradient follows the permutation. */
export declare const sort: <S extends Shape, D extends DType, G extends Gradient, const A extends number = -1>(x: Tensor<S, D, G>, axis?: Check<OnAxes<S, A>, A>, options?: {
    descending?: boolean;
}) => {
    values: Tensor<S, D, G>;
    indices: Stopped<S, 'i32'>;
};
