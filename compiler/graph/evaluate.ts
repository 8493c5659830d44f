/**
 * The meaning of a graph: every node computed by its operation's own `evaluate`, in float64, nothing rounded but casts
 * to f16. Slow and plain on purpose: compiled programs and gradients are held to it. An array is dropped after its last reader.
 */
import type { Graph } from './graph.js'
import { leafName, variables as variablesOf } from './graph.js'
import { type Tensor, topological } from './node.js'
import { type Host, isLeaf } from './operation.js'
import { preOrder } from './reach.js'
import { numel, ShapeError, show } from './shape.js'

/** Values from outside: a number for a scalar, row-major elements (booleans as 0 and 1), or a result of an evaluation. */
export type HostData = number | ArrayLike<number> | Host

export interface Evaluated {
  readonly outputs: Record<string, Host>
  /** The values that the graph's updates give to variables, by name. */
  readonly variables: Record<string, Host>
}

/**
 * Runs a graph. `inputs` and `variables` are by name; those that the graph does not read may be missing or extra.
 * Throws `ShapeError` for a value of the wrong size, and an error that names a leaf that was read but not given.
 */
export function evaluate(
  graph: Graph,
  { inputs = {}, variables = {} }: { inputs?: Record<string, HostData>; variables?: Record<string, HostData> } = {},
): Evaluated {
  const leaves = new Map<Tensor, HostData>()
  for (const leaf of graph.inputs) if (leafName(leaf) in inputs) leaves.set(leaf, inputs[leafName(leaf)]!)
  for (const leaf of variablesOf(graph)) if (leafName(leaf) in variables) leaves.set(leaf, variables[leafName(leaf)]!)
  const names = Object.keys(graph.outputs)
  const values = evaluateNodes(
    [...names.map(name => graph.outputs[name]!), ...graph.updates.map(({ value }) => value)],
    leaves,
  )
  return {
    outputs: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    variables: Object.fromEntries(
      graph.updates.map(({ variable }, i) => [leafName(variable), values[names.length + i]!]),
    ),
  }
}

/** The values of nodes, given those of the leaves they depend on (any node may be given: what it is computed from is then not needed). */
export function evaluateNodes(outputs: readonly Tensor[], leaves: ReadonlyMap<Tensor, HostData> = new Map()): Host[] {
  const values = new Map<Tensor, Host>()
  const order = topological(outputs)
  const needed = reached(outputs, leaves)
  const readers = new Map<Tensor, number>()
  const count = (node: Tensor) => readers.set(node, (readers.get(node) ?? 0) + 1)
  for (const output of outputs) count(output)
  for (const node of needed) if (!leaves.has(node)) for (const operand of node.operands) count(operand)

  for (const node of order) {
    if (!needed.has(node)) continue
    const given = leaves.get(node)
    if (given !== undefined) {
      values.set(node, host(node, given))
      continue
    }
    const operands = node.operands.map(operand => values.get(operand)!)
    const data = node.operation.evaluate(operands, node.attributes, node)
    values.set(node, { shape: node.shape, data })
    for (const operand of node.operands) {
      const left = readers.get(operand)! - 1
      readers.set(operand, left)
      if (left === 0) values.delete(operand)
    }
  }
  return outputs.map(output => values.get(output)!)
}

/** What must be computed: nodes that lie behind given ones only are left out. */
function reached(outputs: readonly Tensor[], leaves: ReadonlyMap<Tensor, HostData>): Set<Tensor> {
  return preOrder(outputs, node => (leaves.has(node) ? [] : node.operands))
}

function host(node: Tensor, given: HostData): Host {
  const data = typeof given === 'number' ? [given] : 'data' in given ? given.data : given
  if (data.length !== numel(node.shape)) {
    const what = isLeaf(node.operation) ? `${node.operation.name} ${leafName(node)}` : `a given ${node.operation.name}`
    throw new ShapeError(
      `${what} has shape ${show(node.shape)}: ${numel(node.shape)} elements expected, got ${data.length}`,
    )
  }
  return { shape: node.shape, data: data instanceof Float64Array ? data : Float64Array.from(data) }
}
