/**
 * A kernel of few long rows, as batch norm is, sweeps over each row several times with one workgroup: where there are fewer rows than
 * a card runs workgroups, most of it idles. Such a kernel becomes one for each sweep, of many parts of the rows: partial sums, which
 * whoever reads them adds up again. All have a fixed order, so results have the same bits in every run.
 *
 * The squares around a mean need no sweep of their own: each part takes them around its own mean while its elements are still in the
 * cache, and the sums of the parts are joined after Chan, Golub and LeVeque ("Updating formulae and a pairwise algorithm for computing
 * sample variances", 1979, section 2): `M = sum_p M_p + n_p (m_p - m)^2`.
 */
import { type Axis, axisOf, type Expression, linearize, plus, times, walk } from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { p } from '../graph/primitive.js'
import { byteSize } from './cost.js'
import {
  type Accumulate,
  expressionsOf,
  type Kernel,
  points,
  reads,
  rebuilt,
  type Statement,
  type Store,
  type Term,
  writes,
} from './kernel.js'
import { partialOf } from './partial.js'
import { rowsOf, standsAcross } from './rows.js'
import { largestDivisor } from './schedule.js'
import { machineOf, type Target } from './target.js'

/** Kernels that compute the same by parts of the rows; the kernel itself where that is not worth their dispatches. */
export function inSweeps(kernel: Kernel, target: Target): Kernel[] {
  if (target.class !== 'gpu' || kernel.contraction) return [kernel]
  const loops = kernel.body.filter(({ along }) => along.length > 0)
  const first = loops[0]
  if (first?.kind !== 'accumulate') return [kernel]
  if (loops.some(({ kind, along }) => (kind !== 'accumulate' && kind !== 'store') || along !== first.along))
    return [kernel]
  const cut = partsOf(kernel, first, loops, target)
  if (!cut) return [kernel]

  const made = sweepsOf(kernel, first, cut)
  // Partial sums are bindings, too.
  const fits = made.every(one => touched(one).length <= target.storageBuffers)
  return fits ? made : [kernel]
}

/** Into how many equal parts which axis of the rows is cut, and whether parts stand outside of the grid. */
interface Cut {
  readonly axis: Axis
  readonly parts: number
  readonly outside: boolean
}

/** Neighbours in memory that a part has, at least. */
const LINE = 64
/** Terms of a part for a workgroup, at least. */
const SHORTEST = 2048
/** Parts of a row, at least and at most: whoever reads partial sums adds up all of them. */
const FEWEST = 4
const MOST = 256

function partsOf(kernel: Kernel, first: Accumulate, loops: readonly Statement[], target: Target): Cut | undefined {
  const machine = machineOf(target)
  const whole = rowsOf(kernel, target)
  if (!whole) return undefined
  const { lanes, across = 1 } = whole
  const groups = points(kernel.grid) / across
  const length = points(first.along)
  const idle = machine.full / (groups * lanes)
  const swept = loops.reduce((sum, statement) => sum + bytesOf(kernel, statement, length), 0)
  // One more kernel for each sweep but the first, and one for results of a row.
  if (idle <= 1 || swept * machine.byte * (idle - 1) < loops.length * machine.dispatch) return undefined
  // A part of about so many bytes stays in the cache of the multiprocessor that works on it, for the squares around its mean.
  const wanted = Math.max(machine.full / (256 * groups), (4 * length * across) / machine.caches[0])
  const most = Math.min(MOST, wanted, (length * across) / SHORTEST)
  const outside = standsAcross(kernel, first)
  const cuts = first.along
    .map((axis, i): Cut & { readonly run: number } => {
      const parts = largestDivisor(axis.size, Math.floor(most))
      return { axis, parts, outside, run: (axis.size / parts) * points(first.along.slice(i + 1)) }
    })
    .filter(({ run }) => outside || run >= LINE)
  const best = Math.max(0, ...cuts.map(({ parts }) => parts))
  return best < FEWEST ? undefined : cuts.find(({ parts }) => parts >= best / 2)
}

const nameOf = (name: string, dtype: Term['dtype']): Expression => ({ kind: 'name', name, dtype })

/** Bytes that a statement of a kernel reads and writes along the rows, not once for each row. */
const bytesOf = (kernel: Kernel, statement: Statement, length: number): number =>
  touched({ ...kernel, body: [statement] }).reduce(
    (sum, tensor) => sum + (byteSize(tensor) >= length ? byteSize(tensor) : 0),
    0,
  )
const touched = (kernel: Kernel): Tensor[] => [...new Set([...reads(kernel), ...writes(kernel)])]

