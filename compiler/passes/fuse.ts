/**
 * Fusion: which nodes are stored in memory, and which nodes share a kernel. Elementwise chains and movement dissolve
 * into their readers; epilogues join the contraction or reduction they follow; several reductions over one row, and
 * what is computed from them along that row, become one kernel.
 *
 *   1. `chooseStored`: outputs, reductions, casts to f16, and values that would be recomputed too often otherwise.
 *   2. `fuse`: in topological order, each stored node joins a group that can hold it, or opens one.
 */
import { axisOf, type Expression, partsOf, walk } from '../graph/expression.js'
import { extentOf } from '../graph/extent.js'
import { type Graph, nodes, resultOperation, roots, users } from '../graph/graph.js'
import { type Machine, wayToMemory } from '../graph/machine.js'
import type { Tensor } from '../graph/node.js'
import { elementAt, isExchanged, isLeaf, type Operation } from '../graph/operation.js'
import { Precedence, preOrder } from '../graph/reach.js'
import { numel } from '../graph/shape.js'
import { cast, equal } from '../ops/compare.js'
import { constant } from '../ops/constant.js'
import { reshape } from '../ops/movement.js'
import { max, min } from '../ops/reduce.js'
import { isScan, scanOf } from '../ops/scan.js'
import {
  add,
  DEEPEST,
  extentIn,
  fit,
  type Group,
  isContraction,
  isMovement,
  isOrder,
  isReduction,
  LARGEST,
  type Member,
  openGroup,
  sourcesOf,
  storesPermuted,
} from './group.js'
import { training } from './training.js'

export interface FuseOptions {
  /** Storage buffers that one kernel may bind. */
  readonly storageBuffers: number
  readonly machine: Machine
  /** False: one kernel per stored node, and every node is stored. For tests and for measuring what fusion brings. */
  readonly fusion: boolean
}

/** What runs as a whole: a group, which becomes a kernel, or a loop, as its `scan` node. */
export type Unit = Group | Tensor
export const isLoop = (unit: Unit): unit is Tensor => 'operation' in unit

export interface Fusion {
  /** In an order in which they can run. */
  readonly units: readonly Unit[]
  /** For each group, the members that other kernels, outputs or updates read. */
  readonly results: ReadonlyMap<Group, readonly Tensor[]>
}

export function fuse(graph: Graph, options: FuseOptions): Fusion {
  const compared = comparedWithExtreme(graph)
  const stored = chooseStored(graph, compared, options)
  const isStored = (node: Tensor) => isLeaf(node.operation) || stored.has(node)
  const home = new Map<Tensor, Unit>()
  const groups: Group[] = []
  const loops: Tensor[] = []
  const readers = new Map<Tensor, Group[]>()
  const needs = new Precedence<Unit>()
  const { owner } = training(graph)

  const results = new Set([...roots(graph), ...readByLoops(graph)])
  /** What a stored node reads from memory if it is not in the kernel, and the stored nodes that read it so. */
  const operands = new Map([...stored].map(node => [node, storedOperands(node, isStored)] as const))
  const uses = new Map<Tensor, Tensor[]>([...stored].map(node => [node, []]))
  for (const [node, read] of operands) for (const operand of read) uses.get(operand)?.push(node)

  for (const node of nodes(graph)) {
    if (isScan(node)) {
      loops.push(node)
      needs.add(node)
      for (const source of sourcesOfLoop(node)) {
        const from = home.get(source)
        if (from) needs.require(node, from)
      }
    } else if (node.operation === resultOperation) home.set(node, node.operands[0]!)
    if (!stored.has(node)) continue
    let group = options.fusion ? candidates(node).find(candidate => join(candidate, node)) : undefined
    if (!group) {
      group = openGroup(node, isStored)
      groups.push(group)
      needs.add(group)
      connect(group, group.sources)
    }
    home.set(node, group)
  }

  /** A group begins to read from memory. */
  function connect(group: Group, sources: Iterable<Tensor>): void {
    for (const source of sources) {
      readers.set(source, readers.get(source) ?? [])
      readers.get(source)!.push(group)
      const from = home.get(source)
      if (from && from !== group) needs.require(group, from)
    }
  }

  /** Groups that compute what the node reads, latest first; then groups that read what it reads. */
  function candidates(node: Tensor): Group[] {
    const sources = operands.get(node)!
    const producers = new Set(
      sources.flatMap(source => home.get(source) ?? []).filter((unit): unit is Group => !isLoop(unit)),
    )
    const siblings = new Set(
      sources
        .filter(source => numel(source.shape) > 1)
        .flatMap(source => (readers.get(source) ?? []).slice(-2 * SIBLINGS)),
    )
    return [
      ...[...producers].reverse(),
      ...[...siblings]
        .reverse()
        .filter(group => !producers.has(group))
        .slice(0, SIBLINGS),
    ]
  }

  function join(group: Group, node: Tensor): boolean {
    if (isContraction(node) || isOrder(node) || group.order) return false
    // What ranks exchange lies in memory, and is exchanged between kernels.
    const throughMemory = (source: Tensor) => isExchanged(source) || compared.has(source)
    if (operands.get(node)!.some(source => throughMemory(source) && group.members.has(source))) return false
    if ([...group.members.keys()].some(other => owner.get(other) !== owner.get(node))) return false
    const member = fit(group, node, isStored)
    if (!member || !worthwhile(group, member)) return false
    const { size, depth } = extentIn(group, member)
    if (group.size + size > LARGEST || depth > DEEPEST) return false
    const sources = sourcesOf(member)
    const members = [...group.members.keys(), node]
    const outside = members.filter(
      other => results.has(other) || uses.get(other)!.some(user => !members.includes(user)),
    )
    if (new Set([...group.sources, ...sources, ...outside]).size > options.storageBuffers) return false
    // A group that the node needs must not itself need this group.
    for (const source of sources) {
      const from = home.get(source)
      if (from && from !== group && needs.reaches(from, group)) return false
    }
    connect(
      group,
      [...sources].filter(source => !group.sources.has(source)),
    )
    add(group, member)
    return true
  }

  const wanted = new Set([...results, ...groups.flatMap(group => [...group.sources])])
  return {
    units: needs.sorted([...groups, ...loops]),
    results: new Map(groups.map(group => [group, [...group.members.keys()].filter(node => wanted.has(node))])),
  }
}

