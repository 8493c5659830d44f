/**
 * The statements of a kernel at some of its points, for targets that run one point after the other: accumulations as loops over
 * their axes, stores after them. Points come alone, or in vectors of four along an axis of the grid; a single point may instead be
 * computed in vectors along its accumulations, of which several run side by side, because one alone would wait for each sum.
 */
import {
  type Axis,
  axisOf,
  type Expression,
  literal,
  type Memory,
  plus,
  registerType,
  times,
  walk,
} from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import type { Accumulate, Result, Store, Term } from '../kernels/kernel.js'
import { accumulated, combined, identityOf, inPairs } from './accumulate.js'
import type { Builder } from './build.js'
import { type At, lanesAt, type Vectors } from './vectors.js'

/** A point, or four neighbours along an axis. */
export interface Point {
  readonly at: At
  readonly along?: Axis
}
export interface Context {
  readonly builder: Builder
  readonly vectors: Vectors
  memoryOf(tensor: Tensor): Memory
  /** Iterations of a loop whose text stands there one by one. */
  unroll(axis: Axis): boolean
  /** Vectors of sums side by side, at most. */
  readonly side: number
}

/** Sums side by side along a row, by how many operations a term takes: one alone would wait for each sum. */
const chainsOf = (terms: readonly Term[]): number => {
  let operations = 0
  walk(
    terms.map(({ value }) => value),
    e => {
      if (e.kind === 'apply' && registerType(e.dtype) === 'f32') operations++
    },
  )
  return operations > 16 ? 1 : operations > 6 ? 2 : 4
}

/** `along`: the axis of accumulations that a single point is vectorized along. */
export function emitPoints(
  context: Context,
  points: readonly Point[],
  body: readonly (Accumulate | Store)[],
  along?: Axis,
): void {
  const here = points.map(({ at, along }) => ({ at: new Map(at), ...(along && { along }) }))
  for (const statement of body) {
    if (statement.kind === 'store') storeAlong(context, here, statement, along)
    else {
      const row = along && statement.along.includes(along) ? along : undefined
      const sums = row ? accumulateRow(context, here[0]!, statement, row) : accumulateEach(context, here, statement)
      for (const [i, point] of here.entries())
        for (const [n, { name }] of statement.terms.entries()) point.at.set(name, sums[i]![n]!)
    }
  }
}

const valueAt = ({ vectors }: Context, e: Expression, { at, along }: Point): Expression =>
  along ? vectors.vector(e, at, along) : vectors.scalar(e, at)

/** Loops over axes, innermost last; those to be unrolled run through `body` once per iteration. */
export function nest(context: Context, axes: readonly Axis[], at: At, body: (at: At) => void): void {
  const [axis, ...rest] = axes
  if (!axis) {
    body(at)
    return
  }
  const within = (position: Expression): void => nest(context, rest, new Map([...at, [axis, position]]), body)
  if (axis.size === 1) within(literal(0))
  else if (context.unroll(axis)) for (let i = 0; i < axis.size; i++) within(literal(i))
  else {
    const own: Axis = { name: context.builder.fresh('k'), size: axis.size }
    context.builder.loop(own, () => within(axisOf(own)))
  }
}

const register = (context: Context, { combine, dtype }: Term, width: 1 | 4): Expression => {
  const name = context.builder.fresh('a')
  context.builder.declare(name, identityOf(combine, dtype, width))
  return { kind: 'name', name, dtype, ...(width === 4 && { width }) }
}

interface Sum {
  readonly term: Term
  readonly register: Expression
  readonly point: Point
}
/** One more iteration of some sums, which share what they can. */
function add(context: Context, sums: readonly Sum[], at: (point: Point) => Point): void {
  const { builder } = context
  const values = sums.map(({ term, register, point }) =>
    accumulated(term.combine, register, valueAt(context, term.value, at(point))),
  )
  builder.share(values)
  for (const [i, { register }] of sums.entries())
    if (values[i] !== register) builder.set((register as Expression & { kind: 'name' }).name, values[i]!)
}

function accumulateEach(context: Context, points: readonly Point[], { along, terms }: Accumulate): Expression[][] {
  const sums = points.map(point =>
    terms.map((term): Sum => ({ term, register: register(context, term, point.along ? 4 : 1), point })),
  )
  nest(context, along, new Map(), position =>
    add(context, sums.flat(), ({ at, along }) => ({ at: new Map([...at, ...position]), ...(along && { along }) })),
  )
  return sums.map(list => list.map(({ register }) => register))
}

