/**
 * A schedule says how the loops of a kernel are cut up: data, chosen by heuristics from the target and the sizes.
 *
 * - `tiles`: one invocation computes a tile of grid points; loop axes may be unrolled.
 * - `rows`: one workgroup computes one grid point, or some neighbours; its invocations share the row and combine what each has.
 * - `staged`: one workgroup computes a block of a matrix product; slabs of both factors pass through workgroup memory.
 * - `matrix`: the same with the target's subgroup matrices (tensor cores), for factors that halves hold exactly.
 * - `pieces`: a point makes a piece of what a scatter or an order gives, serially.
 * - `transposed`: one workgroup moves a square tile through workgroup memory, where stores run along another axis than loads.
 * A long accumulation with few results is added in ranges first (`ranges.ts`): partial sums, then their sum.
 */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, choose, type Expression, partsOf, walk } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { toHalf } from '../graph/halves.js'
import { createIndexing } from '../graph/indexing.js'
import { type Machine, machines } from '../graph/machine.js'
import { postOrder } from '../graph/reach.js'
import { type Contraction, contractionOf, extents } from './contraction.js'
import { bytesPerElement } from './cost.js'
import { type Accumulate, expressionsOf, type Kernel, piecesOf, points } from './kernel.js'
import { periodic } from './periodic.js'
import { pieces } from './pieces.js'
import { rowsOf } from './rows.js'
import { likeSwiftShader, type MatrixShape, machineOf, type Target } from './target.js'
import { transposeTiles } from './transpose.js'

export type Schedule =
  | {
      readonly kind: 'tiles'
      /** Grid points per invocation, by axis; each divides the axis. */
      readonly tile: ReadonlyMap<Axis, number>
      /** Iterations per pass of a loop, by axis; each divides the axis. */
      readonly unroll: ReadonlyMap<Axis, number>
      /** Iterations of the outermost loop of an accumulation that are summed apart before they join the total; 0, the default, for all. */
      readonly block?: number
      readonly workgroup: number
    }
  /** `across`, a power of two that divides the grid and the lanes, are neighbours that one workgroup computes; 1, the default, for one. */
  | { readonly kind: 'rows'; readonly lanes: number; readonly across?: number }
  | {
      readonly kind: 'staged'
      /** Rows and columns of the block that a workgroup computes, and terms per slab; multiples of 4. */
      readonly rows: number
      readonly columns: number
      readonly depth: number
      /** Rows and columns per invocation; multiples of 4 that divide the block. */
      readonly tile: readonly [number, number]
      /** Terms in the body of the loop over a slab; divides `depth`. */
      readonly unroll: number
    }
  | {
      readonly kind: 'matrix'
      /** As for `staged`; multiples of the target's matrices. */
      readonly rows: number
      readonly columns: number
      readonly depth: number
      /** Subgroups of a workgroup, down the rows and across the columns: each computes its part of the block. */
      readonly subgroups: readonly [number, number]
    }
  /**
   * Points one after the other, on a processor: at least `points` of them where the grid has so many, each in vectors along the axis
   * of that `rank` among those that accesses follow, the first being 1, with at most `side` vectors of sums next to each other.
   */
  | { readonly kind: 'points'; readonly points: number; readonly side: number; readonly rank: number }
  /**
   * Blocks of a contraction on a processor, with at most so many terms at a time, in register tiles of 4 rows by `tile` columns, of
   * which their rows and columns are multiples.
   */
  | {
      readonly kind: 'packed'
      readonly rows: number
      readonly columns: number
      readonly depth: number
      readonly tile: 8 | 16
    }
  /** A point for each `piece` of a scatter's or an order's results, which are made one after the other. */
  | { readonly kind: 'pieces'; readonly piece: number; readonly workgroup: number }
  /** `side`: of the tile, 8, 16 or 32. */
  | { readonly kind: 'transposed'; readonly side: number }

type Matrix = Extract<Schedule, { kind: 'matrix' }>

