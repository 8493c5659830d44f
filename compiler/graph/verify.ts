/**
 * What every graph must fulfil, checked node by node: each type is the one that the operation's own rule infers, so
 * builder and passes cannot drift apart. The pipeline runs it after every pass in tests.
 */
import { type Graph, isGraph, isInput, isVariable, leafName, resultOperation, roots } from './graph.js'
import type { Tensor } from './node.js'
import { printNode, showType } from './print.js'

/** A graph that breaks a rule. The message names the node by its line, the rule, and the pass that made it. */
export class VerifyError extends Error {
  override name = 'VerifyError'
}

/** The graph itself, if it is one. `after` names the pass that made it. Throws `VerifyError`. */
export function verify(graph: Graph, after?: string): Graph {
  const where = `graph ${graph.name}${after ? ` after ${after}` : ''}`
  const order = ordered(graph, where)
  const number = new Map(order.map((node, i) => [node, i]))
  const line = (node: Tensor) => printNode(node, operand => `%${number.get(operand) ?? '?'}`)
  const fail = (node: Tensor, problem: string): never => {
    throw new VerifyError(`${where}: ${problem}\n  ${line(node)}`)
  }

  const names = new Map<string, Tensor>()
  for (const node of order) {
    checkType(node, fail)
    for (const [name, value] of Object.entries(node.attributes))
      if (isGraph(value)) verify(value, `${after ? `${after}, in ` : ''}${node.operation.name} of ${graph.name}`)
      else if (!isPlain(value)) fail(node, `attribute ${name} is ${String(value)}, which text cannot hold`)
    const several = node.operands.find(({ operation }) => operation.results)
    if (several && node.operation !== resultOperation)
      fail(node, `reads ${several.operation.name}, not one of its results`)
    if (!/^(?:[^\s."]+(?:\.[^\s."]+)*)?$/.test(node.scope))
      fail(
        node,
        `scope '${node.scope}' is no path of module names: names are joined by '.' and have no spaces or quotes`,
      )
    if (isInput(node) || isVariable(node)) {
      const name = `${node.operation.name} ${leafName(node)}`
      if (names.has(name)) fail(node, `two leaves are ${name}`)
      names.set(name, node)
      if (isInput(node) && !graph.inputs.includes(node)) fail(node, `${name} is read and not declared`)
    }
  }

  for (const input of graph.inputs) if (!isInput(input)) fail(input, 'a declared input is no input leaf')
  const updated = new Set<Tensor>()
  for (const { variable, value } of graph.updates) {
    if (!isVariable(variable)) fail(variable, 'an update replaces what is no variable')
    const name = leafName(variable)
    if (updated.has(variable)) fail(variable, `variable ${name} is updated twice`)
    updated.add(variable)
    if (showType(value) !== showType(variable))
      fail(value, `variable ${name} is ${showType(variable)}, its update is ${showType(value)}`)
  }
  return graph
}

function checkType(node: Tensor, fail: (node: Tensor, problem: string) => never) {
  const { operation, operands, attributes } = node
  let inferred: string
  try {
    inferred = showType(operation.infer(operands, attributes))
  } catch (error) {
    return fail(node, `${operation.name} does not take this: ${(error as Error).message}`)
  }
  if (inferred !== showType(node))
    fail(node, `its type is ${showType(node)}, the rule of ${operation.name} gives ${inferred}`)
  if (!node.shape.every(size => Number.isSafeInteger(size) && size >= 1))
    fail(node, 'every size must be a positive integer')
}

/** Operands before users, by a walk that notices a node among its own operands (`topological` would not end). */
function ordered(graph: Graph, where: string): Tensor[] {
  const done = new Set<Tensor>()
  const open = new Set<Tensor>()
  const stack: Tensor[] = [...roots(graph), ...graph.updates.map(({ variable }) => variable), ...graph.inputs].reverse()
  while (stack.length) {
    const node = stack.at(-1)!
    if (done.has(node)) stack.pop()
    else if (open.has(node)) {
      open.delete(node)
      done.add(node)
      stack.pop()
    } else {
      open.add(node)
      for (const operand of [...node.operands].reverse()) {
        if (open.has(operand))
          throw new VerifyError(`${where}: ${operand.operation.name} needs its own value (scope '${operand.scope}')`)
        if (!done.has(operand)) stack.push(operand)
      }
    }
  }
  return [...done]
}

/** Plain data: JSON, and numbers that are not finite. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' || value === null)
    return true
  if (Array.isArray(value)) return value.every(isPlain)
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every(isPlain)
  )
}
