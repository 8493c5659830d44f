/**
 * Running sums and order along an axis. In a running sum each element looks at all others of its row; the sums of longer rows are
 * taken in blocks. Sorting is stable and takes n log n.
 */

import { type Axis, less, literal, plus, select } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { apply, checkTensors, type Stopped, shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { checkOptions } from '../graph/options.js'
import { p } from '../graph/primitive.js'
import { axisIndex, numel, ShapeError } from '../graph/shape.js'
import type { OnAxes } from '../types/axis.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { add } from './binary.js'
import { orderKey } from './compare.js'
import { iota } from './constant.js'
import { INTEGER, NUMBER, wrap } from './elementwise.js'
import { gather, scatterAdd } from './gather.js'
import { reshape } from './movement.js'
import { pad } from './pad.js'
import { sum } from './reduce.js'
import { slice } from './slice.js'
import { neg } from './unary.js'

const replaced = <T>(list: readonly T[], at: number, value: T): T[] => list.map((x, i) => (i === at ? value : x))
const alongAxis = ({ operands: [x], attributes: { axis } }: Tensor): Axis[] => [{ name: 'j', size: x!.shape[axis]! }]

/** Calls `visit` with the positions of the elements of each row along `axis`, first to last. */
function visitRows(shape: readonly number[], axis: number, visit: (row: number[]) => void): void {
  const inner = numel(shape.slice(axis + 1))
  const along = shape[axis]!
  for (let i = 0; i < numel(shape) / along; i++) {
    const start = Math.floor(i / inner) * inner * along + (i % inner)
    visit(Array.from({ length: along }, (_, j) => start + j * inner))
  }
}

const cumsumDefinition: Operation = {
  name: 'cumsum',
  infer([x], { axis }) {
    if (!NUMBER.includes(x!.dtype)) throw new ShapeError(`cumsum takes ${NUMBER.join(' or ')}, got ${x!.dtype}`)
    axisIndex(x!.shape, axis)
    return { shape: x!.shape, dtype: x!.dtype }
  },
  vjp: ({ grad, attributes }) => [apply(cumsumDefinition, [grad], { ...attributes, reverse: !attributes.reverse })],
  evaluate([x], { axis, reverse, exclusive }, { shape, dtype }) {
    const data = new Float64Array(numel(shape))
    visitRows(shape, axis, row => {
      let total = 0
      for (const at of reverse ? row.reverse() : row) {
        const before = total
        total = wrap(total + x!.data[at]!, dtype)
        data[at] = exclusive ? before : total
      }
    })
    return data
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    along: alongAxis,
    element(read, index, [j], { attributes: { axis, reverse, exclusive }, dtype }) {
      const i = index[axis]!
      const [first, second] = reverse ? [i, j!] : [j!, i]
      const counts = less(first, exclusive ? second : plus(second, 1))
      return select(counts, read(0, replaced(index, axis, j!)), literal(0, dtype))
    },
  },
}
/** Running sum along `axis`, from the end if `reverse`, without the element itself if `exclusive`. */
export const cumsum = operation(
  cumsumDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const A extends number>(
    x: Tensor<S, D, G>,
    axis: Check<OnAxes<S, A>, A>,
    options: { reverse?: boolean; exclusive?: boolean } = {},
  ): Tensor<S, D, G> => {
    checkOptions('cumsum', options, ['reverse', 'exclusive'])
    const { reverse = false, exclusive = false } = options
    const along = axisIndex(shapeOf('cumsum', x), axis as number)
    if (x.shape[along]! > LONG) return inBlocks(x as Untyped, along, reverse, exclusive)
    return apply(cumsumDefinition, [x], { axis: along, reverse, exclusive })
  },
)
const LONG = 512

/** The running sums of about sqrt(n) blocks, each plus the sum of the blocks before it. */
function inBlocks(x: Untyped, axis: number, reverse: boolean, exclusive: boolean): Untyped {
  const size = x.shape[axis]!
  const length = Math.ceil(Math.sqrt(size))
  const count = Math.ceil(size / length)
  const amounts = x.shape.map((_, i): [number, number] => (i === axis ? [0, count * length - size] : [0, 0]))
  const blocks: Untyped = reshape(pad(x, amounts), [
    ...x.shape.slice(0, axis),
    count,
    length,
    ...x.shape.slice(axis + 1),
  ])
  const before: Untyped = cumsum(sum(blocks, axis + 1, { keepdims: true }) as Untyped, axis, {
    reverse,
    exclusive: true,
  })
  const sums: Untyped = add(cumsum(blocks, axis + 1, { reverse, exclusive }), before)
  const padded = x.shape.map((n, i) => (i === axis ? count * length : n))
  return slice(reshape(sums, padded) as Untyped, axis, 0, size) as Untyped
}

const argsortDefinition: Operation = {
  name: 'argsort',
  infer([x], { axis, count }) {
    if (!INTEGER.includes(x!.dtype)) throw new ShapeError(`argsort takes ${NUMBER.join(' or ')}, got ${x!.dtype}`)
    const size = x!.shape[axisIndex(x!.shape, axis)]!
    if (!(Number.isInteger(count) && count >= 1 && count <= size))
      throw new ShapeError(`argsort gives 1 to ${size} positions along axis ${axis}, not ${count}`)
    return { shape: replaced(x!.shape, axis, count), dtype: 'i32' }
  },
  vjp: () => [null],
  evaluate([x], { axis, descending, count }, { shape }) {
    const data = new Float64Array(numel(shape))
    const sign = descending ? -1 : 1
    const rows: number[][] = []
    visitRows(x!.shape, axis, row => {
      const order = [...row.keys()].sort((a, b) => sign * (x!.data[row[a]!]! - x!.data[row[b]!]!) || a - b)
      rows.push(order.slice(0, count))
    })
    let next = 0
    visitRows(shape, axis, row => {
      const order = rows[next++]!
      for (const [i, at] of row.entries()) data[at] = order[i]!
    })
    return data
  },
  lower: {
    family: 'order',
    axis: ({ attributes }) => attributes.axis,
    key(read, index, { operands: [x], attributes: { descending } }) {
      const own = read(0, index)
      return descending ? p.xor(own, x!.dtype === 'i32' ? -1 : 2 ** 32 - 1) : own
    },
  },
}
/** What `argsort` puts in order: integers themselves, floats by keys that have NaN last either way. */
function sortKeys(x: Untyped, descending: boolean): [keys: Untyped, descending: boolean] {
  checkTensors('sort', [x])
  if (!isFloat(x.dtype)) return [x, descending]
  return [orderKey((descending ? neg(x) : x) as Untyped), false]
}
/** Where the first `count` elements of each row stand, once that is in order: the first on ties, NaN last. */
export function firstInOrder(x: Untyped, axis: number, count: number, descending: boolean): Untyped {
  const [keys, down] = sortKeys(x, descending)
  return apply(argsortDefinition, [keys], { axis, descending: down, count })
}

/**
 * Indices that sort `x` along `axis` (i32), stable: equal elements keep their order. NaN comes last, ascending or descending.
 * Work grows as n log n.
 */
export const argsort = operation(
  argsortDefinition,
  <S extends Shape, const A extends number = -1>(
    x: Tensor<S>,
    axis: Check<OnAxes<S, A>, A> = -1 as never,
    options: { descending?: boolean } = {},
  ): Stopped<S, 'i32'> => {
    checkOptions('argsort', options, ['descending'])
    const along = axisIndex(shapeOf('argsort', x), axis as number)
    return firstInOrder(x as Untyped, along, x.shape[along]!, options.descending ?? false) as Stopped<any, 'i32'>
  },
)

/** The position that each element of `x` has in its row once that is sorted along `axis` (i32), NaN last: the inverse of `argsort`. */
export const sortRank = <S extends Shape, const A extends number>(
  x: Tensor<S>,
  axis: Check<OnAxes<S, A>, A>,
  options: { descending?: boolean } = {},
): Stopped<S, 'i32'> => {
  checkOptions('sortRank', options, ['descending'])
  const along = axisIndex(shapeOf('sortRank', x), axis as number)
  const counter: Untyped = iota([...x.shape], along)
  return scatterAdd(counter, argsort(x as Untyped, along, options), along, x.shape[along]!) as Stopped<any, 'i32'>
}

/** `x` sorted along `axis`, and where its elements stood; the gradient follows the permutation. */
export const sort = <S extends Shape, D extends DType, G extends Gradient, const A extends number = -1>(
  x: Tensor<S, D, G>,
  axis: Check<OnAxes<S, A>, A> = -1 as never,
  options: { descending?: boolean } = {},
): { values: Tensor<S, D, G>; indices: Stopped<S, 'i32'> } => {
  checkOptions('sort', options, ['descending'])
  checkTensors('sort', [x])
  const indices: Untyped = argsort(x as Untyped, axis as number, options)
  return { values: gather(x as Untyped, indices, axis as number), indices }
}
