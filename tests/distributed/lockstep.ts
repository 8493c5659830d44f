/** Ranks by the meaning of their graph: all in one loop, in float64, so that nothing but `partition` itself is compared. */
import { type Graph, isInput, isVariable, leafName, nodes } from '../../compiler/graph/graph.js'
import type { Tensor } from '../../compiler/graph/node.js'
import { type Host, isExchanged } from '../../compiler/graph/operation.js'
import { numel } from '../../compiler/graph/shape.js'

export type Values = Readonly<Record<string, ArrayLike<number>>>
export interface Results {
  readonly outputs: Values
  readonly variables: Values
}

/** What each of some ranks computes with the graph of one: `inputs` are those of the whole batch. */
export function evaluateOnRanks(graph: Graph, size: number, inputs: Values, variables: Values): Results[] {
  const ranks = Array.from({ length: size }, () => new Map<Tensor, Host>())
  for (const node of nodes(graph)) {
    const own = ranks.map((values, rank): Float64Array => {
      if (isVariable(node)) return Float64Array.from(variables[leafName(node)]!)
      if (isInput(node)) return ownOf(node, rank, inputs)
      const operands = node.operands.map(operand => values.get(operand)!)
      return node.operation.evaluate(operands, node.attributes, node)
    })
    const data = isExchanged(node) ? own.map(() => combined(node, own)) : own
    for (const [rank, values] of ranks.entries()) values.set(node, { shape: node.shape, data: data[rank]! })
  }
  return ranks.map(values => ({
    outputs: Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, values.get(node)!.data])),
    variables: Object.fromEntries(
      graph.updates.map(({ variable, value }) => [leafName(variable), values.get(value)!.data]),
    ),
  }))
}

function ownOf(leaf: Tensor, rank: number, inputs: Values): Float64Array {
  if (leafName(leaf) === 'rank') return Float64Array.of(rank)
  const all = Array.from(inputs[leafName(leaf)]!)
  const count = numel(leaf.shape)
  return Float64Array.from(leaf.shape.length ? all.slice(rank * count, (rank + 1) * count) : all)
}

function combined({ attributes: { combine } }: Tensor, parts: readonly Float64Array[]): Float64Array {
  const by = { sum: (a: number, b: number) => a + b, max: Math.max, min: Math.min }[combine as 'sum' | 'max' | 'min']
  return parts.reduce((all, part) => all.map((x, i) => by(x, part[i]!)))
}
