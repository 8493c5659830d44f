/** Reductions over axes: one row each, like the elementwise operations. */
import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { OnAxes } from '../types/axis.js';
import type { AllAxes, Reduce, Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
/** Sum over `axes` (default: all); `keepdims` leaves them with size 1. */
export declare const sum: (<S extends Shape, D extends DType, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>) & {
    readonly operation: Operation;
};
/** Largest element over `axes` (default: all); equal largest ones have equal parts of the gradient. */
export declare const max: (<S extends Shape, D extends DType, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>) & {
    readonly operation: Operation;
};
/** Smallest element over `axes` (default: all); equal smallest ones have equal parts of the gradient. */
export declare const min: (<S extends Shape, D extends DType, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>) & {
    readonly operation: Operation;
};
/** Product over `axes` (default: all). */
export declare const prod: (<S extends Shape, D extends DType, G extends Gradient, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, D, G>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, D, G>) & {
    readonly operation: Operation;
};
/** Whether any element over `axes` (default: all) is true. */
export declare const any: <S extends Shape, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, 'bool'>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, 'bool', 'stopped'>;
/** Whether all elements over `axes` (default: all) are true. */
export declare const all: <S extends Shape, const A extends number = AllAxes<S>, const K extends boolean = false>(x: Tensor<S, 'bool'>, axes?: Check<OnAxes<S, A>, A | A[]>, options?: {
    keepdims?: K;
}) => Tensor<Reduce<S, A, NoInfer<K>>, 'bool', 'stopped'>;
/** Position (i32) of the largest element along `axis`, the first one on ties; that of the first NaN if there is one. */
export declare const argmax: <S extends Shape, D extends DType, const A extends number>(x: Tensor<S, D>, axis: Check<OnAxes<S, A>, A>) => Tensor<Reduce<S, A>, 'i32', 'stopped'>;
/** Position (i32) of the smallest element along `axis`, the first one on ties; that of the first NaN if there is one. */
export declare const argmin: <S extends Shape, D extends DType, const A extends number>(x: Tensor<S, D>, axis: Check<OnAxes<S, A>, A>) => Tensor<Reduce<S, A>, 'i32', 'stopped'>;
