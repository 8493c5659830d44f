/**
 * A factor of a contraction that a quad shares. Four neighbouring invocations compute neighbouring columns, so the factor
 * of the rows is the same for all of them: each computes it for every fourth row of the tile, and `quadBroadcast` hands it
 * round. A quarter of its loads remain, and on software drivers, which load lane by lane, loads are most of the time.
 */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, axisOf, type Expression, literal, plus } from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { contractionOf } from '../kernels/contraction.js'
import type { Accumulate, Kernel, Term } from '../kernels/kernel.js'
import { periodic } from '../kernels/periodic.js'
import { QUAD } from '../kernels/rows.js'
import type { At } from './expand.js'

const broadcasts = [p['quad.0'], p['quad.1'], p['quad.2'], p['quad.3']] as const

export interface Quads {
  /** Which invocation of its quad this is. */
  readonly axis: Axis
  /** The grid in the order in which invocations are numbered, the last axis fastest. */
  readonly grid: readonly Axis[]
  /** The term of the contraction at a point. */
  value(point: At): Expression
}

/**
 * How quads share a factor of a kernel, if they can: four divides the tile along an axis of its rows, and the invocations
 * along the columns.
 */
export function quadsOf(kernel: Kernel, tile: ReadonlyMap<Axis, number>, indexing: Indexing): Quads | undefined {
  const contraction = contractionOf(kernel)
  if (!contraction) return undefined
  const { left, right, rows } = contraction
  const needs = dependencies(left)
  const { periods } = periodic(left)
  const shared = rows.find(row => (tile.get(row) ?? 1) % QUAD === 0 && !periods.has(row))
  const neighbours = (grid: readonly Axis[]): number =>
    grid
      .slice(grid.findLastIndex(axis => needs.has(axis)) + 1)
      .reduce((n, axis) => n * (axis.size / (tile.get(axis) ?? 1)), 1)
  // As it is if that gives whole quads, so that what lies together is loaded together; else with all columns last.
  const columns = kernel.grid.filter(axis => !needs.has(axis))
  const grid = [kernel.grid, [...kernel.grid.filter(axis => needs.has(axis)), ...columns]].find(
    order => neighbours(order) % QUAD === 0,
  )
  if (!shared || !grid) return undefined
  const axis: Axis = { name: 'quad', size: QUAD }
  const [{ terms }] = kernel.body as readonly [Accumulate]
  const [{ value: term }] = terms as readonly [Term]
  return {
    axis,
    grid,
    value(point) {
      const whole = indexing.substitute(term, point)
      // A mask may have removed it.
      if (whole.kind !== 'apply' || whole.scalar.name !== 'mul') return whole
      const position = indexing.simplify(point.get(shared)!)
      const lane = indexing.linear(position).constant % QUAD
      const own = plus(plus(position, literal(-lane)), axisOf(axis))
      const part = indexing.substitute(left, new Map([...point, [shared, own]]))
      return indexing.simplify({
        ...whole,
        args: [broadcasts[lane]!(part), indexing.substitute(right, point)],
      })
    },
  }
}
