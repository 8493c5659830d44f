/**
 * Indexing by tensors: reading at loaded indices (`gather`) and its adjoint, adding at loaded indices (`scatterAdd`).
 * The adjoint is a sum over the updates in their order, which kernels take update by update where there are many results
 * (`kernels/scatter.ts`), so its result does not depend on the order of threads. An index out
 * of range is clamped to the nearest element: on the device it must never leave the buffer, and the reference does
 * the same.
 */

import { type Axis, call, type Expression, equals, index as indexing, literal, select } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { apply, checkTensors, type Stopped, shapeOf, type Tensor } from '../graph/node.js'
import { type Operation, operation, type Type } from '../graph/operation.js'
import { convert, p } from '../graph/primitive.js'
import { axisIndex, broadcast, numel, ShapeError, show } from '../graph/shape.js'
import { boundShape } from '../graph/sizes.js'
import type { Along, Gather, Indexes, OnAxes, Take, Written } from '../types/axis.js'
import type { PerRow } from '../types/pair.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Check, DType, Gradient, Index } from '../types/tensor.js'
import { add, div, maximum, sub } from './binary.js'
import { cast, select as choose, equal, less } from './compare.js'
import { constant, iota } from './constant.js'
import { INTEGER, wrap } from './elementwise.js'
import { broadcastTo, reshape } from './movement.js'

/** A loaded index as a signed one within `0 .. size - 1`. */
function inside(loaded: Expression, size: number): Expression {
  // Words from 2^31 on are no negative numbers.
  if (loaded.dtype === 'u32') return convert(p.min(loaded, size - 1), 'i32')
  return call(indexing.clamp, [loaded, literal(size - 1)], 'i32')
}
const clampIndex = (x: number, size: number): number => Math.min(Math.max(x, 0), size - 1)

function checkIndex(name: string, index: Type, x: Type, axis: number): void {
  if (!INTEGER.includes(index.dtype))
    throw new ShapeError(`${name} takes an index of ${INTEGER.join(' or ')}, got ${index.dtype}: cast it`)
  const differs =
    index.shape.length !== x.shape.length || index.shape.some((size, i) => i !== axis && size !== x.shape[i])
  if (differs)
    throw new ShapeError(`${name}: index ${show(index.shape)} and ${show(x.shape)} may differ along axis ${axis} only`)
}

/** Calls `visit` with the position of each element of `index` and that of the element it names along `axis` of `shape`. */
function visitNamed(
  index: { shape: readonly number[]; data: Float64Array },
  shape: readonly number[],
  axis: number,
  visit: (at: number, named: number) => void,
): void {
  const inner = numel(index.shape.slice(axis + 1))
  const along = index.shape[axis]!
  const size = shape[axis]!
  for (let i = 0; i < index.data.length; i++) {
    const lead = Math.floor(i / (inner * along))
    visit(i, (lead * size + clampIndex(index.data[i]!, size)) * inner + (i % inner))
  }
}

const replaced = <T>(list: readonly T[], at: number, value: T): T[] => list.map((x, i) => (i === at ? value : x))

const gatherDefinition: Operation = {
  name: 'gather',
  infer([x, index], { axis }) {
    checkIndex('gather', index!, x!, axisIndex(x!.shape, axis))
    return { shape: index!.shape, dtype: x!.dtype }
  },
  vjp: ({ grad, operands: [x, index], attributes: { axis } }) => [
    apply(scatterAddDefinition, [index!, grad], { axis, size: x!.shape[axis]! }),
    null,
  ],
  evaluate([x, index], { axis }, { shape }) {
    const data = new Float64Array(numel(shape))
    visitNamed(index!, x!.shape, axis, (at, named) => (data[at] = x!.data[named]!))
    return data
  },
  lower: {
    family: 'map',
    element: (read, index, { operands: [x], attributes: { axis } }) =>
      read(0, replaced(index, axis, inside(read(1, index), x!.shape[axis]!))),
  },
}
/**
 * `out[i, j, k] = x[i, index[i, j, k], k]` for axis 1: `index` has the rank of `x`, and its other axes may be 1, which
 * repeats it. The result has the shape of `index` so repeated. Out-of-range indices are clamped. Throws `ShapeError`.
 */