/** What a loop reads from memory: an operand, or what that has the elements of. A carry that begins as a number is filled with it. */
export function sourcesOfLoop(node: Tensor): Tensor[] {
  const { carries } = scanOf(node)
  return [
    ...new Set(
      node.operands.filter((operand, i) => i >= carries || operand.operation !== constant.operation).map(sourceOf),
    ),
  ]
}
/** The tensor whose memory holds the elements of `x`, in their order. */
export const sourceOf = (x: Tensor): Tensor => (x.operation === reshape.operation ? sourceOf(x.operands[0]!) : x)
const readByLoops = (graph: Graph): Tensor[] => nodes(graph).filter(isScan).flatMap(sourcesOfLoop)

/** Groups that read what a node reads, of which one may take it in: the latest. */
const SIBLINGS = 8

/** Whether sharing a kernel saves a pass over memory or a dispatch, without starving the device of parallelism. */
function worthwhile(group: Group, member: Member): boolean {
  const reductions = [...group.members.keys()].some(isReduction)
  const readsMember = readsValueOf(group, member)
  if (group.contraction) return readsMember && member.level === 'grid'
  if (!reductions) return true // maps over one space: several outputs of one pass
  if (member.term) return true // another reduction over the same rows
  return readsMember && (member.level === 'grid' || numel(group.grid.map(axis => axis.size)) >= 8)
}
function readsValueOf(group: Group, member: Member): boolean {
  const values = new Set([...group.members.values()].map(({ value }) => value))
  const parts = preOrder([member.term ?? member.value], e => (values.has(e) ? [] : partsOf(e)))
  return [...parts].some(e => e.kind === 'name' || values.has(e))
}

/** The nearest stored nodes that a node's value depends on. */
function storedOperands(node: Tensor, isStored: (node: Tensor) => boolean): Tensor[] {
  return [...preOrder(node.operands, operand => (isStored(operand) ? [] : operand.operands))].filter(isStored)
}

// What is stored

/**
 * A value read this many times per element, or more, is stored unless it is a few operations, which hide behind the load: then it
 * would be computed again in the innermost loop.
 */
const REUSE = 4
const HIDDEN = 3
/** Ways to memory that a value is worth which one kernel alone reads: computed there, the loop around it may run more often. */
const DEAR = 12

/**
 * Values that are compared with their own largest or smallest element, as gradients of maxima and `argmax` do. All readers
 * take them from memory: computed twice, by two kernels or two loops, they need not have the same bits, because drivers
 * contract `a * b + c` where they see fit, and then no element would equal the maximum.
 */
function comparedWithExtreme(graph: Graph): Set<Tensor> {
  const readBy = users(graph)
  const extremes = nodes(graph).filter(node => {
    const uses = readBy.get(node)!
    const isRead = (...operations: readonly Operation[]) => uses.some(({ operation }) => operations.includes(operation))
    return isRead(max.operation, min.operation) && isRead(equal.operation)
  })
  const isMoved = (node: Tensor) => isMovement(node) || isWidening(node)
  const found = preOrder(extremes, node => (isMoved(node) ? node.operands : []))
  return new Set([...found].filter(node => !isMoved(node) && !isLeaf(node.operation)))
}
const isWidening = ({ operation, operands }: Tensor): boolean =>
  operation === cast.operation && operands[0]!.dtype === 'f16'

