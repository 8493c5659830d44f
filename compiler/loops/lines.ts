/**
 * The results of a contraction's register tile, stored line by line in a loop. Printed out, epilogue and stores of 64 sums are
 * half of what SwiftShader compiles of a kernel, and run once for hundreds of passes over the terms.
 */
import { type Axis, axisOf, type Expression, type Memory, plus, times } from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { DType } from '../types/tensor.js'
import { type Accumulator, accumulator } from './accumulate.js'
import type { Builder } from './build.js'
import { type At, inGroups, steps } from './expand.js'

export interface Lines {
  /** The loop over the lines of the tile. */
  readonly axis: Axis
  /** The points of one line, at which the sum is what the loop finds in the registers of that line. */
  readonly points: readonly At[][]
  /** Puts the registers into an array, once and before the loop. */
  declare(builder: Builder, registers: readonly Accumulator[]): Memory
  /** Loads, inside the loop, the registers of its line. */
  pick(builder: Builder, tile: Memory): void
}

/** Vec4s of a tile from which on a loop is less text than what it saves. */
const MANY = 8

/**
 * The lines of a tile along the first of the axes that it extends over; `order` and `starts` are the axes of its points and
 * where its parts along them start, `name` and `dtype` those of the sum. None where a line is no whole number of vec4s, or the
 * tile is small.
 */
export function linesOf(
  order: readonly Axis[],
  starts: readonly Expression[],
  tile: ReadonlyMap<Axis, number>,
  { name, dtype }: { readonly name: string; readonly dtype: DType },
  indexing: Indexing,
): Lines | undefined {
  const at = order.findIndex(axis => (tile.get(axis) ?? 1) > 1)
  if (at < 0) return undefined
  const count = tile.get(order[at]!)!
  const axis: Axis = { name: 'line', size: count }
  const lineStarts = starts.map((start, i) => (i === at ? plus(times(start, count), axisOf(axis)) : start))
  const points = inGroups(steps(order, lineStarts, new Map([...tile, [order[at]!, 1]])))
  if (points[0]!.length === 1 || count * points.length < MANY) return undefined
  const registers = points.map((group, n) => accumulator(`${name}_line${n}`, 'sum', dtype, group.length))
  for (const [n, group] of points.entries())
    for (const [i, point] of group.entries()) point.set(name, registers[n]!.parts[i]!)
  return {
    axis,
    points,
    declare(builder, all) {
      const tile: Memory = { space: 'lane', name: `${name}_tile`, dtype, count: 4 * all.length, unit: 4 }
      builder.fill(
        tile,
        all.map(({ value }) => value),
      )
      return tile
    },
    pick(builder, memory) {
      for (const [n, register] of registers.entries()) {
        const index = indexing.simplify(plus(times(axisOf(axis), points.length), n))
        builder.let(register.name, { kind: 'element', memory, index, dtype, width: 4 })
      }
    },
  }
}
