/**
 * The order of rows in passes: runs of sixteen by counting, then merges of neighbours until one run is left, each pass a kernel. A
 * merge is cut into pieces of its output, which find where they begin by bisection (Odeh, Green, Mwassi, Shmueli and Birk, "Merge
 * Path - Parallel Merging Made Simple", IPDPS Workshops 2012), so all passes are as parallel as the rows are long. Where the
 * first `k` of a row are wanted, runs keep no more, and what is merged halves from pass to pass; of long rows most is not put in
 * order at all (`narrowed`).
 */
import {
  type Axis,
  axisOf,
  call,
  type Expression,
  index,
  less,
  linearize,
  literal,
  plus,
  quotient,
  remainder,
  select,
  times,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import type { Kernel, Order, Result } from './kernel.js'
import { partialOf } from './partial.js'

/** Elements of the runs of the first pass. */
export const FIRST_RUN = 16

/** Rows that are worth narrowing have as many elements, and as many for each that is wanted. */
const NARROWED = { row: 64 * FIRST_RUN, each: 16 }

/** The passes of a kernel that puts rows in order; other kernels as they are. */
export function ordered(kernel: Kernel): Kernel[] {
  const [whole] = kernel.body
  if (whole?.kind !== 'order') return [kernel]
  const { size } = whole.along[0]
  const narrows = size >= Math.max(NARROWED.row, NARROWED.each * whole.out.size)
  return narrows ? narrowed(kernel, whole) : merged(kernel, whole)
}

/**
 * The first `k` of a row of `n` lie in `k` of its blocks: those whose least keys come first, the block of the first one on ties. With
 * blocks of sqrt(n / k) elements, sqrt(n k) least keys and as many candidates are put in order instead of `n` elements. Candidates
 * are taken in the order of the row, so equals stay as they stand.
 */
function narrowed(kernel: Kernel, whole: Order): Kernel[] {
  const indexing = createIndexing()
  const [row] = whole.along
  const count = whole.out.size
  const length = 2 ** Math.floor(Math.log2(row.size / count) / 2)
  const lead = kernel.grid.map(axisOf)
  const shape = kernel.grid.map(({ size }) => size)
  /** A tensor of so many per row: where an element of it stands, and what it is. */
  const perRow = (size: number, dtype: 'i32' | 'u32') => {
    const target = partialOf([...shape, size], dtype, kernel.scope)
    const at = (e: Expression): Expression => indexing.simplify(linearize([...lead, e], target.shape))
    return { target, at, load: (e: Expression): Expression => ({ kind: 'load', source: target, index: at(e), dtype }) }
  }
  const dtype = whole.key.dtype as 'i32' | 'u32'
  const even = row.size % length === 0
  /** An element of the row; behind its end the last one. */
  const element = (e: Expression): Expression => (even ? e : p.min(e, row.size - 1))
  const of = (what: Expression, at: Expression): Expression =>
    indexing.simplify(indexing.substitute(what, new Map([[row, at]])))

  const block: Axis = { name: 'b', size: Math.ceil(row.size / length) }
  const within: Axis = { name: 'e', size: length }
  const least = perRow(block.size, dtype)
  const leastKey: Expression = { kind: 'name', name: 'least', dtype }
  const blocks: Kernel = {
    ...kernel,
    name: `${kernel.name}_blocks`,
    grid: [...kernel.grid, block],
    body: [
      {
        kind: 'accumulate',
        along: [within],
        terms: [
          {
            name: 'least',
            combine: 'min',
            dtype,
            value: of(whole.key, element(plus(times(axisOf(block), length), axisOf(within)))),
          },
        ],
      },
      {
        kind: 'store',
        along: [],
        results: [{ target: least.target, index: least.at(axisOf(block)), value: leastKey }],
      },
    ],
  }
  /** An order of a row of its own, of which the positions are kept. */
  const positions = (name: string, from: Axis, key: Expression, position: Expression) => {
    const made = perRow(count, 'i32')
    const out: Axis = { name: 'o', size: count }
    const value: Expression = { kind: 'name', name: 'position', dtype: 'i32' }
    const results = [{ target: made.target, index: made.at(axisOf(out)), value }]
    const order: Order = { ...whole, along: [from], to: from.size, keep: count, out, key, position, results }
    return { ...made, kernels: ordered({ ...kernel, name: `${kernel.name}_${name}`, body: [order] }) }
  }
  const first = positions('first', block, least.load(axisOf(block)), axisOf(block))
  const one: Axis = { name: 'c', size: count }
  const inRow = positions('chosen', one, first.load(axisOf(one)), first.load(axisOf(one)))
  const candidate: Axis = { name: 'k', size: count * length }
  const [chosen, rest] = [quotient, remainder].map(part => part(axisOf(candidate), literal(length)))
  // Loads may hold anything as far as the verifier knows.
  const inside = call(index.clamp, [inRow.load(chosen!), literal(block.size - 1)], 'i32')
  const at = plus(times(inside, length), rest!)
  const last = literal(dtype === 'i32' ? 2 ** 31 - 1 : 2 ** 32 - 1, dtype)
  const key = of(whole.key, element(at))
  const candidates: Order = {
    ...whole,
    along: [candidate],
    to: candidate.size,
    key: even ? key : select(less(at, literal(row.size)), key, last),
    position: of(whole.position, element(at)),
  }
  return [blocks, ...first.kernels, ...inRow.kernels, ...ordered({ ...kernel, body: [candidates] })]
}

/** Runs, and merges until one is left. */
function merged(kernel: Kernel, whole: Order): Kernel[] {
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
