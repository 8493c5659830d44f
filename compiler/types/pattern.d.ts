/**
 * Axis patterns at the type level: `einsum(q, k, 'b i d, b j d -> b i j')` and
 * `rearrange(x, 'b (h p) c -> b h (p c)', { p: 16 })`. Axis names are separated by spaces. A pattern with `...` is left
 * to the graph builder (`language/pattern.ts`), which says the same about patterns that do not fit.
 */
import type { Agree, Dim, Known, Numel, Quotient, Shape, Show } from './shape.js';
export type Rearrange<P extends string, S extends Shape, Sizes> = Undecided<P, S, Known<S, P extends `${infer Left}->${infer Right}` ? [Exclude<Names<Axes<Left>>, Names<Axes<Right>> | '1'>] extends [never] ? Build<Axes<Right>, Bind<Axes<Left>, S, Sizes & One>> : `axis ${Exclude<Names<Axes<Left>>, Names<Axes<Right>> | '1'>} appears only on the left` : `'->' is missing in '${P}'`>>;
/** As `Rearrange`, but axes may disappear: they are reduced. */
export type ReducePattern<P extends string, S extends Shape, Sizes> = Undecided<P, S, Known<S, P extends `${infer Left}->${infer Right}` ? Build<Axes<Right>, Bind<Axes<Left>, S, Sizes & One>> : `'->' is missing in '${P}'`>>;
export type Einsum<P extends string, A extends Shape, B extends Shape> = Undecided<P, A | B, Known<A | B, P extends `${infer Left},${infer Right}->${infer Out}` ? Bind<Words<Left>, A, {}> extends infer E ? Build<Words<Out>, E extends string ? E : Bind<Words<Right>, B, E>> : never : `'${P}' is not of the form 'a, b -> c'`>>;
/** Einsum of one operand. */
export type EinsumOne<P extends string, A extends Shape> = Undecided<P, A, Known<A, P extends `${infer Left}->${infer Out}` ? Build<Words<Out>, Bind<Words<Left>, A, {}>> : `'->' is missing in '${P}'`>>;
/**
 * Left to the builder: patterns and numbers of axes that the types do not know, and `...`. `Shape` is for `Check`: a pattern that is
 * still to be inferred may give one.
 */
type Undecided<P extends string, S extends Shape, R> = string extends P ? any : [P] extends [never] ? Shape : number extends S['length'] ? any : P extends `${string}...${string}` ? any : R;
/** `1` stands for an axis of size 1 on either side. */
type One = Record<'1', 1>;
type Names<A extends Axis[]> = A[number] extends infer X ? (X extends string[] ? X[number] : X & string) : never;
/** An axis is a name or a parenthesised group of names. */
type Axis = string | string[];
type Axes<S extends string, R extends Axis[] = []> = S extends ` ${infer Rest}` ? Axes<Rest, R> : S extends `(${infer Group})${infer Rest}` ? Axes<Rest, [...R, Words<Group>]> : S extends `${infer W} ${infer Rest}` ? Axes<Rest, [...R, W]> : S extends '' ? R : [...R, S];
type Words<S extends string, R extends string[] = []> = S extends ` ${infer Rest}` ? Words<Rest, R> : S extends `${infer W} ${infer Rest}` ? Words<Rest, [...R, W]> : S extends '' ? R : [...R, S];
/** Binds axis names to the dimensions of a shape: adds to the environment `E`, or yields a message. */
type Bind<A extends Axis[], S extends Shape, E> = A extends [infer X extends Axis, ...infer As extends Axis[]] ? S extends [infer D extends Dim, ...infer Ds extends Shape] ? BindAxis<X, D, E> extends infer F ? F extends string ? F : Bind<As, Ds, F> : never : 'pattern has more axes than the tensor' : S extends [] ? E : 'pattern has fewer axes than the tensor';
type BindAxis<X extends Axis, D extends Dim, E> = X extends string[] ? BindGroup<X, D, E> : BindName<X & string, D, E>;
type BindName<N extends string, D extends Dim, E> = N extends keyof E ? Agree<E[N], D> extends true ? E : `axis ${N} is both ${E[N] & Dim} and ${D}` : E & Record<N, D>;
type BindGroup<X extends string[], D extends Dim, E> = Sizes<X, E> extends [infer Missing extends string[], infer Found extends Shape] ? Missing extends [] ? Agree<Numel<Found>, D> extends true ? E : `${D} does not split into ${Show<X>}` : Missing extends [infer N extends string] ? Quotient<D, Found> extends infer Q extends Dim ? E & Record<N, Q> : `${D} does not split into ${Show<X>}` : `give sizes for all but one of ${Show<X>}` : never;
/** The names of a group without a size, and the sizes of the others. */
type Sizes<X extends string[], E, Missing extends string[] = [], Found extends Shape = []> = X extends [
    infer N extends string,
    ...infer Ns extends string[]
] ? N extends keyof E ? Sizes<Ns, E, Missing, [...Found, E[N] & Dim]> : Sizes<Ns, E, [...Missing, N], Found> : [Missing, Found];
/** The shape an output pattern names. */
type Build<A extends Axis[], E, R extends Shape = []> = E extends string ? E : A extends [infer X extends Axis, ...infer As extends Axis[]] ? Sizes<X extends string[] ? X : [X & string], E> extends [
    infer Missing extends string[],
    infer Found extends Shape
] ? Missing extends [infer N extends string, ...string[]] ? `axis ${N} appears only on the right` : Build<As, E, [...R, X extends string ? Found[0] : Numel<Found>]> : never : R;
export {};
