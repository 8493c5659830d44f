/**
 * One program on several ranks. The graph of a step is traced with the whole batch; here it becomes the graph of one rank,
 * which holds its shard of the rows and of all that is computed row by row. Which axis of a value is sharded follows from
 * those of its operands and from the lowering, which says what an element is made of: no operation, layer, loss or method
 * knows of ranks. A sum over a sharded axis is a sum over the own rows and an `allReduce`; a value that is needed whole is
 * gathered; the rest stays where it is. So batch norm has the statistics of the whole batch, contrastive losses have its
 * negatives, gradients are those of its loss, and every row has the random numbers that it has in one process.
 *
 * After GSPMD (Xu et al. 2021, arXiv 2105.04663), with one mesh axis and propagation from operands to results.
 */
import { type Graph, inputOperation, isInput, leafName, nodes, roots, users } from '../graph/graph.js'
import { apply, type Tensor, type Untyped, withScope } from '../graph/node.js'
import { type Attributes, isExchanged, isLeaf } from '../graph/operation.js'
import { numel, ShapeError, show } from '../graph/shape.js'
import { add } from '../ops/binary.js'
import { cast, equal, select } from '../ops/compare.js'
import { concat } from '../ops/concat.js'
import { iota } from '../ops/constant.js'
import { copy } from '../ops/copy.js'
import { allReduce, type Combined } from '../ops/exchange.js'
import { gather } from '../ops/gather.js'
import { reshape } from '../ops/movement.js'
import { pad, padAll } from '../ops/pad.js'
import { slice, sliceAll } from '../ops/slice.js'
import type { DType } from '../types/tensor.js'
import { isMovement } from './group.js'
import { attributesOf, blockOf, type Loop, loopsOf, partOf, reshaped, type Shard } from './shard.js'

/** The input that tells a rank its number. */
const RANK = 'rank'

/** A value of the whole batch, as this rank has it. */
interface Held {
  /** How it came to be; `undefined`: whole. */
  readonly shard: Shard | undefined
  /** All of it, once it is there. */
  whole?: Tensor
  /** Of a value that is whole: it is the sum of what the ranks have here. */
  readonly summand?: Tensor
  /** Parts of it, by how it is sharded. */
  readonly parts: Map<string, Tensor>
}

/**
 * The graph of one rank. Inputs are sharded along their first axis, scalars are whole; variables, their updates and the outputs
 * are the same on all ranks. Throws `ShapeError` for an input that the ranks do not divide.
 */
