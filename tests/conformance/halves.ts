/**
 * The cases with their f32 inputs in halves, as they lie in memory: every operation and every schedule loads f16 then. What they give
 * is held to the float64 reference on the same rounded inputs, with the tolerances of the case, since nothing else is rounded.
 */
import { mapGraph } from '../../compiler/graph/graph.js'
import { toHalf } from '../../compiler/graph/halves.js'
import { apply, type Tensor } from '../../compiler/graph/node.js'
import { cast } from '../../compiler/ops/compare.js'
import type { Job } from './backends.js'

export function inHalves<J extends Job>(job: J): J {
  const halves = new Map(
    job.graph.inputs
      .filter(({ dtype }) => dtype === 'f32')
      .map((input): [Tensor, Tensor] => [input, apply(input.operation, [], { ...input.attributes, dtype: 'f16' })]),
  )
  const read = new Map([...halves].map(([input, half]): [Tensor, Tensor] => [input, cast(half, 'f32')]))
  const graph = mapGraph(job.graph, (node, before) => read.get(before) ?? node)
  const names = new Set([...halves.keys()].map(({ attributes }) => attributes.name))
  return {
    ...job,
    graph: { ...graph, inputs: job.graph.inputs.map(input => halves.get(input) ?? input) },
    runs: job.runs.map(inputs =>
      Object.fromEntries(
        Object.entries(inputs).map(([name, values]) => [
          name,
          names.has(name) ? Float32Array.from(values, toHalf) : values,
        ]),
      ),
    ),
  }
}
