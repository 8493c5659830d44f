/**
 * What sets of images, recordings and tables have in common: labelled examples in typed arrays, of which batches are
 * gathered and features computed by whatever names the arrays have.
 */
import { BadInput } from '../../runtime/errors.js'
import type { Generator } from './random.js'

/** Rows of equal length, one after the other, of bytes or floats. */
export type Rows = Uint8Array | Float32Array
/** Rows of bytes that are read when they are asked for: of sets that are larger than memory. */
export interface StreamedRows {
  /** Bytes of a row. */
  readonly row: number
  /** Puts the rows of these numbers one after the other into `into`. What cannot be read is a `DataError`. */
  readonly read: (numbers: ArrayLike<number>, into: Uint8Array) => Promise<void>
  /**
   * An order of the rows `0 .. count - 1` that is drawn, where not any order is as cheap as another: of files whose rows are
   * read in groups. Default: any.
   */
  readonly order?: (count: number, random: Generator) => Uint32Array
  /** What says that two such rows are the same, without reading them: names and sizes of their files. */
  readonly identity: string
}
/** Examples of one split: every array in it, `labels` among them, holds `count` rows. */
export interface Examples {
  /** The class of each example, from 0. */
  readonly labels: Uint8Array
  /** Number of examples. */
  readonly count: number
}
/** The arrays of a split in memory, by name. */
export type Arrays<S extends Examples> = {
  readonly [K in keyof S as S[K] extends Rows | StreamedRows ? K : never]: S[K] extends Float32Array
    ? Float32Array
    : Uint8Array
}

/** Data that cannot be used as asked; the message is a sentence for the user. */
export class DataError extends BadInput {
  override name = 'DataError'
}

const isRows = (value: unknown): value is Rows => value instanceof Uint8Array || value instanceof Float32Array
export const isStreamed = (value: unknown): value is StreamedRows =>
  typeof value === 'object' && value !== null && 'read' in value && 'row' in value
/** Of a batch, or of a split in memory. */
export const arraysOf = <S extends Examples>(split: S): Arrays<S> =>
  Object.fromEntries(Object.entries(split).filter(([, value]) => isRows(value))) as Arrays<S>
/** Arrays of a split, in memory or streamed. */
export const rowsOf = (split: Examples): [name: string, rows: Rows | StreamedRows][] =>
  Object.entries(split).filter(
    (entry): entry is [string, Rows | StreamedRows] => isRows(entry[1]) || isStreamed(entry[1]),
  )

/** Room for `count` rows of every array of a split. */
export const emptyRows = <S extends Examples>(split: S, count: number): Arrays<S> =>
  Object.fromEntries(
    rowsOf(split).map(([name, rows]) => {
      const length = (isStreamed(rows) ? rows.row : rows.length / split.count) * count
      return [name, rows instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)]
    }),
  ) as Arrays<S>

/** Puts the examples of these numbers one after the other into arrays made by `emptyRows`. */
export async function readExamples<S extends Examples>(
  split: S,
  numbers: ArrayLike<number>,
  arrays: Arrays<S>,
): Promise<void> {
  for (const [name, rows] of rowsOf(split)) {
    const into = (arrays as Record<string, Rows>)[name]!
    if (isStreamed(rows)) await rows.read(numbers, into as Uint8Array)
    else copyRows(rows, split.count, numbers, into)
  }
}
/** The examples of these numbers in memory, in this order. */
export async function gathered<S extends Examples>(split: S, numbers: ArrayLike<number>): Promise<Arrays<S>> {
  const arrays = emptyRows(split, numbers.length)
  await readExamples(split, numbers, arrays)
  return arrays
}
function copyRows(rows: Rows, count: number, numbers: ArrayLike<number>, into: Rows): void {
  const length = rows.length / count
  for (let to = 0; to < numbers.length; to++)
    into.set(rows.subarray(numbers[to]! * length, (numbers[to]! + 1) * length), to * length)
}

/** The first `train` and `test` examples of a set (all, if there are fewer). The rows are shared, not copied. */
export function take<T extends { readonly train: Examples; readonly test: Examples }>(
  set: T,
  train: number,
  test: number,
): T {
  const first = <S extends Examples>(split: S, n: number): S => {
    const count = Math.min(n, split.count)
    const rows = rowsOf(split).map(
      ([name, rows]) =>
        [name, isStreamed(rows) ? rows : rows.subarray(0, (rows.length / split.count) * count)] as const,
    )
    return { ...split, ...Object.fromEntries(rows), count }
  }
  return { ...set, train: first(set.train, train), test: first(set.test, test) }
}

/** The examples of these numbers, in this order; rows in memory are copied. */
export function pickExamples<S extends Examples>(split: S, numbers: ArrayLike<number>): S {
  const picked = rowsOf(split).map(([name, rows]) => {
    if (isStreamed(rows)) return [name, pickStreamed(rows, numbers)] as const
    const into = new (rows.constructor as new (length: number) => Rows)((rows.length / split.count) * numbers.length)
    copyRows(rows, split.count, numbers, into)
    return [name, into] as const
  })
  return { ...split, ...Object.fromEntries(picked), count: numbers.length }
}
const pickStreamed = ({ row, read, identity }: StreamedRows, chosen: ArrayLike<number>): StreamedRows => ({
  row,
  read: (numbers, into) =>
    read(
      Array.from(numbers, n => chosen[n]!),
      into,
    ),
  identity: `${identity}: ${Array.from(chosen).join()}`,
})
