/**
 * What is done to a graph before it is cut into kernels: a list of named passes from graph to graph. A pass is added
 * by a line here; the runner times each, can show the text before and after, and can verify what came out.
 */
import type { Graph } from '../graph/graph.js'
import { verify as verifyGraph } from '../graph/verify.js'
import { share } from './share.js'
import { simplify } from './simplify.js'

export type Pass = (graph: Graph) => Graph

export const pipeline: readonly (readonly [name: string, pass: Pass])[] = [
  // First, so that simplification sees equal subexpressions as one node (x - x = 0).
  ['share', share],
  ['simplify', graph => simplify(graph)],
  ['share again', share],
]

export interface OptimizeOptions {
  /** Check the graph before the first and after every pass. Throws `VerifyError` with the name of the pass. */
  readonly verify?: boolean
  readonly onPass?: (name: string, before: Graph, after: Graph, milliseconds: number) => void
}

/** The graph after every pass of the pipeline. Gradients must have been taken: operations that only shape them go. */
export function optimize(graph: Graph, { verify = false, onPass }: OptimizeOptions = {}): Graph {
  if (verify) verifyGraph(graph)
  return pipeline.reduce((before, [name, pass]) => {
    const start = performance.now()
    const after = pass(before)
    onPass?.(name, before, after, performance.now() - start)
    return verify ? verifyGraph(after, name) : after
  }, graph)
}
