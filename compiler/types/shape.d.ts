/**
 * Shape rules at the type level. A rule maps operand shapes to the result shape, or to a string:
 * the error message. A size that types cannot decide is `number`; the graph builder decides it, with
 * the same rule and the same words.
 */
import type { Add, DivMod, Mul } from './natural.js';
/** A size (`32`), a named size (`'batch'`) that `compile` binds, or a size unknown to the types (`number`). */
export type Dim = number | string;
/** Sizes of the axes, the slowest first: `[64, 256]`, or with names that `compile` binds, `['batch', 256]`. */
export type Shape = Dim[];
/** `Tensor` without a shape is the way out of the types: every rule holds, and the graph builder checks. */
export type Known<S, R> = {
    s: 0;
} extends {
    s: 1 & S;
} ? any : R;
export type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => (T extends B ? 1 : 2) ? true : false;
export type Same<A, B> = {
    d: A;
} extends {
    d: B;
} ? ({
    d: B;
} extends {
    d: A;
} ? true : false) : false;
export type Show<S extends Shape> = S extends [infer D extends Dim, ...infer Rest extends Dim[]] ? ShowRest<Rest, `[${D}`> : '[]';
type ShowRest<S extends Shape, Text extends string> = S extends [infer D extends Dim, ...infer Rest extends Dim[]] ? ShowRest<Rest, `${Text}, ${D}`> : `${Text}]`;
/** Equal, or not known to differ. */
export type Agree<A, B> = Same<A, B> extends true ? true : number extends A | B ? true : false;
/** Of two sizes that agree, the one that says more. */
export type Both<A, B> = [A] extends [B] ? A : number extends A ? B : A;
/** `D`, or the size `N` that it should be: a size that types do not know is taken for it. Decided when generic, too. */
export type Matching<N extends Dim, D extends Dim> = {
    size: Exactly<D>;
} extends {
    size: Exactly<N> | Exactly<number>;
} ? D : number extends N ? D : N;
/** `Matching` for all sizes of a shape. */
export type MatchingAll<N extends Shape, S extends Shape> = S['length'] extends N['length'] ? {
    [K in keyof S]: Matching<N[K & keyof N] & Dim, S[K]>;
} : N;
/** `'batch'` and `'batch'` are `'batch*2'`. */
export type AddDim<A extends Dim, B extends Dim> = [B] extends [0] ? A : number extends A | B ? number : A extends 0 ? B : [A, B] extends [infer a extends number, infer b extends number] ? Add<a, b> : [Term<A>, Term<B>] extends [
    [
        infer S extends string,
        infer a extends number
    ],
    [
        infer T,
        infer b extends number
    ]
] ? Same<S, T> extends true ? `${S}*${Add<a, b>}` : `${A}+${B}` : `${A}+${B}`;
/** The sum of two sizes of `S`, and `number` where one is a type parameter: what a sum with it is, types cannot say. */
type Sum<S extends Shape, A extends Dim, B extends Dim> = {
    s: S;
    open: Unsaid<A>;
} extends {
    s: Ranks;
    open: never;
} ? number : {
    s: S;
    open: Unsaid<B>;
} extends {
    s: Ranks;
    open: never;
} ? number : AddDim<A, B>;
/** `any`, which is not assignable to `never`, of a size that types know; that of a type parameter stays undecided, which is. */
export type Unsaid<D extends Dim> = D extends Dim ? any : never;
type Term<D extends Dim> = D extends `${infer S}*${infer N extends number}` ? [S, N] : [D, 1];
/** Factors of a dimension: `'batch*196'` is `['batch', 196]`. */
type Factors<D extends Dim> = string extends D ? [number] : D extends `${infer A}*${infer Rest}` ? [...Factors<A>, ...Factors<Rest>] : D extends `${infer N extends number}` ? [N] : [D];
type Flat<S extends Shape, R extends Shape = []> = S extends [infer D extends Dim, ...infer Rest extends Shape] ? Flat<Rest, [...R, ...Factors<D>]> : R;
/** Product of a shape: numbers multiply, names are joined: `['batch', 14, 14]` is `'batch*196'`. */
export type Numel<S extends Shape> = Join<Product<Flat<S>>>;
/** `[number, names]` of a list of factors; a size unknown to the types makes the number `number`. */
type Product<S extends Shape, N extends number = 1, Names extends string = ''> = S extends [
    infer D extends Dim,
    ...infer Rest extends Shape
] ? D extends string ? Product<Rest, N, Names extends '' ? D : `${Names}*${D}`> : D extends number ? number extends D | N ? Product<Rest, number, Names> : Product<Rest, Mul<N, D>, Names> : never : [N, Names];
type Join<P> = P extends [infer N extends number, infer Names extends string] ? number extends N ? number : Names extends '' ? N : N extends 1 ? Names : `${Names}*${N}` : never;
/** Exact division of products: `number` where names leave it open, `null` where it cannot be. */
export type Divide<P, Q> = [P, Q] extends [
    [
        infer N extends number,
        infer Names extends string
    ],
    [
        infer M extends number,
        infer Over extends string
    ]
] ? number extends N | M ? number : Over extends '' ? DivMod<N, M> extends [infer R extends number, 0] ? Join<[R, Names]> : Names extends '' ? null : number : number : never;
/** `D` over the product of `S`. */
export type Quotient<D extends Dim, S extends Shape> = Divide<Product<Factors<D>>, Product<Flat<S>>>;
export type Broadcast<A extends Shape, B extends Shape> = Within<A, B, A, B, BroadcastKnown<A, B>>;
/**
 * Of a shape that is a type parameter and nothing else, TypeScript decides nothing but whether another is identical: `InA` if `A` is
 * one and `B` is `A`, `A` with its last size 1, a scalar or a number; `InB` the other way round; `Otherwise` for all others.
 */
