/** Gives every result a value of its own: leaves, constants and values shared by two variables are copied. */
import type { Graph } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isLeaf } from '../graph/operation.js'
import { copy } from '../ops/copy.js'

export function ownResults(graph: Graph): Graph {
  const taken = new Set<Tensor>()
  const own = (value: Tensor): Tensor => {
    const result = isLeaf(value.operation) || taken.has(value) ? copy(value) : value
    taken.add(result)
    return result
  }
  const updates = graph.updates
    .filter(({ variable, value }) => variable !== value)
    .map(({ variable, value }) => ({ variable, value: own(value) }))
  const outputs = Object.fromEntries(
    Object.entries(graph.outputs).map(([name, value]) => [name, isLeaf(value.operation) ? copy(value) : value]),
  )
  return { ...graph, updates, outputs }
}
