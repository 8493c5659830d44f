/** Every graph that a test builds goes through `checkRoundTrip`: valid, and the same after print and parse. */
import { isDeepStrictEqual } from 'node:util'
import * as assert from 'uvu/assert'
import type { Graph } from '../../compiler/graph/graph.js'
import { nodes } from '../../compiler/graph/graph.js'
import { type Tensor, topological } from '../../compiler/graph/node.js'
import { print } from '../../compiler/graph/print.js'
import { verify } from '../../compiler/graph/verify.js'
import { graphOf } from '../golden.js'

/** Gives the graph back, so that it can stand where the graph is built. */
export function checkRoundTrip(graph: Graph): Graph {
  const text = print(verify(graph))
  const parsed = graphOf(text)
  assert.is(print(parsed), text)
  const [before, after] = [graph, parsed].map(description)
  assert.is(after!.length, before!.length)
  before!.forEach((part, i) => {
    assert.ok(isDeepStrictEqual(after![i], part), `${JSON.stringify(part)} became ${JSON.stringify(after![i])}`)
  })
  return graph
}

/** The whole graph as plain data: nodes by number, not through the text form. */
function description(graph: Graph): unknown[] {
  const order = topological([...nodes(graph), ...graph.updates.map(({ variable }) => variable)])
  const number = new Map(order.map((node, i) => [node, i]))
  const id = (node: Tensor) => number.get(node)
  return [
    { name: graph.name, inputs: graph.inputs.map(id) },
    { outputs: Object.entries(graph.outputs).map(([name, value]) => [name, id(value)]) },
    { updates: graph.updates.map(({ variable, value }) => [id(variable), id(value)]) },
    ...order.map(({ operation, operands, attributes, shape, dtype, scope }) => ({
      operation: operation.name,
      operands: operands.map(id),
      attributes: { ...attributes },
      shape,
      dtype,
      scope,
    })),
  ]
}
