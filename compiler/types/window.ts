/**
 * Shape rules of windows: convolutions with one, two and three spatial axes, their adjoints, pooling. A stride, padding or
 * dilation is a number for all axes or one per axis.
 */
import type { Add, DivMod, Mul, Sub } from './natural.js'
import type { Meet } from './product.js'
import type { Agree, Dim, Known, Numel, Quotient, Ranks, Same, Shape, Show, Unsaid } from './shape.js'

/** `R`, unless the types know nothing of `S`, or not how many axes it has: then the builder decides. */
type Ranked<S extends Shape, R> = 0 extends 1 & S ? any : number extends S['length'] ? any : R

/** One number for all spatial axes, or one per axis, first to last. */
export type Size = number | readonly number[]
export interface ConvOptions {
  /** Distance between windows. Default 1. */
  readonly stride?: Size
  /** Zeros on each side. Default 0. */
  readonly padding?: Size
  /** Distance between the elements of a window. Default 1. */
  readonly dilation?: Size
  /** Blocks of channels, each of which sees its own. Default 1. */
  readonly groups?: number
}
export type Option<O, K extends string, Default> = O extends { readonly [k in K]: infer V extends Size } ? V : Default
/** What `V` says about axis `I`. */
export type At<V, I> = V extends number
  ? V
  : V extends readonly number[]
    ? I extends keyof V
      ? V[I] & number
      : number
    : number
type ShowSize<V> = V extends number ? V : V extends readonly number[] ? Show<[...V]> : number

/**
 * floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1, or `null` if the kernel does not fit. A size that is a name, or a
 * type parameter of the shape `S`, is kept by windows that keep every size, and not known after others.
 */
export type Window<
  S extends Shape,
  Size extends Dim,
  Kernel extends Dim,
  Stride extends number,
  Padding extends number,
  Dilation extends number,
> = { s: S; open: Unsaid<Size> } extends { s: Ranks; open: never }
  ? Kept<Size, Kernel, Stride, Padding, Dilation>
  : [Size, Kernel] extends [infer N extends number, infer K extends number]
    ? number extends N | K | Stride | Padding | Dilation
      ? number
      : Sub<Add<N, Mul<2, Padding>>, Add<Mul<Dilation, Sub<K, 1>>, 1>> extends infer Span extends number
        ? [Span] extends [never]
          ? null
          : DivMod<Span, Stride> extends [infer Q extends number, number]
            ? Add<Q, 1>
            : never
        : never
    : Kept<Size, Kernel, Stride, Padding, Dilation>
/** `Size`, if windows of one stride see as much beyond the edges as they are longer than one element. */
type Kept<
  Size extends Dim,
  Kernel extends Dim,
  Stride extends number,
  Padding extends number,
  Dilation extends number,
> = [Kernel, Stride] extends [infer K extends number, 1]
  ? number extends K | Padding | Dilation
    ? number
    : Same<Mul<2, Padding>, Mul<Dilation, Sub<K, 1>>> extends true
      ? Size
      : number
  : number

/** The spatial axes of a convolution, and the words of its operands. */
interface Convolutions {
  conv1d: { axes: [Dim]; input: 'length' }
  conv2d: { axes: [Dim, Dim]; input: 'height, width' }
  conv3d: { axes: [Dim, Dim, Dim]; input: 'depth, height, width' }
}
export type Conv<X extends Shape, W extends Shape, O, Name extends keyof Convolutions> = Ranked<
  X | W,
  X extends [infer N extends Dim, infer C extends Dim, ...infer S extends Convolutions[Name]['axes']]
    ? W extends [infer F extends Dim, infer Cw extends Dim, ...infer K extends Convolutions[Name]['axes']]
      ? { size: Meet<Grouped<Cw, O>, C, 0> } extends { size: true }
        ? Windows<S, K, O> extends infer P extends Shape
          ? [N, F, ...P]
          : `kernel ${Show<K>} does not fit ${Show<S>} with padding ${ShowSize<Option<O, 'padding', 0>>}`
        : `input has ${C} channels, weight expects ${Grouped<Cw, O>}`
      : `${Name} weight must be [out, in, ${Convolutions[Name]['input']}], got ${Show<W>}`
    : `${Name} input must be [batch, channels, ${Convolutions[Name]['input']}], got ${Show<X>}`
>
/** The channels of all groups. */
type Grouped<C extends Dim, O> = Option<O, 'groups', 1> extends 1 ? C : Numel<[C, Option<O, 'groups', 1> & number]>
type Windows<S extends Shape, K extends Shape, O> = {
  [I in keyof S]: Window<
    S,
    S[I] & Dim,
    K[I & keyof K] & Dim,
    At<Option<O, 'stride', 1>, I>,
    At<Option<O, 'padding', 0>, I>,
    At<Option<O, 'dilation', 1>, I>
  >
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Added to the size of the result at the end. Default 0. */
  readonly outputPadding?: Size
}
/** (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1 */
type Grown<
  Size,
  Kernel,
  Stride extends number,
  Padding extends number,
  Dilation extends number,
  Extra extends number,
