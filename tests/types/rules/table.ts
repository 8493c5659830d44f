/**
 * How a row of a table is held to: by `tsc`, as the call of the real signature on the row's shapes, and by the builder,
 * which makes the same call. `out` is a shape, or the sentence with which editor and builder refuse the case.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inputOperation } from '../../../compiler/graph/graph.js'
import { apply, type Stopped, type Tensor, type Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { PatternError } from '../../../compiler/language/pattern.js'
import type { Shape } from '../../../compiler/types/shape.js'
import type { DType } from '../../../compiler/types/tensor.js'

/** A size that the types leave to the builder. */
export const some = Number.NaN as number

// Types

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Mutable<T> = T extends readonly unknown[] ? { -readonly [K in keyof T]: Mutable<T[K]> } : T
export type Of<C, K extends string> = C extends { readonly [k in K]: infer V } ? Mutable<V> : never
/** The shape, list of numbers or number that row `C` has under a name. */
export type ShapeOf<C, K extends string> = Of<C, K> extends infer S extends Shape ? S : []
export type NumbersOf<C, K extends string> = Of<C, K> extends infer S extends number[] ? S : []
export type NumberOf<C, K extends string> = Of<C, K> extends infer N extends number ? N : never

/** What a rule made of a row: a shape, or the sentence in place of a parameter. */
type Said<F> = F extends (...parameters: infer P) => infer R
  ? [Extract<P[number], `${string} ${string}`>] extends [never]
    ? Result<R> extends infer S
      ? S extends string
        ? { unrefused: S }
        : S
      : never
    : Extract<P[number], `${string} ${string}`>
  : F
/** The shape of a result, of its values, or of its first part. */
type Result<R> =
  R extends Tensor<infer S, any, any>
    ? S
    : R extends { values: Tensor<infer S, any, any> }
      ? S
      : R extends [Tensor<infer S, any, any>, ...unknown[]]
        ? S
        : never
type DTypeOf<F> = F extends (...parameters: any) => Tensor<any, infer D, any> ? D : never
/** For rules that are no types of their own but inference: `F`, or that it does not take `B` as its second operand. */
export type Takes<F, B extends Shape, D extends DType = 'f32'> = F extends (a: any, b: infer P, ...rest: any) => unknown
  ? Stopped<B, D> extends P
    ? F
    : 'refused'
  : never
type Expected<C> = C extends { inferred: true } ? 'refused' : Of<C, 'out'>
/** `never` if rule `F`, a function or a shape, gives what the row says; else the row. */
export type Failed<C, F> =
  Equal<Said<F>, Expected<C>> extends true
    ? C extends { dtype: infer D }
      ? Equal<DTypeOf<F>, D> extends true
        ? never
        : C
      : never
    : C

// Values. Names stand for different sizes, so that products and sums of them can be told apart.

const names: Record<string, number> = { batch: 12, n: 7, h: 10, w: 13 }
const sizeOf = (size: number | string): number =>
  typeof size === 'number'
    ? size
    : size
        .split('+')
        .map(term => term.split('*').reduce((product, factor) => product * (names[factor] ?? Number(factor)), 1))
        .reduce((a, b) => a + b)
type Sizes = readonly (number | string)[]
export const bound = (shape: Sizes): number[] => shape.map(sizeOf)
export const input = (shape: Sizes, dtype: DType = 'f32'): Untyped =>
  apply(inputOperation, [], { name: 'x', shape: bound(shape), dtype })

/** A row of any table, as its builder reads it. */
export interface Row {
  readonly rule: string
  /** Shapes of operands. */
  readonly a?: Sizes
  readonly b?: Sizes
  /** The result; `some` where the types leave a size to the builder. */
  readonly out: Sizes | string
  /** What the builder makes of it, where the types leave that to it or say it in other words. */
  readonly built?: Sizes | string
  /** The editor refuses the case in TypeScript's own words: an operand has another shape than the first one asks for. */
  readonly inferred?: true
  readonly dtype?: DType
}

/** The operations that built the good rows, and the names of all rules. */
export const covered = new Set<string>()

/** Builds every row; one rule may stand for several operations of one signature. */
export function check<R extends Row>(
  cases: readonly Row[],
  build: Record<R['rule'], (row: any) => Untyped | readonly Untyped[]>,
): void {
  for (const row of cases) {
    const { rule, dtype } = row
    const expected = row.built ?? row.out
    const make = () => [build[rule as R['rule']](row)].flat() as Untyped[]
    covered.add(rule)
    if (typeof expected !== 'string') for (const node of make()) covered.add(node.operation.name)
    test(JSON.stringify(row), () => {
      if (typeof expected !== 'string') {
        for (const node of make()) {
          const shape = node.shape.map((size, axis) => (Number.isNaN(expected[axis]) ? Number.NaN : size))
          assert.equal(shape, bound(expected), node.operation.name)
          if (dtype) assert.is(node.dtype, dtype)
        }
        return
      }
      try {
        make()
      } catch (error) {
        assert.instance(error, ShapeError)
        const message = error instanceof PatternError ? error.reason : (error as Error).message
        // The builder knows sizes where the editor knows names.
        if (!/[a-z]/.test(JSON.stringify([row.a, row.b]))) assert.is(message, expected)
        return
      }
      assert.unreachable(`built, but should say: ${expected}`)
    })
  }
}
