/**
 * A factor of a contraction whose neighbours lie apart in memory, both along the terms of a slab and across them, as the weights of a
 * convolution do whose slabs take one tap of many channels: each element that a warp loads is then in another sector, and every block
 * loads them so again. Where blocks are many, a kernel of its own first lays the factor out as slabs take it: rows or columns innermost,
 * then the terms of a slab, so that they are loaded in vectors. The products, and the order in which they are added, stay what they were.
 */
import { dependencies } from '../graph/dependencies.js'
import { type Axis, axisOf, type Expression, linearize } from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { numel } from '../graph/shape.js'
import { contractionOf, staging } from './contraction.js'
import { bytesPerElement } from './cost.js'
import { type Kernel, points, rebuilt, stepAlong } from './kernel.js'
import { partialOf } from './partial.js'
import { stagedBlocks } from './schedule.js'
import { machineOf, type Target } from './target.js'

type Load = Extract<Expression, { kind: 'load' }>

/** The kernel after those that lay out its factors; itself alone where that is not worth it. */
export function laidOut(kernel: Kernel, target: Target): Kernel[] {
  const blocks = target.class === 'gpu' ? stagedBlocks(kernel, target) : undefined
  const contraction = contractionOf(kernel)
  if (!contraction || (blocks?.kind !== 'staged' && blocks?.kind !== 'matrix')) return [kernel]
  const { rows, columns, batch, along } = contraction
  const { staged, outer } = staging(along, blocks.depth)
  const indexing = createIndexing()
  const sides = [
    { factor: contraction.left, own: rows, others: Math.ceil(points(columns) / blocks.columns) },
    { factor: contraction.right, own: columns, others: Math.ceil(points(rows) / blocks.rows) },
  ]
  const found = sides.flatMap(({ factor, own, others }) => {
    const inside = [...outer, ...batch, ...staged, ...own].filter(axis => dependencies(factor).has(axis))
    const copied = scatteredLoad(factor, inside, own, staged, indexing)
    return copied && isWorth(points(inside), others, bytesPerElement[copied.source.dtype], target)
      ? [layOut(kernel, copied, inside, indexing)]
      : []
  })
  const by = new Map<Expression, Expression>(found.map(({ from, to }) => [from, to]))
  const replaced = (e: Expression): Expression =>
    by.get(e) ?? (e.kind === 'apply' ? { ...e, args: e.args.map(replaced) } : e)
  const [product, ...stores] = kernel.body
  return found.length
    ? [...found.map(({ copy }) => copy), { ...kernel, body: [rebuilt(product!, replaced), ...stores] }]
    : [kernel]
}

/** The one load that a factor is made of, if it takes no element of a tensor twice, and neighbours of a slab lie apart. */
function scatteredLoad(
  factor: Expression,
  inside: readonly Axis[],
  own: readonly Axis[],
  staged: readonly Axis[],
  { simplify, linear }: Indexing,
): Load | undefined {
  const load = factor.kind === 'apply' && factor.args.length === 1 ? factor.args[0]! : factor
  if (load.kind !== 'load' || points(inside) > numel(load.source.shape)) return undefined
  const { terms } = linear(simplify(load.index))
  if (![...terms.keys()].every(({ kind }) => kind === 'axis')) return undefined
  const steps = [stepAlong(terms, own), stepAlong(terms, staged)]
  return steps.every(each => each !== undefined && each > 1) ? load : undefined
}

/** Whether `others` blocks, each of which loads every element by itself, take longer for that than a copy takes. */
function isWorth(count: number, others: number, bytes: number, target: Target): boolean {
  const machine = machineOf(target)
  return count * others * machine.load > machine.dispatch + 2 * bytes * count * machine.byte
}

function layOut(kernel: Kernel, load: Load, inside: readonly Axis[], indexing: Indexing) {
  const shape = inside.map(({ size }) => size)
  const target = partialOf(shape, load.source.dtype, kernel.scope)
  const index = indexing.simplify(linearize(inside.map(axisOf), shape))
  const copy: Kernel = {
    name: `${kernel.name}_layout`,
    scope: kernel.scope,
    grid: inside.filter(({ size }) => size > 1),
    body: [{ kind: 'store', along: [], results: [{ target, index, value: load }] }],
    contraction: false,
  }
  return { from: load, to: { ...load, source: target, index } satisfies Load, copy }
}
