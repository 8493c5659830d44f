import { type Tensor } from '../graph/node.js';
import { type Operation } from '../graph/operation.js';
import type { Along, OnAxes, Split } from '../types/axis.js';
import type { Sub } from '../types/natural.js';
import type { Shape } from '../types/shape.js';
import type { Check, DType, Gradient } from '../types/tensor.js';
type Length<Start extends number, Stop extends number, Step extends number> = number extends Start | Stop | Step ? number : `1${Start}${Stop}${Step}` extends `${infer Digits extends bigint}` ? Step extends 1 ? Digits extends bigint ? Sub<Stop, Start> : number : number : number;
/**
 * Elements `start`, `start + step`, ... before `stop` along one axis. Negative bounds count from the end; `stop` is the
 * end by default. Throws `ShapeError` if a bound is outside of the axis or nothing is left.
 */
export declare const slice: (<S extends Shape, D extends DType, G extends Gradient, const A extends number, const I extends number, const J extends number = number, const K extends number = 1>(x: Tensor<S, D, G>, axis: Check<OnAxes<S, A>, A>, start: I, stop?: J, step?: K) => Tensor<Along<S, A, Length<I, J, NoInfer<K>>>, D, G>) & {
    readonly operation: Operation;
};
/** `slice` of every axis at once. */
export declare const sliceAll: (x: Tensor, start: readonly number[], stop: readonly number[], step: readonly number[]) => Tensor<any, any, any>;
/** A tuple of `N` types `T`, or an array where `N` is not known. */
type Repeat<T, N extends number, R extends T[] = []> = number extends N ? T[] : R['length'] extends N ? R : Repeat<T, N, [...R, T]>;
/** Cuts an axis into `parts` equal pieces. Throws `ShapeError` if they do not come out even. */
export declare function split<S extends Shape, D extends DType, G extends Gradient, const N extends number, const A extends number = 0>(x: Tensor<S, D, G>, parts: Check<Split<S, N, NoInfer<A>>, N>, axis?: A): Repeat<Tensor<Split<S, N, A>, D, G>, N>;
export {};
