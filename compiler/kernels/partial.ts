/** What kernels hand to each other inside of what the graph has as one node: a tensor of the plan alone. */
import type { Tensor } from '../graph/node.js'
import type { Operation } from '../graph/operation.js'
import type { DType } from '../types/tensor.js'

const partialOperation: Operation = {
  name: 'partial',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: () => {
    throw new Error('partial results exist between kernels only')
  },
}

/** `shape` and dtype of what one kernel stores and another loads. */
export const partialOf = (shape: readonly number[], dtype: DType, scope: string): Tensor =>
  ({
    operation: partialOperation,
    operands: [],
    attributes: { shape, dtype },
    shape,
    dtype,
    scope,
  }) as unknown as Tensor
export const isPartial = ({ operation }: Tensor): boolean => operation === partialOperation
