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

/**
 * The same for the body of a loop, whose outputs are the next carries and what is stacked: each has a value of its own, but for
 * what is carried and stacked.
 */
export function ownSteps(body: Graph, carries: number): Graph {
  const taken = new Set<Tensor>()
  const carried = new Set<Tensor>()
  const own = (value: Tensor, i: number): Tensor => {
    const isCarried = i >= carries && carried.has(value)
    const result = isLeaf(value.operation) || (taken.has(value) && !isCarried) ? copy(value) : value
    taken.add(result)
    if (i < carries) carried.add(result)
    return result
  }
  const outputs = Object.entries(body.outputs).map(([name, value], i) => [name, own(value, i)] as const)
  return { ...body, outputs: Object.fromEntries(outputs) }
}
