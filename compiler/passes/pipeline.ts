/**
 * What is done to a graph before it is cut into kernels: a list of named passes from graph to graph. A pass is added
 * by a line here; the runner times each, can show the text before and after, and can verify what came out.
 */
import type { Graph } from '../graph/graph.js'
import { type Machine, machines } from '../graph/machine.js'
import { verify as verifyGraph } from '../graph/verify.js'
import { inBodies, trim } from './loops.js'
import { halve } from './precision.js'
import { share } from './share.js'
import { simplify } from './simplify.js'

export interface Storage {
  /** How large intermediate values are stored: see `precision.ts`. Default f32. */
  readonly precision: 'f32' | 'f16'
  /** Storage buffers that one kernel may bind. Default 8, WebGPU's minimum. */
  readonly storageBuffers: number
  /** What work costs. Default: on a GPU. */
  readonly machine: Machine
}
export type Pass = (graph: Graph, storage: Storage) => Graph

export const pipeline: readonly (readonly [name: string, pass: Pass])[] = [
  // Before bodies are looked at, and after: what they do not read any more is not computed.
  ['trim', trim],
  [
    'bodies',
    (graph, { storageBuffers, machine }) => inBodies(graph, body => optimize(body, { storageBuffers, machine })),
  ],
  ['trim again', trim],
  // First, so that simplification sees equal subexpressions as one node (x - x = 0).
  ['share', share],
  ['simplify', graph => simplify(graph)],
  ['share again', share],
  // Last, because it asks fusion what will be stored.
  ['precision', (graph, { precision, ...storage }) => (precision === 'f16' ? halve(graph, storage) : graph)],
]

export interface OptimizeOptions extends Partial<Storage> {
  /** Check the graph before the first and after every pass. Throws `VerifyError` with the name of the pass. */
  readonly verify?: boolean
  readonly onPass?: (name: string, before: Graph, after: Graph, milliseconds: number) => void
}

/** The graph after every pass of the pipeline. Gradients must have been taken: operations that only shape them go. */
export function optimize(
  graph: Graph,
  { verify = false, onPass, precision = 'f32', storageBuffers = 8, machine = machines.gpu }: OptimizeOptions = {},
): Graph {
  if (verify) verifyGraph(graph)
  return pipeline.reduce((before, [name, pass]) => {
    const start = performance.now()
    const after = pass(before, { precision, storageBuffers, machine })
    onPass?.(name, before, after, performance.now() - start)
    return verify ? verifyGraph(after, name) : after
  }, graph)
}
