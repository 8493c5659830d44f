/**
 * A long accumulation with few results becomes two kernels: partial sums over equal, contiguous ranges of one axis, then
 * the sum of the parts, which finishes as the original did. Both have a fixed order, so results have the same bits in
 * every run. For the blocks of a GPU's contractions the number of parts is the one with the least expected time
 * (`timeOf`); `compiler/README.md` compares it with stream-K.
 */
import {
  type Axis,
  axisOf,
  both,
  choose,
  type Expression,
  less,
  linearize,
  literal,
  plus,
  select,
  times,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Machine } from '../graph/machine.js'
import { contractionOf, extents } from './contraction.js'
import { type Accumulate, type Kernel, points } from './kernel.js'
import { laidOut } from './layout.js'
import { ordered } from './order.js'
import { partialOf } from './partial.js'
import { scattered } from './scatter.js'
import { blockOf, LARGE, largestDivisor, stagedBlocks } from './schedule.js'
import { inSweeps } from './sweeps.js'
import { machineOf, type Target } from './target.js'

/** The kernels that compute what one does, each of one kind of work. */
export const cut = (kernel: Kernel, target: Target): Kernel[] =>
  ordered(kernel)
    .flatMap(pass => scattered(pass, target))
    .flatMap(part => inSweeps(part, target))
    .flatMap(sweep => inRanges(sweep, target))
    .flatMap(range => laidOut(range, target))

/** Two kernels for one, if it has a single long accumulation and too few results to fill the device. */
export function inRanges(kernel: Kernel, target: Target): Kernel[] {
  const [first, ...rest] = kernel.body
  if (
    first?.kind !== 'accumulate' ||
    first.along.length === 0 ||
    points(first.along) < 4096 ||
    rest.some(s => s.kind === 'accumulate' || s.along.length)
  )
    return [kernel]
  const axis = first.along.reduce((a, b) => (b.size > a.size ? b : a))
  const parts = partsOf(kernel, first, axis, target)
  if (parts < 2) return [kernel]

  const part: Axis = { name: 'part', size: parts }
  const inner: Axis = { name: axis.name, size: Math.ceil(axis.size / parts) }
  const indexing = createIndexing()
  const at = plus(times(axisOf(part), inner.size), axisOf(inner))
  const exists = indexing.simplify(less(at, literal(axis.size)))
  const cut = (value: Expression): Expression =>
    indexing.simplify(masked(indexing.substitute(value, new Map([[axis, at]])), exists))
  // Blocks of a contraction store neighbours of a row next to each other; elsewhere the parts of a result are neighbours.
  const grid = kernel.contraction ? [part, ...kernel.grid] : [...kernel.grid, part]
  const shape = grid.map(({ size }) => size)
  const position = indexing.simplify(linearize(grid.map(axisOf), shape))
  const partials = first.terms.map(({ dtype }) => partialOf(shape, dtype, kernel.scope))
  return [
    {
      ...kernel,
      name: `${kernel.name}_part`,
      grid,
      body: [
        {
          ...first,
          along: first.along.map(a => (a === axis ? inner : a)),
          terms: first.terms.map(term => ({ ...term, value: cut(term.value) })),
        },
        {
          kind: 'store',
          along: [],
          results: first.terms.map(({ name, dtype }, i) => ({
            target: partials[i]!,
            index: position,
            value: { kind: 'name', name, dtype },
          })),
        },
      ],
    },
    {
      ...kernel,
      contraction: false,
      body: [
        {
          kind: 'accumulate',
          along: [part],
          terms: first.terms.map((term, i) => ({
            ...term,
            value: { kind: 'load', source: partials[i]!, index: position, dtype: term.dtype },
          })),
        },
        ...rest,
      ],
    },
  ]
}

