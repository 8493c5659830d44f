/**
 * What `sequential` checks: a layer carries the number of features it takes and gives in a property that exists in
 * types only; a function without that property keeps the shape, whatever it is. The rules find the features that
 * reach each place of a chain and turn a layer that does not take them into the message that says so.
 */
import type { Meet } from './product.js'
import type { Dim, Exactly, Known, Shape, Show } from './shape.js'

export declare const features: unique symbol
/** Something that takes `I` features and gives `O`. */
export interface Features<out I = any, out O = any> {
  readonly [features]: [I, O]
}
declare const rows: unique symbol
/** Marks what takes features on the last axis, whatever stands before. */
export interface OfRows {
  readonly [rows]: true
}
declare const images: unique symbol
/** Marks what takes images: `[N, C, H, W]` instead of features on the last axis. */
export interface OfImages {
  readonly [images]: true
}
declare const sequences: unique symbol
/** Marks what takes sequences: `[N, C, T]`. */
export interface OfSequences {
  readonly [sequences]: true
}

declare const twinned: unique symbol
/** Says the type of a layer's twin, whose variables take no gradient. */
export interface Twinned<out T = any> {
  readonly [twinned]: T
}
export type TwinOf<M> = M extends Twinned<infer T> ? T : M

/**
 * What a layer from `I` to `O` features makes of `S`, or the sentence that the builder says. Sizes are told by identity, so in
 * generic code too; those that types do not know are left to the builder.
 */
export type Applied<S extends Shape, I extends Dim, O extends Dim> = Known<
  S,
  { s: S } extends { s: [...infer B extends any[], infer D extends Dim] }
    ? { size: Exactly<D> } extends { size: Exactly<I> | Exactly<number> | Exactly<Dim> }
      ? [...B, O]
      : number extends I
        ? [...B, O]
        : `input has ${D} features, layer expects ${I}`
    : number extends S['length']
      ? [...Dim[], O]
      : `input has no features, layer expects ${I}`
>

/** `true`, if `S` has `C` features along axis 1, or the sentence that the builder says. As `Applied`. */
export type OnChannels<S extends Shape, C extends Dim> = Known<
  S,
  { s: S } extends { s: [any, infer D extends Dim, ...any[]] }
    ? Meet<C, D, `input has ${D} features, layer expects ${C}`>
    : number extends S['length']
      ? true
      : `input has no features along axis 1, layer expects ${C}`
>

/** `true`, if `S` is `[N, T, I]`, or the sentence that the builder says, which begins with `Taken` where there are not three axes. */
export type OnSteps<S extends Shape, I extends Dim, Taken extends string> = Known<
  S,
  { s: S } extends { s: [any, any, infer D extends Dim] }
    ? Meet<I, D, `input has ${D} features, layer expects ${I}`>
    : number extends S['length']
      ? true
      : `${Taken} [N, ${Taken extends `${string}tokens` ? 'L' : 'T'}, ${I}], got ${Show<S>}`
>
/** `[N, T, O]`, of `[N, T, I]`. */
export type Steps<S extends Shape, O extends Dim> = { s: S } extends {
  s: [infer N extends Dim, infer T extends Dim, any]
}
  ? [N, T, O]
  : [Dim, Dim, O]

/** The features that leave `L`; `null` if nothing in it says. */
export type Out<L extends readonly unknown[]> = L extends readonly [...infer Rest, infer T]
  ? T extends Features<any, infer O>
    ? O
    : Out<Rest>
  : OfArray<L, 1>
/** The features that enter `L`; `null` if nothing in it says. */
export type In<L extends readonly unknown[]> = L extends readonly [infer T, ...infer Rest]
  ? T extends Features<infer I, any>
    ? I
    : In<Rest>
  : OfArray<L, 0>
/** Of an array of layers: what all of them take or give, `number` where they differ; `null` for no layers. */
type OfArray<L extends readonly unknown[], Side extends 0 | 1> = number extends L['length']
  ? Single<Extract<L[number], Features>[typeof features][Side]>
  : null
type Single<D, All = D> = D extends All ? ([All] extends [D] ? D : number) : never
/** The elements of `L` before the one with key `K`. */
export type Before<
  L extends readonly unknown[],
  K,
  Seen extends readonly unknown[] = [],
> = `${Seen['length']}` extends K
  ? Seen
  : L extends readonly [infer T, ...infer Rest]
    ? Before<Rest, K, [...Seen, T]>
    : Seen
/** `T`, or the message if it does not take the features `Given` to it. */
export type Fit<T, Given> =
  T extends Features<infer I, any>
    ? [Given] extends [null]
      ? T
      : number extends Given | I
        ? T
        : [Given] extends [I]
          ? T
          : `input has ${Given & Dim} features, layer expects ${I & Dim}`
    : T