export function partition(graph: Graph, ranks: number): Graph {
  if (ranks === 1) return graph
  const rank: Untyped = apply(inputOperation, [], { name: RANK, shape: [], dtype: 'u32' })
  const held = new Map<Tensor, Held>()
  const readers = users(graph)
  const results = new Set(roots(graph))
  const inputs = graph.inputs.map(input => {
    if (leafName(input) === RANK)
      throw new ShapeError(
        `an input of ${graph.name} is named ${RANK}, which ranks are told their number by: name it otherwise`,
      )
    const shard = input.shape.length ? { axis: 0, pieces: 1 } : undefined
    if (shard && blockOf(input.shape, shard, ranks) === undefined)
      throw new ShapeError(
        `input ${leafName(input)} of ${graph.name} has shape ${show(input.shape)}: ${ranks} ranks do not divide ${input.shape[0]} rows, choose another batch`,
      )
    const leaf = shard
      ? apply(inputOperation, [], { ...input.attributes, shape: partOf(input.shape, shard, ranks) })
      : input
    hold(input, shard, leaf)
    return leaf
  })
  for (const node of nodes(graph)) if (!isInput(node)) withScope(node.scope, () => holdNode(node))
  const result = (value: Tensor): Tensor => {
    const all = whole(value)
    return isExchanged(all) ? copy(all as Untyped) : all
  }
  const ofRank = {
    ...graph,
    inputs,
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, value]) => [name, result(value)])),
    updates: graph.updates.map(({ variable, value }) => ({ variable, value: result(value) })),
  }
  return nodes(ofRank).includes(rank) ? { ...ofRank, inputs: [...inputs, rank] } : ofRank

  function hold(node: Tensor, shard: Shard | undefined, value: Tensor): void {
    const expected = shard ? partOf(node.shape, shard, ranks) : node.shape
    if (value.shape.join() !== expected.join() || value.dtype !== node.dtype)
      throw new Error(`${node.operation.name}: a rank's part is ${show(value.shape)}, expected ${show(expected)}`)
    held.set(
      node,
      shard ? { shard, parts: new Map([[keyOf(shard), value]]) } : { shard, whole: value, parts: new Map() },
    )
  }

  function holdSum(node: Tensor, summand: Tensor): void {
    held.set(node, { shard: undefined, summand, parts: new Map() })
  }

  /** Decides how a node's value is held, and builds it. */
  function holdNode(node: Tensor): void {
    const shard = node.operands.map(operand => held.get(operand)!.shard)
    // Each rank runs loops whole: their steps know nothing of rows.
    if (isLeaf(node.operation)) hold(node, undefined, again(node, node.operands.map(whole)))
    else {
      const known = shard.some(one => one !== undefined) ? holdMoved(node) || holdLoop(node, shard) : holdLinear(node)
      if (!known) hold(node, undefined, again(node, node.operands.map(whole)))
    }
  }

  /** What is linear in sums over ranks is a sum over ranks: the gradients of two views are exchanged as one. */
  function holdLinear(node: Tensor): boolean {
    const sums = node.operands.map(operand => {
      const once = readers.get(operand)!.length === 1 && !results.has(operand)
      return once && numel(operand.shape) === numel(node.shape) ? held.get(operand)!.summand : undefined
    })
    const linear = node.operation === add.operation || (isMovement(node) && sums.length === 1)
    if (!linear || !sums.every(sum => sum !== undefined)) return false
    holdSum(node, again(node, sums))
    return true
  }

  /** Movement along the sharded axis itself, where whole pieces move. */
  function holdMoved(node: Tensor): boolean {
    const { attributes, operands } = node
    const [first] = operands as [Tensor]
    const shard = operands.map(operand => held.get(operand)!.shard).find(one => one !== undefined)!
    const own = held.get(first)!.shard
    if (node.operation === reshape.operation) {
      const target = reshaped(first.shape, shard, node.shape, ranks)
      if (!target) return false
      const shape = partOf(node.shape, target, ranks)
      hold(node, target, apply(node.operation, [part(first, shard)], { shape }))
      return true
    }
    const { axis } = shard
    const piece = operands.map(operand => held.get(operand)!.shard).includes(shard) && pieceOf(operands, shard)
    if (!piece) return false
    const even = (n: number): boolean => n % piece === 0
    const at = (all: readonly number[]): number[] => all.map((n, i) => (i === axis ? n / ranks : n))
    const moved = (operand: Tensor): Tensor => part(operand, { axis, pieces: operand.shape[axis]! / piece })
    let value: Tensor | undefined
    if (
      node.operation === concat.operation &&
      attributes.axis === axis &&
      operands.every(({ shape }) => even(shape[axis]!))
    )
      value = apply(node.operation, operands.map(moved), attributes)
    else if (own && node.operation === slice.operation) {
      const { start, stop, step } = attributes
      const inside = start[axis] !== 0 || stop[axis] !== first.shape[axis]
      if (inside && step[axis] === 1 && even(start[axis]) && even(stop[axis]))
        value = sliceAll(moved(first), at(start), at(stop), step)
    } else if (own && node.operation === pad.operation) {
      const { low, high, interior } = attributes
      const around = low[axis] !== 0 || high[axis] !== 0
      if (around && interior[axis] === 0 && even(low[axis]) && even(high[axis]))
        value = padAll(moved(first), at(low), at(high), interior, attributes.value)
    }
    if (value) hold(node, { axis, pieces: node.shape[axis]! / piece }, value)
    return value !== undefined
  }

  /** The size of a piece along the sharded axis, which all operands that are sharded there have in common. */
  function pieceOf(operands: readonly Tensor[], { axis }: Shard): number | undefined {
    const sizes = operands.flatMap(operand => {
      const own = held.get(operand)!.shard
      return own ? [own.axis === axis ? operand.shape[axis]! / own.pieces : Number.NaN] : []
    })
    return sizes.every(size => size === sizes[0]) ? sizes[0] : undefined
  }

  /** Cuts one loop of the node: the one for which least has to be gathered. */
  function holdLoop(node: Tensor, shard: readonly (Shard | undefined)[]): boolean {
    const loops = loopsOf(node).filter(loop => loop.axis !== undefined || canReduce(node))
    const aligned = loops.flatMap(loop =>
      shard.flatMap((own, i) => (own && loop.operands[i] === own.axis ? [{ loop, pieces: own.pieces }] : [])),
    )
    // Where none goes along with an operand, the result may be sharded all the same: rows taken in another order.
    const anew = () =>
      loops.filter(({ axis }) => shard.some(own => own?.axis === axis)).map(loop => ({ loop, pieces: 1 }))
    const ways = (aligned.length ? aligned : anew()).filter(
      ({ loop, pieces }) => Number.isInteger(loop.size / (pieces * ranks)) && loop.size > 1,
    )
    const gathers = ({ loop, pieces }: { loop: Loop; pieces: number }): number =>
      shard.reduce(
        (bytes, own, i) => {
          const stays = own && loop.operands[i] === own.axis && own.pieces === pieces
          return own && !stays ? bytes + numel(node.operands[i]!.shape) : bytes
        },
        loop.axis === undefined ? numel(node.shape) : 0,
      )
    const best = ways.sort((a, b) => gathers(a) - gathers(b))[0]
    if (!best) return false
    const { loop, pieces } = best
    const value = cut(node, loop, pieces)
    const { combine } = node.operation.lower as { combine: Combined }
    if (loop.axis !== undefined) hold(node, { axis: loop.axis, pieces }, value)
    else if (combine === 'sum') holdSum(node, value)
    else hold(node, undefined, allReduce(value as Untyped, combine))
    return true
  }

  /** The node with one of its loops over this rank's steps only. */
  function cut(node: Tensor, loop: Loop, pieces: number): Tensor {
    const own = partsOf(node, loop, pieces).map((one, i) => (one ? part(...one) : whole(node.operands[i]!)))
    return again(node, own, loop.axis === undefined ? node.attributes : attributesOf(node, loop.axis, ranks))
  }

  function whole(node: Tensor): Tensor {
    const value = held.get(node)!
    const { summand, shard } = value
    return (value.whole ??= withScope(node.scope, () =>
      summand ? allReduce(summand as Untyped, 'sum') : gathered(part(node, shard!), shard!, node.shape),
    ))
  }

  /** A rank's part of any value; of one that it has whole, computed from the parts of what that is made of where it can be. */
  function part(node: Tensor, shard: Shard): Tensor {
    const has = ([of, its]: Wanted): boolean => held.get(of)!.parts.has(keyOf(its))
    const wanted: Wanted[] = [[node, shard]]
    while (wanted.length) {
      const [of, its] = wanted.at(-1)!
      const loop = has([of, its]) ? undefined : loopOf(of, its)
      const missing = loop ? partsOf(of, loop, its.pieces).filter(one => one && !has(one)) : []
      wanted.push(...(missing as Wanted[]))
      if (missing.length) continue
      wanted.pop()
      if (!has([of, its]))
        held.get(of)!.parts.set(
          keyOf(its),
          withScope(of.scope, () => (loop ? cut(of, loop, its.pieces) : taken(whole(of), its))),
        )
    }
    return held.get(node)!.parts.get(keyOf(shard))!
  }

  /** The loop to cut for a part of a value that a rank has whole, if it is made of such. */
  function loopOf(node: Tensor, { axis }: Shard): Loop | undefined {
    const { whole } = held.get(node)!
    if (node.operation.lower?.family !== 'map' || !whole || isExchanged(whole)) return undefined
    if (node.operands.some(operand => held.get(operand)!.shard)) return undefined
    return loopsOf(node).find(one => one.axis === axis)
  }

  // Between whole values and parts

  function taken(value: Tensor, shard: Shard): Tensor {
    const { shape } = value
    const blocks: Untyped = reshape(value as Untyped, inBlocks(shape, shard, ranks))
    const index = reshape(rank, blocks.shape.map(() => 1) as never) as Untyped
    return reshape(gather(blocks, index, shard.axis + 1) as Untyped, partOf(shape, shard, ranks)) as Untyped
  }
  /** The own part among zeros, added up: sums are all that ranks exchange. */
  function gathered(value: Tensor, shard: Shard, shape: readonly number[]): Tensor {
    const { dtype } = value
    const exchanged: DType = dtype === 'f16' ? 'f32' : dtype === 'u8' || dtype === 'bool' ? 'i32' : dtype
    const own: Untyped = reshape(as(value, exchanged) as Untyped, inBlocks(shape, shard, 1))
    const at = shard.axis + 1
    const places = iota(
      own.shape.map((_: number, i: number) => (i === at ? ranks : 1)),
      at,
      'u32',
    ) as Untyped
    const all: Untyped = reshape(select(equal(places, rank), own, 0) as Untyped, [...shape])
    return as(allReduce(all, 'sum'), dtype)
  }
  /** `[..., size, ...]` as `[..., pieces, count, block, ...]`, `count` being the ranks, or 1 for the part of one. */
  function inBlocks(shape: readonly number[], shard: Shard, count: number): number[] {
    const { axis, pieces } = shard
    return [...shape.slice(0, axis), pieces, count, blockOf(shape, shard, ranks)!, ...shape.slice(axis + 1)]
  }
}