export const gather = operation(
  gatherDefinition,
  <
    S extends Shape,
    I extends Shape,
    D extends DType,
    G extends Gradient,
    const A extends number,
    J extends DType = 'i32',
  >(
    x: Tensor<S, D, G>,
    index: Index<J, Tensor<I, J>>,
    axis: Check<Gather<S, I, A>, A>,
  ): Tensor<Gather<S, I, A>, D, G> => {
    const at = index as Tensor
    const along = axisIndex(shapeOf('gather', x), axis as number)
    if (x.shape.length !== at.shape.length)
      throw new ShapeError(`gather: index ${show(at.shape)} must have the rank of ${show(x.shape)}`)
    const others = broadcast(replaced(x.shape, along, 1), replaced(at.shape, along, 1))
    return apply(
      gatherDefinition,
      [spread(x, replaced(others, along, x.shape[along]!)), spread(at, replaced(others, along, at.shape[along]!))],
      { axis: along },
    )
  },
)

const scatterAddDefinition: Operation = {
  name: 'scatterAdd',
  infer([index, updates], { axis, size }) {
    checkIndex('scatterAdd', index!, updates!, axisIndex(updates!.shape, axis))
    if (index!.shape[axis] !== updates!.shape[axis])
      throw new ShapeError(`scatterAdd: index ${show(index!.shape)} and updates ${show(updates!.shape)} differ`)
    return { shape: replaced(updates!.shape, axis, size), dtype: updates!.dtype }
  },
  vjp: ({ grad, operands: [index], attributes: { axis } }) => [null, apply(gatherDefinition, [grad, index!], { axis })],
  evaluate([index, updates], { axis }, { shape, dtype }) {
    const data = new Float64Array(numel(shape))
    visitNamed(index!, shape, axis, (at, named) => (data[named] = wrap(data[named]! + updates!.data[at]!, dtype)))
    return data
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    along: ({ operands: [index], attributes: { axis } }): Axis[] => [{ name: 'j', size: index!.shape[axis]! }],
    element(read, index, [j], { attributes: { axis, size }, dtype }) {
      const at = replaced(index, axis, j!)
      return select(equals(inside(read(0, at), size), index[axis]!), read(1, at), literal(0, dtype))
    },
  },
}
/**
 * Zeros of length `size` along `axis`, plus `updates` added where `index` (of the same shape, or repeating along axes
 * of size 1) says: `out[i, index[i, j, k], k] += updates[i, j, k]`. The adjoint of `gather`; repeats accumulate. For
 * an index per row, `segmentSum`. Throws `ShapeError`.
 */
export const scatterAdd = operation(
  scatterAddDefinition,
  <
    S extends Shape,
    I extends Shape,
    D extends DType,
    G extends Gradient,
    const A extends number,
    const N extends Dim,
    J extends DType = 'i32',
  >(
    updates: Tensor<S, D, G>,
    index: Index<J, Check<Indexes<I, S>, Tensor<I, J>>>,
    axis: Check<OnAxes<S, A>, A>,
    size: N,
  ): Tensor<Along<S, A, N>, D, G> =>
    apply(scatterAddDefinition, [perElement('scatterAdd', index as Tensor, shapeOf('scatterAdd', updates)), updates], {
      axis: axisIndex(updates.shape, axis as number),
      size: boundShape([size])[0]!,
    }),
)

/** An index of the rank of the updates, repeated where its axes are 1. */
function perElement(name: string, index: Tensor, shape: readonly number[]): Tensor {
  checkTensors(name, [index])
  if (index.shape.length !== shape.length || index.shape.some((size, i) => size !== 1 && size !== shape[i]))
    throw new ShapeError(`index ${show(index.shape)} must have the sizes of ${show(shape)}, or 1`)
  return spread(index, shape)
}
const spread = (x: Tensor, shape: readonly number[]): Tensor =>
  x.shape.join() === shape.join() ? x : broadcastTo(x, [...shape])

