/**
 * The `rows` schedule: a workgroup computes one grid point. Its invocations stride along the row, four neighbours at a
 * time where the row divides, and combine what they accumulated: in workgroup memory, or in registers by quads or subgroups.
 * Where rows stand in memory as columns do, it computes some neighbours `across`: the invocations of one step along the row then
 * load them side by side.
 */
import {
  type Axis,
  axisOf,
  delinearize,
  type Expression,
  equals,
  less,
  literal,
  type Memory,
  plus,
  quotient,
  remainder,
  select,
  times,
  widthOf,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Combine } from '../graph/operation.js'
import { p } from '../graph/primitive.js'
import { type Kernel, points, type Statement } from '../kernels/kernel.js'
import { QUAD } from '../kernels/rows.js'
import type { Schedule } from '../kernels/schedule.js'
import { accumulated, accumulator, combined, initialOf } from './accumulate.js'
import { type Builder, createBuilder } from './build.js'
import { type At, type Context, cut, nested, storeAll, storesAt } from './expand.js'
import { createPack } from './pack.js'
import { createPlaces } from './places.js'
import type { LoopProgram } from './program.js'
import { vectorize } from './vectorize.js'

export function rows(
  kernel: Kernel,
  { lanes, across = 1 }: Extract<Schedule, { kind: 'rows' }>,
  context: Context,
): LoopProgram {
  const indexing = createIndexing()
  const pack = createPack()
  const count = points(kernel.grid)
  if (count % across || lanes % across)
    throw new Error(`${across} across divide neither ${count} rows nor ${lanes} lanes of kernel ${kernel.name}`)
  const lane: Axis = { name: 'lane', size: lanes }
  const row: Axis = { name: 'row', size: count / across }
  /** Which of the neighbours an invocation has, and its place among those of one. */
  const column = across > 1 ? remainder(axisOf(lane), across) : literal(0)
  const first = across > 1 ? quotient(axisOf(lane), across) : axisOf(lane)
  const steps = lanes / across
  const sizes = kernel.grid.map(({ size }) => size)
  const point = across > 1 ? plus(times(axisOf(row), across), column) : axisOf(row)
  const here: At = new Map(delinearize(point, sizes).map((index, i) => [kernel.grid[i]!, index]))

  const expanded = kernel.body.map((statement, n) => {
    const walked = stride(statement, steps, here, n)
    const terms =
      statement.kind === 'accumulate'
        ? statement.terms.map(term => ({
            term,
            register: accumulator(`${term.name}_own`, term.combine, term.dtype, walked.points.length),
            values: walked.points.map(at => indexing.substitute(term.value, at)),
          }))
        : []
    const stores = statement.kind === 'store' ? storesAt(statement.results, [walked.points], indexing) : []
    return { statement, walked, terms, stores }
  })
  const stores = expanded.flatMap(s => s.stores.flat())
  const roots = expanded.flatMap((s): Expression[] => [
    ...s.terms.flatMap(({ values }) => values),
    ...s.stores.flat().flatMap(({ indices, values }) => [...indices, ...values]),
  ])
  const { tensors, rewrite: inFours } = vectorize(roots, stores, indexing, context.holder)
  const places = createPlaces(context.bindings, context.holder, tensors, indexing)
  const inMemories = places.inMemories()
  const rewrite = (e: Expression): Expression => inMemories(inFours(e))

  const builder = createBuilder([row, lane])
  const memories = [...places.memories]
  const quad = context.target.quads && lanes === QUAD
  for (const { statement, walked, terms, stores: own } of expanded) {
    const along = (body: () => void): void => {
      const bounds = { from: first, step: steps }
      if (!walked.inner) body()
      else nested(builder, walked.outer, () => builder.loop(walked.inner!, body, bounds))
    }
    if (statement.kind === 'store') {
      const owner = across > 1 ? less(axisOf(lane), literal(across)) : equals(axisOf(lane), 0)
      const condition = statement.along.length ? undefined : owner
      along(() => storeAll(own, context, builder, { vectors: tensors, places, rewrite, pack, indexing, condition }))
      continue
    }
    for (const { register } of terms) builder.declare(register.name, initialOf(register))
    along(() => {
      const totals = terms.map(({ register: { combine, value }, values }) =>
        accumulated(combine, value, pack(values.map(rewrite))),
      )
      builder.share(totals)
      for (const [i, { register }] of terms.entries())
        if (totals[i] !== register.value) builder.set(register.name, totals[i]!)
    })
    builder.settle(terms.map(({ register }) => register.name))
    // A sum over no axis is whole in every invocation.
    const suffix = walked.inner ? '_sum' : ''
    const sums = terms.map(({ term: { name, combine }, register: { value: of } }) => {
      const sum: Expression = widthOf(of) === 1 ? of : { kind: 'fold', of, combine, dtype: of.dtype }
      return { name, combine, sum: builder.let(`${name}${suffix}`, sum) }
    })
    if (!walked.inner) continue
    if (quad) combineQuad(builder, sums)
    else {
      const published = sums.map(({ name, combine, sum }): Published => {
        const all: Memory = { space: 'group', name: `${name}_all`, dtype: sum.dtype, count: lanes, unit: 1 }
        return { name, combine, sum, all, at: index => ({ kind: 'element', memory: all, index, dtype: sum.dtype }) }
      })
      memories.push(...published.map(({ all }) => all))
      if (across > 1) combineTree(builder, published, lane, across, column)
      else if (context.target.subgroups) combineSubgroups(builder, published, lane)
      else if (lanes <= FEW) combineLoop(builder, published, lane)
      else combineTree(builder, published, lane)
    }
  }
  return {
    name: kernel.name,
    launch: { kind: 'groups', group: row, lane },
    memories,
    body: builder.statements(),
  }
}

