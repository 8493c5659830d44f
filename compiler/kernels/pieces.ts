/** How the results of a scatter or an order are cut: each point makes a piece of them, one after the other. */
import { dependencies } from '../graph/dependencies.js'
import type { Axis } from '../graph/expression.js'
import { type Kernel, type Order, points, type Scatter } from './kernel.js'
import { FIRST_RUN } from './order.js'
import { machineOf, type Target } from './target.js'

/** Results of a piece, and how many points there are. */
export function pieces(kernel: Kernel, whole: Scatter | Order, target: Target): { piece: number; points: number } {
  const axis = whole.kind === 'scatter' ? whole.onto : whole.out
  const even = Math.ceil(axis.size / pieceCount(kernel, whole, target))
  const piece = whole.kind === 'scatter' ? even : pieceOfRuns(whole, even)
  return { piece, points: rowsOf(kernel, whole, target) * Math.ceil(axis.size / piece) }
}
/** The pieces of an order lie within its runs, which are powers of two but for the last, and the first runs are made whole. */
function pieceOfRuns({ from, keep, out }: Order, even: number): number {
  const run = Math.min(keep, out.size)
  return from === 1 ? run : Math.min(run, 2 ** Math.floor(Math.log2(Math.max(even, FIRST_RUN))))
}
const rowsOf = (kernel: Kernel, whole: Scatter | Order, target: Target): number =>
  points(whole.kind === 'scatter' ? pointAxes(kernel, whole, target) : kernel.grid)

/** Pieces of each row of results, about: each point of a scatter looks at all steps, whatever its piece. */
export const pieceCount = (kernel: Kernel, whole: Scatter | Order, target: Target): number =>
  Math.ceil(machineOf(target).owners / rowsOf(kernel, whole, target))

/** The axis of a scatter's results that invocations run through in fours, if there is one. */
export function inFours({ grid }: Kernel, { at }: Scatter): Axis | undefined {
  const last = grid.at(-1)
  return last && last.size % 4 === 0 && !dependencies(at).has(last) ? last : undefined
}
/**
 * The axes of a scatter's grid that have points of their own: a processor runs through those that the position does not depend on
 * where it has one, in vectors; elsewhere they are invocations, the last in fours.
 */
export function pointAxes(kernel: Kernel, scatter: Scatter, target: Pick<Target, 'class'>): Axis[] {
  if (target.class === 'cpu') return kernel.grid.filter(axis => dependencies(scatter.at).has(axis))
  const fours = inFours(kernel, scatter)
  return kernel.grid.map(axis => (axis === fours ? { ...axis, size: axis.size / 4 } : axis))
}
