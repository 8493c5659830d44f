/**
 * The model of cost that everything shares which chooses: how much work there is, and what it takes on a machine. `bound.ts` counts
 * what a kernel cannot do without, whatever its schedule; `loops/count.ts` what a loop program does.
 */
import { choose, type Expression, walk } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import type { Machine } from '../graph/machine.js'
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
    // Of an order, the comparisons: each element once for each doubling of the runs.
    if (statement.kind === 'order') return sum + times * Math.ceil(Math.log2(statement.to / statement.from))
    if (statement.kind !== 'accumulate') {
      const values = statement.results.map(({ value }) => value)
      return sum + times * (operationsIn(values) + (statement.kind === 'scatter' ? values.length : 0))
    }
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

/** Every operand and result once, or what is touched of it. */
export function bytes(kernel: Kernel): number {
  const { touched = new Map<Tensor, number>() } = kernel
  const whole = [...reads(kernel), ...writes(kernel)].filter(tensor => !touched.has(tensor))
  const parts = [...touched].map(([{ dtype }, count]) => byteSize({ shape: [count], dtype }))
  return parts.reduce((a, b) => a + b, 0) + whole.reduce((n, tensor) => n + byteSize(tensor), 0)
}

/** Work by what it is made of. Operations are counted by lanes, an operation on one scalar as a whole vector where the machine has some. */
export interface Work {
  /** In simple operations (`Scalar.cost`). */
  readonly simple: number
  /** Multiplications whose product is added to a sum. */
  readonly multiplyAdds: number
  /** Instructions that load or store. */
  readonly accesses: number
  /** Of memory, each once. */
  readonly bytes: number
  /** Through loops. */
  readonly passes: number
  readonly barriers: number
  /** Invocations, or tasks of a processor. */
  readonly points: number
}

/** Nanoseconds of a kernel, its dispatch aside: what computes, or what moves through memory, and longer where part of the machine idles. */
export const time = (work: Work, machine: Machine): number =>
  Math.max(1, machine.busy / work.points) *
  Math.max(
    work.simple * machine.simple +
      work.multiplyAdds * machine.multiplyAdd +
      work.accesses * machine.load +
      work.passes * machine.pass +
      work.barriers * machine.barrier,
    work.bytes * machine.byte,
  )
