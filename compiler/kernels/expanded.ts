/** A kernel in primitives alone, in types that registers have: what operations call their functions is replaced by their formulas. */
import { type Expression, type Formula, partsOf, registerType, withParts } from '../graph/expression.js'
import { postOrder } from '../graph/reach.js'
import { expressionsOf, type Kernel, rebuilt, type Statement } from './kernel.js'

export function expanded(kernel: Kernel): Kernel {
  const made = inPrimitives(kernel.body.flatMap(expressionsOf))
  const body = kernel.body.map((statement): Statement => {
    const own = rebuilt(statement, e => made.get(e)!)
    if (own.kind !== 'accumulate') return own
    return { ...own, terms: own.terms.map(term => ({ ...term, dtype: registerType(term.dtype) })) }
  })
  return { ...kernel, body }
}

/** What each part of some expressions becomes: once, so that what is shared stays so. */
export function inPrimitives(roots: readonly Expression[]): ReadonlyMap<Expression, Expression> {
  const made = new Map<Expression, Expression>()
  for (const e of postOrder(roots, partsOf)) {
    const parts = partsOf(e).map(part => made.get(part)!)
    const formula = e.kind === 'apply' ? e.scalar.expand : undefined
    made.set(e, formula ? formula(...(parts as Parameters<Formula>)) : inRegister(withParts(e, parts)))
  }
  return made
}

function inRegister(e: Expression): Expression {
  const dtype = registerType(e.dtype)
  return dtype === e.dtype ? e : ({ ...e, dtype } as Expression)
}
