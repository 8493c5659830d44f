/** What an expression depends on. */
import { type Axis, type Expression, partsOf } from './expression.js'
import { remembered } from './reach.js'

export type Dependencies = ReadonlySet<Axis | string>
const NONE: Dependencies = new Set()

/** Every axis an expression depends on, and every name. */
export const dependencies = (root: Expression, known = new Map<Expression, Dependencies>()): Dependencies =>
  known.get(root) ?? remembered(partsOf, ofParts, known)(root)

/** Most expressions depend on what one of their parts depends on, and share its set. */
function ofParts(e: Expression, again: (part: Expression) => Dependencies): Dependencies {
  if (e.kind === 'axis') return new Set([e.axis])
  if (e.kind === 'name') return new Set([e.name])
  return united(partsOf(e), again)
}

/** The union of the sets of some items in their order, which is the first of them where that has all. */
export function united<T, U>(items: readonly T[], of: (item: T) => ReadonlySet<U>): ReadonlySet<U> {
  let all: ReadonlySet<U> | undefined
  for (const item of items) {
    const own = of(item)
    if (!all?.size) all = own
    else if (!isSubset(own, all)) all = new Set([...all, ...own])
  }
  return all ?? (NONE as ReadonlySet<never>)
}
function isSubset<U>(small: ReadonlySet<U>, large: ReadonlySet<U>): boolean {
  if (small === large) return true
  if (small.size > large.size) return false
  for (const item of small) if (!large.has(item)) return false
  return true
}
