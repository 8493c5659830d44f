/**
 * The `transposed` schedule: a workgroup fills a square tile of workgroup memory along the axis in which loads are
 * neighbours, and empties it along the axis in which stores are, so that both touch whole lines of memory. A row of the
 * tile is one longer than it holds: its columns, too, then lie in different banks.
 */
import {
  type Axis,
  axisOf,
  both,
  delinearize,
  type Expression,
  less,
  literal,
  partsOf,
  plus,
  quotient,
  remainder,
  times,
  withParts,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { p } from '../graph/primitive.js'
import { type Kernel, points } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { transpositionOf } from '../kernels/transpose.js'
import { createBuilder } from './build.js'
import { type Context, storeAll, storesAt } from './expand.js'
import { createPack } from './pack.js'
import { createPlaces } from './places.js'
import type { LoopProgram } from './program.js'

/** Elements of a tile per invocation. */
const EACH = 4

export function transposed(
  kernel: Kernel,
  { side }: Extract<Schedule, { kind: 'transposed' }>,
  context: Context,
): LoopProgram {
  const found = transpositionOf(kernel)
  if (!found) throw new Error(`kernel ${kernel.name} is no transposition`)
  const { loaded, stored, rest } = found
  const indexing = createIndexing()
  const [down, across] = [Math.ceil(loaded.size / side), Math.ceil(stored.size / side)]
  const count = down * across * points(rest)
  const tiles = found.loads.map((load, i) => ({
    memory: { space: 'group', name: `tile${i}`, dtype: load.dtype, count: side * (side + 1), unit: 1 } as const,
    load: indexing.simplify(load),
    value: { kind: 'name', name: `moved${i}`, dtype: load.dtype } as const,
  }))
  const replace = replacing(new Map(tiles.map(({ load, value }) => [load, value])), indexing.simplify)

  const number: Axis = { name: 'number', size: count }
  const lane: Axis = { name: 'lane', size: (side * side) / EACH }
  const builder = createBuilder([number, lane])
  const places = createPlaces(context.bindings, context.holder, new Set(), indexing)
  const parts = delinearize(axisOf(number), [...rest.map(({ size }) => size), across, down]).map(indexing.simplify)
  const [tileAcross, tileDown] = parts.slice(-2) as [Expression, Expression]
  const near = remainder(axisOf(lane), side)
  const far = quotient(axisOf(lane), side)

  /** Invocations walk over the tile: neighbours along one axis, lines along the other. Only what exists counts. */
  const walk = (
    name: string,
    along: Axis,
    body: (line: Expression, at: (e: Expression) => Expression) => void,
  ): void => {
    const k: Axis = { name, size: side }
    builder.loop(
      k,
      () => {
        const line = plus(far, axisOf(k))
        const position = (axis: Axis, tile: Expression) => plus(times(tile, side), axis === along ? near : line)
        const axes = new Map(rest.map((axis, i): [Axis, Expression] => [axis, parts[i]!]))
        const exists: Expression[] = []
        for (const [axis, tile] of [
          [loaded, tileDown],
          [stored, tileAcross],
        ] as const) {
          const at = indexing.simplify(position(axis, tile))
          const cut = axis.size % side > 0
          if (cut) exists.push(less(at, literal(axis.size)))
          // Loads may be made before it is asked what exists: they stay in memory.
          axes.set(axis, cut ? indexing.simplify(p['index.clamp'](at, axis.size - 1)) : at)
        }
        const inMemories = places.inMemories(axes)
        const inside = (): void => body(line, inMemories)
        if (exists.length) builder.when(exists.reduce(both), inside)
        else inside()
      },
      { step: side / EACH },
    )
  }
  const indexOf = (line: Expression, column: Expression): Expression => plus(times(line, side + 1), column)
  walk('k', loaded, (line, at) => {
    const values = tiles.map(({ load }) => at(load))
    builder.share(values)
    for (const [i, { memory }] of tiles.entries()) builder.store(memory, indexOf(near, line), values[i]!)
  })
  builder.barrier()
  walk('k_1', stored, (line, at) => {
    for (const { memory, value } of tiles)
      builder.let(value.name, { kind: 'element', memory, index: indexOf(line, near), dtype: value.dtype })
    const rewrite = (e: Expression): Expression => at(replace(e))
    const options = { vectors: new Set<never>(), places, rewrite, pack: createPack(), indexing }
    for (const results of found.stores) storeAll(storesAt(results, [[new Map()]], indexing), context, builder, options)
  })
  return {
    name: kernel.name,
    launch: { kind: 'groups', group: number, lane },
    memories: [...places.memories, ...tiles.map(({ memory }) => memory)],
    body: builder.statements(),
  }
}

/** Expressions with some parts replaced, made canonical again. */
function replacing(by: ReadonlyMap<Expression, Expression>, simplify: (e: Expression) => Expression) {
  const memo = new Map<Expression, Expression>()
  const rewrite = (e: Expression): Expression => {
    const known = by.get(e) ?? memo.get(e)
    if (known) return known
    const made = simplify(withParts(e, partsOf(e).map(rewrite)))
    memo.set(e, made)
    return made
  }
  return rewrite
}
