/**
 * Where sums end early: conditions of a contraction's factors that are decided by its batch, and by one axis of the sum as an
 * upper bound, become ends of loops, so that terms which count for nothing are not multiplied. Phases of strided convolutions
 * (`kernels/phases.ts`) have such.
 */
import { dependencies } from '../graph/dependencies.js'
import {
  type Axis,
  both,
  type Expression,
  literal,
  minus,
  index as op,
  partsOf,
  plus,
  quotient,
  select,
  withParts,
} from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { remembered } from '../graph/reach.js'
import { type Contraction, conditionsOf } from '../kernels/contraction.js'
import type { Ends } from './terms.js'

/** The factors without these conditions, and for axes of the sum, how many of their terms there are. */
export function endsOf(
  { left, right, batch, along }: Contraction,
  indexing: Indexing,
): { readonly left: Expression; readonly right: Expression; readonly ends: Ends } {
  const ends = new Map<Axis, Expression>()
  const met = new Map<Expression, Expression>()
  const factors = [left, right].map(indexing.simplify) as [Expression, Expression]
  let some: Expression | undefined
  for (const condition of factors.flatMap(conditionsOf)) {
    if (met.has(condition)) continue
    const axes = [...dependencies(condition)]
    const inSum = along.filter(axis => axes.includes(axis))
    if (axes.some(one => !batch.includes(one as Axis) && !inSum.includes(one as Axis))) continue
    if (inSum.length === 0) some = some ? both(some, condition) : condition
    else {
      const [axis] = inSum as [Axis]
      const end = inSum.length === 1 && endOf(condition, axis, indexing)
      if (!end) continue
      const before = ends.get(axis)
      ends.set(axis, before ? p.min(before, end) : end)
    }
    met.set(condition, literal(1, 'bool'))
  }
  if (some) {
    const [axis] = ends.size ? [...ends.keys()] : along
    ends.set(axis!, select(some, ends.get(axis!) ?? literal(axis!.size), literal(0)))
  }
  const without = remembered(
    partsOf,
    (e: Expression, again: (e: Expression) => Expression): Expression =>
      met.get(e) ?? withParts(e, partsOf(e).map(again)),
  )
  const simpler = (factor: Expression): Expression => (met.size ? indexing.simplify(without(factor)) : factor)
  return { left: simpler(factors[0]), right: simpler(factors[1]), ends }
}

/** `low < high` as `axis < end`, for an axis that stands in it once, positive below or negative above. */
function endOf(condition: Expression, axis: Axis, indexing: Indexing): Expression | undefined {
  if (condition.kind !== 'apply' || condition.scalar !== op.less) return undefined
  const [low, high] = condition.args as [Expression, Expression]
  const { terms, constant } = indexing.linear(indexing.simplify(minus(high, low)))
  const own = [...terms].filter(([atom]) => dependencies(atom).has(axis))
  const [[atom, by] = [undefined, 0]] = own
  if (own.length !== 1 || atom?.kind !== 'axis' || by >= 0) return undefined
  // 0 < rest + by * axis
  const rest = indexing.linearExpression(new Map([...terms].filter(([one]) => one !== atom)), constant, 1)
  const end = quotient(plus(rest, literal(-by - 1)), -by)
  return indexing.range(plus(rest, literal(-by - 1)))[0] >= 0 ? p.min(end, axis.size) : undefined
}
