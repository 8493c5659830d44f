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
import { createIndexing, type Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Lowering } from '../graph/operation.js'
import { numel } from '../graph/shape.js'

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
  readonly contraction: boolean
}

export type Reduction = Extract<Lowering, { family: 'reduce' }>
export const isReduction = (node: Tensor): boolean => node.operation.lower?.family === 'reduce'
export const isContraction = (node: Tensor): boolean =>
  isReduction(node) && (node.operation.lower as Reduction).contraction === true
export const isMovement = ({ operation: { lower } }: Tensor): boolean =>
  lower?.family === 'map' && lower.movement === true

/** A node is read here at another position than the kernel has it: it needs another kernel. */
class OutOfPlace extends Error {}

/** Starts a group with its first member. `stored` says which nodes are in memory when other kernels read them. */
export function openGroup(node: Tensor, stored: (node: Tensor) => boolean): Group {
  const indexing = createIndexing()
  const lower = node.operation.lower!
  const reduction = lower.family === 'reduce' ? lower : undefined
  const shape = reduction ? node.shape : [numel(node.shape)]
  const grid = shape.flatMap((size, i): Axis[] =>
    size === 1 && shape.length > 1 ? [] : [{ name: reduction ? `i${i}` : 'i', size }],
  )
  const along = reduction ? reduction.along(node) : []
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
    contraction: reduction?.contraction ?? false,
  }
  const member = place(group, node, stored)
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
export function place(group: Group, node: Tensor, stored: (node: Tensor) => boolean): Member | undefined {
  const { indexing } = group
  const scope: Scope = { group, stored, memo: new Map() }
  const lower = node.operation.lower!
  const size = numel(node.shape)
  try {
    if (lower.family === 'reduce') {
      const own = lower.along(node)
      const sameSpace = size === numel(group.grid.map(axis => axis.size)) && sizes(own) === sizes(group.along)
      if (!sameSpace) return undefined
      const matching = own.filter(axis => axis.size > 1)
      const here = group.along.filter(axis => axis.size > 1)
      const position = group.gridPosition
      const term = indexing.simplify(
        lower.element(
          (operand, index, mask) => express(scope, node.operands[operand]!, index, mask),
          delinearize(position, node.shape).map(indexing.simplify),
          own.map(axis => (axis.size > 1 ? axisOf(here[matching.indexOf(axis)]!) : literal(0))),
          node,
        ),
      )
      return {
        node,
        level: 'grid',
        position,
        value: { kind: 'name', name: `r${group.members.size}`, dtype: node.dtype },
        term,
      }
    }
    const level: Level | undefined =
      size === numel(group.grid.map(axis => axis.size))
        ? 'grid'
        : group.fullPosition && size === group.fullSize
          ? 'full'
          : undefined
    if (!level) return undefined
    const position = level === 'grid' ? group.gridPosition : group.fullPosition!
    const index = delinearize(position, node.shape).map(indexing.simplify)
    return { node, level, position, value: element(scope, node, index, undefined) }
  } catch (error) {
    if (error instanceof OutOfPlace) return undefined
    throw error
  }
}

export function add(group: Group, member: Member): void {
  group.members.set(member.node, member)
  for (const source of sourcesOf(member)) group.sources.add(source)
}

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
