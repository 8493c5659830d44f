/**
 * The `staged` schedule of a contraction: slabs of both factors pass through workgroup memory, and each invocation computes
 * a tile of its workgroup's block from there, a row of four columns per register.
 */
import type { Indexing } from '../graph/indexing.js'
import { type Contraction, extents } from '../kernels/contraction.js'
import type { Kernel } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { type At, fourOf, lanesOf, type StoreGroup, storesAt } from '../loops/expand.js'
import { both, defineFours, type Fours, foursOf, scatter } from './fours.js'
import type { Context, Text } from './loops.js'
import { slabsOf } from './slabs.js'
import { LANES } from './types.js'

export function staged(
  kernel: Kernel,
  { rows, columns, depth, tile: [high, wide], unroll }: Extract<Schedule, { kind: 'staged' }>,
  context: Context,
): Text {
  const across = columns / wide
  const lanes = across * (rows / high)
  const layout = { neighbours: 'across', padding: 0 } as const
  const slabs = slabsOf(kernel, { rows, columns, depth }, lanes, layout, context)
  const { contraction, element, size, groups, shared, lines } = slabs
  const vector = `vec4<${element}>`
  const tile = tileOf(contraction, high, wide, slabs.here, slabs.indexing)
  const { writer, vectors, store } = slabs.print(
    tile.flatMap(({ stores }) => stores),
    writer => {
      for (const { sum } of tile) writer.line(`var ${sum} = ${vector}();`)
      writer.line(`let tile_row = (thread / ${across}) * ${high / 4};`)
      writer.line(`let tile_column = thread % ${across};`)
    },
    (buffer, writer) => {
      writer.line(`let left_at = ${buffer} * ${lines.left.buffer} + tile_row;`)
      writer.line(`let right_at = ${buffer} * ${lines.right.buffer} + tile_column;`)
      /** Term `k + number`, or `number` where `k` is no loop. */
      const term = (k: string, number: number): void =>
        writer.nest('', [], () => {
          const place = (side: 'left' | 'right', more: number): string =>
            `${side}[${side}_at${k && ` + ${k} * ${lines[side].line}`} + ${number * lines[side].line + more}]`
          for (let i = 0; i < high / 4; i++) writer.line(`let a${i} = ${place('left', i)};`)
          // Columns of a tile lie apart, so that neighbouring invocations read neighbouring vec4s.
          for (let j = 0; j < wide / 4; j++) writer.line(`let b${j} = ${place('right', j * across)};`)
          for (const { sum, row, column } of tile) {
            const [a, b] = [`${vector}(a${row >> 2}.${LANES[row % 4]})`, `b${column}`]
            writer.line(`${sum} = ${element === 'f32' ? `fma(${a}, ${b}, ${sum})` : `${a} * ${b} + ${sum}`};`)
          }
        })
      const terms = (k: string): void => Array.from({ length: unroll }, (_, i) => i).forEach(i => void term(k, i))
      if (unroll === depth) terms('')
      else writer.nest(`for (var k = 0; k < ${depth}; k += ${unroll})`, [], () => terms('k'))
    },
  )
  for (const { sum } of tile) writer.define(sum)
  const existing = new Map<Fours, string[]>()
  const define = (at: Fours, number: string, inside: boolean): void => {
    if (!existing.has(at)) existing.set(at, defineFours(writer, at, number, inside))
  }
  for (const { rowFours, columnFours, row, column } of tile) {
    define(rowFours, `row_block * ${rows / 4} + tile_row + ${row >> 2}`, size.rows % rows === 0)
    define(
      columnFours,
      `column_block * ${columns / 4} + tile_column + ${column * across}`,
      size.columns % columns === 0,
    )
  }
  for (const { rowFours, columnFours, row, stores } of tile)
    store(
      stores,
      existing.get(columnFours)!.map(column => both(existing.get(rowFours)![row % 4]!, column)),
    )
  return { body: writer.text(), size: lanes, groups, shared, vectors }
}

/** Four columns of one row of an invocation's tile. */
interface Four {
  readonly sum: string
  readonly row: number
  readonly column: number
  readonly rowFours: Fours
  readonly columnFours: Fours
  readonly stores: readonly StoreGroup[]
}

function tileOf(contraction: Contraction, high: number, wide: number, here: At, indexing: Indexing): Four[] {
  const size = extents(contraction)
  const list = (n: number, name: string, extent: number) =>
    Array.from({ length: n / 4 }, (_, i) => foursOf(`${name}${i}`, extent))
  const rows = list(high, 'row', size.rows)
  const columns = list(wide, 'column', size.columns)
  return Array.from({ length: high }, (_, row) =>
    columns.map((columnFours, column): Four => {
      const rowFours = rows[row >> 2]!
      const sum = `${contraction.name}_${row}_${column}`
      const lanes = lanesOf(fourOf(sum, contraction.dtype))
      const group = columnFours.positions.map((position, lane) => {
        const at: At = new Map(here)
        scatter(at, contraction.rows, rowFours.positions[row % 4]!)
        scatter(at, contraction.columns, position)
        return at.set(contraction.name, lanes[lane]!)
      })
      const stores = contraction.stores.flatMap(({ results }) => storesAt(results, [group], indexing)[0]!)
      return { sum, row, column, rowFours, columnFours, stores }
    }),
  ).flat()
}
