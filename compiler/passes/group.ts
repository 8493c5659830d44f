/**
 * A group: nodes that become one kernel. It knows its iteration space (a grid of points, and for row kernels the axes
 * accumulated along at each point) and expresses the value of any node at a position of that space in terms of loads
 * and of values the kernel already has. A node joins a group only if every member it reads is read at the position
 * where the kernel has it.
 */
import {
  type Axis,
  axisOf,
  both,
  delinearize,
  type Expression,
  linearize,
  literal,
  select,
  walk,
} from '../graph/expression.js'
import { measured } from '../graph/extent.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Lowering, Read } from '../graph/operation.js'
import { numel } from '../graph/shape.js'
import { permute } from '../ops/movement.js'

/** Where a member has one value: at each grid point, or at each position along the row of a grid point. */
type Level = 'grid' | 'full'

export interface Member {
  readonly node: Tensor
  readonly level: Level
  /** Row-major position of its value in its own shape. */
  readonly position: Expression
  /** The value there; for an accumulation, its name. */
  readonly value: Expression
  /** For accumulations: the term summed up. */
  readonly term?: Expression
}

export interface Group {
  readonly indexing: Indexing
  readonly grid: readonly Axis[]
  readonly along: readonly Axis[]
  /** Position of a grid point; position in the full space (grid x along), where the group has one. */
  readonly gridPosition: Expression
  readonly fullPosition: Expression | undefined
  readonly fullSize: number
  readonly members: Map<Tensor, Member>
  /** Tensors loaded from memory. */
  readonly sources: Set<Tensor>
  /** How deep each part of the members' values is, and how large all of them are together: at most `DEEPEST`, and `LARGEST`. */
  readonly depths: Map<Expression, number>
  size: number
  readonly contraction: boolean
  /** It puts rows in order, and computes nothing else. */
  readonly order: boolean
}

/**
 * The parts (primitives, loads, their indices) of all that one kernel computes, at most: longer chains are cut. Drivers take
 * more than linear time for the text of a kernel, and what works on expressions below may go as deep as they are by recursion.
 * The largest kernel of the library's models and views has 869, the deepest are 73 deep.
 */
export const LARGEST = 1024
/** How deep they may be nested. */
export const DEEPEST = LARGEST / 4

export type Reduction = Extract<Lowering, { family: 'reduce' }>
type Ordering = Extract<Lowering, { family: 'order' }>
export const isReduction = (node: Tensor): boolean => node.operation.lower?.family === 'reduce'
export const isContraction = (node: Tensor): boolean =>
  isReduction(node) && (node.operation.lower as Reduction).contraction === true
export const isOrder = (node: Tensor): boolean => node.operation.lower?.family === 'order'
export const isMovement = ({ operation: { lower } }: Tensor): boolean =>
  lower?.family === 'map' && lower.movement === true

/** Terms of a sum from which it takes longer than to store it apart from its neighbours. */
const LONG = 1024
/**
 * Whether a node is a permutation of a contraction's result that the contraction may store itself, as the gradient of a
 * convolution's weight is: what lies side by side does so afterwards, or the sums are long.
 */
export function storesPermuted({ operation, operands: [operand], attributes: { order } }: Tensor): boolean {
  if (operation !== permute.operation || !isContraction(operand!)) return false
  const proper = (order as number[]).filter(axis => operand!.shape[axis]! > 1)
  const along = (operand!.operation.lower as Reduction).along(operand!)
  return proper.at(-1) === Math.max(...proper) || numel(along.map(({ size }) => size)) >= LONG
}

/** A node is read here at another position than the kernel has it: it needs another kernel. */
class OutOfPlace extends Error {}

