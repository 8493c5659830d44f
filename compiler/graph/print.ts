/**
 * The text form of a graph, one line per node: what passes are tested on and what `facet inspect` shows. Everything a
 * graph is made of stands in it, so `parse` gives the same graph back; its grammar is on top of `parse.ts`.
 */
import type { DType } from '../types/tensor.js'
import { type Graph, isGraph, leafName, nodes } from './graph.js'
import { type Tensor, topological } from './node.js'
import type { Type } from './operation.js'
import { show } from './shape.js'

/**
 * The graph as text. Nodes are numbered in the order they are printed: inputs, then operands before users.
 *
 * ```
 * graph step (%0: f32[64, 3] "images") {
 *   %1: f32[8, 3] = variable(name="encoder.weight", shape, dtype, kind="parameter")
 *   %2: f32[64, 8] = dot(%0, %1, contract=[[1], [1]], batch=[[], []]) @encoder
 *   return features=%2
 * }
 * ```
 */
export function print(graph: Graph): string {
  const order = printed(graph)
  const id = idsOf(graph)
  const declared = new Set(graph.inputs)
  const inputs = graph.inputs.map(input => `${id(input)}: ${showType(input)} ${JSON.stringify(leafName(input))}`)
  const outputs = Object.entries(graph.outputs).map(([name, value]) => `${showName(name)}=${id(value)}`)
  return [
    `graph ${showName(graph.name)} (${inputs.join(', ')}) {`,
    ...order.filter(node => !declared.has(node)).map(node => `  ${printNode(node, id)}`),
    `  return${outputs.length ? ` ${outputs.join(', ')}` : ''}`,
    ...graph.updates.map(({ variable, value }) => `  update ${showName(leafName(variable))} = ${id(value)}`),
    '}\n',
  ].join('\n')
}

/** What the nodes of a graph are called in its text: `%0`, `%1`, ... (`%?` for a node of another graph). */
export function idsOf(graph: Graph): (node: Tensor) => string {
  const number = new Map(printed(graph).map((node, i) => [node, i]))
  return node => `%${number.get(node) ?? '?'}`
}
const printed = (graph: Graph): Tensor[] =>
  topological([...nodes(graph), ...graph.updates.map(({ variable }) => variable)])

/** One line: `%2: f32[4, 3] = mul(%0, %1) @encoder`. `id` names nodes. */
export function printNode(node: Tensor, id: (node: Tensor) => string): string {
  const scope = node.scope ? ` @${showName(node.scope, SCOPE)}` : ''
  const inside = [...node.operands.map(id), ...showAttributes(node)]
  return `${id(node)}: ${showType(node)} = ${node.operation.name}(${inside.join(', ')})${scope}`
}

export const showType = ({ dtype, shape }: { dtype: DType; shape: readonly number[] }): string =>
  `${dtype}${show(shape)}`

/** `name=value` each; an attribute called shape or dtype that says what the node's type says is its bare name. */
export function showAttributes(node: Pick<Tensor, 'attributes'> & Type): string[] {
  const own: Record<string, string> = { shape: showValue(node.shape), dtype: showValue(node.dtype) }
  return Object.entries(node.attributes).map(([name, value]) => {
    const text = showValue(value)
    return own[name] === text ? name : `${name}=${text}`
  })
}

/** JSON with spaces, in which -0 keeps its sign, and with infinities, NaN and graphs. */
export function showValue(value: unknown): string {
  if (isGraph(value)) return print(value).trimEnd().replaceAll('\n', '\n  ')
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}: ${showValue(inner)}`)
      .join(', ')}}`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`
  return JSON.stringify(value) ?? String(value)
}

/** A word that needs no quotes: `encoder.layer1.0`. */
export const WORD = /[A-Za-z_][\w.'/-]*/
/** After `@` a name may begin with a digit as well. */
export const SCOPE = /[\w.'/-]+/
const KEYWORDS = new Set(['graph', 'return', 'update'])
const showName = (name: string, plain = WORD): string =>
  name.match(plain)?.[0] === name && !(plain === WORD && KEYWORDS.has(name)) ? name : JSON.stringify(name)