/**
 * Sums of the rows of `x` `[N, ...]` that `index` `[N]` gives one number: `out[index[n]] += x[n]`, `[size, ...]`. The
 * adjoint of `take` along axis 0: messages added up per node, rows per group. Out-of-range indices are clamped.
 */
export const segmentSum = <
  N extends Dim,
  R extends Shape,
  L extends Shape,
  D extends DType,
  G extends Gradient,
  const K extends Dim,
  J extends DType = 'i32',
>(
  x: Tensor<[N, ...R], D, G>,
  index: Index<J, PerRow<'segmentSum', 'index', [N, ...R], [N], L, Tensor<L, J>>>,
  size: K,
): Tensor<[K, ...R], D, G> => {
  const column = reshape(
    perRow('segmentSum', x, index) as Tensor,
    x.shape.map((rows, axis) => (axis === 0 ? rows : 1)),
  )
  return scatterAdd(x as Tensor, column as Tensor<any, 'i32'>, 0, size) as Tensor<any, any, any>
}
/**
 * Means of the rows of `x` `[N, ...]` that `index` `[N]` gives one number, `[size, ...]`: 0 for numbers that no row has. As
 * `segmentSum`: neighbours averaged per node, rows per class.
 */
export const segmentMean = <
  N extends Dim,
  R extends Shape,
  L extends Shape,
  D extends 'f32' | 'f16',
  G extends Gradient,
  const K extends Dim,
  J extends DType = 'i32',
>(
  x: Tensor<[N, ...R], D, G>,
  index: Index<J, PerRow<'segmentMean', 'index', [N, ...R], [N], L, Tensor<L, J>>>,
  size: K,
): Tensor<[K, ...R], D, G> => {
  const at = perRow('segmentMean', x, index)
  if (!isFloat(x.dtype)) throw new ShapeError(`segmentMean takes f32 or f16, got ${x.dtype}: cast it`)
  const [rows, ...rest] = x.shape as [number, ...number[]]
  const each = constant(1, [rows, ...rest.map(() => 1)], x.dtype) as Tensor
  const count = segmentSum(each, at, size) as Tensor
  return div(segmentSum(x as Tensor, at, size) as Tensor, maximum(count, 1 as never)) as Tensor<any, any, any>
}
/** The index, one for each row of `x`. Throws `ShapeError` where it is not. */
function perRow(name: string, x: Tensor, given: unknown): Tensor<any, 'i32'> {
  checkTensors(name, [x, given])
  const index = given as Tensor<any, 'i32'>
  if (index.shape.length !== 1 || index.shape[0] !== x.shape[0])
    throw new ShapeError(
      `${name} takes one index per row of ${show(x.shape)}, got an index of shape ${show(index.shape)}`,
    )
  return index
}

/** `updates` written into a copy of `x` at `index` along `axis`, as in `scatterAdd`; where indices repeat, their sum. */
export const scatter = <
  S extends Shape,
  I extends Shape,
  U extends Shape,
  D extends DType,
  G extends Gradient,
  H extends Gradient,
  const A extends number,
  J extends DType = 'i32',
>(
  x: Tensor<S, D, G>,
  index: Index<J, Check<Indexes<I, U>, Tensor<I, J>>>,
  updates: Check<Written<U, S, A>, Tensor<U, NoInfer<D>, H>>,
  axis: Check<OnAxes<S, A>, A>,
): Tensor<S, D, G | H> => {
  const along = axisIndex(shapeOf('scatter', x), axis as number)
  const size = x.shape[along]!
  const [at, values] = [index as Tensor<any, 'i32'>, updates as Tensor]
  if (replaced(values.shape, along, size).join() !== x.shape.join())
    throw new ShapeError(`updates ${show(values.shape)} and ${show(x.shape)} may differ along axis ${axis} only`)
  const hits: Tensor = scatterAdd(constant(1, values.shape, 'i32') as Tensor, at, along, size)
  return choose(
    equal(hits, 0 as never) as Tensor<any, 'bool'>,
    x as Tensor,
    scatterAdd(values, at, along, size),
  ) as Tensor<any, any, any>
}