/** Vectors along a row, several at a time, then what is left of it; all are combined in a fixed order. */
function accumulateRow(context: Context, point: Point, { along, terms }: Accumulate, row: Axis): Expression[][] {
  const { builder } = context
  const chains = Math.max(1, Math.min(chainsOf(terms), context.side, Math.floor(row.size / 8)))
  const wide = terms.map(term => Array.from({ length: chains }, () => register(context, term, 4)))
  const tail = row.size % 4 ? terms.map(term => register(context, term, 1)) : undefined
  nest(
    context,
    along.filter(axis => axis !== row),
    point.at,
    at => {
      const position = (start: Expression, i: number): At => new Map([...at, [row, plus(start, literal(4 * i))]])
      alongRow(context, row, chains, (start, count) =>
        add(
          context,
          terms.flatMap((term, n) =>
            Array.from({ length: count || 1 }, (_, i): Sum => {
              const own = count ? wide[n]![i]! : tail![n]!
              return { term, register: own, point: { at: position(start, i), ...(count && { along: row }) } }
            }),
          ),
          point => point,
        ),
      )
    },
  )
  return [
    terms.map((term, n) => {
      const of = inPairs(term.combine, wide[n]!)
      const whole: Expression = { kind: 'fold', of, combine: term.combine, dtype: term.dtype }
      const total = tail ? combined(term.combine, whole, tail[n]!) : whole
      builder.share([])
      return builder.bind(total)
    }),
  ]
}
/** Vectors of what is stored side by side: two, which engines join in one of twice the width where they can. */
export const pairOf = ({ size }: Axis, most: number): number => (most > 1 && size >= 8 ? 2 : 1)
/** A row by several vectors at a time, then single ones, then elements (`count` 0). */
export function alongRow(
  { builder }: Context,
  row: Axis,
  most: number,
  body: (start: Expression, count: number) => void,
  begin = 0,
): void {
  let from = begin
  for (const [count, step] of [[most, 4 * most], ...(most > 1 ? [[1, 4]] : []), [0, 1]] as [number, number][]) {
    const to = from + Math.floor((row.size - from) / step) * step
    if (to === from) continue
    const own: Axis = { name: builder.fresh('k'), size: (to - from) / step }
    const start = plus(times(axisOf(own), step), literal(from))
    if (own.size === 1) body(literal(from), count)
    else builder.loop(own, () => body(start, count))
    from = to
  }
}

function storeAlong(context: Context, points: readonly Point[], { along, results }: Store, row?: Axis): void {
  if (row && along.includes(row)) {
    const [{ at }] = points as [Point]
    nest(
      context,
      along.filter(axis => axis !== row),
      at,
      outer =>
        alongRow(context, row, pairOf(row, context.side), (start, count) =>
          store(
            context,
            Array.from({ length: count || 1 }, (_, i) => ({
              at: new Map([...outer, [row, plus(start, literal(4 * i))]]),
              ...(count && { along: row }),
            })),
            results,
          ),
        ),
    )
  } else
    nest(context, along, new Map(), position =>
      store(
        context,
        points.map(({ at, along }) => ({ at: new Map([...at, ...position]), ...(along && { along }) })),
        results,
      ),
    )
}

/** All values are computed before the first is stored: a result may replace what another one reads. */
function store(context: Context, points: readonly Point[], results: readonly Result[]): void {
  const { builder, vectors, memoryOf } = context
  const jobs = points.flatMap(point =>
    results.map(({ target, index, value, where }) => {
      const inOrder = !point.along || vectors.apart(index, point.at, point.along) === 1
      const lanes = point.along ? lanesAt(point.at, point.along) : [point.at]
      return {
        memory: memoryOf(target),
        value: valueAt(context, value, point),
        indices: (inOrder ? lanes.slice(0, 1) : lanes).map(at => vectors.scalar(index, at)),
        exist: where && lanes.map(at => vectors.scalar(where, at)),
      }
    }),
  )
  builder.share(
    jobs.flatMap(({ value, indices, exist = [] }) => [value, ...indices, ...exist.slice(0, indices.length)]),
  )
  const values = jobs.map(({ value, indices }) =>
    jobs.length > 1 || indices.length > 1 ? builder.bind(value) : builder.value(value),
  )
  for (const [n, { memory, indices, value, exist }] of jobs.entries())
    for (const [i, index] of indices.entries()) {
      const own: Expression =
        indices.length === 1 ? values[n]! : { kind: 'lane', of: values[n]!, lane: i, dtype: value.dtype }
      const put = (): void => builder.store(memory, index, own)
      if (exist) builder.when(exist[i]!, put)
      else put()
    }
}
