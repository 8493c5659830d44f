/**
 * Schedules worth timing for a kernel: a few per kind, pruned by what a workgroup may hold and by an estimate of the time
 * that counts operations, loads and idle cores. The estimate ranks schedules of one kernel; it predicts no milliseconds.
 */

import { dependencies } from '../graph/dependencies.js'
import type { Axis, Expression } from '../graph/expression.js'
import { walk } from '../graph/expression.js'
import { contractionOf, extents } from './contraction.js'
import { bytes, flops } from './cost.js'
import { type Accumulate, expressionsOf, type Kernel, points } from './kernel.js'
import { periodic } from './periodic.js'
import { matrixBytes, multipliesHalves, QUAD, type Schedule, schedule } from './schedule.js'
import type { Target } from './target.js'
import { transposeSides } from './transpose.js'
import { plain } from './tuning.js'

type Tiles = Extract<Schedule, { kind: 'tiles' }>
type Staged = Extract<Schedule, { kind: 'staged' }>
type Matrix = Extract<Schedule, { kind: 'matrix' }>

/** Candidates per kernel, at most: a software driver takes seconds to compile one. */
const MOST = { software: 6, gpu: 12, cpu: 6 }
/** Estimates beyond this multiple of the incumbent's are not tried. */
const HOPELESS = 1.3
/** Workgroups tried for the heuristic tile. */
const WORKGROUPS = [16, 32, 64, 128]

/**
 * Per class: operations and loads per nanosecond, bytes per nanosecond from memory, invocations that keep the device busy,
 * accumulators that registers hold, and terms in the text of a loop's body that drivers compile in reasonable time.
 */
const MACHINE = {
  software: { flops: 50, loads: 1, bytes: 10, busy: 64, registers: 128, terms: 320 },
  cpu: { flops: 50, loads: 1, bytes: 10, busy: 64, registers: 32, terms: 64 },
  gpu: { flops: 30000, loads: 1000, bytes: 2000, busy: 16384, registers: 128, terms: 1024 },
} as const

/** How much faster subgroup matrices multiply than invocations do. */
const TENSOR_CORES = 8

/** Nanoseconds that a kernel takes at least: the roofline of operations and bytes. For the share of a kernel in a step. */
export const roofline = (kernel: Kernel, target: Target): number =>
  Math.max(flops(kernel) / MACHINE[target.class].flops, bytes(kernel) / MACHINE[target.class].bytes)

/** At most twelve schedules (six on software drivers) other than `incumbent`, the best estimates first. */
export function candidates(kernel: Kernel, target: Target, incumbent: Schedule = schedule(kernel, target)): Schedule[] {
  if (target.class === 'cpu') return []
  const seen = new Set([JSON.stringify(plain(kernel, incumbent))])
  const found = [
    ...tilesOf(kernel, target),
    ...rowsOf(kernel, target),
    ...stagedOf(kernel, target),
    ...matrixOf(kernel, target),
    ...(target.class === 'gpu' ? transposeSides(kernel, target) : []),
  ].filter(candidate => {
    const text = JSON.stringify(plain(kernel, candidate))
    return !seen.has(text) && seen.add(text)
  })
  const ranked = found
    .map(candidate => ({ candidate, time: estimate(kernel, candidate, target) }))
    .sort((a, b) => a.time - b.time)
  const limit = HOPELESS * estimate(kernel, incumbent, target)
  return ranked
    .filter(({ time }) => time <= limit)
    .slice(0, MOST[target.class])
    .map(({ candidate }) => candidate)
}

/** Register tiles of several sides, loops unrolled more or less; the heuristic tile in workgroups of several sizes. */
function tilesOf(kernel: Kernel, target: Target): Tiles[] {
  const accumulate = kernel.body.find((s): s is Accumulate => s.kind === 'accumulate')
  const tiles = kernel.contraction && accumulate ? contractionTiles(kernel, accumulate) : lastAxisTiles(kernel)
  const { terms, registers } = MACHINE[target.class]
  const start = schedule(kernel, target)
  const base: Tiles =
    start.kind === 'tiles' ? start : { kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 64 }
  const unrolls = [base.unroll, ...(accumulate ? [1, 2, 4, 8].map(n => innermost(accumulate, n)) : [])]
  const density = accumulate ? periodic(accumulate.terms[0]!.value).density : 1
  return [base.tile, ...tiles].flatMap(tile =>
    unrolls.flatMap(unroll => {
      const outputs = product(tile)
      if (outputs > registers || outputs * product(unroll) * density > Math.max(terms, product(base.unroll))) return []
      const own = tile === base.tile && unroll === base.unroll
      return (own ? WORKGROUPS : [base.workgroup]).map((workgroup): Tiles => ({ ...base, tile, unroll, workgroup }))
    }),
  )
}

