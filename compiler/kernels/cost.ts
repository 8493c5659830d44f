/** What a kernel costs at least: floating-point operations done, and bytes of memory touched once. */
import { choose, type Expression, walk } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { numel } from '../graph/shape.js'
import type { DType } from '../types/tensor.js'
import { type Kernel, points, reads, writes } from './kernel.js'
import { periodic } from './periodic.js'

export const bytesPerElement: Readonly<Record<DType, number>> = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2, u8: 1 }
/** Bytes of a tensor in memory, rounded up to whole words. */
export const byteSize = ({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): number =>
  Math.ceil((numel(shape) * bytesPerElement[dtype]) / 4) * 4

/** Additions, multiplications and function calls on floats, a fused multiply-add counting as two. */
export function flops(kernel: Kernel): number {
  const grid = points(kernel.grid)
  return kernel.body.reduce((sum, statement) => {
    const times = grid * points(statement.along)
    if (statement.kind === 'store') return sum + times * operationsIn(statement.results.map(({ value }) => value))
    return (
      sum +
      times * statement.terms.reduce((n, { value }) => n + (operationsIn([value]) + 1) * periodic(value).density, 0)
    )
  }, 0)
}

/** A choice and a conversion are none: a product of halves, which are read as f32, counts as one of f32. */
function operationsIn(values: readonly Expression[]): number {
  let count = 0
  walk(values, e => {
    if (e.kind === 'apply' && isFloat(e.dtype) && e.scalar !== choose && !e.scalar.name.startsWith('cast.')) count++
  })
  return count
}

/** Every operand and result once. */
export const bytes = (kernel: Kernel): number =>
  [...reads(kernel), ...writes(kernel)].reduce((n, tensor) => n + byteSize(tensor), 0)
