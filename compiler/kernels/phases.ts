/**
 * Contractions by phase. The input gradient of a strided convolution is a convolution of a gradient with gaps: a term counts only
 * where `position % n == 0`, and one of n (of n^2 in an image) does. Which terms those are depends on a result's own position
 * modulo n alone, its phase; so each phase is a product of its own, without gaps: the position becomes `n x + phase`, and the
 * offset in the kernel `first(phase) + m k`. Strides and dilations are what they like: the offsets that meet an element are
 * `n / gcd(dilation, n)` apart, and none do where the phase is no multiple of that divisor.
 */
import {
  type Axis,
  axisOf,
  both,
  call,
  type Expression,
  equals,
  less,
  literal,
  minus,
  index as op,
  partsOf,
  plus,
  quotient,
  remainder,
  times,
  withParts,
} from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { remembered } from '../graph/reach.js'
import { conditionsOf } from './contraction.js'
import { type Accumulate, type Kernel, rebuilt } from './kernel.js'
import { masked } from './ranges.js'

/** The same results, with the phases of their positions as outermost axes of the grid. */
export function byPhase(kernel: Kernel): Kernel {
  const [first, ...rest] = kernel.body
  if (!kernel.contraction || first?.kind !== 'accumulate' || first.terms.length !== 1) return kernel
  const indexing = createIndexing()
  const cuts = new Map<Axis, Cut>()
  let along = first.along
  for (const mask of masksOf(first, indexing)) {
    const cut = cutOf(mask, kernel.grid, along, indexing)
    if (!cut || cuts.has(cut.axis)) continue
    cuts.set(cut.axis, cut)
    along = along.map(axis => (axis === cut.offset?.axis ? cut.offset.inner : axis))
  }
  if (!cuts.size) return kernel

  const by = new Map<Axis, Expression>()
  const known = new Map<Expression, Expression>()
  let exists: Expression = literal(1, 'bool')
  let where: Expression | undefined
  for (const { axis, inner, phase, mask, offset, some } of cuts.values()) {
    const position = plus(times(axisOf(inner), phase.size), axisOf(phase))
    by.set(axis, position)
    if (axis.size % phase.size) {
      // Where a phase has fewer positions than others, its last point is another one's: it computes that, and stores nothing.
      const last = quotient(minus(literal(axis.size - 1), axisOf(phase)), phase.size)
      by.set(axis, plus(times(call(op.clamp, [axisOf(inner), last], 'i32'), phase.size), axisOf(phase)))
      const own = less(position, literal(axis.size))
      where = where ? both(where, own) : own
    }
    known.set(mask, literal(1, 'bool'))
    exists = both(exists, some)
    if (!offset) continue
    by.set(offset.axis, offset.position)
    exists = both(exists, less(offset.position, literal(offset.axis.size)))
  }
  const substituted = (e: Expression): Expression => indexing.substitute(e, by)
  const withoutMasks = remembered(
    partsOf,
    (e: Expression, again: (e: Expression) => Expression): Expression =>
      known.get(e) ?? withParts(e, partsOf(e).map(again)),
  )
  const term = (value: Expression): Expression =>
    indexing.simplify(masked(substituted(withoutMasks(indexing.simplify(value))), indexing.simplify(exists)))
  const sums: Accumulate = { ...first, along, terms: first.terms.map(one => ({ ...one, value: term(one.value) })) }
  const after = rest.map(statement =>
    rebuilt(statement, substituted, ({ target, index, value }) => ({
      target,
      index: substituted(index),
      value: substituted(value),
      ...(where && { where }),
    })),
  )
  return {
    ...kernel,
    grid: [...[...cuts.values()].map(({ phase }) => phase), ...kernel.grid.map(axis => cuts.get(axis)?.inner ?? axis)],
    body: [sums, ...after],
  }
}

/** An axis of the grid in phases: `axis = phase.size * inner + phase`. */
interface Cut {
  readonly axis: Axis
  readonly inner: Axis
  readonly phase: Axis
  /** What is known to hold then. */
  readonly mask: Expression
  /** Whether the phase has terms. */
  readonly some: Expression
  /** The axis of the sum of which each phase has one value in so many. */
  readonly offset?: { readonly axis: Axis; readonly inner: Axis; readonly position: Expression }
}

/** Conditions `position % n == 0` of a product. */
const masksOf = ({ terms }: Accumulate, indexing: Indexing): Expression[] =>
  terms.flatMap(({ value }) => {
    const product = indexing.simplify(value)
    if (product.kind !== 'apply' || product.scalar.name !== 'mul') return []
    return product.args.flatMap(conditionsOf).filter(e => {
      if (e.kind !== 'apply' || e.scalar !== op.equal) return false
      const [position, zero] = e.args as [Expression, Expression]
      const divided = position.kind === 'apply' && position.scalar === op.mod && position.args[1]!.kind === 'literal'
      return divided && zero.kind === 'literal' && zero.value === 0
    })
  })

function cutOf(mask: Expression, grid: readonly Axis[], along: readonly Axis[], indexing: Indexing): Cut | undefined {
  const [position, divisor] = partsOf(partsOf(mask)[0]!) as [Expression, Expression & { kind: 'literal' }]
  const n = divisor.value
  const { terms, constant } = indexing.linear(position)
  const found: { axis: Axis; by: number }[] = []
  for (const [atom, by] of terms) {
    if (by % n === 0) continue
    if (atom.kind !== 'axis') return undefined
    found.push({ axis: atom.axis, by })
  }
  const inGrid = found.filter(({ axis }) => grid.includes(axis))
  const inSum = found.filter(({ axis }) => along.includes(axis))
  if (inGrid.length !== 1 || inSum.length > 1) return undefined
  const [{ axis, by }] = inGrid as [{ axis: Axis; by: number }]
  const phases = n / gcd(Math.abs(by), n)
  if (axis.size < phases) return undefined
  const phase: Axis = { name: `${axis.name}_phase`, size: phases }
  const inner: Axis = { name: axis.name, size: Math.ceil(axis.size / phases) }
  // by * phase + offset.by * k + constant = 0 modulo n, where k runs over the terms.
  const own = plus(times(axisOf(phase), modulo(by, n)), literal(modulo(constant, n)))
  const [k] = inSum
  const step = k ? gcd(Math.abs(k.by), n) : n
  const cut = { axis, inner, phase, mask, some: equals(remainder(own, step), literal(0)) }
  if (!k) return cut
  const apart = n / step
  const inverse = inverseOf(modulo(k.by / step, apart), apart)
  const start = remainder(times(quotient(own, step), modulo(-inverse, apart)), apart)
  const every: Axis = { name: k.axis.name, size: Math.ceil(k.axis.size / apart) }
  return {
    ...cut,
    offset: { axis: k.axis, inner: every, position: plus(start, times(axisOf(every), apart)) },
  }
}

const modulo = (a: number, n: number): number => ((a % n) + n) % n
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
/** Of a number that shares no divisor with `n`, modulo `n`. */
function inverseOf(a: number, n: number): number {
  for (let x = 1; x < n; x++) if ((a * x) % n === 1) return x
  return n === 1 ? 0 : 1
}
