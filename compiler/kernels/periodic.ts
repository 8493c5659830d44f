/**
 * Periodic masks: a convolution over a dilated input (the input gradient of a strided one) has terms only where
 * `position % n == 0`. If the axes in the position are cut so that the remainder is known when the kernel is printed,
 * the other terms vanish from its text.
 */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, type Expression, index, walk } from '../graph/expression.js'

export interface Periodic {
  /** For each axis, the `n` whose multiples leave the remainder alone. */
  readonly periods: ReadonlyMap<Axis, number>
  /** Fraction of the terms that the masks let through. */
  readonly density: number
}

export function periodic(term: Expression): Periodic {
  const periods = new Map<Axis, number>()
  let density = 1
  walk([term], e => {
    if (e.kind !== 'apply' || e.scalar !== index.equal) return
    const [position] = e.args
    if (position?.kind !== 'apply' || position.scalar !== index.mod || position.args[1]?.kind !== 'literal') return
    const n = position.args[1].value
    density /= n
    for (const axis of dependencies(position.args[0]!))
      if (typeof axis !== 'string') periods.set(axis, Math.max(n, periods.get(axis) ?? 1))
  })
  return { periods, density }
}
