/** How large expressions are in primitives: what a formula stands for is counted, and not written out. */
import { type Expression, type Formula, partsOf, type Scalar } from './expression.js'
import { postOrder } from './reach.js'

export interface Extent {
  /** Distinct parts. */
  readonly size: number
  /** Parts within each other. */
  readonly depth: number
}

const ONE: Extent = { size: 1, depth: 1 }
const formulas = new WeakMap<Scalar, Extent>()

/** Of an expression beside its parts. */
export function extentOf(e: Expression): Extent {
  const formula = e.kind === 'apply' ? e.scalar.expand : undefined
  if (e.kind !== 'apply' || !formula) return ONE
  const known = formulas.get(e.scalar)
  if (known) return known
  const args = e.args.map(({ dtype }, i): Expression => ({ kind: 'name', name: `x${i}`, dtype }))
  const { size, depth } = measured(formula(...(args as Parameters<Formula>)), new Map(args.map(arg => [arg, 0])))
  formulas.set(e.scalar, { size, depth })
  return { size, depth }
}

/** Of what an expression is made of beside parts whose depth is `known`; and how deep each of those is. */
export function measured(
  root: Expression,
  known: ReadonlyMap<Expression, number>,
): Extent & { readonly depths: ReadonlyMap<Expression, number> } {
  const depths = new Map<Expression, number>()
  const depthOf = (e: Expression): number => known.get(e) ?? depths.get(e)!
  let size = 0
  for (const e of postOrder([root], one => (known.has(one) ? [] : partsOf(one)))) {
    if (known.has(e)) continue
    const own = extentOf(e)
    size += own.size
    depths.set(e, own.depth + partsOf(e).reduce((most, part) => Math.max(most, depthOf(part)), 0))
  }
  return { size, depth: depthOf(root), depths }
}