/** What an invocation has accumulated of a term, whose result will have this name. */
interface Sum {
  readonly name: string
  readonly combine: Combine
  readonly sum: Expression
}
/** What all have, in workgroup memory. */
interface Published extends Sum {
  readonly all: Memory
  readonly at: (index: Expression) => Expression
}

/** What the four invocations of a workgroup have accumulated, combined in their registers. */
function combineQuad(builder: Builder, sums: readonly Sum[]): void {
  for (const { name, combine, sum } of sums) {
    const pair = builder.let(`${name}_pair`, combined(combine, sum, p['quad.swapX'](sum)))
    builder.let(name, combined(combine, pair, p['quad.swapY'](pair)))
  }
}

/** So few invocations that each combines what all have by itself: software drivers pay more for a barrier. */
const FEW = 16
function combineLoop(builder: Builder, sums: readonly Published[], lane: Axis): void {
  publish(builder, sums, lane)
  combineAll(builder, sums, { name: `${sums[0]!.name}_i`, size: lane.size }, literal(lane.size))
}

/** The same, combined two by two, until the results of `across` neighbours are left, of which an invocation takes that of its `column`. */
function combineTree(
  builder: Builder,
  sums: readonly Published[],
  lane: Axis,
  across = 1,
  column: Expression = literal(0),
): void {
  publish(builder, sums, lane)
  const own = axisOf(lane)
  for (let half = lane.size / 2; half >= across; half /= 2) {
    builder.when(less(own, literal(half)), () => {
      const other = builder.bind(plus(own, half))
      for (const { combine, all, at } of sums) builder.store(all, own, combined(combine, at(own), at(other)))
    })
    builder.barrier()
  }
  for (const { name, at } of sums) builder.let(name, at(column))
}

const SUBGROUP = { sum: 'subgroup.sum', prod: 'subgroup.prod', max: 'subgroup.max', min: 'subgroup.min' } as const

/** The same with subgroups of whatever size: each combines in registers, and everybody combines the few results. */
function combineSubgroups(builder: Builder, sums: readonly Published[], lane: Axis): void {
  const owns = sums.map(({ name, combine, sum }) => {
    const own = p[SUBGROUP[combine]](sum)
    // Extremes of subgroups may drop what is not a number.
    const drops = sum.dtype === 'f32' && (combine === 'max' || combine === 'min')
    const broken = (): Expression => p.greater(p.and(p['bitcast.f32.u32'](sum), 0x7fffffff), 0x7f800000)
    const kept = drops ? select(p['subgroup.any'](broken()), literal(Number.NaN, 'f32'), own) : own
    return builder.let(`${name}_own_subgroup`, kept)
  })
  const size = builder.bind(p['subgroup.size']())
  builder.when(equals(p['subgroup.lane'](), 0), () => {
    for (const [i, { all }] of sums.entries()) builder.store(all, quotient(axisOf(lane), size), owns[i]!)
  })
  builder.barrier()
  const count = quotient(plus(plus(size, lane.size), -1), size)
  combineAll(builder, sums, { name: `${sums[0]!.name}_i`, size: lane.size }, count)
}

/** What each invocation has goes to workgroup memory. */
function publish(builder: Builder, sums: readonly Published[], lane: Axis): void {
  for (const { all, sum } of sums) builder.store(all, axisOf(lane), sum)
  builder.barrier()
}

/** Every invocation combines what lies in workgroup memory, `count` values. */
function combineAll(builder: Builder, sums: readonly Published[], axis: Axis, count: Expression): void {
  for (const { name, at } of sums) builder.declare(name, at(literal(0)))
  builder.loop(
    axis,
    () => {
      for (const { name, combine, sum, at } of sums)
        builder.set(name, combined(combine, { kind: 'name', name, dtype: sum.dtype }, at(axisOf(axis))))
    },
    { from: literal(1), to: count },
  )
  builder.settle(sums.map(({ name }) => name))
}

/**
 * How the invocations of a row walk along a statement's axes: plain loops over the outer ones, and strides along the
 * innermost that are long enough together, so that positions need no division.
 */
function stride(
  { along }: Statement,
  lanes: number,
  here: At,
  n: number,
): { outer: readonly Axis[]; inner: Axis | undefined; points: At[] } {
  if (along.length === 0) return { outer: [], inner: undefined, points: [here] }
  const first = Math.max(
    0,
    along.findLastIndex((_, i) => points(along.slice(i)) >= 4 * lanes),
  )
  const strided = along.slice(first)
  const length = points(strided)
  const width = length % 4 === 0 ? 4 : 1
  const { outer, iterations } = cut(along.slice(0, first), new Map(), n)
  const inner: Axis = { name: n ? `k_${n}` : 'k', size: length / width }
  const sizes = strided.map(({ size }) => size)
  return {
    outer,
    inner,
    points: Array.from({ length: width }, (_, i): At => {
      const position = delinearize(plus(times(axisOf(inner), width), i), sizes)
      return new Map([...here, ...iterations[0]!, ...strided.map((axis, j) => [axis, position[j]!] as const)])
    }),
  }
}
