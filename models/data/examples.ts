/**
 * What sets of images, recordings and tables have in common: labelled examples in typed arrays, of which batches are
 * gathered and features computed by whatever names the arrays have.
 */
import { BadInput } from '../../runtime/errors.js'

/** Rows of equal length, one after the other, of bytes or floats. */
export type Rows = Uint8Array | Float32Array
/** Examples of one split: every array in it, `labels` among them, holds `count` rows. */
export interface Examples {
  /** The class of each example, from 0. */
  readonly labels: Uint8Array
  /** Number of examples. */
  readonly count: number
}
/** The arrays of a split, by name. */
export type Arrays<S extends Examples> = { readonly [K in keyof S as S[K] extends Rows ? K : never]: S[K] }

/** Data that cannot be used as asked; the message is a sentence for the user. */
export class DataError extends BadInput {
  override name = 'DataError'
}

const isRows = (value: unknown): value is Rows => value instanceof Uint8Array || value instanceof Float32Array
export const arraysOf = <S extends Examples>(split: S): Arrays<S> =>
  Object.fromEntries(Object.entries(split).filter(([, value]) => isRows(value))) as Arrays<S>

/** Room for `count` rows of every array of a split. */
export const emptyRows = <S extends Examples>(split: S, count: number): Arrays<S> =>
  Object.fromEntries(
    Object.entries<Rows>(arraysOf(split) as never).map(([name, rows]) => {
      const length = (rows.length / split.count) * count
      return [name, rows instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)]
    }),
  ) as Arrays<S>

/** Copies example `from` of a split to place `to` of arrays made by `emptyRows`. */
export function copyExample<S extends Examples>(split: S, from: number, arrays: Arrays<S>, to: number): void {
  for (const [name, rows] of Object.entries<Rows>(arraysOf(split) as never)) {
    const length = rows.length / split.count
    ;(arrays as Record<string, Rows>)[name]!.set(rows.subarray(from * length, (from + 1) * length), to * length)
  }
}

/** The first `train` and `test` examples of a set (all, if there are fewer). The rows are shared, not copied. */
export function take<T extends { readonly train: Examples; readonly test: Examples }>(
  set: T,
  train: number,
  test: number,
): T {
  const first = <S extends Examples>(split: S, n: number): S => {
    const count = Math.min(n, split.count)
    const rows = Object.entries<Rows>(arraysOf(split) as never).map(
      ([name, rows]) => [name, rows.subarray(0, (rows.length / split.count) * count)] as const,
    )
    return { ...split, ...Object.fromEntries(rows), count }
  }
  return { ...set, train: first(set.train, train), test: first(set.test, test) }
}

/** The examples of these numbers, in this order; the rows are copied. */
export function pickExamples<S extends Examples>(split: S, numbers: ArrayLike<number>): S {
  const arrays = emptyRows(split, numbers.length)
  for (let to = 0; to < numbers.length; to++) copyExample(split, numbers[to]!, arrays, to)
  return { ...split, ...arrays, count: numbers.length }
}
