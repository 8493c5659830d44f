/**
 * Contractions on a processor, after Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", ACM TOMS 2008). A
 * point is a block of the result. Panels of both factors are copied to scratch through their index maps, so that masks are zeros
 * there and a convolution is a product like any other; tiles of 4 rows by 8 or 16 columns are summed in registers over the terms of
 * a block, and what is stored of each sum is computed tile by tile, while it is near.
 */

import { dependencies } from '../graph/dependencies.js'
import {
  type Axis,
  axisOf,
  call,
  choose,
  delinearize,
  type Expression,
  laneOf,
  literal,
  type Memory,
  minus,
  index as op,
  plus,
  times,
  walk,
} from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { p } from '../graph/primitive.js'
import { contractionOf, extents } from '../kernels/contraction.js'
import { type Kernel, points } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { accumulated, identityOf } from './accumulate.js'
import { createBuilder } from './build.js'
import { inTasks } from './cpu.js'
import { endsOf } from './ends.js'
import { type Context, emitPoints } from './points.js'
import type { LoopProgram } from './program.js'
import { cutDepth, type Terms } from './terms.js'
import { type At, createVectors } from './vectors.js'

/** Rows of a register tile. */
export const ROWS = 4

type Packed = Extract<Schedule, { kind: 'packed' }>

