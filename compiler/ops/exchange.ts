/**
 * What ranks, the processes of a distributed program, tell each other. `passes/partition.ts` puts exchanges into a graph;
 * a kernel stores the own value, and the runtime puts those of all ranks in its place before another kernel reads it.
 */
import { apply, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { ShapeError } from '../graph/shape.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient } from '../types/tensor.js'

/** What may be exchanged: 32 bits each, which every transport adds up. */
const EXCHANGED: readonly DType[] = ['f32', 'i32', 'u32']
const COMBINED = ['sum', 'max', 'min'] as const
export type Combined = (typeof COMBINED)[number]

const allReduceDefinition: Operation = {
  name: 'allReduce',
  infer([x], { combine }) {
    if (!EXCHANGED.includes(x!.dtype))
      throw new ShapeError(`allReduce takes ${EXCHANGED.join(' or ')}, got ${x!.dtype}`)
    if (!COMBINED.includes(combine))
      throw new ShapeError(`allReduce combines by ${COMBINED.join(', ')}, got ${JSON.stringify(combine)}`)
    return { shape: x!.shape, dtype: x!.dtype }
  },
  evaluate: ([x]) => x!.data,
  lower: { family: 'map', element: (read, index) => read(0, index) },
  exchanged: true,
}
/**
 * The sum, the maximum or the minimum over all ranks of `x`, element by element: every rank gets the same. `x` has one shape
 * on all of them, and dtype f32, i32 or u32. Its meaning by itself, on one rank, is `x`. It has no
 * gradient: graphs are cut after gradients were taken. Throws `ShapeError`.
 */
export const allReduce = operation(
  allReduceDefinition,
  <S extends Shape, D extends DType, G extends Gradient>(x: Tensor<S, D, G>, combine: Combined): Tensor<S, D, G> =>
    apply(allReduceDefinition, [x], { combine }),
)
