/**
 * The `tiles` schedule: an invocation computes a tile of grid points straight from storage. Every point's instance of an
 * expression is simplified by itself; what instances share (the operands of a register tile) is bound once, and
 * neighbouring points are computed in vec4s.
 */
import {
  type Axis,
  axisOf,
  delinearize,
  type Expression,
  type Memory,
  partsOf,
  plus,
  remainder,
  widthOf,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { contractionOf } from '../kernels/contraction.js'
import { expressionsOf, type Kernel, loopsIn } from '../kernels/kernel.js'
import { periodic } from '../kernels/periodic.js'
import { QUAD } from '../kernels/rows.js'
import type { Schedule } from '../kernels/schedule.js'
import { type Accumulator, accumulatedAll, accumulator, initialOf } from './accumulate.js'
import { createBuilder } from './build.js'
import { type At, type Context, cut, inGroups, nested, readOnlyOwn, steps, storeAll, storesAt } from './expand.js'
import { linesOf } from './lines.js'
import { createPack } from './pack.js'
import { createPlaces } from './places.js'
import type { LoopProgram } from './program.js'
import { quadsOf } from './quads.js'
import { vectorize } from './vectorize.js'

export function tiles(
  kernel: Kernel,
  { tile, unroll, workgroup, block = 0 }: Extract<Schedule, { kind: 'tiles' }>,
  context: Context,
): LoopProgram {
  const indexing = createIndexing()
  const blocksOf = (axis: Axis): number => axis.size / (tile.get(axis) ?? 1)
  const invocations = kernel.grid.reduce((n, axis) => n * blocksOf(axis), 1)
  const t: Axis = { name: 't', size: invocations }
  const whole = invocations % workgroup === 0
  const quads = context.target.quads && whole ? quadsOf(kernel, tile, indexing) : undefined
  const grid = quads?.grid ?? kernel.grid
  const origins = new Map(delinearize(axisOf(t), grid.map(blocksOf)).map((origin, i) => [grid[i]!, origin]))
  const order = lastInFours(kernel, tile)
  const starts = order.map(axis => origins.get(axis)!)
  const points = inGroups(steps(order, starts, tile))
  const product = context.target.class === 'software' ? contractionOf(kernel) : undefined
  const lines = product && linesOf(order, starts, tile, product, indexing)

  // Every instance of every expression is made first, so that vectorization sees all accesses of the kernel.
  const expanded = loopsIn(kernel).map((statement, n) => {
    const { outer, iterations } = cut(statement.along, unroll, n)
    if (statement.kind === 'store') {
      if (lines) {
        const stores = storesAt(statement.results, lines.points, indexing)
        if (readOnlyOwn(stores, context.holder)) return { kind: 'store' as const, outer: [lines.axis], stores, lines }
      }
      const everywhere = iterations.flatMap(along => points.flat().map((point): At => new Map([...point, ...along])))
      const at = points.length > 1 || iterations.length > 1 ? inGroups(everywhere) : [everywhere]
      return { kind: 'store' as const, outer, stores: storesAt(statement.results, at, indexing), lines: undefined }
    }
    const registers = statement.terms.flatMap(term =>
      points.map((group, n) => {
        const name = points.length === 1 ? term.name : `${term.name}_${n}`
        const values = iterations.map(along =>
          group.map(point => {
            const at = new Map([...point, ...along])
            return quads ? quads.value(at) : indexing.substitute(term.value, at)
          }),
        )
        return { term, group, values, register: accumulator(name, term.combine, term.dtype, group.length) }
      }),
    )
    for (const { term, group, register } of registers)
      for (const [i, point] of group.entries()) point.set(term.name, register.parts[i]!)
    return { kind: 'accumulate' as const, outer, registers }
  })
  const roots = expanded.flatMap((s): Expression[] =>
    s.kind === 'store'
      ? s.stores.flat().flatMap(({ indices, values }) => [...indices, ...values])
      : s.registers.flatMap(({ values }) => values.flat()),
  )
  const stores = expanded.flatMap(s => (s.kind === 'store' ? s.stores.flat() : []))
  const { tensors, rewrite: inFours } = vectorize(roots, stores, indexing, context.holder)
  const places = createPlaces(context.bindings, context.holder, tensors, indexing)
  const inMemories = places.inMemories(quads && new Map([[quads.axis, remainder(axisOf(t), QUAD)]]))
  const rewrite = (e: Expression): Expression => inMemories(inFours(e))
  const pack = createPack()

  const builder = createBuilder([t])
  const memories = [...places.memories]
  let tileMemory: Memory | undefined
  for (const statement of expanded) {
    const { outer } = statement
    if (statement.kind === 'store') {
      nested(builder, outer, () => {
        statement.lines?.pick(builder, tileMemory!)
        storeAll(statement.stores, context, builder, { vectors: tensors, places, rewrite, pack, indexing })
      })
      continue
    }
    const registers = statement.registers.map(({ register }) => register)
    const terms = statement.registers.map(({ values }) => values.map(four => pack(four.map(rewrite))))
    const accumulate = (into: readonly Accumulator[], loops: readonly Axis[]): void =>
      nested(builder, loops, () => {
        const totals = into.map(({ combine, value }, i) => accumulatedAll(combine, value, terms[i]!))
        builder.share(totals)
        for (const [i, { name, value }] of into.entries()) {
          // What iterations share is bound in their order, although the innermost product of the sum is the first.
          for (const term of terms[i]!) for (const factor of partsOf(term)) builder.value(factor)
          if (totals[i] !== value) builder.set(name, totals[i]!)
        }
      })
    const declare = (list: readonly Accumulator[]): void => {
      for (const each of list) builder.declare(each.name, initialOf(each))
    }
    declare(registers)
    const [first, ...rest] = outer
    if (first && block && block < first.size && registers.every(({ combine }) => combine === 'sum')) {
      // Partial sums, so that rounding errors grow with the length of a block and the number of blocks, not with their product.
      const partial = registers.map(({ name, combine, value }) =>
        accumulator(`${name}_part`, combine, value.dtype, widthOf(value)),
      )
      const blockwise = (body: () => void): void => {
        declare(partial)
        body()
        for (const [i, { name, value }] of registers.entries()) builder.set(name, p.add(value, partial[i]!.value))
      }
      if (block === 1) builder.loop(first, () => blockwise(() => accumulate(partial, rest)))
      else {
        const start: Axis = { name: 'start', size: first.size }
        const from = axisOf(start)
        const end = plus(from, block)
        const to = first.size % block ? p.min(end, first.size) : end
        const inside = (): void => builder.loop(first, () => accumulate(partial, rest), { from, to })
        builder.loop(start, () => blockwise(inside), { step: block })
      }
    } else accumulate(registers, outer)
    builder.settle(registers.map(({ name }) => name))
    if (expanded.some(each => each.kind === 'store' && each.lines)) {
      tileMemory = lines!.declare(builder, registers)
      memories.push(tileMemory)
    }
  }
  return {
    name: kernel.name,
    launch: { kind: 'points', point: t, grain: workgroup },
    memories,
    body: builder.statements(),
  }
}

/**
 * The grid with the innermost axis whose tile is a whole number of fours last: vec4s along it compute one formula, where fours
 * of points that cross from one row to the next would mix masks and factors, and fours along a periodic mask have gaps.
 */
function lastInFours({ grid, body }: Kernel, tile: ReadonlyMap<Axis, number>): readonly Axis[] {
  const masked = new Set(body.flatMap(expressionsOf).flatMap(e => [...periodic(e).periods.keys()]))
  const fours = (axis: Axis): boolean => (tile.get(axis) ?? 1) % 4 === 0
  const along = grid.findLast(axis => fours(axis) && !masked.has(axis)) ?? grid.findLast(fours)
  return along ? [...grid.filter(axis => axis !== along), along] : grid
}
