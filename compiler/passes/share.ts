/**
 * Common subexpressions: nodes that compute the same become one node (hash-consing), which keeps the first one's scope.
 * Dead code needs no pass: a graph is what its outputs and updates reach.
 */
import { type Graph, mapGraph } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isLeaf, type Operation } from '../graph/operation.js'
import { showAttributes } from '../graph/print.js'

export function share(graph: Graph): Graph {
  const numbers = new Map<Tensor | Operation, number>()
  const number = (of: Tensor | Operation): number => {
    const known = numbers.get(of) ?? numbers.size
    numbers.set(of, known)
    return known
  }
  const first = new Map<string, Tensor>()
  return mapGraph(graph, node => {
    // Leaves are what they are: their value is not computed.
    if (isLeaf(node.operation)) return node
    const key = [number(node.operation), node.operands.map(number), showAttributes(node), node.dtype, node.shape].join(
      '|',
    )
    const same = first.get(key) ?? node
    first.set(key, same)
    return same
  })
}
