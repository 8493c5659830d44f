/**
 * Values that are sharded over ranks: which part of a value a rank has, and along which axes the rows of a node's result and
 * of its operands go together.
 */
import { type Axis, axisOf, type Expression, walk } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { type Attributes, elementAt } from '../graph/operation.js'
import { numel } from '../graph/shape.js'

/** An axis is `pieces` equal parts, one after the other, and of each a rank has the block of its number. */
export interface Shard {
  readonly axis: number
  readonly pieces: number
}

/** The size of a rank's block, or `undefined` if they do not come out even. */
export function blockOf(shape: readonly number[], { axis, pieces }: Shard, ranks: number): number | undefined {
  const size = shape[axis]! / (pieces * ranks)
  return Number.isInteger(size) ? size : undefined
}
/** The shape of a rank's part. */
export const partOf = (shape: readonly number[], { axis }: Shard, ranks: number): number[] =>
  shape.map((size, i) => (i === axis ? size / ranks : size))

/**
 * How the elements of a value sharded so stand under another shape, if that can be said: in row-major order, both are
 * `outer` times the ranks' blocks.
 */
export function reshaped(
  shape: readonly number[],
  shard: Shard,
  target: readonly number[],
  ranks: number,
): Shard | undefined {
  const outer = numel(shape.slice(0, shard.axis)) * shard.pieces
  for (const axis of target.keys()) {
    const pieces = outer / numel(target.slice(0, axis))
    if (!Number.isInteger(pieces)) return undefined
    if (blockOf(target, { axis, pieces }, ranks) !== undefined) return { axis, pieces }
  }
  return undefined
}

/** A loop over which a node can be cut: an axis of its result, or one that it accumulates over. */
export interface Loop {
  /** Of the result; `undefined`: accumulated over. */
  readonly axis: number | undefined
  readonly size: number
  /** The axis of each operand that goes along; `undefined` for those that are needed whole. */
  readonly operands: readonly (number | undefined)[]
}

/** The loops of a node whose steps know nothing of each other and of where they stand. Read off its lowering. */
export function loopsOf(node: Tensor): Loop[] {
  const lower = node.operation.lower!
  const row = lower.family === 'order' ? lower.axis(node) : undefined
  const index = node.shape.map((size, i) => axisOf({ name: `i${i}`, size }))
  const along = lower.family === 'reduce' ? lower.along(node).map(axisOf) : []
  const loops = [...index, ...along]
  const bound = new Set<Expression>()
  const bind = (e: Expression): void =>
    walk([e], part => {
      if (loops.includes(part as never)) bound.add(part)
    })
  /** Of each operand, which axis follows a loop: one in every read, or none. */
  const follows = node.operands.map(() => new Map<Expression, number | undefined>())
  const read = (operand: number, at: readonly Expression[], mask?: Expression): Expression => {
    const { shape, dtype } = node.operands[operand]!
    if (mask) bind(mask)
    for (const loop of loops) {
      const axes = [...at.keys()].filter(axis => at[axis] === loop)
      const known = follows[operand]!
      const sizes = axes.every(axis => shape[axis] === (loop as { axis: Axis }).axis.size)
      if (axes.length > 1 || !sizes || (known.has(loop) && known.get(loop) !== axes[0])) bound.add(loop)
      known.set(loop, axes[0])
    }
    for (const position of at) if (!loops.includes(position as never)) bind(position)
    return { kind: 'name', name: `x${operand}`, dtype }
  }
  bind(elementAt(lower, read, index, node, along))
  if (row !== undefined) bound.add(index[row]!)
  return loops.flatMap((loop, i): Loop[] => {
    if (bound.has(loop)) return []
    const operands = follows.map((known, operand) => {
      // One that is never read (`straightThrough`) has the shape of the result, and keeps it.
      if (known.size === 0 && node.operands[operand]!.shape.join() === node.shape.join()) return i
      return known.get(loop)
    })
    return [{ axis: i < index.length ? i : undefined, size: (loop as { axis: Axis }).axis.size, operands }]
  })
}

/** The attributes of a node for a rank's part of its result. */
export function attributesOf({ attributes, shape }: Tensor, axis: number, ranks: number): Attributes {
  const part = partOf(shape, { axis, pieces: 1 }, ranks)
  const { stop } = attributes
  return {
    ...attributes,
    ...('shape' in attributes && { shape: part }),
    ...(Array.isArray(stop) && { stop: stop.map((end, i) => (i === axis ? end / ranks : end)) }),
  }
}