/** Picks a schedule for a kernel. Every schedule of a kernel computes the same. */
export type Chooser = (kernel: Kernel, target: Target) => Schedule

/** The heuristic choice. */
export function schedule(kernel: Kernel, target: Target): Schedule {
  const machine = machineOf(target)
  const whole = piecesOf(kernel)
  if (whole) {
    const { piece, points } = pieces(kernel, whole, target)
    return { kind: 'pieces', piece, workgroup: workgroupSize(points, target) }
  }
  if (target.class === 'cpu') return packedBlocks(kernel, machine) ?? pointsOf(machine)
  const accumulate = kernel.body.find((s): s is Accumulate => s.kind === 'accumulate')
  const grid = points(kernel.grid)
  const inRows = accumulate && !kernel.contraction && rowsOf(kernel, target)
  if (inRows) return inRows
  const blocks = target.class === 'gpu' && (stagedBlocks(kernel, target) ?? transposeTiles(kernel, target))
  if (blocks) return blocks
  const tile = kernel.contraction ? registerTile(kernel, accumulate!, target) : vectorTile(kernel)
  const invocations = grid / [...tile.values()].reduce((a, b) => a * b, 1)
  const unroll = unrolling(kernel, tile, target)
  return {
    kind: 'tiles',
    tile,
    unroll,
    block: kernel.contraction ? blocking(accumulate!, unroll) : 0,
    workgroup: workgroupSize(invocations, target),
  }
}

/** As many points as threads divide evenly; one vector of sums alone would wait for each addition. */
export const pointsOf = ({ tasks }: Machine): Schedule => ({ kind: 'points', points: tasks, side: 4, rank: 1 })
/**
 * Blocks of a contraction for a processor. Their rows share a panel of columns that the first cache holds, and their columns the
 * rows, which the second one does. Rows are packed again for each block beside, columns for each below: of the blocks that threads
 * divide evenly, those take the least time that have the least to pack.
 */
export function packedBlocks(kernel: Kernel, machine: Machine): Schedule | undefined {
  const contraction = contractionOf(kernel)
  if (!contraction) return undefined
  const size = extents(contraction)
  if (size.rows < 3 || size.columns < 4 || size.depth < 4 || size.rows * size.columns * size.depth < 2048)
    return undefined
  const [panel, block] = machine.caches.map(bytes => bytes / 2 / bytesPerElement.f32) as [number, number]
  const tile = machine.registers >= 16 ? 16 : 8
  // All terms at once where they are little more than fit: then no sums are put away until the rest comes.
  const fits = panel / tile
  const depth = size.depth > fits && size.depth <= fits * MORE ? size.depth : fits
  const cut = (n: number, unit: number, most: number, parts: readonly number[]): Set<number> => {
    const least = Math.ceil(n / most)
    return new Set(parts.map(times => Math.ceil(n / (least * times) / unit) * unit))
  }
  let best = { rows: 0, columns: 0, time: Number.POSITIVE_INFINITY }
  for (const rows of cut(size.rows, 4, block / depth, [1, 2, 4, 8]))
    for (const columns of cut(size.columns, tile, MOST_COLUMNS, [1, 2, 3, 4, 6, 8, 12, 16])) {
      const tasks = size.batch * Math.ceil(size.rows / rows) * Math.ceil(size.columns / columns)
      const products = rows * columns * machine.multiplyAdd
      // A factor's elements are loaded and stored, in vectors or one by one, some with masks.
      const packing = (rows + columns) * (machine.load + 2 * machine.simple)
      const task = Math.max(machine.taskTime, size.depth * (products + packing))
      const time = machine.atOnce.reduce((sum, n) => sum + Math.ceil(tasks / n) * n * task, 0)
      if (time < best.time) best = { rows, columns, time }
    }
  return { kind: 'packed', rows: best.rows, columns: best.columns, depth, tile }
}
/** Of a panel that takes half of the first cache: what is left holds a quarter more of it, a tile of rows and the sums. */
const MORE = 5 / 4
/** Of a block: sums that wait for further terms stay in the second cache. */
const MOST_COLUMNS = 256