/** Slices of `x` at `index` (any rank) along `axis`: `x.shape` with that axis replaced by `index.shape`. */
export const take = <
  S extends Shape,
  I extends Shape,
  D extends DType,
  G extends Gradient,
  const A extends number = 0,
  J extends DType = 'i32',
>(
  x: Tensor<S, D, G>,
  index: Index<J, Tensor<I, J>>,
  axis: Check<Take<S, I, A>, A> = 0 as never,
): Tensor<Take<S, I, A>, D, G> => {
  checkTensors('take', [x, index])
  const along = axisIndex(x.shape, axis as number)
  const line = x.shape.map((_: number, i: number) => (i === along ? -1 : 1))
  const rows: Tensor = gather(x as Tensor, reshape(index as Tensor, line) as Tensor<any, 'i32'>, along)
  const shape = (index as Tensor).shape
  return reshape(rows, [...x.shape.slice(0, along), ...shape, ...x.shape.slice(along + 1)]) as Tensor<any, any, any>
}

/** Rows of `weight` `[V, D]` at `index` `[...B]`: `[...B, D]`. */
export const embedding = <
  V extends Dim,
  F extends Dim,
  B extends Shape,
  D extends DType,
  G extends Gradient,
  J extends DType = 'i32',
>(
  weight: Tensor<[V, F], D, G>,
  index: Index<J, Tensor<B, J>>,
): Tensor<[...B, F], D, G> => take(weight as Tensor, index, 0) as Tensor<any, any, any>

/** `out[..., c]` is 1 where `index[...]` is `c`, else 0. */
export const oneHot = <B extends Shape, const C extends number, D extends DType = 'f32'>(
  index: Tensor<B, 'i32'>,
  classes: C,
  dtype: D = 'f32' as D,
): Tensor<[...B, C], NoInfer<D>, 'stopped'> => {
  const column: Tensor = reshape(index as Tensor, [...shapeOf('oneHot', index), 1])
  return cast(equal(column, iota([classes], 0) as never) as Tensor, dtype) as Tensor<any, any, any>
}

/**
 * A copy of the ring `x` `[K, ...]` in which `rows` `[B, ...]` stand from row `start` on, continuing at row 0 after the
 * last: the queue of MoCo. `start` is an i32 scalar within `0 .. K - 1`. Throws `ShapeError` if `B > K`.
 */
export const updateRows = <S extends Shape, D extends DType, G extends Gradient, H extends Gradient>(
  x: Tensor<S, D, G>,
  start: Stopped<[], 'i32'>,
  rows: Tensor<any, NoInfer<D>, H>,
): Tensor<S, D, G | H> => {
  const [size, ...rest] = shapeOf('updateRows', x) as [number, ...number[]]
  const count = shapeOf('updateRows', rows)[0]!
  if (count > size || rest.join() !== rows.shape.slice(1).join())
    throw new ShapeError(
      `cannot write rows ${show(rows.shape)} into ${show(x.shape)}: at most ${size} rows of ${show(rest)} fit`,
    )
  const after: Tensor = sub(iota([size], 0), start as never)
  const offset: Tensor = choose(less(after, 0 as never) as Tensor<any, 'bool'>, add(after, size) as Tensor, after)
  const written: Tensor = reshape(less(offset, count as never) as Tensor, [size, ...rest.map(() => 1)])
  return choose(
    written as Tensor<any, 'bool'>,
    take(rows, offset as Tensor<any, 'i32'>, 0) as Tensor,
    x as Tensor,
  ) as Tensor<any, any, any>
}
