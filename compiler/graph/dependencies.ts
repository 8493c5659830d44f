/** What an expression depends on. */
import { type Axis, type Expression, partsOf } from './expression.js'
import { postOrder } from './reach.js'

/** Every axis an expression depends on, and every name. */
export function dependencies(root: Expression, seen = new Map<Expression, Set<Axis | string>>()): Set<Axis | string> {
  const known = seen.get(root)
  if (known) return known
  for (const e of postOrder([root], part => (seen.has(part) ? [] : partsOf(part)))) {
    if (seen.has(e)) continue
    const found = new Set<Axis | string>()
    if (e.kind === 'axis') found.add(e.axis)
    else if (e.kind === 'name') found.add(e.name)
    for (const part of partsOf(e)) for (const d of seen.get(part)!) found.add(d)
    seen.set(e, found)
  }
  return seen.get(root)!
}
