/** Strided copies on the host: what movement operations and reductions of the reference evaluation are made of. */
import { numel, strides } from './shape.js'

/** The elements `data[start + sum of index[axis] * step[axis]]` for every index of `shape`, row-major. */
export function strided(
  data: Float64Array,
  shape: readonly number[],
  step: readonly number[],
  start = 0,
): Float64Array {
  const out = new Float64Array(numel(shape))
  walk(shape, step, start, (to, from) => {
    out[to] = data[from]!
  })
  return out
}

/** The opposite: element `index` of `data`, which has `shape`, goes to `out[start + sum of index[axis] * step[axis]]`. */
export const scattered = (
  out: Float64Array,
  data: Float64Array,
  shape: readonly number[],
  step: readonly number[],
  start = 0,
): void =>
  walk(shape, step, start, (from, to) => {
    out[to] = data[from]!
  })

/** Calls `visit(row-major position, strided position)` for every index of `shape`. */
function walk(
  shape: readonly number[],
  step: readonly number[],
  start: number,
  visit: (position: number, at: number) => void,
) {
  const rank = shape.length
  if (rank === 0) return visit(0, start)
  const count = numel(shape)
  const inner = shape[rank - 1]!
  const innerStep = step[rank - 1]!
  const index = new Array<number>(rank).fill(0)
  let from = start
  for (let position = 0; position < count; ) {
    for (let k = 0, at = from; k < inner; k++, at += innerStep) visit(position++, at)
    // Counts up the outer axes like an odometer.
    for (let axis = rank - 2; axis >= 0; axis--) {
      from += step[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= shape[axis]! * step[axis]!
      index[axis] = 0
    }
  }
}

/** Steps that read a tensor of `shape` as if it were broadcast to `result`: axes of size 1, and missing ones, repeat. */
export function broadcastSteps(shape: readonly number[], result: readonly number[]): number[] {
  const own = strides(shape)
  const lead = result.length - shape.length
  return result.map((_, axis) => (axis < lead || shape[axis - lead] === 1 ? 0 : own[axis - lead]!))
}
