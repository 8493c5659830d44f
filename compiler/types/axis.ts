/**
 * Shape rules of operations along one axis: slices, cuts, new and dropped axes, reading at indices. As in `shape.ts`, a
 * rule gives a shape or the sentence that the builder says; an axis that the types know as `number` is left to it.
 */
import type { Compare, Sub } from './natural.js'
import type {
  AddDim,
  Agree,
  Broadcast,
  Dim,
  Exactly,
  Index,
  Known,
  Numel,
  Quotient,
  Ranks,
  Reduce,
  Same,
  Shape,
  Show,
  Tail,
  Unsaid,
} from './shape.js'

/** Whether the types cannot tell how many axes there are, or which one is meant. */
type Open<S extends Shape, Axis extends number> = number extends Axis | S['length'] ? true : false
/** Which of `Axes` are none of `S`: numbers, which TypeScript compares also where sizes are type parameters. */
type Missing<S extends Shape, Axes extends number> = Axes extends Axes
  ? `${Axes}` extends `-${infer N extends number}`
    ? { s: S } extends { s: [...infer _Head extends any[], ...Tail<N>] }
      ? never
      : Beyond<S, Axes>
    : `${Axes}` extends keyof S
      ? never
      : Beyond<S, Axes>
  : never
type Beyond<S extends Shape, Axis extends number> = Open<S, Axis> extends true ? never : Axis
/** `R`, if all of `Axes` are axes of `S`. */
type Within<S extends Shape, Axes extends number, R> = IfNone<Missing<S, Axes>, S, R>
type IfNone<Missing extends number, S extends Shape, R> = [Missing] extends [never]
  ? R
  : `axis ${Missing} is out of range for ${Show<S>}`

/**
 * `any`, if all of `Axes` are axes of `S`: for operations that keep the shape. Every shape but a scalar's has a first
 * and a last axis, so these hold for generic shapes too; scalars are left to the builder. `any` and not `true`, so that `Check` does
 * not take axes that are still to be inferred for good ones.
 */
export type OnAxes<S extends Shape, Axes extends number> = [Exclude<Axes, 0 | -1>] extends [never]
  ? any
  : number extends Axes
    ? any
    : Known<S, Within<S, Axes, any>>

/** `S` with another size along one axis; the first and the last are found beside a generic rest too. */
export type Along<S extends Shape, Axis extends number, Size extends Dim> = Known<
  S,
  Axis extends 0 | -1 ? AlongEnd<S, Axis, Size> : AlongEach<S, Axis, Size>
>
type AlongEnd<S extends Shape, Axis extends 0 | -1, Size extends Dim> = { s: S; axis: Axis } extends {
  s: [any, ...infer Rest extends any[]]
  axis: 0
}
  ? [Size, ...Rest]
  : { s: S; axis: Axis } extends { s: [...infer Head extends any[], any]; axis: -1 }
    ? [...Head, Size]
    : AlongEach<S, Axis, Size>
type AlongEach<S extends Shape, Axis extends number, Size extends Dim> = {
  [K in keyof S]: K extends `${Index<S, Axis>}` ? Size : S[K]
}

// New and dropped axes

/** A new axis of the given size before `Axis`; negative ones count from the end of the result. */
export type Insert<S extends Shape, Axis extends number, Size extends Dim = 1> = Axis extends 0
  ? [Size, ...S]
  : Axis extends -1
    ? [...S, Size]
    : Known<S, Open<S, Axis> extends true ? any : Within<[...S, 1], Axis, Spread<S, Index<[...S, 1], Axis>, [Size]>>>
/** `Part` before axis `Axis` of `S`. */
type Spread<
  S extends Shape,
  Axis extends number,
  Part extends Shape,
  Head extends Shape = [],
> = Head['length'] extends Axis
  ? [...Head, ...Part, ...S]
  : S extends [infer D extends Dim, ...infer Rest extends Shape]
    ? Spread<Rest, Axis, Part, [...Head, D]>
    : never

export type Squeeze<S extends Shape, Axis extends number> = Known<
  S,
  Open<S, Axis> extends true
    ? any
    : Within<
        S,
        Axis,
        Agree<S[Index<S, Axis> & keyof S], 1> extends true
          ? Reduce<S, Axis>
          : `cannot squeeze axis ${Axis} of ${Show<S>}: its size is not 1`
      >