function chooseStored(
  graph: Graph,
  compared: ReadonlySet<Tensor>,
  { storageBuffers, machine, fusion }: FuseOptions,
): Set<Tensor> {
  const readBy = users(graph)
  const cheap = wayToMemory(machine)
  const stored = new Set<Tensor>([
    ...[...roots(graph), ...readByLoops(graph)].filter(node => !isLeaf(node.operation)),
    ...(fusion ? training(graph).gradients : []),
  ])
  const amplified = amplification(graph, readBy)
  const work = new Map<Tensor, number>()
  const parts = new Map<Tensor, number>()
  const sources = new Map<Tensor, Set<Tensor>>()
  for (const node of nodes(graph)) {
    const { lower } = node.operation
    if (!lower) {
      work.set(node, 1)
      parts.set(node, 1)
      sources.set(node, new Set([node]))
      continue
    }
    const own = elementOf(node)
    const operands = [...new Set(node.operands)]
    const gather = () =>
      new Set(operands.flatMap(operand => [...(stored.has(operand) ? [operand] : sources.get(operand)!)]))
    const inline = (of: ReadonlyMap<Tensor, number>, times?: ReadonlyMap<Tensor, number>) =>
      operands.reduce((sum, one) => sum + (stored.has(one) ? 1 : of.get(one)!) * (times?.get(one) ?? 1), 0)
    /** Stores the operand that has most of something, if that is more than one. */
    const storeMost = (has: (operand: Tensor) => number): boolean => {
      const more = operands.filter(operand => operand.dtype !== 'u8' && !stored.has(operand) && has(operand) > 1)
      if (more.length) stored.add(more.reduce((a, b) => (has(a) >= has(b) ? a : b)))
      return more.length > 0
    }
    // One binding is for the result, one is left for what a fused neighbour stores.
    while (gather().size > storageBuffers - 2 && storeMost(operand => sources.get(operand)!.size));
    while (own.parts + inline(parts, own.times) > LARGEST && storeMost(operand => parts.get(operand)!));
    const reads = gather()
    const all = lower.family === 'map' ? own.cost + inline(work) : Number.POSITIVE_INFINITY
    // Bytes come packed from outside; kernels read them where they lie, and write none.
    const isBytes = node.dtype === 'u8'
    const always = lower.family !== 'map' || isExchanged(node) || isNarrowing(node) || compared.has(node)
    if (!isBytes && (always || !fusion || keep(node, all, reads.size))) stored.add(node)
    work.set(node, stored.has(node) ? 1 : all)
    parts.set(node, own.parts + inline(parts, own.times))
    sources.set(node, reads)
  }
  return stored

  function keep(node: Tensor, own: number, reads: number): boolean {
    const uses = readBy.get(node)!
    if (uses.every(isNarrowing)) return false // they store it, in half the bytes
    if (isMovement(node)) return storesPermuted(node) && readBy.get(node.operands[0]!)!.length === 1
    if (reads === 0 && own < cheap) return false
    if (own > DEAR * cheap) return true
    if (own >= HIDDEN && amplified.get(node)! >= REUSE) return true
    return own > cheap && uses.length > 1
  }
}

/** How often each element of a node is read by one user, at most. */
function amplification(graph: Graph, readBy: ReadonlyMap<Tensor, readonly Tensor[]>): Map<Tensor, number> {
  const found = new Map<Tensor, number>()
  const by = (user: Tensor): number => {
    const { lower } = user.operation
    if (isMovement(user)) return found.get(user)!
    return lower?.family === 'reduce' ? lower.along(user).reduce((n, { size }) => n * size, 1) : 1
  }
  for (const node of nodes(graph).reverse())
    found.set(
      node,
      readBy.get(node)!.reduce((most, user) => Math.max(most, (numel(user.shape) / numel(node.shape)) * by(user)), 0),
    )
  return found
}

/** A cast to f16 asks for storage in that form. */
const isNarrowing = ({ operation, dtype }: Tensor): boolean => operation === cast.operation && dtype === 'f16'

/**
 * An element of a node beside its operands: its cost in simple operations, the parts of its expression, indices included, and
 * at how many places it reads each operand.
 */
function elementOf(node: Tensor) {
  const lower = node.operation.lower!
  const index = node.shape.map((size, i) => axisOf({ name: `i${i}`, size }))
  const reads: Expression[] = []
  const places = new Map<Tensor, Set<string>>()
  const ids = new Map<unknown, number>()
  const id = (e: Expression): number => {
    const key = e.kind === 'literal' ? e.value : e
    return ids.get(key) ?? ids.set(key, ids.size).size - 1
  }
  const read = (operand: number, at: readonly Expression[], mask?: Expression): Expression => {
    const source = node.operands[operand]!
    reads.push(...at, ...(mask ? [mask] : []))
    places.set(source, (places.get(source) ?? new Set()).add(at.map(id).join()))
    return { kind: 'name', name: `${operand}`, dtype: source.dtype }
  }
  const value = elementAt(lower, read, index, node)
  let cost = 0
  let parts = 1
  walk([value], e => {
    if (e.kind === 'apply' && !e.scalar.name.startsWith('index.')) cost += e.scalar.cost ?? 1
  })
  walk([value, ...reads], e => {
    if (e.kind === 'apply') parts += extentOf(e).size
  })
  return { cost, parts, times: new Map([...places].map(([source, { size }]) => [source, size])) }
}