export function packedProgram(
  kernel: Kernel,
  { rows, columns, depth, tile: width }: Packed,
  places: readonly Memory[],
  memoryOf: (tensor: Tensor) => Memory,
): LoopProgram {
  const found = contractionOf(kernel)
  if (!found) throw new Error(`kernel ${kernel.name} is no contraction`)
  const indexing = createIndexing()
  const { ends, ...factors } = endsOf(found, indexing)
  const contraction = { ...found, ...factors }
  const size = extents(contraction)
  const type = contraction.dtype
  const [rowBlocks, columnBlocks] = [Math.ceil(size.rows / rows), Math.ceil(size.columns / columns)]
  const [rowTiles, panels] = [rows / ROWS, columns / width]
  const tileSize = ROWS * width
  const vectors = createVectors(indexing, memoryOf)
  const point: Axis = { name: 't', size: size.batch * rowBlocks * columnBlocks }
  const builder = createBuilder([point])
  const context: Context = { builder, vectors, memoryOf, unroll: () => false, side: 1 }
  const [batch, rowBlock, columnBlock] = delinearize(axisOf(point), [size.batch, rowBlocks, columnBlocks]) as [
    Expression,
    Expression,
    Expression,
  ]
  const base: At = new Map([
    ...kernel.grid.filter(axis => axis.size === 1).map((axis): [Axis, Expression] => [axis, literal(0)]),
    ...positions(contraction.batch, batch),
  ])
  const cut = cutDepth(
    contraction.along,
    depth,
    new Map([...ends].map(([axis, end]) => [axis, indexing.substitute(end, base)])),
  )
  const worker = (name: string, count: number): Memory => ({ space: 'worker', name, dtype: type, count, unit: 1 })
  const left = worker('left', rowTiles * cut.most * ROWS)
  const right = worker('right', cut.most * width)
  const sums = worker('sums', (cut.whole ? 1 : rowTiles * panels) * tileSize)

  /** A loop over the tiles of a block, of which the last block may have fewer. */
  const overTiles = (name: string, block: Expression, count: number, all: number, body: (tile: Expression) => void) => {
    const axis: Axis = { name: builder.fresh(name), size: count }
    const rest = minus(literal(all), times(block, count))
    builder.loop(
      axis,
      () => body(axisOf(axis)),
      all % count && all > count ? { to: p.min(rest, count) } : { to: literal(Math.min(all, count)) },
    )
  }
  const [allRowTiles, allPanels] = [Math.ceil(size.rows / ROWS), Math.ceil(size.columns / width)]
  const rowTile = (tile: Expression): Expression => plus(times(rowBlock, rowTiles), tile)
  const panelOf = (panel: Expression): Expression => plus(times(columnBlock, panels), panel)

  /** The position of a row or column; beyond the last one are copies of it. */
  const clamped = (position: Expression, count: number, unit: number): Expression =>
    count % unit === 0 ? position : call(op.clamp, [position, literal(count - 1)], 'i32')
  /** `unit` neighbours of a factor, from `first` on, at one term, in vectors. */
  function neighbours(
    factor: Expression,
    axes: readonly Axis[],
    unit: number,
    first: Expression,
    at: At,
  ): Expression[] {
    const count = points(axes)
    const innermost = axes.at(-1)!
    return Array.from({ length: unit / 4 }, (_, i): Expression => {
      const position = plus(first, literal(4 * i))
      if (innermost.size % 4 === 0) {
        const within = count % unit === 0 ? position : p.min(position, count - 4)
        return vectors.vector(factor, new Map([...at, ...positions(axes, within)]), innermost)
      }
      const parts = [0, 1, 2, 3].map(lane =>
        vectors.scalar(
          factor,
          new Map([...at, ...positions(axes, clamped(plus(position, literal(lane)), count, unit))]),
        ),
      )
      return { kind: 'vector', parts, dtype: type }
    })
  }
  /** Copies a panel of a factor: `unit` rows or columns side by side, term after term. */
  function pack(
    memory: Memory,
    start: Expression,
    factor: Expression,
    axes: readonly Axis[],
    unit: number,
    first: Expression,
    terms: Terms,
  ): void {
    const indexOf = (k: Expression, more: number): Expression => plus(plus(start, times(k, unit)), literal(more))
    const { fours } = cut
    const innermost = axes.at(-1)!
    const side = innermost.size % 4 === 0 ? neighboursAlong(factor, innermost) : 0
    if (!fours || neighboursAlong(factor, fours) <= side) {
      terms.each((at, k) => {
        const values = neighbours(factor, axes, unit, first, at)
        builder.share(values)
        for (const [i, value] of values.entries()) store(memory, indexOf(k, 4 * i), value)
      })
      return
    }
    // Its neighbours in memory are terms: four of them at a time are loaded for each row or column, and transposed.
    terms.each((at, k) => {
      const lines = Array.from({ length: unit }, (_, i) => {
        const own = positions(axes, clamped(plus(first, literal(i)), points(axes), unit))
        return vectors.vector(factor, new Map([...at, ...own]), fours)
      })
      builder.share(lines)
      const bound = lines.map(builder.bind)
      for (let term = 0; term < 4; term++)
        for (let i = 0; i < unit; i += 4) {
          const parts = bound.slice(i, i + 4).map(line => laneOf(line, term))
          store(memory, indexOf(k, term * unit + i), { kind: 'vector', parts, dtype: type })
        }
    }, true)
  }
  /** How well loads of a factor find neighbours along an axis: side by side, or at every other index. */
  function neighboursAlong(factor: Expression, axis: Axis): number {
    let count = 0
    walk([indexing.simplify(factor)], e => {
      if (e.kind !== 'load' || !dependencies(e.index).has(axis)) return
      const masked = e.index.kind === 'apply' && e.index.scalar === choose
      const apart = vectors.apart(masked ? (e.index as { args: readonly Expression[] }).args[1]! : e.index, base, axis)
      if (apart) count += 2 / apart
    })
    return count
  }
  /** The register tile: products of a tile of rows and a panel of columns, over the terms of a block. */
  function multiply(tile: Expression, start: Expression, terms: Terms): void {
    builder.share([])
    // One address of all sums: engines join accesses that differ in a constant alone.
    const sum = builder.bind(indexing.simplify(start))
    const registers = Array.from({ length: tileSize / 4 }, (_, i): Expression & { kind: 'name' } => {
      const name = builder.fresh('c')
      builder.share([])
      builder.declare(name, cut.whole ? identityOf('sum', type, 4) : load(sums, plus(sum, literal(4 * i)), 4))
      return { kind: 'name', name, dtype: type, width: 4 }
    })
    // One term a pass: engines load everything that a longer body needs before they multiply, and run out of registers. Joined in
    // twos, they have room for two terms, which share what a pass takes.
    const once = width > 8 && !terms.count && cut.most % 2 === 0 ? 2 : 1
    const k: Axis = { name: builder.fresh('k'), size: cut.most / once }
    const term = (at: Expression): void => {
      const columns = Array.from({ length: width / 4 }, (_, i) =>
        load(right, plus(times(at, width), literal(4 * i)), 4),
      )
      const all = Array.from({ length: ROWS }, (_, row) => {
        const index = plus(times(plus(times(tile, cut.most), at), ROWS), literal(row))
        const splat: Expression = { kind: 'splat', of: load(left, index, 1), dtype: type }
        return columns.map((column, i) =>
          accumulated('sum', registers[row * columns.length + i]!, p.mul(splat, column)),
        )
      }).flat()
      builder.share(all)
      for (const [i, value] of all.entries()) builder.set(registers[i]!.name, value)
    }
    const body = (): void => {
      for (let i = 0; i < once; i++) term(plus(times(axisOf(k), once), literal(i)))
    }
    builder.loop(k, body, { to: terms.count ?? literal(k.size) })
    for (const [i, register] of registers.entries()) store(sums, plus(sum, literal(4 * i)), register)
  }
  const store = (memory: Memory, index: Expression, value: Expression): void =>
    builder.store(memory, indexing.simplify(index), value)
  function load(memory: Memory, index: Expression, lanes: 1 | 4): Expression {
    return {
      kind: 'element',
      memory,
      index: indexing.simplify(index),
      dtype: type,
      ...(lanes === 4 && { width: lanes }),
    }
  }
  /** What is stored of the sums of a tile. */
  function finish(tile: Expression, panel: Expression, sum: Expression): void {
    const inFours = contraction.columns.at(-1)!.size % 4 === 0
    const step = inFours ? 4 : 1
    const column: Axis = { name: builder.fresh('c'), size: width / step }
    const row: Axis = { name: builder.fresh('r'), size: ROWS }
    const left = (count: number, all: number, done: Expression) =>
      all % count ? { to: p.min(minus(literal(all), done), count) } : {}
    builder.loop(
      column,
      () => {
        const position = plus(times(panelOf(panel), width / step), axisOf(column))
        const across = positions(contraction.columns, times(position, step))
        builder.loop(
          row,
          () => {
            const down = positions(contraction.rows, plus(times(rowTile(tile), ROWS), axisOf(row)))
            const value = load(
              sums,
              plus(plus(sum, times(axisOf(row), width)), times(axisOf(column), step)),
              inFours ? 4 : 1,
            )
            builder.share([])
            const at: At = new Map([...base, ...across, ...down, [contraction.name, builder.bind(value)]])
            emitPoints(context, [{ at, ...(inFours && { along: contraction.columns.at(-1)! }) }], contraction.stores)
          },
          left(ROWS, size.rows, times(rowTile(tile), ROWS)),
        )
      },
      left(width / step, size.columns / step, times(panelOf(panel), width / step)),
    )
  }

  const sumAt = (tile: Expression, panel: Expression): Expression =>
    cut.whole ? literal(0) : times(plus(times(panel, rowTiles), tile), tileSize)
  const tiles = (body: (panel: Expression, each: (body: (tile: Expression) => void) => void) => void): void =>
    overTiles('j', columnBlock, panels, allPanels, panel =>
      body(panel, inner => overTiles('i', rowBlock, rowTiles, allRowTiles, inner)),
    )
  if (!cut.whole) {
    const all: Axis = { name: builder.fresh('z'), size: sums.count / 4 }
    builder.loop(all, () => builder.store(sums, times(axisOf(all), 4), identityOf('sum', type, 4)))
  }
  cut.blocks(builder, base, terms => {
    overTiles('i', rowBlock, rowTiles, allRowTiles, tile =>
      pack(
        left,
        times(tile, cut.most * ROWS),
        contraction.left,
        contraction.rows,
        ROWS,
        times(rowTile(tile), ROWS),
        terms,
      ),
    )
    tiles((panel, each) => {
      pack(right, literal(0), contraction.right, contraction.columns, width, times(panelOf(panel), width), terms)
      each(tile => {
        multiply(tile, sumAt(tile, panel), terms)
        if (cut.whole) finish(tile, panel, sumAt(tile, panel))
      })
    })
  })
  if (!cut.whole) tiles((panel, each) => each(tile => finish(tile, panel, sumAt(tile, panel))))
  return inTasks({ name: kernel.name, point, memories: [...places, left, right, sums], body: builder.statements() })
}

const positions = (axes: readonly Axis[], position: Expression): [Axis, Expression][] =>
  delinearize(
    position,
    axes.map(({ size }) => size),
  ).map((at, i) => [axes[i]!, at])