/** A term where `exists`, which the last range may leave. Elsewhere it loads elements 0, and its first factor is 0. */
export function masked(term: Expression, exists: Expression): Expression {
  if (exists.kind === 'literal') return term
  const safe = new Map<Expression, Expression>()
  const guard = (e: Expression): Expression => {
    const known = safe.get(e)
    if (known) return known
    let made = e
    if (e.kind === 'load') {
      const index = guard(e.index)
      const padded = index.kind === 'apply' && index.scalar === choose
      made = {
        ...e,
        index: padded
          ? select(both(index.args[0]!, exists), index.args[1]!, index.args[2]!)
          : select(exists, index, literal(0)),
      }
    } else if (e.kind === 'apply') made = { ...e, args: e.args.map(guard) }
    safe.set(e, made)
    return made
  }
  const { scalar, args, dtype } = guard(term) as Extract<Expression, { kind: 'apply' }>
  const [left, right] = args as [Expression, Expression]
  return { kind: 'apply', scalar, args: [select(exists, left, literal(0, left.dtype)), right], dtype }
}

/** How many ranges to make of `axis`; 1 for none. */
function partsOf(kernel: Kernel, { along }: Accumulate, axis: Axis, target: Target): number {
  const machine = machineOf(target)
  if (target.class === 'gpu' && stagedBlocks(kernel, target)) {
    const size = extents(contractionOf(kernel)!)
    const few = Math.min(256, (2 * machine.atOnce.at(-1)!) / blockOf(size).count)
    const most = Math.min(Math.max(MOST, few), size.depth / SHORTEST, target.bindingBytes / (4 * points(kernel.grid)))
    const ranges = Array.from({ length: Math.max(1, Math.floor(most)) }, (_, i) => i + 1).filter(
      n => Math.ceil(axis.size / Math.ceil(axis.size / n)) === n,
    )
    const time = (n: number): number => timeOf(size, n, Math.ceil(axis.size / n) / axis.size, machine)
    return ranges.reduce((best, n) => (time(n) < time(best) ? n : best))
  }
  if (target.class === 'cpu') {
    // Tiles of a contraction, or points, that keep some threads busy.
    const grid = points(kernel.grid) / (kernel.contraction ? 512 : 1)
    const wanted = Math.min(Math.ceil(machine.tasks / 2 / grid), Math.floor(points(along) / 8192))
    return wanted < 2 ? 1 : largestDivisor(axis.size, wanted)
  }
  // Rows of a GPU were cut by their sweeps.
  if (target.class === 'gpu' && !kernel.contraction) return 1
  const grid = points(kernel.grid)
  const perInvocation = kernel.contraction ? 16 : 1
  const wanted = Math.ceil(
    (machine.busy * (target.class === 'software' ? 2 : 1) * perInvocation) / (kernel.contraction ? grid : grid * 64),
  )
  return wanted < 2 || points(along) < 4096 ? 1 : largestDivisor(axis.size, Math.min(wanted, 64))
}

/** Parts, at most, because each is stored and loaded again; more where so many have too few blocks for the largest machine to run at once. */
const MOST = 63
/** Terms of a part, at least. */
const SHORTEST = 256
/** What an operation of a block with tiles of 4 by 4 takes of one with 8 by 8, which reads workgroup memory half as often. */
const SMALL = 1.6

/**
 * Nanoseconds that pass while a product of this size runs in `parts` ranges, each with `fraction` of the terms:
 * waves of blocks, of which the last one may be part empty, then partial sums written and read again. The mean over
 * the machines that the numbers are for (`Machine.atOnce`).
 */
export function timeOf(size: ReturnType<typeof extents>, parts: number, fraction: number, machine: Machine): number {
  const { rows, columns, count } = blockOf({ ...size, batch: size.batch * parts })
  const { atOnce, multiplyAdd, load, byte, dispatch } = machine
  const product = multiplyAdd * rows * columns * (rows * columns < LARGE ? SMALL : 1)
  const block = (product + load * (rows + columns)) * size.depth * fraction
  const waves = atOnce.reduce((sum, n) => sum + Math.ceil(count / n) * n, 0) / atOnce.length
  const sums = parts === 1 ? 0 : dispatch + byte * 8 * size.rows * size.columns * size.batch * parts
  return waves * block + sums
}