/** A part: of what, and how that is sharded. */
type Wanted = readonly [of: Tensor, shard: Shard]
/** The parts of its operands that a node is made of where one of its loops is cut; `undefined` for what is needed whole. */
const partsOf = ({ operands }: Tensor, loop: Loop, pieces: number): (Wanted | undefined)[] =>
  operands.map((operand, i) => {
    const axis = loop.operands[i]
    return axis === undefined ? undefined : [operand, { axis, pieces }]
  })

const keyOf = ({ axis, pieces }: Shard): string => `${axis} ${pieces}`
const as = (x: Tensor, dtype: DType): Tensor =>
  x.dtype === dtype ? x : (cast(x as Untyped, dtype as never) as Untyped)

/** The same operation on other operands. */
const again = (node: Tensor, operands: readonly Tensor[], attributes: Attributes = node.attributes): Tensor =>
  attributes === node.attributes && operands.every((operand, i) => operand === node.operands[i])
    ? node
    : apply(node.operation, operands, attributes)

/** Whether parts of the node's accumulation can be put together by `allReduce`. */
const canReduce = ({ operation: { lower }, dtype }: Tensor): boolean =>
  lower?.family === 'reduce' && lower.combine !== 'prod' && (dtype === 'f32' || dtype === 'i32' || dtype === 'u32')
