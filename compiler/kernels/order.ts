/**
 * The order of rows in passes: runs of sixteen by counting, then merges of neighbours until one run is left, each pass a kernel. A
 * merge is cut into pieces of its output, which find where they begin by bisection (Odeh, Green, Mwassi, Shmueli and Birk, "Merge
 * Path - Parallel Merging Made Simple", IPDPS Workshops 2012), so all passes are as parallel as the rows are long. Where the
 * first `k` of a row are wanted, runs keep no more, and what is merged halves from pass to pass.
 */
import { type Axis, axisOf, type Expression, linearize } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Kernel, Order, Result } from './kernel.js'
import { partialOf } from './partial.js'

/** Elements of the runs of the first pass. */
export const FIRST_RUN = 16

/** The passes of a kernel that puts rows in order; other kernels as they are. */
export function ordered(kernel: Kernel): Kernel[] {
  const [whole] = kernel.body
  if (whole?.kind !== 'order') return [kernel]
  const indexing = createIndexing()
  const shape = kernel.grid.map(({ size }) => size)
  const wanted = whole.out.size
  /** Elements of a run that later passes may need. */
  const most = Math.max(FIRST_RUN, 2 ** Math.ceil(Math.log2(wanted)))
  const passes: Kernel[] = []
  let row = whole.along[0]
  let { key, position } = whole
  for (let from = 1; ; ) {
    const to = from === 1 ? FIRST_RUN : 2 * from
    const runs = Math.ceil(row.size / to)
    const keep = runs === 1 ? wanted : Math.min(to, most)
    const last = row.size - (runs - 1) * to
    const size = runs === 1 ? wanted : (runs - 1) * keep + Math.min(keep, last)
    const pass = { from, to, keep, along: [row] as const, key, position }
    if (runs === 1) {
      passes.push({ ...kernel, body: [{ ...whole, ...pass }] })
      return passes
    }
    const out: Axis = { name: 'o', size }
    const into = [...shape, size]
    const index = indexing.simplify(linearize([...kernel.grid, out].map(axisOf), into))
    const results = (['key', 'position'] as const).map((name): Result => {
      const { dtype } = whole[name]
      return { target: partialOf(into, dtype, kernel.scope), index, value: { kind: 'name', name, dtype } }
    })
    const order: Order = { ...whole, ...pass, out, results }
    passes.push({ ...kernel, name: `${kernel.name}_${from === 1 ? 'runs' : 'merge'}`, body: [order] })
    row = { name: 'k', size }
    const at = indexing.simplify(linearize([...kernel.grid, row].map(axisOf), into))
    ;[key, position] = results.map(
      ({ target }): Expression => ({ kind: 'load', source: target, index: at, dtype: target.dtype }),
    ) as [Expression, Expression]
    from = keep
  }
}