> = [Size, Kernel] extends [infer N extends number, infer K extends number]
  ? number extends N | K | Stride | Padding | Dilation | Extra
    ? number
    : Sub<Add<Add<Mul<Sub<N, 1>, Stride>, Mul<Dilation, Sub<K, 1>>>, Add<Extra, 1>>, Mul<2, Padding>>
  : number
/** The adjoint of `Conv`: `X` `[N, C, ...]` and `W` `[C, O/groups, ...]`. */
export type ConvTranspose<X extends Shape, W extends Shape, O, Rank extends 1 | 2> = Known<
  X | W,
  X extends [
    infer N extends Dim,
    infer C extends Dim,
    ...infer S extends [[Dim], [Dim, Dim]][[0, 0, 1][Rank] & (0 | 1)],
  ]
    ? W extends [infer Cw extends Dim, infer F extends Dim, ...infer K extends Shape]
      ? Agree<C, Cw> extends true
        ? [N, Numel<[F, Option<O, 'groups', 1> & number]>, ...GrownWindows<S, K, O>]
        : `input has ${C} channels, weight expects ${Cw}`
      : `convTranspose${Rank}d weight must have ${['', 'three', 'four'][Rank]} axes, got ${Show<W>}`
    : `convTranspose${Rank}d input must have ${['', 'three', 'four'][Rank]} axes, got ${Show<X>}`
>
type GrownWindows<S extends Shape, K extends Shape, O> = {
  [I in keyof S]: Grown<
    S[I],
    K[I & keyof K],
    At<Option<O, 'stride', 1>, I>,
    At<Option<O, 'padding', 0>, I>,
    At<Option<O, 'dilation', 1>, I>,
    At<Option<O, 'outputPadding', 0>, I>
  >
}

/** Windows of `S` `[H, W]` side by side: their stride is the kernel `K` where none is given. */
type Pooled<S extends Shape, K, O> = O extends { readonly ceil: true }
  ? [number, number]
  : {
      [I in keyof S]: Window<
        S,
        S[I] & Dim,
        At<K, I>,
        At<Option<O, 'stride', K>, I>,
        At<Option<O, 'padding', 0>, I>,
        At<Option<O, 'dilation', 1>, I>
      >
    }

export type Pool2d<S extends Shape, K, O> = Ranked<
  S,
  S extends [infer N extends Dim, infer C extends Dim, infer H extends Dim, infer W extends Dim]
    ? Pooled<[H, W], K, O> extends infer P extends Shape
      ? [N, C, ...P]
      : `window ${Show<[At<K, '0'>, At<K, '1'>]>} does not fit ${Show<[H, W]>}`
    : `pooling takes [batch, channels, height, width], got ${Show<S>}`
>

/** What windows of `K` see of images `X`, one column per place. */
export type Unfold<X extends Shape, K, O> = Known<
  X,
  X extends [infer N extends Dim, infer C extends Dim, ...infer S extends [Dim, Dim]]
    ? Windows<S, [At<K, '0'>, At<K, '1'>], O> extends infer P extends Shape
      ? [N, Numel<[C, At<K, '0'>, At<K, '1'>]>, Numel<P>]
      : `kernel ${Show<[At<K, '0'>, At<K, '1'>]>} does not fit ${Show<S>} with padding ${ShowSize<Option<O, 'padding', 0>>}`
    : `unfold takes tensors of 4 axes, got ${Show<X>}`
>
export type Fold<X extends Shape, S, K> = Known<
  X,
  X extends [infer N extends Dim, infer Rows extends Dim, Dim]
    ? [N, Quotient<Rows, [At<K, '0'>, At<K, '1'>]> extends infer C extends Dim ? C : number, At<S, '0'>, At<S, '1'>]
    : any
>

/** Images `X` `[N, C, H, W]` read at the places of `T` `[N, OH, OW, 2]`. */
export type Sampled<X extends Shape, T extends Shape> = Ranked<
  X | T,
  [X, T] extends [
    [infer N extends Dim, infer C extends Dim, Dim, Dim],
    [infer M extends Dim, infer H extends Dim, infer W extends Dim, infer Two extends Dim],
  ]
    ? [Agree<N, M>, Agree<Two, 2>] extends [true, true]
      ? [N, C, H, W]
      : NotSampled<X, T>
    : NotSampled<X, T>
>
type NotSampled<
  X extends Shape,
  T extends Shape,
> = `gridSample takes [N, C, H, W] and [N, OH, OW, 2], got ${Show<X>} and ${Show<T>}`