function sweepsOf(kernel: Kernel, { along }: Accumulate, { axis, parts, outside }: Cut): Kernel[] {
  const indexing = createIndexing()
  const part: Axis = { name: 'part', size: parts }
  const inner: Axis = { name: axis.name, size: axis.size / parts }
  const grid = outside ? [part, ...kernel.grid] : [...kernel.grid, part]
  const at = new Map([[axis, plus(times(axisOf(part), inner.size), axisOf(inner))]])
  const onPart = (statement: Statement): Statement => ({
    ...rebuilt(statement, e => indexing.substitute(e, at)),
    along: statement.along.map(a => (a === axis ? inner : a)) as [Axis],
  })
  const made: Kernel[] = []
  /** Statements that add up what parts have, by which later ones find their names. */
  const joins: Accumulate[] = []
  const joined = (statements: readonly Statement[]): Accumulate[] => {
    const names = new Set<string>()
    const note = (list: readonly Statement[]) =>
      walk(list.flatMap(expressionsOf), e => {
        if (e.kind === 'name') names.add(e.name)
      })
    note(statements)
    return joins
      .toReversed()
      .flatMap(join => {
        const terms = join.terms.filter(({ name }) => names.has(name))
        if (terms.length === 0) return []
        const kept = { ...join, terms }
        note([kept])
        return [kept]
      })
      .toReversed()
  }
  const add = (suffix: string, over: readonly Axis[], statements: readonly Statement[]): void => {
    const own = new Set(statements.flatMap(s => (s.kind === 'accumulate' ? s.terms.map(({ name }) => name) : [])))
    const before = joined(statements).map(join => ({ ...join, terms: join.terms.filter(({ name }) => !own.has(name)) }))
    const body = [...before.filter(({ terms }) => terms.length), ...statements]
    made.push({ ...kernel, name: `${kernel.name}${suffix}`, grid: over, body })
  }

  const pending = kernel.body.filter((s): s is Accumulate => s.kind === 'accumulate')
  while (pending.length) {
    const sums = pending.shift()!
    const moments = momentsOf(sums, pending[0], points(along), indexing)
    const squares = moments && pending.shift()!
    const terms = [...sums.terms, ...(squares?.terms ?? [])]
    const { store, load } = partials(terms, grid, kernel.scope, indexing)
    // A part has as many elements less, so its mean is its sum times so many parts.
    const ownMeans = new Map(sums.terms.map(({ name, dtype }) => [name, p.mul(nameOf(name, dtype), parts)] as const))
    const around = squares && {
      ...squares,
      terms: squares.terms.map(term => ({ ...term, value: indexing.substitute(term.value, ownMeans) })),
    }
    add('_part', grid, [...[sums, ...(around ? [around] : [])].map(onPart), store])

    const join = (list: readonly Term[], value: (term: Term) => Expression): void => {
      joins.push({ kind: 'accumulate', along: [part], terms: list.map(term => ({ ...term, value: value(term) })) })
    }
    join(sums.terms, load)
    if (squares)
      join(squares.terms, term => {
        const { sum, by } = moments!.get(term.name)!
        const off = p.mul(p.sub(p.mul(load(sum), parts), nameOf(sum.name, sum.dtype)), by)
        return p.add(load(term), p.mul(p.mul(off, off), points(along) / parts))
      })
  }
  const stores = kernel.body.filter((s): s is Store => s.kind === 'store')
  const [each, whole] = [stores.filter(s => s.along.length === 0), stores.filter(s => s.along.length > 0)]
  if (each.length) add('', kernel.grid, each)
  if (whole.length) add('', grid, whole.map(onPart))
  return made
}

/** The places of what parts have of some terms: tensors of all terms of a dtype, so that they are few bindings. */
function partials(terms: readonly Term[], grid: readonly Axis[], scope: string, indexing: Indexing) {
  const shape = grid.map(({ size }) => size)
  const position = linearize(grid.map(axisOf), shape)
  const stored = (dtype: Term['dtype']) => (dtype === 'f16' ? 'f32' : dtype)
  const tensors = new Map<Term['dtype'], Tensor>()
  const places = new Map<string, { readonly tensor: Tensor; readonly index: Expression }>()
  for (const { name, dtype } of terms) {
    const same = terms.filter(term => stored(term.dtype) === stored(dtype))
    const tensor = tensors.get(stored(dtype)) ?? partialOf([same.length, ...shape], stored(dtype), scope)
    tensors.set(stored(dtype), tensor)
    const before = same.findIndex(term => term.name === name) * points(grid)
    places.set(name, { tensor, index: indexing.simplify(plus(position, before)) })
  }
  return {
    store: {
      kind: 'store',
      along: [],
      results: terms.map(({ name, dtype }) => {
        const { tensor, index } = places.get(name)!
        return { target: tensor, index, value: { kind: 'name', name, dtype } }
      }),
    } satisfies Store,
    load: ({ name, dtype }: Term): Expression => {
      const { tensor, index } = places.get(name)!
      return { kind: 'load', source: tensor, index, dtype }
    },
  }
}

/** For each of `squares`, the sum `s` that it is the squares around the mean of: `sum((v - s * by)^2)`, `by` being one by `count`. */
function momentsOf(
  sums: Accumulate,
  squares: Accumulate | undefined,
  count: number,
  { simplify }: Indexing,
): ReadonlyMap<string, { readonly sum: Term; readonly by: Expression }> | undefined {
  const found = new Map<string, { readonly sum: Term; readonly by: Expression }>()
  for (const { name, value, combine } of squares?.terms ?? []) {
    const difference = partsOfCall(partsOfCall(value, 'square')?.[0], 'sub')
    const [of, by] = partsOfCall(difference?.[1], 'mul') ?? []
    const sum = sums.terms.find(term => of?.kind === 'name' && of.name === term.name)
    const isMean = by?.kind === 'literal' && Math.abs(by.value * count - 1) < 1e-6
    if (!sum || !isMean || sum.combine !== 'sum' || combine !== 'sum') return undefined
    if (simplify(sum.value) !== simplify(difference![0]!)) return undefined
    found.set(name, { sum, by })
  }
  return found.size ? found : undefined
}
const partsOfCall = (e: Expression | undefined, name: string): readonly Expression[] | undefined =>
  e?.kind === 'apply' && e.scalar.name === name ? e.args : undefined