/** Starts a group with its first member. `stored` says which nodes are in memory when other kernels read them. */
export function openGroup(node: Tensor, stored: (node: Tensor) => boolean): Group {
  const indexing = createIndexing()
  const lower = node.operation.lower!
  const reduction = lower.family === 'reduce' ? lower : undefined
  const row = lower.family === 'order' ? lower.axis(node) : undefined
  const shape = reduction ? node.shape : row === undefined ? [numel(node.shape)] : without(node.shape, row)
  const grid = shape.flatMap((size, i): Axis[] =>
    size === 1 && shape.length > 1 ? [] : [{ name: reduction ? `i${i}` : 'i', size }],
  )
  const along = reduction
    ? reduction.along(node)
    : row === undefined
      ? []
      : [{ name: 'k', size: node.operands[0]!.shape[row]! }]
  const gridPosition = indexing.simplify(
    linearize(
      grid.map(axisOf),
      grid.map(({ size }) => size),
    ),
  )
  const full =
    reduction && !reduction.contraction ? fullSpace(node, reduction, gridPosition, along, indexing) : undefined
  const group: Group = {
    indexing,
    grid,
    along,
    gridPosition,
    fullPosition: full?.position,
    fullSize: full?.size ?? 0,
    members: new Map(),
    sources: new Set(),
    depths: new Map(),
    size: 0,
    contraction: reduction?.contraction ?? false,
    order: row !== undefined,
  }
  const member = fit(group, node, stored)
  if (!member) throw new Error(`${node.operation.name} cannot be lowered by itself`)
  add(group, member)
  return group
}

/** If the reduction's term reads one tensor exactly once per position, that tensor's shape arranges grid and along axes. */
function fullSpace(
  node: Tensor,
  lower: Reduction,
  gridPosition: Expression,
  along: readonly Axis[],
  indexing: Indexing,
) {
  const count = numel(node.shape) * along.reduce((n, axis) => n * axis.size, 1)
  let position: Expression | undefined
  lower.element(
    (operand, index) => {
      const { shape, dtype } = node.operands[operand]!
      if (!position && numel(shape) === count) position = indexing.simplify(linearize(index, shape))
      return literal(0, dtype)
    },
    delinearize(gridPosition, node.shape).map(indexing.simplify),
    along.map(axisOf),
    node,
  )
  if (!position) return undefined
  // Every axis must step through the tensor: coefficients of distinct axes, no remainders.
  const { terms } = indexing.linear(position)
  return [...terms.keys()].every(atom => atom.kind === 'axis') ? { position, size: count } : undefined
}

/** How `node` would live in the group, or `undefined` if it cannot. Changes nothing. */
export function fit(group: Group, node: Tensor, stored: (node: Tensor) => boolean): Member | undefined {
  const scope: Scope = { group, stored, memo: new Map() }
  const { lower } = node.operation
  if (lower!.family === 'reduce') return inPlace(() => accumulated(scope, node, lower as Reduction))
  if (lower!.family === 'order') return inPlace(() => ordered(scope, node, lower as Ordering))
  const source = storesPermuted(node) && group.members.get(node.operands[0]!)
  if (source) return permuted(group, node, source)
  const size = numel(node.shape)
  if (size === numel(group.grid.map(axis => axis.size))) {
    // What follows a permuted result is computed where that is.
    const members = [...group.members.values()].filter(({ level }) => level === 'grid')
    const positions = new Set([group.gridPosition, ...members.map(({ position }) => position)])
    for (const position of positions) {
      const value = inPlace(() => valueAt(scope, node, position))
      if (value) return { node, level: 'grid', position, value }
    }
  } else if (group.fullPosition && size === group.fullSize) {
    const position = group.fullPosition
    const value = inPlace(() => valueAt(scope, node, position))
    if (value) return { node, level: 'full', position, value }
  }
  return undefined
}

/** `undefined` where something is read out of place. */
function inPlace<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof OutOfPlace) return undefined
    throw error
  }
}

/** A reduction over the rows that the group has. */
function accumulated(scope: Scope, node: Tensor, lower: Reduction): Member {
  const { indexing, grid, along, gridPosition, members } = scope.group
  const own = lower.along(node)
  if (numel(node.shape) !== numel(grid.map(axis => axis.size)) || sizes(own) !== sizes(along)) throw new OutOfPlace()
  const matching = own.filter(axis => axis.size > 1)
  const here = along.filter(axis => axis.size > 1)
  const term = indexing.simplify(
    lower.element(
      (operand, index, mask) => express(scope, node.operands[operand]!, index, mask),
      delinearize(gridPosition, node.shape).map(indexing.simplify),
      own.map(axis => (axis.size > 1 ? axisOf(here[matching.indexOf(axis)]!) : literal(0))),
      node,
    ),
  )
  const value: Expression = { kind: 'name', name: `r${members.size}`, dtype: node.dtype }
  return { node, level: 'grid', position: gridPosition, value, term }
}

