/**
 * Elementwise kernels that store along one axis of memory and load along another: transposes, whatever the operation is
 * called, with the arithmetic that fusion put around them. It is read off the index maps: the axis of the grid is cut
 * where a load's quotients and remainders cut it, and the coefficients of the pieces are the strides of that load.
 */
import { dependencies } from '../graph/dependencies.js'
import {
  type Axis,
  axisOf,
  choose,
  delinearize,
  type Expression,
  index,
  literal,
  plus,
  times,
  walk,
} from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { type Kernel, points, type Result } from './kernel.js'
import type { Schedule } from './schedule.js'
import type { Target } from './target.js'

type Load = Extract<Expression, { kind: 'load' }>

export interface Transposition {
  /** Neighbours along it are neighbours in memory where the kernel stores. */
  readonly stored: Axis
  /** Neighbours along it are neighbours in memory where `loads` load. */
  readonly loaded: Axis
  /** What is left of the grid, outermost first. */
  readonly rest: readonly Axis[]
  /** What the kernel stores, in terms of these axes; all values of a list before the first of them is stored. */
  readonly stores: readonly (readonly Result[])[]
  /** Loads that stride along `stored`, in the same terms. The others need no help. */
  readonly loads: readonly Load[]
}

/** The transposition that a kernel is, by the first load that strides; nothing if none does. */
export function transpositionOf({ grid, body }: Kernel): Transposition | undefined {
  const [axis] = grid
  const stores = body.flatMap(s => (s.kind === 'store' && s.along.length === 0 ? [s.results] : []))
  if (!axis || grid.length > 1 || stores.length < body.length) return undefined
  const indexing = createIndexing()
  const here = indexing.simplify(axisOf(axis))
  if (stores.flat().some(result => indexing.simplify(result.index) !== here)) return undefined
  const all = loadsIn(stores.flat().map(({ value }) => value))
  for (const load of all) {
    const pieces = piecesOf(indexing.simplify(load.index), axis)
    if (!pieces?.length) continue
    // In two steps: an index is linear in the pieces, whereupon those that lie together become one.
    const cut = new Map([[axis, positionOf(pieces)]])
    const strides = stridesOf(indexing.substitute(load.index, cut), indexing)
    const runs = strides && runsOf(pieces, strides)
    const [first, second] = [runs?.[0], runs?.find(({ stride }) => Math.abs(stride) === 1)]
    if (!runs || !first || !second || Math.abs(first.stride) < 2) continue
    const others = runs.filter(run => run !== first && run !== second).reverse()
    const nameOf = (run: Run): string =>
      run === first ? 'along_stores' : run === second ? 'along_loads' : `outer${others.indexOf(run)}`
    const axes = runs.map((run): Axis => ({ name: nameOf(run), size: points(run.pieces) }))
    const joined = new Map(runs.flatMap(({ pieces }, i) => partsOf(pieces, axes[i]!)))
    const rewrite = (e: Expression): Expression => indexing.substitute(indexing.substitute(e, cut), joined)
    const [stored, loaded] = [axes[0]!, axes[runs.indexOf(second)]!]
    const loads = all
      .map(each => rewrite(each) as Load)
      .filter(({ index }) => {
        const found = stridesOf(index, indexing)
        return found && Math.abs(found.get(loaded) ?? 0) === 1 && Math.abs(found.get(stored) ?? 0) > 1
      })
    return {
      stored,
      loaded,
      rest: axes.filter(each => each !== stored && each !== loaded).reverse(),
      stores: stores.map(results =>
        results.map(each => ({ ...each, index: rewrite(each.index), value: rewrite(each.value) })),
      ),
      loads: [...new Set(loads)],
    }
  }
  return undefined
}

function loadsIn(values: readonly Expression[]): Load[] {
  const found: Load[] = []
  walk(values, e => {
    if (e.kind === 'load') found.push(e)
  })
  return found
}