>

/** `T`, if `S` broadcasts to it: told by identity where it can be, so also when generic. */
export type BroadcastTo<S extends Shape, T extends Shape> = 0 extends 1 & S
  ? T
  : { is: Exactly<Broadcast<S, T>> } extends { is: Exactly<T> }
    ? T
    : number extends S['length'] | T['length']
      ? T
      : Broadcast<S, T> extends infer R
        ? R extends string | T
          ? R extends string
            ? R
            : T
          : `cannot broadcast ${Show<S>} to ${Show<T>}`
        : never

/** `S` repeated as a whole; where there are more or fewer numbers than axes, the builder says what becomes. */
export type Tile<S extends Shape, Reps extends number[]> = Known<
  S,
  Reps['length'] extends S['length'] ? { [K in keyof S]: Times<S[K] & Dim, Reps[K & keyof Reps] & Dim> } : any
>
type Times<D extends Dim, N extends Dim> = N extends 1 ? D : Numel<[D, N]>
/** The smaller of two sizes. */
export type Lesser<M extends Dim, N extends Dim> =
  Same<M, N> extends true
    ? M
    : number extends M | N
      ? number
      : [M, N] extends [infer a extends number, infer b extends number]
        ? [Sub<a, b>] extends [never]
          ? a
          : b
        : number

/** Those of `N` that are not whole numbers from 1. */
type NoCount<N> = N extends number ? (`${N}` extends '0' | `-${string}` | `${string}.${string}` ? N : never) : never

// Parts

/** Axes that a rule is decided for: beside a size that is a type parameter, where `number` leaves it undecided. */
type Literal = -6 | -5 | -4 | -3 | -2 | -1 | 0 | 1 | 2 | 3 | 4 | 5
/** A position counted from the front of an axis of `Size`; `never` before its first element. */
type Place<I extends number, Size extends number> = `${I}` extends `-${infer N extends number}` ? Sub<Size, N> : I
/** `any`, as `OnAxes`, or that axis `Axis` of `S` has no element `I`. */
export type Has<S extends Shape, Axis extends number, I extends number> = Known<
  S,
  number extends I
    ? any
    : { axis: Axis; open: Unsaid<S[Index<S, Axis> & keyof S] & Dim> } extends { axis: Literal; open: never }
      ? any
      : S[Index<S, Axis> & keyof S] extends infer Size extends number
        ? number extends Size
          ? any
          : [Place<I, Size>] extends [never]
            ? NotThere<S, Axis, I, Size>
            : Compare<Place<I, Size>, Size> extends '<'
              ? any
              : NotThere<S, Axis, I, Size>
        : any
>
type NotThere<
  S extends Shape,
  Axis extends number,
  I extends number,
  Size extends number,
> = `index ${I} is out of range for axis ${Index<S, Axis>} of ${Show<S>}: it has elements 0 to ${Sub<Size, 1>}`
export type Split<S extends Shape, Parts extends number, Axis extends number> = Known<
  S,
  Open<S, Axis> extends true
    ? any
    : [NoCount<Parts>] extends [never]
      ? Within<
          S,
          Axis,
          { s: S; open: Unsaid<S[Index<S, Axis> & keyof S] & Dim> } extends { s: Ranks; open: never }
            ? Along<S, Axis, number>
            : Quotient<S[Index<S, Axis> & keyof S] & Dim, [Parts]> extends infer Each extends Dim
              ? Along<S, Axis, Each>
              : `cannot split axis ${Axis} of ${Show<S>} into ${Parts} equal parts`
        >
      : `cannot split axis ${Axis} of ${Show<S>} into ${Parts} equal parts`
>

/** Pairs of amounts, one per axis. */
export type Amounts = (readonly [low: number, high: number])[]
export type Pad<S extends Shape, P extends Amounts> = Known<
  S,
  number extends P['length'] | S['length']
    ? { [K in keyof S]: number }
    : P['length'] extends S['length']
      ? {
          [K in keyof S]: K extends keyof P
            ? P[K] extends readonly [infer L extends number, infer H extends number]
              ? AddDim<AddDim<S[K] & Dim, L>, H>
              : never
            : S[K]
        }
      : `pad takes one pair of amounts per axis of ${Show<S>}, got ${P['length']}`
>