/** The order of rows: its term is the key. */
function ordered(scope: Scope, node: Tensor, lower: Ordering): Member {
  const { indexing, along, gridPosition } = scope.group
  const row = lower.axis(node)
  const index = delinearize(gridPosition, without(node.shape, row)).map(indexing.simplify)
  const read: Read = (operand, at, mask) => express(scope, node.operands[operand]!, at, mask)
  const term = indexing.simplify(
    lower.key(read, [...index.slice(0, row), axisOf(along[0]!), ...index.slice(row)], node),
  )
  return { node, level: 'grid', position: gridPosition, value: { kind: 'name', name: 'position', dtype: 'i32' }, term }
}
const without = (shape: readonly number[], axis: number): number[] => shape.filter((_, i) => i !== axis)

/** A permutation of a value that the group has: the same value, stored elsewhere. */
function permuted({ indexing }: Group, node: Tensor, { node: source, position, level, value }: Member): Member {
  const index = delinearize(position, source.shape).map(indexing.simplify)
  const order: number[] = node.attributes.order
  const to = order.map(axis => index[axis]!)
  return { node, level, position: indexing.simplify(linearize(to, node.shape)), value }
}

/** The value of an elementwise node at a row-major position. */
function valueAt(scope: Scope, node: Tensor, position: Expression): Expression {
  const index = delinearize(position, node.shape).map(scope.group.indexing.simplify)
  return element(scope, node, index, undefined)
}

export function add(group: Group, member: Member): void {
  group.members.set(member.node, member)
  for (const source of sourcesOf(member)) group.sources.add(source)
  const { size, depths } = extentIn(group, member)
  group.size += size
  for (const [part, depth] of depths) group.depths.set(part, depth)
}

/** What a member's value adds to what the group computes. */
export const extentIn = ({ depths }: Group, { term, value }: Member) => measured(term ?? value, depths)

/** The tensors that a member's value loads from memory. */
export function sourcesOf(member: Member): Set<Tensor> {
  const found = new Set<Tensor>()
  walk([member.term ?? member.value], e => {
    if (e.kind === 'load') found.add(e.source)
  })
  return found
}

interface Scope {
  readonly group: Group
  readonly stored: (node: Tensor) => boolean
  /** Values already expressed, by node, position and mask: operands may be shared. */
  readonly memo: Map<Tensor, Map<Expression, Map<Expression | undefined, Expression>>>
}

/** The value of `node` at `index` where `mask` holds. */
function express(scope: Scope, node: Tensor, index: readonly Expression[], mask: Expression | undefined): Expression {
  const { indexing, members } = scope.group
  const position = indexing.simplify(linearize(index, node.shape))
  const member = members.get(node)
  if (member) {
    if (member.position !== position) throw new OutOfPlace()
    return member.value
  }
  if (scope.stored(node)) {
    // Where the mask does not hold, element 0 is read instead: in bounds by construction.
    const safe = mask ? indexing.simplify(select(mask, position, literal(0))) : position
    return indexing.simplify({
      kind: 'load',
      source: node,
      index: safe,
      dtype: node.dtype === 'u8' ? 'u32' : node.dtype,
    })
  }
  const positions = scope.memo.get(node) ?? new Map<Expression, Map<Expression | undefined, Expression>>()
  scope.memo.set(node, positions)
  const masks = positions.get(position) ?? new Map<Expression | undefined, Expression>()
  positions.set(position, masks)
  const value = masks.get(mask) ?? element(scope, node, index.map(indexing.simplify), mask)
  masks.set(mask, value)
  return value
}

function element(scope: Scope, node: Tensor, index: readonly Expression[], mask: Expression | undefined): Expression {
  const lower = node.operation.lower
  if (lower?.family !== 'map') throw new OutOfPlace()
  const { simplify } = scope.group.indexing
  const read = (operand: number, at: readonly Expression[], own?: Expression): Expression => {
    const together = own && mask ? both(mask, own) : (own ?? mask)
    return express(scope, node.operands[operand]!, at, together && simplify(together))
  }
  return simplify(lower.element(read, index, node))
}

const sizes = (axes: readonly Axis[]): string => axes.flatMap(({ size }) => (size > 1 ? [size] : [])).join()
