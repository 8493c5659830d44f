/**
 * The `staged` schedule of a contraction: slabs of both factors pass through workgroup memory, and each lane computes
 * a tile of its workgroup's block from there, a row of four columns per register.
 */
import {
  type Axis,
  axisOf,
  type Expression,
  laneOf,
  plus,
  quotient,
  registerType,
  remainder,
  splat,
  times,
} from '../graph/expression.js'
import { p } from '../graph/primitive.js'
import type { Kernel } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { type Accumulator, accumulated, accumulator, initialOf } from './accumulate.js'
import { type At, type Context, type StoreGroup, storesAt } from './expand.js'
import { bothExist, defineFours, type Fours, foursOf, scatter } from './fours.js'
import type { LoopProgram } from './program.js'
import { type Slab, type Slabs, slabsOf } from './slabs.js'

export function staged(
  kernel: Kernel,
  { rows, columns, depth, tile: [high, wide], unroll }: Extract<Schedule, { kind: 'staged' }>,
  context: Context,
): LoopProgram {
  const across = columns / wide
  const lanes = across * (rows / high)
  const slabs = slabsOf(kernel, { rows, columns, depth }, lanes, { neighbours: 'across', padding: 0 }, context)
  const { contraction, size, left, right } = slabs
  const dtype = registerType(contraction.dtype)
  const tile = tileOf(slabs, high, wide)
  const tileRow = times(quotient(axisOf(slabs.lane), across), high / 4)
  const tileColumn = remainder(axisOf(slabs.lane), across)

  return slabs.program(
    tile.flatMap(({ stores }) => stores),
    {
      begin({ builder }) {
        for (const { sum } of tile) builder.declare(sum.name, initialOf(sum))
      },
      multiply({ builder, named }, buffer) {
        const startOf = (name: string, slab: Slab, offset: Expression): Expression =>
          named(name, plus(times(buffer, slab.buffer), offset))
        const starts = [startOf('left_at', left, tileRow), startOf('right_at', right, tileColumn)] as const
        /** The sums with term `number`, counted from the starts. */
        const term = ([leftAt, rightAt]: readonly [Expression, Expression], number: number): void => {
          const load = ({ memory, line }: Slab, start: Expression, more: number): Expression => {
            const index = slabs.indexing.simplify(plus(start, number * line + more))
            return { kind: 'element', memory, index, dtype, width: 4 }
          }
          const a = Array.from({ length: high / 4 }, (_, i) => load(left, leftAt, i))
          // Columns of a tile lie apart, so that neighbouring lanes read neighbouring vectors.
          const b = Array.from({ length: wide / 4 }, (_, j) => load(right, rightAt, j * across))
          const totals = tile.map(({ sum, row, column }) =>
            accumulated('sum', sum.value, p.mul(splat(laneOf(a[row >> 2]!, row % 4)), b[column]!)),
          )
          builder.share(totals)
          for (const [i, { sum }] of tile.entries()) builder.set(sum.name, totals[i]!)
        }
        const terms = (starts: readonly [Expression, Expression]): void => {
          for (let i = 0; i < unroll; i++) term(starts, i)
        }
        if (unroll === depth) return terms(starts)
        const k: Axis = { name: 'k', size: depth }
        builder.loop(
          k,
          () => {
            const moved = (start: Expression, { line }: Slab) => builder.bind(plus(start, times(axisOf(k), line)))
            terms([moved(starts[0], left), moved(starts[1], right)])
          },
          { step: unroll },
        )
      },
      finish(within) {
        within.builder.settle(tile.map(({ sum }) => sum.name))
        const define = (at: Fours, block: Axis, extent: number, inBlock: Expression, whole: boolean) =>
          defineFours(within, at, plus(times(axisOf(block), extent / 4), inBlock), whole)
        const rowsExist = new Map(
          [...new Set(tile.map(({ rowFours }) => rowFours))].map((at, i) => [
            at,
            define(at, slabs.rowBlock, rows, plus(tileRow, i), size.rows % rows === 0),
          ]),
        )
        const columnsExist = new Map(
          [...new Set(tile.map(({ columnFours }) => columnFours))].map((at, i) => [
            at,
            define(at, slabs.columnBlock, columns, plus(tileColumn, i * across), size.columns % columns === 0),
          ]),
        )
        for (const { rowFours, columnFours, row, stores } of tile)
          within.store(stores, bothExist(rowsExist.get(rowFours)![row % 4], columnsExist.get(columnFours)!))
      },
    },
  )
}

/** Four columns of one row of a lane's tile. */
interface Four {
  readonly sum: Accumulator
  readonly row: number
  readonly column: number
  readonly rowFours: Fours
  readonly columnFours: Fours
  readonly stores: readonly StoreGroup[]
}

function tileOf({ contraction, size, here, indexing }: Slabs, high: number, wide: number): Four[] {
  const list = (n: number, name: string, extent: number) =>
    Array.from({ length: n / 4 }, (_, i) => foursOf(`${name}${i}`, extent))
  const rows = list(high, 'row', size.rows)
  const columns = list(wide, 'column', size.columns)
  return Array.from({ length: high }, (_, row) =>
    columns.map((columnFours, column): Four => {
      const rowFours = rows[row >> 2]!
      const sum = accumulator(`${contraction.name}_${row}_${column}`, 'sum', registerType(contraction.dtype), 4)
      const group = columnFours.positions.map((position, lane) => {
        const at: At = new Map(here)
        scatter(at, contraction.rows, rowFours.positions[row % 4]!)
        scatter(at, contraction.columns, position)
        return at.set(contraction.name, sum.parts[lane]!)
      })
      const stores = contraction.stores.flatMap(({ results }) => storesAt(results, [group], indexing)[0]!)
      return { sum, row, column, rowFours, columnFours, stores }
    }),
  ).flat()
}