/** Sides of 1 to 16 on the axes of the first and of the second factor. */
function contractionTiles(kernel: Kernel, { terms }: Accumulate): Map<Axis, number>[] {
  const { value } = terms[0]!
  const needs = (value.kind === 'apply' && value.args.length === 2 ? value.args : [value]).map(e => dependencies(e))
  const { periods } = periodic(value)
  const sides = needs.map((_, i) => kernel.grid.filter(axis => needs.every((set, j) => set.has(axis) === (i === j))))
  return [1, 2, 4, 8, 16].flatMap(a =>
    [1, 2, 4, 8, 16].map(b => {
      const tile = new Map<Axis, number>()
      for (const [i, axes] of sides.entries()) {
        let left = i === 0 ? a : b
        for (const axis of [...axes].reverse()) {
          const period = periods.get(axis) ?? 1
          const take = divisorOf(axis.size, Math.max(left, period), period)
          if (take > 1) tile.set(axis, take)
          left = Math.floor(left / take)
        }
      }
      return tile
    }),
  )
}

/** One to sixteen neighbours of the last axis. */
const lastAxisTiles = ({ grid }: Kernel): Map<Axis, number>[] => {
  const last = grid.at(-1)
  return [1, 2, 4, 8, 16].flatMap(n =>
    n === 1 ? [new Map()] : last && last.size % n === 0 ? [new Map([[last, n]])] : [],
  )
}

/** The innermost loop unrolled by `n` or its largest divisor below, after short loops inside of it whole. */
function innermost({ along }: Accumulate, n: number): Map<Axis, number> {
  const unroll = new Map<Axis, number>()
  let left = n
  for (const axis of [...along].reverse()) {
    const take = divisorOf(axis.size, left)
    if (take > 1) unroll.set(axis, take)
    if (take < axis.size) break
    left = Math.floor(left / take)
  }
  return unroll
}

/** A workgroup per grid point, where a point has a row of at least as many terms. */
function rowsOf(kernel: Kernel, target: Target): Schedule[] {
  const row = Math.max(0, ...kernel.body.map(({ along }) => points(along)))
  const accumulates = kernel.body.some(({ kind }) => kind === 'accumulate')
  if (!accumulates || kernel.contraction) return []
  return [QUAD, 8, 16, 32, 64, 128, 256]
    .filter(lanes => lanes <= row && lanes <= target.workgroupInvocations)
    .map(lanes => ({ kind: 'rows', lanes }))
}

/** Blocks of a matrix product in workgroup memory, where they are not much larger than the product. */
function stagedOf(kernel: Kernel, target: Target): Staged[] {
  const contraction = contractionOf(kernel)
  if (!contraction || target.class === 'software') return []
  const size = extents(contraction)
  const blocks = [32, 64, 128]
  return blocks.flatMap(rows =>
    blocks.flatMap(columns =>
      [8, 16, 32].flatMap(depth =>
        (
          [
            [4, 4],
            [4, 8],
            [8, 4],
            [8, 8],
          ] as const
        ).flatMap((tile): Staged[] => {
          const invocations = (rows / tile[0]) * (columns / tile[1])
          const fits =
            invocations >= 32 &&
            invocations <= target.workgroupInvocations &&
            8 * (rows + columns) * depth <= target.workgroupBytes
          const wasted = rows >= 2 * size.rows || columns >= 2 * size.columns || depth >= 2 * size.depth
          return fits && !wasted ? [{ kind: 'staged', rows, columns, depth, tile, unroll: Math.min(depth, 16) }] : []
        }),
      ),
    ),
  )
}

/** Blocks for subgroup matrices, where the target has them and halves hold both factors exactly. */
function matrixOf(kernel: Kernel, target: Target): Matrix[] {
  const contraction = contractionOf(kernel)
  const { matrix: shape } = target
  if (!contraction || !shape || !multipliesHalves(contraction)) return []
  const blocks = [32, 64, 128]
  const subgroups = [
    [1, 1],
    [1, 2],
    [2, 2],
    [2, 4],
  ] as const
  return blocks.flatMap(rows =>
    blocks.flatMap(columns =>
      [shape.depth, 2 * shape.depth].flatMap(depth =>
        subgroups.flatMap(([down, across]): Matrix[] => {
          const found: Matrix = { kind: 'matrix', rows, columns, depth, subgroups: [down, across] }
          const whole = rows % (down * shape.rows) === 0 && columns % (across * shape.columns) === 0
          const fits =
            matrixBytes(found, shape) <= target.workgroupBytes &&
            down * across * shape.subgroup <= target.workgroupInvocations
          return whole && fits ? [found] : []
        }),
      ),
    ),
  )
}

