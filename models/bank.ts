/** A store of the latest rows of features: keys that queries are told apart from, candidates for nearest neighbours. */
import type { Stopped } from '../compiler/graph/node.js'
import { ShapeError } from '../compiler/graph/shape.js'
import { normalize } from '../compiler/language/math.js'
import { type Builder, latest, update } from '../compiler/language/module.js'
import { normal } from '../compiler/language/random.js'
import { add, constant, rem, stopGradient, updateRows } from '../compiler/ops/index.js'
import type { Dim } from '../compiler/types/shape.js'
import type { Matrix } from './tensors.js'

export interface Bank {
  /** Rows `[size, width]` as they were before this step. */
  rows(width: number): Stopped<[Dim, number]>
  /** From the next step on, unit `rows` `[N, width]` are there in place of the oldest. */
  push(rows: Matrix): void
}

/**
 * A bank of `size` unit rows, random directions at first, as states `queue` `[size, width]` and `pointer` of the module of
 * `builder`. The queue is declared when the width is known. `suffix`: of both names, where there are several. Throws
 * `ShapeError` where rows do not fit.
 */
export function bankOf(owner: string, { state }: Pick<Builder, 'state'>, size: number, suffix = ''): Bank {
  if (!(Number.isInteger(size) && size > 0))
    throw new ShapeError(`${owner}: queue must be a number of keys, got ${size}`)
  const pointer = state(`pointer${suffix}`, [], () => constant(0, [], 'i32'), 'i32')
  let queue: Stopped<[number, number]> | undefined
  const rows = (width: number) => (queue ??= state(`queue${suffix}`, [size, width], shape => normalize(normal(shape))))
  return {
    rows,
    push(given) {
      const [count, width] = given.shape as [number, number]
      if (count > size)
        throw new ShapeError(
          `${owner}: a queue of ${size} keys cannot hold the ${count} of one step: use a queue of ${count} or more, or smaller batches`,
        )
      const at = latest(pointer)
      update(rows(width), updateRows(latest(rows(width)), at, normalize(stopGradient(given))))
      update(pointer, rem(add(at, count), size))
    },
  }
}
