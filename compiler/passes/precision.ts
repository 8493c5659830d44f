/**
 * Storage in f16: a large value that kernels exchange through memory is rounded to f16 where it is written and is f32
 * again where it is read. Arithmetic and accumulation are f32 as before; memory and its traffic are halved.
 *
 *   %2: f32 = conv(%0, %1)          %2: f32 = conv(%0, %1)
 *   %3: f32 = relu(%2)       ->     %3: f16 = cast(%2)
 *                                   %4: f32 = cast(%3)
 *                                   %5: f32 = relu(%4)
 *
 * Loss scaling, which keeps small gradients above the smallest f16, is the training step's (`models/optimizers/scaling.ts`).
 * Source: Micikevicius et al., Mixed precision training, arXiv 1710.03740.
 */
import { type Graph, mapGraph, nodes, roots } from '../graph/graph.js'
import { rebuild, type Tensor, type Untyped, withScope } from '../graph/node.js'
import { isLeaf } from '../graph/operation.js'
import { preOrder } from '../graph/reach.js'
import { numel } from '../graph/shape.js'
import { cast } from '../ops/compare.js'
import { isScan } from '../ops/scan.js'
import { type FuseOptions, fuse, sourcesOfLoop } from './fuse.js'
import { isContraction, isMovement, isReduction } from './group.js'

/** Smaller values stay f32: they are scales, statistics and losses, and cost next to nothing. */
const LEAST = 4096

/**
 * The graph with f16 storage. Rounded are f32 values of at least 4096 elements of three kinds: results of contractions
 * and elementwise values, where fusion writes them to memory, and leaves (weights) that contractions read, copied once per run.
 * Exact stay: inputs, variables and results; what loops read and what is inside of them; other reductions (statistics); and what updates are made of
 * element by element, such as the gradients of parameters and the slots of optimizers.
 */
export function halve(graph: Graph, storage: Omit<FuseOptions, 'fusion'>): Graph {
  const written = new Set([...fuse(graph, { ...storage, fusion: true }).results.values()].flat())
  const loops = nodes(graph).filter(isScan)
  const exact = new Set([
    ...roots(graph),
    ...loops.flatMap(sourcesOfLoop),
    ...elementwise(graph.updates.map(({ value }) => value)),
  ])
  const isLarge = (node: Tensor) => node.dtype === 'f32' && numel(node.shape) >= LEAST
  const isHalf = (node: Tensor) =>
    isLarge(node) && written.has(node) && !exact.has(node) && (!isReduction(node) || isContraction(node))

  /** A weight, possibly transposed or reshaped, read through its rounded copy. */
  const copied = remembering(node => {
    if (isLeaf(node.operation)) return isLarge(node) ? rounded(node) : node
    return isMovement(node) ? rebuild(node, node.operands.map(copied)) : node
  })
  return mapGraph(graph, (node, before) => {
    const read = isContraction(node) ? rebuild(node, node.operands.map(copied)) : node
    return isHalf(before) ? rounded(read) : read
  })
}

/** `x` as it is read back from f16. */
const rounded = (x: Untyped): Tensor => withScope(x.scope, () => cast(cast(x, 'f16'), 'f32'))

/** What values are computed from without a reduction on the way, leaves and reductions included. */
function elementwise(values: readonly Tensor[]): Set<Tensor> {
  return preOrder(values, node => (isReduction(node) ? [] : node.operands))
}

/** A function of nodes that gives the same result when asked again. */
function remembering(make: (node: Tensor) => Tensor): (node: Tensor) => Tensor {
  const known = new Map<Tensor, Tensor>()
  return node => {
    const result = known.get(node) ?? make(node)
    known.set(node, result)
    return result
  }
}
