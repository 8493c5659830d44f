/** What a bundle remembers of how it was compiled: the graphs of its entries and the target, enough to compile it again. */
import { type Graph, isVariable, leafName, mapGraph } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { parse, TextError } from '../graph/parse.js'
import { showType } from '../graph/print.js'
import { portable, type Target } from '../kernels/target.js'
import { operations } from '../ops/index.js'

/** The graphs of `graph.txt`, in order. Variables of one name are one variable. Throws `TextError`. */
export function graphsOf(text: string): Graph[] {
  const starts = [...text.matchAll(/^graph /gm)].map(({ index }) => index)
  if (starts[0] !== 0) throw new TextError('graph.txt begins with a graph', text, 0, 0)
  const known = new Map<string, Tensor>()
  return starts.map((start, i) => {
    const graph = parse(text.slice(start, starts[i + 1]), operations)
    const shared = (variable: Tensor): Tensor => {
      const name = leafName(variable)
      const first = known.get(name) ?? variable
      if (showType(first) !== showType(variable))
        throw new TextError(
          `variable ${name} is ${showType(variable)} here, and ${showType(first)} above`,
          text,
          start,
          5,
        )
      known.set(name, first)
      return first
    }
    const { updates, ...mapped } = mapGraph(graph, node => (isVariable(node) ? shared(node) : node))
    return { ...mapped, updates: updates.map(({ variable, value }) => ({ variable: shared(variable), value })) }
  })
}

/**
 * A target from JSON: fields that are left out are those of `portable`. Throws `TargetError` naming `what` and the field that
 * is not right.
 */
export function targetOf(value: unknown, what: string): Target {
  const fail = (reason: string): never => {
    throw new TargetError(`${what}: ${reason}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('a target is an object')
  const kinds: Record<string, (value: unknown) => boolean> = {
    name: given => typeof given === 'string' && /^[\w .-]{1,60}$/.test(given),
    class: given => given === 'software' || given === 'gpu' || given === 'cpu',
    compiles: given => given === 'fast' || given === 'slowly',
    numbering: given => given === 'index' || given === 'id',
    matrix: given =>
      typeof given === 'object' &&
      given !== null &&
      ['rows', 'columns', 'depth', 'subgroup'].every(key => isCount((given as Record<string, unknown>)[key])),
  }
  for (const [key, given] of Object.entries(value)) {
    if (key !== 'matrix' && !Object.hasOwn(portable, key))
      fail(`a target has no ${key}: it has ${Object.keys(portable).join(', ')}, matrix`)
    const right = kinds[key] ?? (typeof portable[key as 'f16'] === 'boolean' ? isFlag : isCount)
    if (!right(given))
      fail(`${key} is ${JSON.stringify(given)}, in portable it is ${JSON.stringify(portable[key as 'f16'])}`)
  }
  return { ...portable, ...value }
}
const isFlag = (value: unknown): boolean => typeof value === 'boolean'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0

/** A description of a target is not right. */
export class TargetError extends Error {
  override name = 'TargetError'
}
