/**
 * Kernels for a processor: points are the outermost axes of the grid, as many as keep threads busy; within a point run loops, the
 * innermost in vectors along the axis that most accesses follow. What is cut how depends on sizes alone, never on threads.
 */

import { dependencies } from '../graph/dependencies.js'
import {
  type Axis,
  axisOf,
  choose,
  delinearize,
  type Expression,
  equals,
  literal,
  type Memory,
  plus,
  times,
  walk,
} from '../graph/expression.js'
import { createIndexing, type Indexing } from '../graph/indexing.js'
import { machines } from '../graph/machine.js'
import type { Tensor } from '../graph/node.js'
import { p } from '../graph/primitive.js'
import { time } from '../kernels/cost.js'
import { type Accumulate, expressionsOf, type Kernel, loopsIn, points, rebuilt } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { piecesIn, positionOf } from '../kernels/transpose.js'
import { type Builder, createBuilder } from './build.js'
import { count } from './count.js'
import { alongRow, type Context, emitPoints, nest, type Point, pairOf } from './points.js'
import type { LoopProgram } from './program.js'
import { type At, createVectors } from './vectors.js'

type PointsSchedule = Extract<Schedule, { kind: 'points' }>

/** A kernel of primitives, in what the target has; `memoryOf` a tensor is its place. */
export function pointsProgram(
  whole: Kernel,
  { points: wanted, side: widest, rank }: PointsSchedule,
  places: readonly Memory[],
  memoryOf: (tensor: Tensor) => Memory,
): LoopProgram {
  const indexing = createIndexing()
  const vectors = createVectors(indexing, memoryOf)
  const kernel = inLines(whole, indexing)
  const body = loopsIn(kernel)
  const grid = kernel.grid.filter(({ size }) => size > 1)
  const along = vectorAxes(kernel, indexing)[rank - 1]
  const inGrid = along !== undefined && grid.includes(along)
  const outer = grid.filter(axis => axis !== along)
  const cut = outer.findIndex((_, i) => points(outer.slice(0, i)) >= wanted)
  const spread = cut < 0 ? outer : outer.slice(0, cut)
  const inner = cut < 0 ? [] : outer.slice(cut)
  const accumulates = body.some(({ kind }) => kind === 'accumulate')
  const side = inGrid ? (accumulates ? sideBySide(along!, kernel, widest) : pairOf(along!, widest)) : 1
  const units = inGrid ? Math.floor(along!.size / (4 * side)) : 0
  const most = Math.ceil(wanted / points(spread))
  const perChunk = Math.max(Math.ceil(units / most), Math.ceil(UNITS / side))
  const chunks = cut < 0 && units > 2 * perChunk ? Math.ceil(units / perChunk) : 1

  const point: Axis = { name: 't', size: points(spread) * chunks }
  const positions = delinearize(axisOf(point), [...spread.map(({ size }) => size), ...(chunks > 1 ? [chunks] : [])])
  const at: At = new Map([
    ...kernel.grid.filter(({ size }) => size === 1).map((axis): [Axis, Expression] => [axis, literal(0)]),
    ...spread.map((axis, i): [Axis, Expression] => [axis, positions[i]!]),
  ])
  const builder = createBuilder([point])
  const context: Context = { builder, vectors, memoryOf, unroll: unrolled(kernel, side), side: widest }
  const emit = (list: readonly Point[]): void => emitPoints(context, list, body, inGrid ? undefined : along)
  nest({ ...context, unroll: () => false }, inner, at, here => {
    if (!inGrid) return emit([{ at: here }])
    const several = (start: Expression, count: number): void =>
      emit(
        Array.from({ length: count || 1 }, (_, i) => ({
          at: new Map([...here, [along!, plus(start, literal(4 * i))]]),
          ...(count && { along: along! }),
        })),
      )
    if (chunks === 1) return alongRow(context, along!, side, several)
    chunked(builder, along!, { chunk: positions.at(-1)!, chunks, perChunk, units, side }, several, rest =>
      alongRow(context, along!, side, several, rest),
    )
  })
  return inTasks({ name: kernel.name, point, memories: places, body: builder.statements() })
}

/**
 * The grid of a map is one axis over all elements. Where quotients and remainders of it are taken, as by what is read once per row, it is
 * cut in the axes that they stand for: along the innermost of these, neighbours are neighbours in memory again.
 */
