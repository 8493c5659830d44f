/** Shape rules of lists of tensors that become one: `concatAll` and `stack`. */
import type { Along } from './axis.js';
import type { Agree, Concat, Is, Shape, Show } from './shape.js';
import type { Tensor } from './tensor.js';
/** The shapes of a list of tensors. */
export type ShapesOf<P extends readonly unknown[]> = {
    [K in keyof P]: P[K] extends Tensor<infer S, any, any> ? S : any;
};
/** One after the other along `Axis`; how long the result is of a list whose length types do not know, they do not know either. */
export type ConcatAll<L extends readonly unknown[], Axis extends number> = L extends readonly [
    infer A extends Shape,
    ...infer Rest
] ? Onto<A, Rest, Axis> : {
    s: L[number];
} extends {
    s: infer S extends Shape;
} ? Along<S, Axis, number> : any;
type Onto<A extends Shape, L extends readonly unknown[], Axis extends number> = L extends readonly [
    infer B extends Shape,
    ...infer Rest
] ? Rest extends readonly [] ? Concat<A, B, Axis> : Next<Concat<A, B, Axis>, Rest, Axis> : A;
type Next<R, L extends readonly unknown[], Axis extends number> = {
    r: R;
} extends {
    r: infer S extends Shape;
} ? Onto<S, L, Axis> : R;
/** `any`, as `OnAxes`, or the first two shapes of which types know that they differ. */
export type Alike<L extends readonly unknown[]> = L extends readonly [infer A extends Shape, ...infer Rest] ? Rest extends readonly [infer B extends Shape, ...unknown[]] ? Differ<A, B> extends true ? `stack takes tensors of one shape, got ${Show<A>} and ${Show<B>}` : Alike<Rest> : any : any;
type Differ<A extends Shape, B extends Shape> = {
    a: Is<A>;
} extends {
    a: Is<B>;
} ? false : 0 extends 1 & (A | B) ? false : number extends A['length'] | B['length'] ? false : A['length'] extends B['length'] ? false extends {
    [K in keyof A & `${number}`]: Agree<A[K], B[K & keyof B]>;
}[keyof A & `${number}`] ? true : false : true;
export {};