export const largestDivisor = (n: number, most: number): number => {
  for (let d = Math.min(n, most); d > 1; d--) if (n % d === 0) return d
  return 1
}

/** Few invocations make small workgroups, so that all cores get some, and no idle ones where powers of two divide them. */
function workgroupSize(invocations: number, target: Target): number {
  if (target.class === 'gpu') return 64
  let size = Math.min(64, Math.max(4, 2 ** Math.floor(Math.log2(Math.max(1, invocations / 16)))))
  if (invocations % 4 === 0) while (invocations % size !== 0) size /= 2
  return size
}

/**
 * Blocks of a matrix product for workgroup memory: up to 128 by 128, smaller where there are few of them. None for small
 * products, and none where masks leave most terms out, which only a printed-out loop can skip.
 */
export function stagedBlocks(kernel: Kernel, target: Target): Schedule | undefined {
  const contraction = contractionOf(kernel)
  if (!contraction || periodic(kernel.body.flatMap(expressionsOf)[0]!).density < 1) return undefined
  const size = extents(contraction)
  if (Math.min(size.rows, size.columns, size.depth) < 16) return undefined
  const { rows, columns } = blockOf(size)
  const { matrix } = target
  if (matrix && multipliesHalves(contraction) && Math.min(rows, columns) >= 32) {
    const found = matrixBlocks(rows, columns, matrix)
    if (matrixBytes(found, matrix) <= target.workgroupBytes) return found
  }
  const side = rows * columns >= LARGE ? 8 : 4
  const depth = 2 * 4 * 16 * (rows + columns) <= target.workgroupBytes ? 16 : 8
  return { kind: 'staged', rows, columns, depth, tile: [side, side], unroll: depth }
}
/** A subgroup computes 64 by 32 of a large block, 32 by 32 of others: so many sums as its registers hold. */
function matrixBlocks(rows: number, columns: number, matrix: MatrixShape): Matrix {
  const high = rows * columns >= 64 * 128 ? 64 : 32
  const subgroups = [Math.max(1, rows / high), Math.max(1, columns / 32)] as const
  return { kind: 'matrix', rows, columns, depth: Math.max(matrix.depth, 32), subgroups }
}
/** Halves that are left free after each line of a slab, so that matrices are read from all banks. */
export const slabPadding = 8
/** Workgroup memory of the `matrix` schedule: two buffers of both slabs, and a matrix of sums per subgroup. */
export const matrixBytes = ({ rows, columns, depth, subgroups: [down, across] }: Matrix, matrix: MatrixShape): number =>
  2 * 2 * (rows + columns) * (depth + slabPadding) + 4 * down * across * matrix.rows * matrix.columns

/** Results of a block from which on an invocation computes 8 by 8 of them, not 4 by 4. */
export const LARGE = 64 * 64

/** The sides of a block, and how many blocks there are. */
export function blockOf(size: ReturnType<typeof extents>): { rows: number; columns: number; count: number } {
  const powerWithin = (n: number): number => Math.min(128, 2 ** Math.ceil(Math.log2(n)))
  let [rows, columns] = [powerWithin(size.rows), powerWithin(size.columns)]
  for (;;) {
    const count = Math.ceil(size.rows / rows) * Math.ceil(size.columns / columns) * size.batch
    if (rows * columns <= 32 * 32 || count >= machines.gpu.tasks) return { rows, columns, count }
    if (rows > columns) rows /= 2
    else columns /= 2
  }
}
/** Whether both factors are floats that f16 holds exactly: what is computed from halves is rounded to them nowhere else, and may overflow. */
export const multipliesHalves = ({ left, right, dtype }: Contraction): boolean =>
  isFloat(dtype) && [left, right].every(isHalf)
