/**
 * Contraction: the general dot product over any axes of two tensors, and the matrix products made of it. Its two
 * gradients are dot products again.
 */

import { type Axis, call } from '../graph/expression.js'
import { apply, checkList, checkTensors, shapeOf, type Tensor } from '../graph/node.js'
import { type Host, type Operation, operation } from '../graph/operation.js'
import { axisIndex, broadcast, numel, ShapeError, show, strides } from '../graph/shape.js'
import { strided } from '../graph/strided.js'
import type { Inner, Matmul } from '../types/product.js'
import type { Dim, Shape } from '../types/shape.js'
import type { DType, Gradient, Proved } from '../types/tensor.js'
import { mul } from './binary.js'
import { INTEGER, NUMBER, wrap } from './elementwise.js'
import { broadcastTo, permute, reshape } from './movement.js'
import { multiply, multiplyIntegers, product } from './product.js'

/** Pairs of axes, of `a` and of `b`: kept together (`batch`) or summed over (`contract`). */
export interface DotAxes {
  /** Axes that both have and the result keeps, first, in this order. */
  readonly batch: readonly [a: readonly number[], b: readonly number[]]
  /** Axes that are summed over, pair by pair. */
  readonly contract: readonly [a: readonly number[], b: readonly number[]]
}

/** The axes of a shape that are neither batch nor contracted, ascending. */
const freeAxes = (rank: number, batch: readonly number[], contract: readonly number[]): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter(axis => !batch.includes(axis) && !contract.includes(axis))