export type Within<A extends Shape, B extends Shape, InA, InB, Otherwise> = {
    open: Open<A>;
    b: Is<B>;
} extends {
    open: never;
    b: Is<A> | Is<Reduce<A, -1, true>> | Is<[]> | Is<Shape>;
} ? InA : {
    open: Open<B>;
    a: Is<A>;
} extends {
    open: never;
    a: Is<Reduce<B, -1, true>> | Is<[]> | Is<Shape>;
} ? InB : Otherwise;
/** `any`, which is not assignable to `never`; of a type parameter and nothing else it stays undecided, which is. */
type Open<S extends Shape> = S['length'] extends number ? any : never;
/** Identity, which TypeScript decides for type parameters too. */
export type Is<S> = <T>() => T extends S ? 1 : 2;
/** `Shape` is what stands for a number, which broadcasts with all. */
export type BroadcastKnown<A extends Shape, B extends Shape> = {
    a: A;
    b: B;
} extends {
    a: Ranks;
    b: Ranks;
} ? Identical<A, B> extends true ? A : {
    s: 'any';
} extends {
    s: A | B;
} ? any : BroadcastDims<A, B, [], A, B> : Identical<B, Shape> extends true ? A : Identical<A, Shape> extends true ? B : {
    s: 'any';
} extends {
    s: A | B;
} ? any : {
    a: A;
} extends {
    a: Ranks;
} ? BroadcastGeneric<B, A, A, B> : BroadcastGeneric<A, B, A, B>;
/** Shapes whose number of axes is known. */
export type Ranks = [] | [any] | [any, any] | [any, any, any] | [any, any, any, any] | [any, any, any, any, any];
/**
 * From the last size on. Shapes and sizes are matched inside of objects, where TypeScript decides a match also when it is
 * generic: two sizes are 1, or not known, or exactly one size, which inference finds.
 */
type BroadcastDims<A extends Shape, B extends Shape, R extends Shape, Left extends Shape, Right extends Shape> = {
    a: A;
    b: B;
} extends {
    a: [...infer As extends any[], infer a extends Dim];
    b: [...infer Bs extends any[], infer b extends Dim];
} ? {
    a: Exactly<a>;
    b: Exactly<b>;
} extends {
    a: Exactly<infer D extends Dim> | Repeated;
    b: Exactly<infer D extends Dim> | Repeated;
} ? BroadcastDims<As, Bs, [D, ...R], Left, Right> : `cannot broadcast ${Show<Left>} with ${Show<Right>}` : {
    a: A;
    b: B;
} extends {
    a: any;
    b: [];
} | {
    a: [];
    b: any;
} ? [...A, ...B, ...R] : number extends B['length'] ? [...A, ...R] : [...B, ...R];
/**
 * `A` begins with a generic rest. What stands before the last size is told as a whole: `B` has the same, or the same with its last
 * size 1, or nothing.
 */
