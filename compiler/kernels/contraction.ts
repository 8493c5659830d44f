/**
 * A contraction as a matrix product: which loops of a kernel are rows, columns, depth and batch. A convolution is one, too:
 * its columns are the positions of the image and its depth runs over channels and offsets (implicit GEMM).
 */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, choose, type Expression, index as op } from '../graph/expression.js'
import type { DType } from '../types/tensor.js'
import { type Accumulate, type Kernel, points, type Store } from './kernel.js'

export interface Contraction {
  /** The factors of a term: the first depends on rows, the second on columns. */
  readonly left: Expression
  readonly right: Expression
  readonly rows: readonly Axis[]
  /** Hold the innermost axis of the result. */
  readonly columns: readonly Axis[]
  /** Both factors depend on them, or none does. */
  readonly batch: readonly Axis[]
  readonly along: readonly Axis[]
  /** What statements call the sum. */
  readonly name: string
  readonly dtype: DType
  /** What is stored of each sum. */
  readonly stores: readonly Store[]
}

/** The matrix product that a kernel is, if it is one. */
export function contractionOf(kernel: Kernel): Contraction | undefined {
  const [first, ...rest] = kernel.body
  if (!kernel.contraction || first?.kind !== 'accumulate' || first.terms.length !== 1 || first.along.length === 0)
    return undefined
  const [{ name, combine, value, dtype }] = first.terms as [Accumulate['terms'][number]]
  const stores = rest.filter((s): s is Store => s.kind === 'store' && s.along.length === 0)
  const product = value.kind === 'apply' && value.scalar.name === 'mul' && value.args.length === 2
  if (combine !== 'sum' || stores.length < rest.length || !product) return undefined
  const factors = value.args as [Expression, Expression]
  const needs = factors.map(factor => dependencies(factor))
  const only = (i: number): Axis[] => kernel.grid.filter(axis => needs[i]!.has(axis) && !needs[1 - i]!.has(axis))
  const [a, b] = [only(0), only(1)]
  const swap = a.includes(kernel.grid.at(-1)!)
  return {
    left: factors[swap ? 1 : 0],
    right: factors[swap ? 0 : 1],
    rows: swap ? b : a,
    columns: swap ? a : b,
    batch: kernel.grid.filter(axis => !a.includes(axis) && !b.includes(axis)),
    along: first.along,
    name,
    dtype,
    stores,
  }
}

/** Conditions without which a factor, and so its term, is 0: masks of padding and of gaps. */
export function conditionsOf(factor: Expression): Expression[] {
  if (factor.kind !== 'apply' || factor.scalar !== choose) return []
  const [mask, value, otherwise] = factor.args as [Expression, Expression, Expression]
  if (otherwise.kind !== 'literal' || otherwise.value !== 0) return []
  return [...conjuncts(mask), ...conditionsOf(value)]
}
/** What all must hold for a mask to hold. */
export const conjuncts = (mask: Expression): Expression[] =>
  mask.kind === 'apply' && mask.scalar === op.and ? mask.args.flatMap(conjuncts) : [mask]

/** Rows, columns, depth and batch as numbers. */
export const extents = ({ rows, columns, along, batch }: Contraction) => ({
  rows: points(rows),
  columns: points(columns),
  depth: points(along),
  batch: points(batch),
})

/**
 * The loop axes that a workgroup stages together, `depth` terms at a time, and those that it loops over outside: the
 * innermost axis that slabs fill, because positions along it need no division, or several innermost ones that they fill
 * together, as the rows and columns of a small image; their neighbours are likely neighbours in memory. Where slabs fill
 * none, the longest axis, or all that there are.
 */
export function staging(along: readonly Axis[], depth: number): { staged: readonly Axis[]; outer: readonly Axis[] } {
  const fills = (terms: number): boolean => terms >= depth && terms % depth === 0
  for (let i = along.length - 1; i >= 0; i--) {
    const alone = fills(along[i]!.size)
    const staged = alone ? [along[i]!] : along.slice(i)
    if (alone || fills(points(staged))) return { staged, outer: along.filter(axis => !staged.includes(axis)) }
  }
  const longest = along.reduce((a, b) => (b.size > a.size ? b : a))
  return longest.size >= depth
    ? { staged: [longest], outer: along.filter(axis => axis !== longest) }
    : { staged: along, outer: [] }
}
