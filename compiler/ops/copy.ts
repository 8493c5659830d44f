/** A value of its own in memory: what a variable is replaced by when the value belongs to another one. */
import { apply, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'

const definition: Operation = {
  name: 'copy',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  vjp: ({ grad }) => [grad],
  evaluate: ([x]) => x!.data,
  lower: { family: 'map', movement: true, element: (read, index) => read(0, index) },
}
/** The same value, stored separately. The compiler inserts it; models have no need of it. */
export const copy = operation(definition, <T extends Tensor>(x: T): T => apply(definition, [x]) as unknown as T)
