/**
 * Which dispatch reads what which dispatch wrote, found from the bytes that they bind. The compiler calls the buffers that a
 * kernel writes `out...`.
 */
import type { Dispatch, Place, Program, Stored } from '../compiler/plan/program.js'

export interface FlowNode {
  readonly kind: 'input' | 'dispatch' | 'output'
  /** Name of the input, output or kernel. */
  readonly name: string
  /** Position among the dispatches of the entry. */
  readonly dispatch?: number
  /** Nodes whose results it reads. */
  readonly from: readonly number[]
  /** Variables that it reads or writes. */
  readonly variables: readonly string[]
  /** One more than the largest of those it reads from. */
  readonly layer: number
}

/** Inputs, dispatches in order, outputs. */
export function dataflow(program: Program, entry: string): FlowNode[] {
  const { inputs, outputs, dispatches } = program.entries[entry]!
  const nodes: FlowNode[] = []
  /** What was written, the latest last. */
  const writes: { readonly place: Place; readonly node: number }[] = []
  const add = (node: Omit<FlowNode, 'layer'>, written: readonly Place[]): void => {
    const layer = Math.max(-1, ...node.from.map(i => nodes[i]!.layer)) + 1
    const number = nodes.push({ ...node, layer }) - 1
    writes.push(...written.map(place => ({ place, node: number })))
  }
  const writers = (place: Place): number[] => {
    const last = writes.findLast(write => overlap(write.place, place))
    return last ? [last.node] : []
  }
  for (const input of inputs) add({ kind: 'input', name: input.name, from: [], variables: [] }, [input])
  dispatches.forEach((dispatch, i) => {
    const from = [...new Set(dispatch.bindings.flatMap(writers))]
    const variables = namesOf(program.variables, dispatch.bindings)
    const { name } = program.kernels[dispatch.kernel]!
    add({ kind: 'dispatch', name, dispatch: i, from, variables }, written(program, dispatch))
  })
  for (const output of outputs) add({ kind: 'output', name: output.name, from: writers(output), variables: [] }, [])
  return nodes
}

const overlap = (a: Place, b: Place): boolean =>
  a.slab === b.slab && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes

const namesOf = (variables: readonly Stored[], places: readonly Place[]): string[] =>
  variables.filter(variable => places.some(place => overlap(variable, place))).map(({ name }) => name)

function written({ kernels }: Program, { kernel, bindings }: Dispatch): Place[] {
  const names = [...kernels[kernel]!.code.matchAll(/@binding\((\d+)\) var<storage, read_write> out/g)]
  return names.flatMap(([, position]) => bindings[Number(position)] ?? [])
}