/** The axis in the pieces that an index without loads cuts it into, innermost first; nothing if they do not nest. */
function piecesOf(position: Expression, axis: Axis): Axis[] | undefined {
  return loadsIn([position]).length ? undefined : piecesIn([position], axis)
}
/** The axis in the pieces that quotients and remainders cut it into, innermost first; nothing if they do not nest. */
export function piecesIn(expressions: readonly Expression[], axis: Axis): Axis[] | undefined {
  const cuts = new Set([1, axis.size])
  const known = new Map<Expression, Set<Axis | string>>()
  let nests = true
  walk(expressions, e => {
    if (e.kind !== 'apply' || (e.scalar !== index.div && e.scalar !== index.mod)) return
    const [of, by] = e.args as [Expression, Expression]
    const [whole, below] = of.kind === 'apply' && of.scalar === index.div ? of.args : [of, literal(1)]
    if (whole?.kind === 'axis' && whole.axis === axis && below?.kind === 'literal' && by.kind === 'literal')
      cuts.add(below.value * by.value)
    else if (dependencies(e, known).has(axis)) nests = false
  })
  const sorted = [...cuts].sort((a, b) => a - b)
  if (!nests || sorted.some((cut, i) => i > 0 && cut % sorted[i - 1]! !== 0)) return undefined
  return sorted.slice(1).map((cut, i): Axis => ({ name: `piece${i}`, size: cut / sorted[i]! }))
}

/** What the pieces were cut from. */
export function positionOf(pieces: readonly Axis[]): Expression {
  let stride = 1
  const terms = pieces.map(piece => {
    const term = times(axisOf(piece), stride)
    stride *= piece.size
    return term
  })
  return terms.reduce(plus)
}

/** Pieces that a load, too, has one after the other, like height and width of an image, and the stride of the innermost. */
interface Run {
  readonly pieces: Axis[]
  readonly stride: number
}
function runsOf(pieces: readonly Axis[], strides: ReadonlyMap<Axis, number>): Run[] {
  const runs: Run[] = []
  for (const piece of pieces) {
    const stride = strides.get(piece) ?? 0
    const last = runs.at(-1)
    if (last && stride === last.stride * points(last.pieces)) last.pieces.push(piece)
    else runs.push({ pieces: [piece], stride })
  }
  return runs
}
/** The pieces of a run in terms of one axis. */
function partsOf(pieces: readonly Axis[], axis: Axis): [Axis, Expression][] {
  const outermost = [...pieces].reverse()
  const sizes = outermost.map(({ size }) => size)
  return delinearize(axisOf(axis), sizes).map((part, i) => [outermost[i]!, part])
}

/** Elements of memory that a load moves by for a step along each axis; under a mask, where the mask holds. */
function stridesOf(found: Expression, indexing: Indexing): Map<Axis, number> | undefined {
  const masked = found.kind === 'apply' && found.scalar === choose
  const { terms } = indexing.linear(masked ? found.args[1]! : found)
  const strides = new Map<Axis, number>()
  for (const [atom, stride] of terms) {
    if (atom.kind !== 'axis') return undefined
    strides.set(atom.axis, stride)
  }
  return strides
}

/** The widest tile, as wide as the widest row of invocations that load one line of memory together. */
const SIDES = [32, 16, 8] as const
/** Bytes of the tiles, with a column more than they hold so that neighbours of a column lie in different banks. */
const tileBytes = (side: number, count: number): number => 4 * side * (side + 1) * count

/**
 * Tiles for a transposition; nothing for other kernels, for axes shorter than `least`, which lines of the cache hold whole,
 * and for more loads than workgroup memory has room for.
 */
export function transposeTiles(kernel: Kernel, target: Target, least = 16): Schedule | undefined {
  const found = transpositionOf(kernel)
  if (!found) return undefined
  const short = Math.min(found.stored.size, found.loaded.size)
  if (short < least || points(kernel.grid) < least * least) return undefined
  const side = SIDES.find(
    side => (short > side / 2 || side === SIDES.at(-1)) && tileBytes(side, found.loads.length) <= target.workgroupBytes,
  )
  return side && { kind: 'transposed', side }
}
/** The sides that a kernel may be tuned over. */
export const transposeSides = (kernel: Kernel, target: Target): Schedule[] => {
  const found = transpositionOf(kernel)
  return SIDES.filter(side => found && tileBytes(side, found.loads.length) <= target.workgroupBytes).map(side => ({
    kind: 'transposed',
    side,
  }))
}