function inLines(kernel: Kernel, indexing: Indexing): Kernel {
  const [axis, ...others] = kernel.grid
  if (!axis || others.length || kernel.body.some(({ kind, along }) => kind !== 'store' || along.length)) return kernel
  const pieces = piecesIn(kernel.body.flatMap(expressionsOf).map(indexing.simplify), axis)
  if (!pieces || pieces.length < 2 || pieces[0]!.size < LINE) return kernel
  const cut = new Map([[axis, positionOf(pieces)]])
  const body = kernel.body.map(statement => rebuilt(statement, e => indexing.substitute(e, cut)))
  return { ...kernel, grid: [...pieces].reverse(), body }
}
/** Elements from which on a line is worth a loop of its own. */
const LINE = 16

/** Units of vectors in a chunk of a long axis, at least. */
const UNITS = 64

interface Chunks {
  readonly chunk: Expression
  readonly chunks: number
  readonly perChunk: number
  readonly units: number
  readonly side: number
}
/** A part of an axis that is long enough for several points; what does not fill a unit belongs to the last. */
function chunked(
  builder: Builder,
  along: Axis,
  { chunk, chunks, perChunk, units, side }: Chunks,
  body: (start: Expression, count: number) => void,
  rest: (from: number) => void,
): void {
  const unit: Axis = { name: builder.fresh('k'), size: units }
  const from = times(chunk, perChunk)
  const to = units % perChunk ? p.min(plus(from, perChunk), units) : plus(from, perChunk)
  builder.share([])
  builder.loop(unit, () => body(times(axisOf(unit), 4 * side), side), { from, to })
  const done = units * 4 * side
  if (done < along.size) builder.when(equals(chunk, chunks - 1), () => rest(done))
}

/** The program with as many points at a time as are worth handing to a thread. */
export function inTasks({ point, ...rest }: Omit<LoopProgram, 'launch'> & { readonly point: Axis }): LoopProgram {
  const whole: LoopProgram = { ...rest, launch: { kind: 'points', point, grain: 1 } }
  const { tasks: most, taskTime } = machines.cpu
  const all = time({ ...count(whole, machines.cpu), points: Number.POSITIVE_INFINITY }, machines.cpu)
  const tasks = Math.min(most, Math.floor(all / taskTime))
  return { ...whole, launch: { kind: 'points', point, grain: Math.ceil(point.size / Math.max(1, tasks)) } }
}

/** Vectors of the grid that share what an accumulation loads for all of them. */
const sideBySide = (along: Axis, kernel: Kernel, widest: number): number => {
  const terms = kernel.body.reduce((n, s) => n + (s.kind === 'accumulate' ? s.terms.length : 0), 0)
  const most = Math.max(1, Math.floor(widest / terms))
  return along.size >= 16 * most ? most : along.size >= 8 && most > 1 ? 2 : 1
}

/** Short loops of an accumulation, together of few passes: the fewer, the more sums stand side by side in each. */
function unrolled(kernel: Kernel, side: number): (axis: Axis) => boolean {
  const unroll = new Set<Axis>()
  for (const { along } of kernel.body) {
    let room = 16 / side
    for (const axis of [...along].reverse()) {
      if (axis.size > room || axis.size > 5) break
      unroll.add(axis)
      room = Math.floor(room / axis.size)
    }
  }
  return axis => unroll.has(axis)
}

/** The axes along which accesses are neighbours, where that is worth it: most accesses first. */
function vectorAxes(kernel: Kernel, indexing: Indexing): Axis[] {
  const accumulates = kernel.body.filter((s): s is Accumulate => s.kind === 'accumulate')
  const rows = (accumulates[0]?.along ?? []).filter(axis => accumulates.every(({ along }) => along.includes(axis)))
  const score = new Map<Axis, number>([...kernel.grid, ...rows].filter(({ size }) => size >= 4).map(axis => [axis, 0]))
  const count = (index: Expression, weight: number): void => {
    const position = index.kind === 'apply' && index.scalar === choose ? index.args[1]! : index
    const { terms } = indexing.linear(position)
    for (const [axis, sum] of score) {
      let kind = 0
      for (const [atom, coefficient] of terms) {
        if (atom.kind === 'axis' && atom.axis === axis) kind = coefficient === 1 ? Math.max(kind, 1) : 2
        else if (dependencies(atom).has(axis)) kind = 2
      }
      score.set(axis, sum + weight * [0.25, 1, -1][kind]!)
    }
  }
  for (const statement of kernel.body) {
    const weight = statement.along.length ? 16 : 1
    walk(expressionsOf(statement).map(indexing.simplify), e => {
      if (e.kind === 'load') count(e.index, weight)
    })
    if (statement.kind === 'store') for (const { index } of statement.results) count(indexing.simplify(index), weight)
  }
  // The innermost axis wins a tie.
  return [...score]
    .filter(([, value]) => value > 0)
    .reverse()
    .sort(([, a], [, b]) => b - a)
    .map(([axis]) => axis)
}
