/**
 * Rules of a tensor that must fit another one: of its shape, with one label for each of its rows, as wide as it is. Sizes are told by
 * identity, so the rules hold in generic code; those that types do not know are left to the builder.
 */
import type { Meet } from './product.js'
import type { Dim, Exactly, Known, Shape, Show } from './shape.js'
import type { Gradient, Proved, Tensor } from './tensor.js'

/** `true`, if shape `B` is `A`, or may be as far as types know; otherwise the message. */
export type Fitting<A extends Shape, B extends Shape, Message extends string> = { s: Exactly<B> } extends {
  s: Exactly<A>
}
  ? true
  : Known<
      A | B,
      number extends A['length'] | B['length']
        ? true
        : B['length'] extends A['length']
          ? { sizes: { [K in keyof B]: Meet<A[K & keyof A] & Dim, B[K] & Dim, Message> } } extends { sizes: true[] }
            ? true
            : Message
          : Message
    >

/** `T`, a tensor of shape `B` beside one of shape `A` that the function `Name` compares with it element by element. */
export type Alike<Name extends string, A extends Shape, B extends Shape, T = Tensor<B, 'f32'>> = Proved<
  Fitting<A, B, `${Name} takes tensors of one shape, got ${Show<A>} and ${Show<B>}`>,
  T
>
/** The same of a target, through which no gradient may flow. */
export type Target<
  Name extends string,
  A extends Shape,
  B extends Shape,
  G extends Gradient,
  T = Tensor<B, 'f32', G>,
> = [G] extends ['stopped'] ? Alike<Name, A, B, T> : `${Name} takes a target without gradient: stopGradient of it`

/** Rows `[K, D]` without gradient that those of width `D` are compared with. */
export type Queue<Name extends string, D extends Dim, S extends Shape, G extends Gradient> = [G] extends ['stopped']
  ? Proved<Fitting<[any, D], S, `${Name} takes a queue [K, ${D}], got ${Show<S>}`>, Tensor<S, 'f32', G>>
  : `${Name} takes a queue without gradient: stopGradient of it`

/** `T`, a tensor of shape `L` with one number for each row of `X`, whose rows lie along `Rows`. */
export type PerRow<
  Name extends string,
  What extends 'label' | 'index',
  X extends Shape,
  Rows extends Shape,
  L extends Shape,
  T = Tensor<L, 'i32'>,
> = Proved<
  Fitting<
    Rows,
    L,
    `${Name} takes one ${What} per row of ${Show<X>}, got ${{ label: 'labels'; index: 'an index' }[What]} of shape ${Show<L>}`
  >,
  T
>

/** Between rows `[..., N, D]` and rows `S` `[..., M, D]`: `[..., N, M]`. */
export type Distances<B extends Shape, N extends Dim, D extends Dim, S extends Shape> = Known<
  S,
  { s: S } extends { s: [...infer C extends any[], infer M extends Dim, infer E extends Dim] }
    ? { r: Fitting<[...B, D], [...C, E], NotRows<[...B, N, D], S>> } extends { r: true }
      ? [...B, N, M]
      : NotRows<[...B, N, D], S>
    : number extends S['length']
      ? any
      : NotRows<[...B, N, D], S>
>
type NotRows<
  A extends Shape,
  S extends Shape,
> = `cdist takes [..., N, D] and [..., M, D], got ${Show<A>} and ${Show<S>}`
