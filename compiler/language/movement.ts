/** Movement composed of operations: padding by what is there, tiling, triangles and diagonals of matrices. */
import { checkList, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { axisIndex, checkAtLeast, ShapeError, show } from '../graph/shape.js'
import { sub } from '../ops/binary.js'
import { greaterEqual, lessEqual, select } from '../ops/compare.js'
import { concatAll } from '../ops/concat.js'
import { iota } from '../ops/constant.js'
import { flip } from '../ops/flip.js'
import { broadcastTo, reshape } from '../ops/movement.js'
import { slice } from '../ops/slice.js'
import type { Along, Amounts, Extend, Has, Lesser, OnAxes, Tile } from '../types/axis.js'
import type { Dim, Index, Numel, Reduce, Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'

/** What stands beyond the edges: the image mirrored at its outermost element, that element, or the opposite side. */
export type Extension = 'reflect' | 'edge' | 'circular'

/**
 * `low` and `high` elements before and after each axis, continued from `x` itself. `reflect` does not repeat the edge
 * and takes at most size - 1 elements, `circular` at most size. Axes without a pair stay as they are. Throws `ShapeError`.
 */
export const extend = <S extends Shape, D extends DType, G extends Gradient, const P extends Amounts>(
  x: Tensor<S, D, G>,
  amounts: Check<Extend<S, P>, P>,
  mode: Extension,
): Tensor<Extend<S, P>, D, G> => {
  const pairs = amounts as Amounts
  checkList('extend', pairs, '[[low, high]]')
  if (pairs.length > shapeOf('extend', x).length)
    throw new ShapeError(`extend takes at most one pair of amounts per axis of ${show(x.shape)}, got ${pairs.length}`)
  for (const pair of pairs) checkList('an axis of extend', pair, '[low, high]', 2)
  return pairs.reduce((y: Untyped, pair, axis) => extendAxis(y, pair, axis, mode), x as Untyped)
}

function extendAxis(x: Untyped, [low, high]: readonly [number, number], axis: number, mode: Extension): Untyped {
  const size = x.shape[axis]!
  const most = mode === 'reflect' ? size - 1 : mode === 'circular' ? size : Number.POSITIVE_INFINITY
  for (const amount of [low, high])
    if (!(Number.isInteger(amount) && amount >= 0 && amount <= most))
      throw new ShapeError(`cannot extend axis ${axis} of ${show(x.shape)} by ${amount}: ${mode} takes 0 to ${most}`)
  const part = (from: number, to: number): Untyped => slice(x, axis, from, to)
  const repeated = (at: number, count: number): Untyped =>
    broadcastTo(
      part(at, at + 1),
      x.shape.map((n, i) => (i === axis ? count : n)),
    )
  const sides = {
    reflect: [() => flip(part(1, low + 1), axis), () => flip(part(size - 1 - high, size - 1), axis)],
    edge: [() => repeated(0, low), () => repeated(size - 1, high)],
    circular: [() => part(size - low, size), () => part(0, high)],
  }[mode] as [() => Untyped, () => Untyped]
  const parts = [...(low ? [sides[0]()] : []), x, ...(high ? [sides[1]()] : [])]
  return parts.length === 1 ? x : concatAll(parts, axis)
}

/** The whole tensor repeated `reps[i]` times along axis `i`; missing leading axes are added. */
export const tile = <S extends Shape, D extends DType, G extends Gradient, const R extends number[]>(
  x: Tensor<S, D, G>,
  reps: R,
): Tensor<Tile<S, R>, D, G> => {
  checkList('tile', reps, '[2, 1]')
  for (const count of reps) checkAtLeast('tile', 'each count', count, 1)
  const rank = Math.max(reps.length, shapeOf('tile', x).length)
  const shape = [...Array(rank - x.shape.length).fill(1), ...x.shape]
  const times: number[] = [...Array(rank - reps.length).fill(1), ...reps]
  const spread: Untyped = broadcastTo(
    reshape(
      x as Untyped,
      shape.flatMap(n => [1, n]),
    ),
    shape.flatMap((n, axis) => [times[axis]!, n]),
  )
  return reshape(
    spread,
    shape.map((n, axis) => n * times[axis]!),
  ) as Untyped
}

/** Each element repeated `count` times along `axis`. */
export const repeat = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const N extends number,
  const A extends number,
>(
  x: Tensor<S, D, G>,
  count: N,
  axis: Check<OnAxes<S, A>, A>,
): Tensor<Along<S, A, Numel<[S[Index<S, A> & keyof S] & Dim, N]>>, D, G> => {
  const at = axisIndex(shapeOf('repeat', x), axis as number)
  const [before, after] = [x.shape.slice(0, at + 1), x.shape.slice(at + 1)]
  const spread: Untyped = broadcastTo(reshape(x as Untyped, [...before, 1, ...after]), [...before, count, ...after])
  return reshape(spread, [...x.shape.slice(0, at), x.shape[at]! * count, ...after]) as Untyped
}

/** Element `position` along `axis`, which disappears: `index(x, 1, t)` is `x[:, t]`. Negative positions count from the end. */
export const index = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const A extends number,
  const I extends number,
>(
  x: Tensor<S, D, G>,
  axis: Check<OnAxes<S, A>, A>,
  position: Check<Has<S, A, I>, I>,
): Tensor<Reduce<S, A>, D, G> => {
  const at = position as number
  const along = axisIndex(shapeOf('index', x), axis as number)
  const size = x.shape[along]!
  if (!(Number.isInteger(at) && at >= -size && at < size))
    throw new ShapeError(
      `index ${at} is out of range for axis ${along} of ${show(x.shape)}: it has elements 0 to ${size - 1}`,
    )
  const from = at < 0 ? at + size : at
  const part: Untyped = slice(x as Untyped, along, from, from + 1)
  return reshape(
    part,
    x.shape.filter((_, i) => i !== along),
  ) as Untyped
}

/** Column minus row of each element of the matrices in `x`. */
function offsets(name: string, x: Tensor): Untyped {
  if (shapeOf(name, x).length < 2) throw new ShapeError(`${name} takes matrices [..., M, N], got ${show(x.shape)}`)
  const [rows, columns] = x.shape.slice(-2) as [number, number]
  return sub(iota([rows, columns], 1), iota([rows, columns], 0)) as Untyped
}
/** The elements of matrices `[..., M, N]` on and above diagonal `k` (0 is the main one, 1 the one above it); 0 elsewhere. */
export const upperTriangle = <S extends Shape, D extends DType, G extends Gradient>(
  x: Tensor<S, D, G>,
  k = 0,
): Tensor<S, D, G> =>
  select(greaterEqual(offsets('upperTriangle', x), k) as Tensor<any, 'bool'>, x as Untyped, 0) as Untyped
/** The elements of matrices `[..., M, N]` on and below diagonal `k`; 0 elsewhere. */
export const lowerTriangle = <S extends Shape, D extends DType, G extends Gradient>(
  x: Tensor<S, D, G>,
  k = 0,
): Tensor<S, D, G> =>
  select(lessEqual(offsets('lowerTriangle', x), k) as Tensor<any, 'bool'>, x as Untyped, 0) as Untyped

/** The main diagonal of matrices `[..., M, N]`: in row-major order, every `N + 1`-th element. */
export const diagonal = <B extends Shape, M extends Dim, N extends Dim, D extends DType, G extends Gradient>(
  x: Tensor<[...B, M, N], D, G>,
): Tensor<[...B, Lesser<M, N>], D, G> => {
  const shape: number[] = shapeOf('diagonal', x)
  if (shape.length < 2) throw new ShapeError(`diagonal takes matrices, got ${show(shape)}`)
  const [rows, columns] = shape.slice(-2) as [number, number]
  const size = Math.min(rows, columns)
  const flat = reshape(x as Untyped, [...shape.slice(0, -2), rows * columns])
  return slice(flat as Untyped, -1, 0, (size - 1) * (columns + 1) + 1, columns + 1) as Untyped
}