function isHalf(factor: Expression): boolean {
  const halves = new Set<Expression>()
  for (const e of postOrder([factor], partsOf)) {
    const exact =
      e.kind === 'literal'
        ? toHalf(e.value) === e.value
        : e.kind === 'load'
          ? e.source.dtype === 'f16'
          : e.kind === 'apply' &&
            (ROUNDS.test(e.scalar.name) ||
              (CHOOSES.has(e.scalar.name) && e.args.every(x => x.dtype === 'bool' || halves.has(x))))
    if (exact) halves.add(e)
  }
  return halves.has(factor)
}
/** Functions whose result is a half, and those whose result is one of their operands, perhaps with another sign. */
const ROUNDS = /^cast\.\w+\.f16$/
const CHOOSES = new Set(['cast.f16.f32', 'choose', 'neg', 'abs', 'relu', 'maximum', 'minimum'])
/** Four consecutive elements per invocation of an elementwise kernel. */
function vectorTile(kernel: Kernel): Map<Axis, number> {
  const last = kernel.grid.at(-1)
  if (!last || kernel.body.some(s => s.kind === 'accumulate') || last.size % 4 !== 0 || last.size < 1024)
    return new Map()
  return new Map([[last, 4]])
}

/**
 * Outputs per invocation of a contraction: about 8 x 8, from axes that only one operand depends on and axes that only the
 * other does, innermost first. Every loaded element then takes part in 8 products. Smaller where few invocations would be
 * left, and where compiling a large tile would take longer than it saves.
 */
function registerTile(kernel: Kernel, { along, terms }: Accumulate, target: Target): Map<Axis, number> {
  const needs = operandsOf(terms[0]!.value).map(operand => dependencies(operand))
  const only = (i: number): Axis[] =>
    kernel.grid.filter(axis => needs.every((set, j) => set.has(axis) === (i === j))).reverse()
  const innermost = kernel.grid.at(-1)
  const grid = points(kernel.grid)
  const length = points(along)
  const { periods } = periodic(terms[0]!.value)
  const machine = machineOf(target)
  const time = grid * length * machine.multiplyAdd
  const window = isWindow(time, along, terms[0]!.value, target)
  let [long, short] = window ? [16, 8] : tileSides(time, along, target)
  for (;;) {
    const tile = new Map<Axis, number>()
    for (let operand = 0; operand < 2; operand++) {
      const axes = only(operand)
      let left = innermost && axes.includes(innermost) ? long : short
      for (const axis of axes) {
        const period = periods.get(axis) ?? 1
        if (axis.size % period !== 0 || period > left) continue
        tile.set(axis, period)
        left = Math.floor(left / period)
      }
      for (const axis of axes) {
        const before = tile.get(axis) ?? 1
        const take = largestDivisor(axis.size / before, window ? Math.min(left, 8) : left)
        if (take * before > 1) tile.set(axis, take * before)
        left = Math.floor(left / take)
      }
    }
    const invocations = grid / [...tile.values()].reduce((a, b) => a * b, 1)
    if (long <= 2 || invocations >= machine.busy || length < 16) return tile
    long /= 2
    short = Math.max(1, short / 2)
  }
}

/**
 * Sides of a register tile for a product of so many nanoseconds: along the innermost axis of the result, and across, where
 * a row costs less if quads share it. A smaller body of short loops saves no compile time, because drivers unroll it.
 */
function tileSides(time: number, along: readonly Axis[], target: Target): [number, number] {
  const { text } = machineOf(target)
  if (time < text.tile) return [4, 4]
  if (isLong(time, along, target)) return [4, 16]
  return target.compiles === 'slowly' && time < text.loop && along.length === 1 ? [8, 4] : [8, 8]
}

/**
 * Products whose loop SwiftShader is worth two terms a pass. It keeps no register from one pass to the next, but copies
 * each accumulator under a mask of lanes; sums over several loops are unrolled as it is.
 */
const isLong = (time: number, along: readonly Axis[], target: Target): boolean =>
  likeSwiftShader(target) && time >= machineOf(target).text.loop && along.length === 1