/** Nanoseconds, for comparison with other schedules of the kernel. */
export function estimate(kernel: Kernel, schedule: Schedule, target: Target): number {
  const { flops: speed, loads: loading, busy } = MACHINE[target.class]
  const grid = points(kernel.grid)
  const work = flops(kernel) / speed
  const memory = roofline(kernel, target)
  if (schedule.kind === 'tiles') {
    const invocations = grid / product(schedule.tile)
    const workgroups = Math.ceil(invocations / schedule.workgroup)
    const idle = Math.max(1, busy / invocations, workgroups < 2 ? 2 : 1)
    return Math.max(memory, idle * ((work * 4) / vector(kernel, schedule) + operationsOf(kernel, schedule) / loading))
  }
  if (schedule.kind === 'rows') {
    const row = Math.max(...kernel.body.map(({ along }) => points(along)))
    // A tree of log2(lanes) steps, with a barrier each, ends a row at most.
    const steps = row / schedule.lanes + 4 * Math.log2(schedule.lanes)
    const idle = Math.max(1, busy / (grid * schedule.lanes))
    return idle * Math.max(memory, (work * steps * schedule.lanes) / row)
  }
  if (schedule.kind === 'points' || schedule.kind === 'packed') return memory
  // Four elements per invocation, each loaded and stored once.
  if (schedule.kind === 'transposed') return Math.max(1, (4 * busy) / grid) * Math.max(memory, work + grid / loading)
  const size = extents(contractionOf(kernel)!)
  const { rows, columns } = schedule
  // A subgroup's matrices count as the tile of one of its invocations, which are some thirty.
  const tile =
    schedule.kind === 'staged'
      ? schedule.tile
      : [rows / (4 * schedule.subgroups[0]), columns / (8 * schedule.subgroups[1])]
  const padded = Math.ceil(size.rows / rows) * rows * Math.ceil(size.columns / columns) * columns
  const waste = padded / (size.rows * size.columns)
  const idle = Math.max(1, busy / ((padded * size.batch) / (tile[0]! * tile[1]!)))
  const loads = padded * size.batch * size.depth * (1 / rows + 1 / columns)
  // Reading a tile's operands from workgroup memory costs about an eighth of a load each.
  const shared = (padded * size.batch * size.depth * (1 / tile[0]! + 1 / tile[1]!)) / 8
  const rate = schedule.kind === 'matrix' ? TENSOR_CORES : 1
  return idle * Math.max((work * waste) / rate, memory, (loads + shared) / loading)
}

/** Lanes that a tile fills of a vec4. */
const vector = ({ grid }: Kernel, { tile }: Tiles): number => {
  const last = grid.at(-1)
  return last ? Math.min(4, tile.get(last) ?? 1) : 1
}

/** Passes through loop bodies, and loads in them: one per distinct place that a tile and an unrolled body touch, four in a row as one. */
function operationsOf(kernel: Kernel, schedule: Tiles): number {
  const { tile, unroll } = schedule
  const lanes = vector(kernel, schedule)
  const cut = (axis: Axis): number => tile.get(axis) ?? unroll.get(axis) ?? 1
  let operations = 0
  for (const statement of kernel.body) {
    const axes = [...kernel.grid, ...statement.along]
    const bodies = axes.reduce((n, axis) => n * (axis.size / cut(axis)), 1)
    let loads = 0
    walk(expressionsOf(statement), (e: Expression) => {
      if (e.kind !== 'load') return
      const needs = dependencies(e)
      const places = axes.reduce((n, axis) => n * (needs.has(axis) ? cut(axis) : 1), 1)
      loads += places / (needs.has(kernel.grid.at(-1)!) ? lanes : 1)
    })
    operations += bodies * (loads + PASS)
  }
  return operations
}
/** What a pass through a loop costs beside its body, in loads. */
const PASS = 2

const product = (counts: ReadonlyMap<Axis, number>): number => [...counts.values()].reduce((a, b) => a * b, 1)

/** The largest divisor of `n` up to `most` that is a multiple of `step`; 1 if there is none. */
function divisorOf(n: number, most: number, step = 1): number {
  for (let d = Math.min(n, most); d > 1; d--) if (n % d === 0 && d % step === 0) return d
  return 1
}
