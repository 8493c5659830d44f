/**
 * What passes do to loops (`ops/scan.ts`): results that nothing reads go, with the carries and operands that were for these
 * alone, and bodies are optimized by the same pipeline. A gradient asks for much that the program at hand does not need.
 */
import { type Graph, mapGraph, nodes, resultOf, resultOperation, roots } from '../graph/graph.js'
import { apply, changed, substituted, type Tensor, topological, type Untyped } from '../graph/node.js'
import type { Attributes } from '../graph/operation.js'
import { concatAll } from '../ops/concat.js'
import { reshape } from '../ops/movement.js'
import { isScan, resultsOf, type Scan, scanOf } from '../ops/scan.js'
import { slice } from '../ops/slice.js'

/** Every loop's body as `optimize` makes it. */
export const inBodies = (graph: Graph, optimize: (body: Graph) => Graph): Graph =>
  mapGraph(graph, node => {
    if (!isScan(node)) return node
    const body = optimize(scanOf(node).body)
    return body === scanOf(node).body ? node : changed(node, { attributes: { ...node.attributes, body } })
  })

/** Loops as the chain of their steps: for forms of a program that have no loops. */
export function unrolled(graph: Graph): Graph {
  const made = new Map<Tensor, readonly Tensor[]>()
  return mapGraph(graph, node => {
    if (node.operation !== resultOperation || !isScan(node.operands[0]!)) return node
    const [of] = node.operands as [Tensor]
    const results = made.get(of) ?? stepsOf(of)
    made.set(of, results)
    return results[node.attributes.index]!
  })
}

/** The results of a loop, step by step. */
function stepsOf(node: Tensor): Tensor[] {
  const { carries, sequences, length, reverse, ...scan } = scanOf(node)
  const body = unrolled(scan.body)
  const rows: Tensor[][] = []
  let carry = node.operands.slice(0, carries)
  for (let step = 0; step < length; step++) {
    const at = reverse ? length - 1 - step : step
    const given = node.operands.map((operand, i) => {
      if (i < carries) return carry[i]!
      if (i >= carries + sequences) return operand
      return reshape(slice(operand as Untyped, 0, at, at + 1) as Untyped, operand.shape.slice(1)) as Untyped
    })
    const values = new Map(body.inputs.map((input, i) => [input, given[i]!]))
    const outputs = substituted(Object.values(body.outputs), values)
    rows[at] = [...outputs.slice(carries), ...carry]
    carry = outputs.slice(0, carries)
  }
  const stacked = (i: number): Tensor =>
    concatAll(rows.map(row => reshape(row[i] as Untyped, [1, ...row[i]!.shape])) as Untyped[], 0)
  return [...carry, ...rows[0]!.map((_, i) => stacked(i))]
}

/** The operands and the results that are kept, by position. */
interface Kept {
  readonly operands: readonly number[]
  readonly results: readonly number[]
}

/** The graph without what loops compute for nobody. Equal results of a loop are one node then. */
export function trim(graph: Graph): Graph {
  const kept = keptIn(graph)
  if (kept.size === 0) return graph
  const trimmed = new Map<Tensor, Tensor>()
  const results = new Map<Tensor, Map<number, Tensor>>()
  return mapGraph(graph, (node, before) => {
    if (node.operation !== resultOperation) return node
    const [of] = node.operands as [Tensor]
    const own = kept.get(before.operands[0]!)
    if (!own) return node // nobody reads it
    const loop = trimmed.get(of) ?? trimmedTo(of, own)
    trimmed.set(of, loop)
    const known = results.get(loop) ?? new Map<number, Tensor>()
    results.set(loop, known)
    const index = own.results.indexOf(node.attributes.index)
    const result = known.get(index) ?? changed(resultOf(loop, index), { scope: node.scope })
    known.set(index, result)
    return result
  })
}

/** Of every loop that something is read of. */
function keptIn(graph: Graph): Map<Tensor, Kept> {
  const live = new Set<Tensor>(roots(graph))
  const read = new Map<Tensor, Set<number>>()
  const kept = new Map<Tensor, Kept>()
  for (const node of nodes(graph).reverse()) {
    if (!live.has(node)) continue
    if (node.operation === resultOperation) {
      const [of] = node.operands as [Tensor]
      read.set(of, (read.get(of) ?? new Set()).add(node.attributes.index))
      live.add(of)
    } else if (isScan(node)) {
      const own = keptOf(scanOf(node), read.get(node)!)
      kept.set(node, own)
      for (const i of own.operands) live.add(node.operands[i]!)
    } else for (const operand of node.operands) live.add(operand)
  }
  return kept
}

function keptOf(scan: Scan, read: ReadonlySet<number>): Kept {
  const { body, carries } = scan
  const { states, count, outputs } = resultsOf(scan)
  /** Of the body's outputs: stacked ones that are read, and carries that those depend on. */
  const wanted = new Set([...read].map(i => (i < states ? i : i - states)))
  for (let size = -1; size !== wanted.size; ) {
    size = wanted.size
    const behind = new Set(topological([...wanted].map(i => outputs[i]!)))
    for (let i = 0; i < carries; i++) if (behind.has(body.inputs[i]!)) wanted.add(i)
  }
  const behind = new Set(topological([...wanted].map(i => outputs[i]!)))
  const all = Array.from({ length: count }, (_, i) => i)
  return {
    operands: body.inputs.flatMap((input, i) => ((i < carries ? wanted.has(i) : behind.has(input)) ? [i] : [])),
    results: all.filter(i => wanted.has(i < states ? i : i - states)),
  }
}

function trimmedTo(node: Tensor, { operands, results }: Kept): Tensor {
  const scan = scanOf(node)
  const { states } = resultsOf(scan)
  if (operands.length === node.operands.length && results.length === resultsOf(scan).count) return node
  const count = (from: number, to: number) => operands.filter(i => i >= from && i < to).length
  const attributes: Scan = {
    ...scan,
    body: {
      ...scan.body,
      inputs: operands.map(i => scan.body.inputs[i]!),
      outputs: Object.fromEntries(
        Object.entries(scan.body.outputs).filter((_, i) => i < states && results.includes(i)),
      ),
    },
    carries: count(0, scan.carries),
    sequences: count(scan.carries, scan.carries + scan.sequences),
  }
  const kept = operands.map(i => node.operands[i]!)
  return { ...apply(node.operation, kept, attributes as unknown as Attributes), scope: node.scope }
}