const dotDefinition: Operation = {
  name: 'dot',
  infer([a, b], { batch, contract }) {
    if (!NUMBER.includes(a!.dtype)) throw new ShapeError(`dot takes ${NUMBER.join(' or ')}, got ${a!.dtype}`)
    if (a!.dtype !== b!.dtype)
      throw new ShapeError(`dot takes operands of one dtype, got ${a!.dtype} and ${b!.dtype}: cast one of them`)
    for (const [left, right] of [batch, contract] as [number[], number[]][]) {
      if (left.length !== right.length)
        throw new ShapeError(`cannot contract: axes ${show(left)} and ${show(right)} do not pair up`)
      left.forEach((axis, i) => {
        const m = a!.shape[axisIndex(a!.shape, axis)]
        const n = b!.shape[axisIndex(b!.shape, right[i]!)]
        if (m !== n)
          throw new ShapeError(
            `cannot contract ${show(a!.shape)} with ${show(b!.shape)}: axis ${axis} is ${m}, axis ${right[i]} is ${n}`,
          )
      })
    }
    for (const side of [0, 1])
      if (new Set([...batch[side], ...contract[side]]).size !== batch[side].length + contract[side].length)
        throw new ShapeError(
          `cannot contract: an axis is named twice in ${show(batch[side])} and ${show(contract[side])}`,
        )
    const shape = [
      ...batch[0].map((axis: number) => a!.shape[axis]!),
      ...freeAxes(a!.shape.length, batch[0], contract[0]).map(axis => a!.shape[axis]!),
      ...freeAxes(b!.shape.length, batch[1], contract[1]).map(axis => b!.shape[axis]!),
    ]
    return { shape, dtype: a!.dtype }
  },
  vjp({ grad, operands: [a, b], attributes }) {
    const { batch, contract } = attributes as unknown as DotAxes
    const freeA = freeAxes(a!.shape.length, batch[0], contract[0])
    const freeB = freeAxes(b!.shape.length, batch[1], contract[1])
    const range = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i)
    const both = range(0, batch[0].length)
    const inA = range(both.length, freeA.length)
    const inB = range(both.length + freeA.length, freeB.length)
    // a: [batch, free of a, contracted in the order of b]; b: [batch, contracted in the order of a, free of b]
    const ascendingB = [...contract[1]].sort((x, y) => x - y)
    const ascendingA = [...contract[0]].sort((x, y) => x - y)
    const gradA = dotGeneral(grad, b!, { batch: [both, batch[1]], contract: [inB, freeB] })
    const gradB = dotGeneral(a!, grad, { batch: [batch[0], both], contract: [freeA, inA] })
    return [
      arrange(gradA, [...batch[0], ...freeA, ...ascendingB.map(axis => contract[0][contract[1].indexOf(axis)]!)]),
      arrange(gradB, [...batch[1], ...ascendingA.map(axis => contract[1][contract[0].indexOf(axis)]!), ...freeB]),
    ]
  },
  evaluate([a, b], attributes, { shape, dtype }) {
    const { batch, contract } = attributes as unknown as DotAxes
    const freeA = freeAxes(a!.shape.length, batch[0], contract[0])
    const freeB = freeAxes(b!.shape.length, batch[1], contract[1])
    const size = (host: Host, axes: readonly number[]) => axes.reduce((n, axis) => n * host.shape[axis]!, 1)
    const [count, rows, inner, columns] = [size(a!, batch[0]), size(a!, freeA), size(a!, contract[0]), size(b!, freeB)]
    const left = ordered(a!, [...batch[0], ...freeA, ...contract[0]])
    const right = ordered(b!, [...batch[1], ...contract[1], ...freeB])
    const out = new Float64Array(numel(shape))
    for (let i = 0; i < count; i++) {
      const x = left.subarray(i * rows * inner, (i + 1) * rows * inner)
      const y = right.subarray(i * columns * inner, (i + 1) * columns * inner)
      const z = out.subarray(i * rows * columns, (i + 1) * rows * columns)
      const times = INTEGER.includes(dtype) ? multiplyIntegers : multiply
      times(x, y, z, rows, inner, columns)
    }
    return out.map(x => wrap(x, dtype))
  },
  lower: {
    family: 'reduce',
    combine: 'sum',
    contraction: true,
    along: ({ attributes: { contract }, operands: [a] }) =>
      contract[0].map((axis: number, i: number): Axis => ({ name: `k${i}`, size: a!.shape[axis]! })),
    element(read, index, position, { attributes, operands, dtype }) {
      const { batch, contract } = attributes as unknown as DotAxes
      let next = batch[0].length
      const terms = operands.map((operand, side) => {
        const at = operand.shape.map((_, axis) => {
          const shared = batch[side]!.indexOf(axis)
          if (shared >= 0) return index[shared]!
          const summed = contract[side]!.indexOf(axis)
          return summed >= 0 ? position[summed]! : index[next++]!
        })
        return read(side, at)
      })
      return call(product, terms, dtype)
    },
  },
}
/**
 * The general contraction. Axes of the result: the batch axes, then the free axes of `a`, then those of `b`.
 * Throws `ShapeError` if paired axes differ in size.
 */
export const dotGeneral = operation(dotDefinition, (a: Tensor, b: Tensor, axes: DotAxes): Tensor<any, any, any> => {
  for (const which of ['batch', 'contract'] as const)
    checkList(`${which} of dotGeneral`, axes?.[which], '[[axis of a], [axis of b]]', 2)
  return apply(dotDefinition, [a, b], { batch: axes.batch, contract: axes.contract })
})

/** `x`, whose axis `i` should become axis `targets[i]`. */
function arrange(x: Tensor, targets: readonly number[]): Tensor {
  if (targets.every((axis, i) => axis === i)) return x
  return permute(x, targets.map((_, axis) => targets.indexOf(axis)) as never)
}

/** The elements of `x` with its axes in another order. */
function ordered(x: Host, order: readonly number[]): Float64Array {
  if (order.every((axis, i) => axis === i)) return x.data
  const own = strides(x.shape)
  return strided(
    x.data,
    order.map(axis => x.shape[axis]!),
    order.map(axis => own[axis]!),
  )
}

