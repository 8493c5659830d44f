/** Shape rules of matrix products. Sizes are compared by identity, so the rules hold for generic shapes too. */
import type { Broadcast, Dim, Exactly, Known, Shape, Show } from './shape.js'

/** `[..., M, K]` with `[..., K, N]`, or with `[K, N]`: `[..., M, N]`. */
export type Matmul<A extends Shape, B extends Shape> = Known<
  A | B,
  { a: A; b: B } extends {
    a: [...infer P extends Shape, infer M extends Dim, infer K extends Dim]
    b: [...infer Q extends Shape, infer L extends Dim, infer N extends Dim]
  }
    ? { size: Exactly<L> } extends { size: Exactly<K> | Exactly<number> | Exactly<Dim> }
      ? Led<P, Q, M, N>
      : number extends K
        ? Led<P, Q, M, N>
        : `cannot matmul ${Show<A>} with ${Show<B>}: ${K} columns meet ${L} rows`
    : number extends A['length'] | B['length']
      ? any
      : `matmul takes [..., m, k] and [..., k, n], got ${Show<A>} and ${Show<B>}`
>
/** `[..., K]` with `[..., K]`: all that stands before, of the first and then of the second. */
export type Inner<A extends Shape, B extends Shape> = Known<
  A | B,
  { a: A; b: B } extends {
    a: [...infer P extends any[], infer K extends Dim]
    b: [...infer Q extends any[], infer L extends Dim]
  }
    ? Meet<K, L, `inner takes [..., K] and [..., K], got ${Show<A>} and ${Show<B>}`> extends infer M
      ? M extends true
        ? [...P, ...Q]
        : M
      : never
    : number extends A['length'] | B['length']
      ? any
      : `inner takes [..., K] and [..., K], got ${Show<A>} and ${Show<B>}`
>
// Attention: queries [..., L, D], keys [..., M, D], values [..., M, E]

/** `true`, if keys have the features of queries. */
export type Keyed<Q extends Shape, K extends Shape> = Known<
  Q | K,
  { q: Q; k: K } extends {
    q: [...infer _P extends any[], any, infer D extends Dim]
    k: [...infer _R extends any[], any, infer E extends Dim]
  }
    ? Meet<D, E, `attention: queries ${Show<Q>} have ${D} features, keys ${Show<K>} have ${E}`>
    : Ends<Q, K>
>
/** `true`, if there is a value for each key. */
export type Valued<K extends Shape, V extends Shape> = Known<
  K | V,
  { k: K; v: V } extends {
    k: [...infer _P extends any[], infer M extends Dim, any]
    v: [...infer _R extends any[], infer N extends Dim, any]
  }
    ? Meet<M, N, `attention: ${Show<K>} are ${M} keys, ${Show<V>} are ${N} values`>
    : Ends<K, V>
>
/** `true`, or the message where the size `E` is not the size `D` that it meets; a size that types do not know is taken for it. */
export type Meet<D extends Dim, E extends Dim, Message> = { size: Exactly<E> } extends {
  size: Exactly<D> | Exactly<number> | Exactly<Dim>
}
  ? true
  : number extends D
    ? true
    : Message
type Ends<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? true
  : `attention takes [..., L, D], [..., M, D] and [..., M, E], got ${Show<A>} and ${Show<B>}`
/** `[..., L, M]` */
export type Scores<Q extends Shape, K extends Shape> = { q: Q; k: K } extends {
  q: [...infer P extends Shape, infer L extends Dim, any]
  k: [...any[], infer M extends Dim, any]
}
  ? [...P, L, M]
  : any
/** `[..., L, E]` */
export type Attended<Q extends Shape, V extends Shape> = { q: Q; v: V } extends {
  q: [...infer P extends Shape, infer L extends Dim, any]
  v: [...any[], any, infer E extends Dim]
}
  ? [...P, L, E]
  : any

/** Matrices `[M, N]` after what stood before their factors: the same, nothing before the second, or what broadcasts. */
type Led<P extends Shape, Q extends Shape, M extends Dim, N extends Dim> = { q: Exactly<Q> } extends {
  q: Exactly<P> | Exactly<[]>
}
  ? [...P, M, N]
  : Broadcast<P, Q> extends infer R
    ? R extends Shape
      ? [...R, M, N]
      : R
    : never
