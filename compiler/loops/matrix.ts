/**
 * The `matrix` schedule of a contraction: subgroups multiply matrices of halves with sums in f32 (tensor cores). Slabs of
 * both factors pass through workgroup memory, where edges are clamped, so no matrix ever reaches beyond a tensor. They lie
 * there term by term, because that is how tensor cores take both factors. In the end the sums of one matrix per
 * subgroup at a time pass through workgroup memory, from where each lane finishes and stores four at a time.
 */
import {
  type Axis,
  axisOf,
  type Expression,
  equals,
  laneOf,
  less,
  literal,
  type Memory,
  plus,
  quotient,
  remainder,
  times,
} from '../graph/expression.js'
import { p } from '../graph/primitive.js'
import type { Kernel } from '../kernels/kernel.js'
import { type Schedule, slabPadding } from '../kernels/schedule.js'
import { type At, type Context, fourOf, storesAt } from './expand.js'
import { bothExist, defineFours, foursOf, scatter } from './fours.js'
import type { LoopProgram, Matrix } from './program.js'
import { type Slab, slabsOf } from './slabs.js'

export function matrix(
  kernel: Kernel,
  { rows, columns, depth, subgroups: [down, across] }: Extract<Schedule, { kind: 'matrix' }>,
  context: Context,
): LoopProgram {
  const shape = context.target.matrix
  if (!shape) throw new Error(`${context.target.name} has no subgroup matrices`)
  const lanes = down * across * shape.subgroup
  const layout = { element: 'f16', neighbours: 'terms', padding: slabPadding } as const
  const slabs = slabsOf(kernel, { rows, columns, depth }, lanes, layout, context)
  const { contraction, size, indexing, left, right } = slabs
  const own = { rows: rows / down, columns: columns / across }
  const list = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
  const [high, wide] = [list(own.rows / shape.rows), list(own.columns / shape.columns)]
  const tile = high.flatMap(i => wide.map(j => ({ i, j, sum: matrixOf('sum', `sum_${i}_${j}`) })))
  /** Vectors of a matrix of sums, and of a line of it. */
  const fours = (shape.rows * shape.columns) / 4
  const line = shape.columns / 4
  const sums: Memory = { space: 'group', name: 'sums', dtype: 'f32', count: down * across * 4 * fours, unit: 4 }

  const subgroup = quotient(axisOf(slabs.lane), shape.subgroup)
  const ownRow = times(quotient(subgroup, across), own.rows)
  const ownColumn = times(remainder(subgroup, across), own.columns)

  // Four columns of one row, at a position that a loop runs through.
  const row: Axis = { name: 'row', size: size.rows }
  const column = foursOf('column', size.columns)
  const group = column.positions.map((position, lane) => {
    const at: At = new Map(slabs.here)
    scatter(at, contraction.rows, axisOf(row))
    scatter(at, contraction.columns, position)
    return at.set(contraction.name, laneOf(fourOf('sum', contraction.dtype), lane))
  })
  const stores = contraction.stores.flatMap(({ results }) => storesAt(results, [group], indexing)[0]!)

  return slabs.program(stores, {
    memories: [sums],
    begin({ builder }) {
      for (const { sum } of tile) builder.matrix({ kind: 'matrix', matrix: sum })
    },
    multiply({ builder, named }, buffer) {
      const startOf = (name: string, { buffer: size, line }: Slab, number: Expression): Expression =>
        named(name, plus(times(buffer, size), times(number, line)))
      const leftAt = startOf('left_at', left, ownRow)
      const rightAt = startOf('right_at', right, ownColumn)
      const load = (made: Matrix, { memory, line }: Slab, start: Expression, more: number): Matrix => {
        const index = indexing.simplify(plus(start, more))
        builder.matrix({ kind: 'matrix', matrix: made, from: { memory, index, stride: line } })
        return made
      }
      for (let k = 0; k < depth; k += shape.depth) {
        const a = high.map(i =>
          load(matrixOf('left', builder.fresh('a')), left, leftAt, i * shape.rows * left.line + k / 4),
        )
        const b = wide.map(j =>
          load(matrixOf('right', builder.fresh('b')), right, rightAt, j * shape.columns * right.line + k / 4),
        )
        for (const { i, j, sum } of tile) builder.matrix({ kind: 'multiply', left: a[i]!, right: b[j]!, sum })
      }
    },
    finish(within) {
      const { builder, at, define, named } = within
      const part: Axis = { name: 'part', size: tile.length }
      const four: Axis = { name: 'four', size: fours }
      const start = builder.bind(at(indexing.simplify(times(subgroup, fours))))
      builder.loop(part, () => {
        for (const [i, { sum }] of tile.entries())
          builder.when(equals(axisOf(part), i), () =>
            builder.matrix({ kind: 'spill', matrix: sum, to: { memory: sums, index: start, stride: line } }),
          )
        builder.barrier()
        const finish = (): void => {
          const index = indexing.simplify(plus(start, axisOf(four)))
          builder.let('sum', { kind: 'element', memory: sums, index, dtype: 'f32', width: 4 })
          const whole = size.rows % rows === 0
          const inPart = plus(times(quotient(axisOf(part), wide.length), shape.rows), quotient(axisOf(four), line))
          const number = named('row_number', plus(times(axisOf(slabs.rowBlock), rows), plus(ownRow, inPart)))
          define(row, whole ? number : p.min(number, size.rows - 1))
          const inColumn = plus(times(remainder(axisOf(part), wide.length), line), remainder(axisOf(four), line))
          const inBlocks = plus(times(axisOf(slabs.columnBlock), columns / 4), plus(quotient(ownColumn, 4), inColumn))
          const exists = defineFours(within, column, inBlocks, size.columns % columns === 0)
          within.store(stores, bothExist(whole ? undefined : less(number, literal(size.rows)), exists))
        }
        builder.loop(four, finish, {
          from: at(indexing.simplify(remainder(axisOf(slabs.lane), shape.subgroup))),
          step: shape.subgroup,
        })
        builder.barrier()
      })
    },
  })

  function matrixOf(role: Matrix['role'], name: string): Matrix {
    const { rows, columns, depth, subgroup: lanes } = shape!
    return { name, role, rows: role === 'right' ? depth : rows, columns: role === 'left' ? depth : columns, lanes }
  }
}