/** `a[..., K] · b[K, N]`: contracts the last axis of `a` with the first of `b`. */
export const dot = <
  B extends Shape,
  K extends Dim,
  N extends Dim,
  D extends DType,
  G extends Gradient,
  H extends Gradient,
>(
  a: Tensor<[...B, K], D, G>,
  b: Tensor<[NoInfer<K>, N], NoInfer<D>, H>,
): Tensor<[...B, N], D, G | H> => {
  if (shapeOf('dot', a).length < 1 || shapeOf('dot', b).length !== 2)
    throw new ShapeError(`dot takes [..., features] and [features, out], got ${show(a.shape)} and ${show(b.shape)}`)
  const last = a.shape.length - 1
  if (a.shape[last] !== b.shape[0])
    throw new ShapeError(`input has ${a.shape[last]} features, weight expects ${b.shape[0]}`)
  return dotGeneral(a, b, { batch: [[], []], contract: [[last], [0]] })
}

/** `a[..., M, K] · b[..., K, N]`, one product per leading index; leading axes broadcast. Throws `ShapeError`. */
export const matmul = <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient>(
  a: Tensor<A, D, G>,
  other: Proved<Matmul<A, B>, Tensor<B, NoInfer<D>, H>>,
): Tensor<Matmul<A, B>, D, G | H> => {
  const b = other as Tensor
  if (shapeOf('matmul', a).length < 2 || shapeOf('matmul', b).length < 2)
    throw new ShapeError(`matmul takes [..., m, k] and [..., k, n], got ${show(a.shape)} and ${show(b.shape)}`)
  const [m, k] = a.shape.slice(-2) as [number, number]
  const [expected, n] = b.shape.slice(-2) as [number, number]
  if (k !== expected)
    throw new ShapeError(`cannot matmul ${show(a.shape)} with ${show(b.shape)}: ${k} columns meet ${expected} rows`)
  if (b.shape.length === 2) return dotGeneral(a, b, { batch: [[], []], contract: [[a.shape.length - 1], [0]] })
  const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const spread = (x: Tensor, shape: number[]): Tensor => (x.shape.join() === shape.join() ? x : broadcastTo(x, shape))
  const axes = lead.map((_, axis) => axis)
  const contract = [[lead.length + 1], [lead.length]] as const
  return dotGeneral(spread(a, [...lead, m, k]), spread(b, [...lead, k, n]), { batch: [axes, axes], contract })
}

/**
 * `a[..., K] · b[..., K]`: contracts the last axes, so that every row of `a` meets every row of `b`: `[N, K]` and `[M, K]` give
 * `[N, M]`, what stands before the last axis of `a` and then of `b`. Throws `ShapeError`.
 */
export const inner = <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient>(
  a: Tensor<A, D, G>,
  other: Proved<Inner<A, B>, Tensor<B, NoInfer<D>, H>>,
): Tensor<Inner<A, B>, D, G | H> => {
  const b = other as Tensor
  const [k, expected] = [shapeOf('inner', a).at(-1), shapeOf('inner', b).at(-1)]
  if (k === undefined || k !== expected)
    throw new ShapeError(`inner takes [..., K] and [..., K], got ${show(a.shape)} and ${show(b.shape)}`)
  return dotGeneral(a, b, { batch: [[], []], contract: [[a.shape.length - 1], [b.shape.length - 1]] })
}

/** `out[i, j] = a[i] b[j]` */
export const outer = <M extends Dim, N extends Dim, D extends DType, G extends Gradient, H extends Gradient>(
  a: Tensor<[M], D, G>,
  b: Tensor<[N], NoInfer<D>, H>,
): Tensor<[M, N], D, G | H> => {
  checkTensors('outer', [a, b])
  if (a.shape.length !== 1 || b.shape.length !== 1)
    throw new ShapeError(`outer takes two vectors, got ${show(a.shape)} and ${show(b.shape)}`)
  return mul(reshape(a as Tensor, [-1, 1]), reshape(b as Tensor, [1, -1]) as never) as Tensor<any, any, any>
}