/** As `Pad`, for the first axes. */
export type Extend<S extends Shape, P extends Amounts> = Known<
  S,
  number extends P['length'] | S['length']
    ? { [K in keyof S]: number }
    : Exclude<keyof P & `${number}`, keyof S> extends never
      ? {
          [K in keyof S]: K extends keyof P
            ? P[K] extends readonly [infer L extends number, infer H extends number]
              ? AddDim<AddDim<S[K] & Dim, L>, H>
              : S[K]
            : S[K]
        }
      : `extend takes at most one pair of amounts per axis of ${Show<S>}, got ${P['length']}`
>

/** The `K` largest along the last axis. */
export type Top<S extends Shape, K extends number> = Known<
  S,
  { s: S; open: Unsaid<S[Index<S, -1> & keyof S] & Dim> | Unsaid<K> } extends { s: Ranks; open: never }
    ? Along<S, -1, K>
    : number extends S['length'] | K
      ? Along<S, -1, K>
      : [Index<S, -1>] extends [never]
        ? 'topK takes a tensor of one axis or more, got a scalar'
        : [S[Index<S, -1> & keyof S], K] extends [infer Size extends number, infer Count extends number]
          ? [number, Size] extends [Size, number]
            ? Along<S, -1, K>
            : [Count, [Sub<Size, Count>]] extends [0, unknown] | [number, [never]]
              ? `topK takes k from 1 to ${Size}, the last size of ${Show<S>}, got ${K}`
              : Along<S, -1, K>
          : Along<S, -1, K>
>

// Reading at indices

/** The shape of an index whose axes other than `Axis` broadcast with those of `S`. */
export type Gather<S extends Shape, I extends Shape, Axis extends number> = {
  r: Known<
    S | I,
    Open<S, Axis> extends true
      ? I
      : Within<
          S,
          Axis,
          S['length'] extends I['length']
            ? Gathered<Broadcast<AlongEach<S, Axis, 1>, AlongEach<I, Axis, 1>>, I, Axis>
            : `gather: index ${Show<I>} must have the rank of ${Show<S>}`
        >
  >
} extends { r: infer R extends Shape | string }
  ? R
  : never
/** A shape `R` is told by not being a message, inside of an object: decided when sizes are generic. */
type Gathered<R, I extends Shape, Axis extends number> = { r: R } extends { r: string }
  ? R
  : { [K in keyof R]: K extends `${Index<I, Axis>}` ? I[Index<I, Axis> & keyof I] & Dim : R[K] }

/** `true`, if an index of elements of `S` has its sizes, or 1. */
export type Indexes<I extends Shape, S extends Shape> = Known<
  S | I,
  number extends S['length'] | I['length']
    ? true
    : [S['length'], BroadcastTo<I, S>] extends [I['length'], Shape]
      ? true
      : `index ${Show<I>} must have the sizes of ${Show<S>}, or 1`
>
/** `true`, if updates may be written into `S` along `Axis`: they differ there only. */
export type Written<U extends Shape, S extends Shape, Axis extends number> = Known<
  S | U,
  Open<S, Axis> extends true
    ? true
    : [Index<S, Axis>] extends [never]
      ? true
      : [S['length'], AgreeAlong<S, U, Exclude<keyof S, `${Index<S, Axis>}`>>] extends [U['length'], true]
        ? true
        : `updates ${Show<U>} and ${Show<S>} may differ along axis ${Axis} only`
>
type AgreeAlong<S extends Shape, U extends Shape, K> = K extends `${number}` & keyof S
  ? Agree<S[K], U[K & keyof U]>
  : never

/** `S` with `Axis` replaced by the axes of the index. */
export type Take<S extends Shape, I extends Shape, Axis extends number> = Known<
  S | I,
  { s: S; axis: Axis } extends { s: [any, ...infer Rest extends any[]]; axis: 0 }
    ? [...I, ...Rest]
    : Open<S, Axis> extends true
      ? any
      : Within<S, Axis, Replace<S, Index<S, Axis>, I>>
>
type Replace<S extends Shape, Axis extends number, Part extends Shape, Head extends Shape = []> = S extends [
  infer D extends Dim,
  ...infer Rest extends Shape,
]
  ? Head['length'] extends Axis
    ? [...Head, ...Part, ...Rest]
    : Replace<Rest, Axis, Part, [...Head, D]>
  : never