type BroadcastGeneric<A extends Shape, B extends Shape, Left extends Shape, Right extends Shape> = {
    a: A;
    b: B;
} extends {
    a: [...infer As extends any[], infer a extends Dim];
    b: [...infer Bs extends any[], infer b extends Dim];
} ? {
    a: Exactly<a>;
    b: Exactly<b>;
    beforeA: Exactly<As>;
    beforeB: Exactly<Bs>;
} extends {
    a: Exactly<infer D extends Dim> | Repeated;
    b: Exactly<infer D extends Dim> | Repeated;
} & ({
    beforeB: Exactly<As> | Exactly<[]>;
} | {
    beforeA: Exactly<[...infer R extends Shape, any]>;
    beforeB: Exactly<[...infer R extends Shape, 1]>;
}) ? [...As, D] : BroadcastDims<Left, Right, [], Left, Right> : BroadcastDims<Left, Right, [], Left, Right>;
/** Sizes that take what the other operand has. */
type Repeated = Exactly<1> | Exactly<number> | Exactly<Dim>;
/** Invariant in `D`. */
export interface Exactly<in out D> {
    is: (d: D) => D;
}
/** An axis counted from the front; `never` if it is out of range. */
export type Index<S extends Shape, I extends number> = `${I}` extends `-${infer N extends number}` ? S extends [...infer Head extends any[], ...Tail<N>] ? Head['length'] : never : `${I}` extends keyof S ? I : never;
/** `any` and not `Dim`: so a shape of known length is decided when its sizes are generic. */
export type Tail<N extends number> = [
    [
    ],
    [
        any
    ],
    [
        any,
        any
    ],
    [
        any,
        any,
        any
    ],
    [
        any,
        any,
        any,
        any
    ],
    [
        any,
        any,
        any,
        any,
        any
    ],
    [
        any,
        any,
        any,
        any,
        any,
        any
    ]
][N];
type Indices<S extends Shape, Axes extends number> = Axes extends Axes ? Index<S, Axes> : never;
/** The axes of a shape as numbers: `0 | 1 | 2`. */
export type AllAxes<S extends Shape> = {
    [K in keyof S]: K extends `${infer N extends number}` ? N : never;
}[number];
/**
 * `S` without axes, which `OnAxes` has checked. All axes are told by identity, and the last one and two are matched inside of an
 * object: so these are found in generic shapes.
 */
