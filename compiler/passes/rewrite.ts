/**
 * The rewriting engine: rules are equations, read from left to right, and tried until none applies. Operands are
 * rewritten first, so one walk over the graph reaches the fixed point: rewriting the result again changes nothing.
 */
import { type Graph, isFloat, mapGraph } from '../graph/graph.js'
import { apply, rebuild, type Tensor, type Untyped, withScope } from '../graph/node.js'
import type { Operation, Type } from '../graph/operation.js'
import { showType } from '../graph/print.js'
import { constant, RANGES } from '../ops/constant.js'
import { wrap } from '../ops/elementwise.js'
import { broadcastTo } from '../ops/movement.js'

export interface Rule {
  /** What it says, such as `x * 1 = x`. Its name in errors, statistics and tests. */
  readonly equation: string
  /** The operation on the left-hand side; `'any'`: all of them. */
  readonly on: Operation | 'any'
  /** The right-hand side, if the rule applies. It may be smaller than the node: it is broadcast to the node's shape. */
  readonly to: (node: Untyped, ...operands: Untyped[]) => Tensor | undefined | false
}

/** One equation, for one operation or several. */
export const rule = (
  equation: string,
  on: { readonly operation: Operation } | readonly { readonly operation: Operation }[] | 'any',
  to: Rule['to'],
): Rule[] =>
  on === 'any' ? [{ equation, on, to }] : [on].flat().map(({ operation }) => ({ equation, on: operation, to }))

/** More rewrites of one node than any sensible chain of rules needs: two rules undo each other. */
const LIMIT = 200

/** A pass that applies `rules`; `fired` hears of each application. */
export const rewriting =
  (rules: readonly Rule[]) =>
  (graph: Graph, fired?: (rule: Rule) => void): Graph => {
    const general = rules.filter(({ on }) => on === 'any')
    const byOperation = new Map<Operation, Rule[]>()
    const rulesFor = (operation: Operation): Rule[] => {
      const known = byOperation.get(operation) ?? [...rules.filter(({ on }) => on === operation), ...general]
      byOperation.set(operation, known)
      return known
    }

    const done = new Map<Tensor, Tensor>()
    function rewrite(node: Tensor, depth = 0): Tensor {
      const known = done.get(node)
      if (known) return known
      // Operands of nodes that a rule has just built are new themselves; those of the graph are done.
      const current = rebuild(
        node,
        node.operands.map(operand => rewrite(operand, depth + 1)),
      )
      const result = step(current, depth) ?? current
      done.set(node, result).set(current, result).set(result, result)
      return result
    }

    function step(node: Tensor, depth: number): Tensor | undefined {
      for (const rule of rulesFor(node.operation)) {
        const found = withScope(node.scope, () => {
          const right = rule.to(node, ...node.operands)
          return right && right !== node ? fit(right, node, rule) : undefined
        })
        if (!found) continue
        fired?.(rule)
        if (depth > LIMIT)
          throw new Error(`rewriting does not end: ${rule.equation} still applies after ${LIMIT} rules`)
        return rewrite(found, depth + 1)
      }
      return undefined
    }
    return mapGraph(graph, node => rewrite(node))
  }

/** The right-hand side with the type of the left-hand side. */
function fit(right: Tensor, node: Tensor, { equation }: Rule): Tensor {
  if (right.dtype !== node.dtype)
    throw new Error(`${equation}: ${node.operation.name} is ${showType(node)}, the rule makes it ${showType(right)}`)
  return right.shape.join() === node.shape.join() ? right : broadcastTo(right, node.shape)
}

// What rules ask of nodes

export const isA = (x: Tensor, { operation }: { readonly operation: Operation }): boolean => x.operation === operation
export const isConstant = (x: Tensor): boolean => isA(x, constant)
/** The first operand. */
export const inner = (x: Tensor): Untyped => x.operands[0]!

/** A constant like a tensor. A value that was computed wraps around in integers and overflows in floats, as on the device. */
export const filled = (value: number, { shape, dtype }: Type): Untyped => {
  const held = Math.abs(value) > RANGES[dtype][1] && isFloat(dtype) ? Math.sign(value) * Infinity : wrap(value, dtype)
  return apply(constant.operation, [], { value: held, shape, dtype }) as Untyped
}