/**
 * Convolutions for which SwiftShader is worth a larger body still: if the window slides along two axes and is unrolled whole,
 * a tile of two rows takes four rows of the image for its six pairs of an output and a tap.
 */
const isWindow = (time: number, along: readonly Axis[], term: Expression, target: Target): boolean =>
  likeSwiftShader(target) &&
  time >= machineOf(target).text.loop &&
  along.filter(axis => axis.size > 1 && axis.size <= 3 && slides(term, axis)).length === 2

/** The two factors of a contraction's term. */
function operandsOf(term: Expression): Expression[] {
  return term.kind === 'apply' && term.args.length === 2 ? [...term.args] : [term]
}

/**
 * Short inner loops are unrolled whole, as are axes of periodic masks. Long loops of plain reductions are unrolled by four
 * where that divides them; those of contractions only where a window slides, because then neighbouring iterations share
 * what they load, and where passes are dear (`isLong`): otherwise their tile is as much as registers hold.
 */
function unrolling(kernel: Kernel, tile: ReadonlyMap<Axis, number>, target: Target): Map<Axis, number> {
  const unroll = new Map<Axis, number>()
  const outputs = [...tile.values()].reduce((a, b) => a * b, 1)
  const { multiplyAdd, text } = machineOf(target)
  for (const statement of kernel.body) {
    if (statement.kind !== 'accumulate') continue
    const { periods, density } = periodic(statement.terms[0]!.value)
    const time = points(kernel.grid) * points(statement.along) * multiplyAdd
    const long = isLong(time, statement.along, target)
    const most = !kernel.contraction
      ? text.reduction
      : isWindow(time, statement.along, statement.terms[0]!.value, target)
        ? text.window
        : long
          ? text.long
          : text.contraction
    let room = Math.max(1, Math.floor(most / (outputs * density * statement.terms.length)))
    for (const axis of [...statement.along].reverse()) {
      const mask = periods.has(axis) && kernel.contraction && axis.size <= 8
      const short = axis.size <= 4 && axis.size <= room
      const overlaps = !kernel.contraction || long || slides(statement.terms[0]!.value, axis)
      const part = overlaps ? largestDivisor(axis.size, Math.min(4, room)) : 1
      const take = mask || short ? axis.size : part
      if (take > 1) unroll.set(axis, take)
      room = Math.max(1, Math.floor(room / take))
      if (take < axis.size) break
    }
  }
  return unroll
}

/** Whether some load moves along `axis` as it moves along another axis: the window of a convolution. */
function slides(term: Expression, axis: Axis): boolean {
  const { simplify, linear } = createIndexing()
  let found = false
  walk([term], e => {
    if (e.kind !== 'load') return
    const index = simplify(e.index)
    const { terms } = linear(index.kind === 'apply' && index.scalar === choose ? index.args[1]! : index)
    const own = [...terms].find(([atom]) => atom.kind === 'axis' && atom.axis === axis)
    if (own) found ||= [...terms].some(([atom, coefficient]) => atom !== own[0] && coefficient === own[1])
  })
  return found
}

/** Passes of a contraction's loops whose sums are added up before they join the total, about. */
const PARTIAL = 64

/**
 * Iterations of the outermost loop that make a partial sum of about `PARTIAL` passes; 0 if the whole sum is not much longer.
 * The terms of one pass are added to each other first, so that rounding errors grow with the passes.
 */
function blocking({ along }: Accumulate, unroll: ReadonlyMap<Axis, number>): number {
  const [outermost] = along
  const passes = along.reduce((n, axis) => n * (axis.size / (unroll.get(axis) ?? 1)), 1)
  if (!outermost || passes <= 2 * PARTIAL) return 0
  const iterations = outermost.size / (unroll.get(outermost) ?? 1)
  return largestDivisor(iterations, Math.max(1, Math.round(PARTIAL / (passes / iterations))))
}