export type Reduce<S extends Shape, Axes extends number, Keep extends boolean = false> = {
    axes: Exactly<Axes>;
    keep: Keep;
} extends {
    axes: Exactly<AllAxes<S>>;
    keep: false;
} ? [] : Known<S, [
    Axes,
    -1
] extends [-1, Axes] ? Last<S, Keep> : [-2, Axes] extends [Axes, -1 | -2] ? LastTwo<S, Keep, Axes> : number extends Axes | S['length'] ? any : DropAxes<S, Indices<S, Axes>, Keep>>;
type Last<S extends Shape, Keep extends boolean> = {
    s: S;
} extends {
    s: [...infer Head extends any[], any];
} ? Keep extends true ? [...Head, 1] : Head : any;
/** Without the last axis but one, or without both. */
type LastTwo<S extends Shape, Keep extends boolean, Axes extends number> = {
    s: S;
} extends {
    s: [...infer Head extends any[], any, infer D extends Dim];
} ? Keep extends true ? [...Head, 1, -1 extends Axes ? 1 : D] : -1 extends Axes ? Head : [...Head, D] : number extends S['length'] ? any : never;
type DropAxes<S extends Shape, Axes extends number, Keep extends boolean, I extends 0[] = [], R extends Shape = []> = S extends [infer D extends Dim, ...infer Rest extends Shape] ? DropAxes<Rest, Axes, Keep, [...I, 0], I['length'] extends Axes ? (Keep extends true ? [...R, 1] : R) : [...R, D]> : R;
export type Permute<S extends Shape, P extends number[]> = Known<S, [
    P['length'],
    Exclude<keyof S & `${number}`, `${Indices<S, P[number]>}`>
] extends [S['length'], never] ? {
    [K in keyof P]: S[Index<S, P[K]> & keyof S];
} : `${Show<P>} is not a permutation of the axes of ${Show<S>}`>;
/** `Axis` may be negative. */
export type Concat<A extends Shape, B extends Shape, Axis extends number> = Known<A | B, {
    a: A;
    b: B;
} extends {
    a: Ranks;
    b: Ranks;
} ? [Index<A, Axis>] extends [never] ? `axis ${Axis} is out of range for ${Show<A>}` : ConcatDims<A, B, Index<A, Axis>> : ConcatOpen<A, B, Axis>>;
type ConcatDims<A extends Shape, B extends Shape, Axis extends number, I extends 0[] = [], R extends Shape = []> = A extends [infer a extends Dim, ...infer As extends Shape] ? B extends [infer b extends Dim, ...infer Bs extends Shape] ? I['length'] extends Axis ? ConcatDims<As, Bs, Axis, [...I, 0], [...R, Sum<A, a, b>]> : {
    size: Exactly<b>;
} extends {
    size: Exactly<a> | Exactly<number> | Exactly<Dim>;
} ? ConcatDims<As, Bs, Axis, [...I, 0], [...R, a]> : number extends a ? ConcatDims<As, Bs, Axis, [...I, 0], [...R, b]> : `cannot concat: axis ${I['length']} differs, ${a} and ${b}` : 'cannot concat: ranks differ' : B extends [] ? R : 'cannot concat: ranks differ';
/** Beside a generic rest the first and the last axis are found. */
type ConcatOpen<A extends Shape, B extends Shape, Axis extends number> = {
    a: A;
    b: B;
    axis: Axis;
} extends {
    a: [infer a extends Dim, ...infer P extends any[]];
    b: [infer b extends Dim, ...infer Q extends any[]];
    axis: 0;
} ? {
    rest: Exactly<Q>;
} extends {
    rest: Exactly<P>;
} ? [Sum<A, a, b>, ...P] : any : {
    a: A;
    b: B;
    axis: Axis;
} extends {
    a: [...infer P extends any[], infer a extends Dim];
    b: [...infer Q extends any[], infer b extends Dim];
    axis: -1;
} ? {
    rest: Exactly<Q>;
} extends {
    rest: Exactly<P>;
} ? [...P, Sum<A, a, b>] : any : any;
export type Reshape<S extends Shape, T extends Shape> = {
    t: T;
    open: Open<S>;
} extends {
    t: Ranks;
    open: never;
} ? Given<T> : 0 extends 1 & S ? Given<T> : {
    s: S;
    open: OpenSizes<S>;
} extends {
    s: Ranks;
    open: never;
} ? Given<T> : ReshapeKnown<S, T>;
/** The sizes asked for; that of -1 is not known. */
type Given<T extends Shape> = {
    [K in keyof T]: T[K] extends -1 ? number : T[K];
};
/** As `Open`: undecided if a size is a type parameter. */
type OpenSizes<S extends Shape> = S[number] extends Dim ? any : never;
type ReshapeKnown<S extends Shape, T extends Shape> = Cancel<Flat<S>, Flat<T>> extends [infer Left extends Shape, infer Right extends Shape] ? Remove<Right, -1> extends infer Rest extends Shape ? Divide<Product<Left>, Product<Rest>> extends infer D extends Dim ? {
    [K in keyof T]: T[K] extends -1 ? D : T[K];
} : `cannot reshape ${Show<S>} to ${Show<T>}: ${Join<Product<Left>> & Dim} is not a multiple of ${Join<Product<Rest>> & Dim}` : Agree<Join<Product<Left>>, Join<Product<Right>>> extends true ? T : `cannot reshape ${Show<S>} to ${Show<T>}: ${Numel<S>} elements become ${Numel<T>}` : never;
/** Removes the factors the two shapes share, so that names and large sizes rarely meet arithmetic. */
type Cancel<A extends Shape, B extends Shape, Left extends Shape = []> = A extends [
    infer D extends Dim,
    ...infer Rest extends Shape
] ? Remove<B, D> extends infer Right extends Shape ? Cancel<Rest, Right, Left> : Cancel<Rest, B, [...Left, D]> : [Left, B];
type Remove<S extends Shape, D extends Dim, Head extends Shape = []> = S extends [
    infer H extends Dim,
    ...infer Rest extends Shape
] ? Same<H, D> extends true ? [...Head, ...Rest] : Remove<Rest, D, [...Head, H]> : 'absent';
export {};
