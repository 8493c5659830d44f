/**
 * Schedules worth timing for a kernel: a few per kind, pruned by what a workgroup may hold and by the time that the model of cost
 * gives their loop programs. It ranks schedules of one kernel; it predicts no milliseconds.
 */

import { dependencies } from '../graph/dependencies.js'
import type { Axis } from '../graph/expression.js'
import type { Machine } from '../graph/machine.js'
import type { Tensor } from '../graph/node.js'
import { contractionOf, extents } from '../kernels/contraction.js'
import { time } from '../kernels/cost.js'
import { type Accumulate, type Kernel, piecesOf, points } from '../kernels/kernel.js'
import { periodic } from '../kernels/periodic.js'
import { QUAD } from '../kernels/rows.js'
import { matrixBytes, multipliesHalves, type Schedule, schedule } from '../kernels/schedule.js'
import { machineOf, type Target } from '../kernels/target.js'
import { transposeSides } from '../kernels/transpose.js'
import { loopsOf } from '../kernels/tuning.js'
import { count } from '../loops/count.js'
import { backendOf } from './backend.js'

type Tiles = Extract<Schedule, { kind: 'tiles' }>
type Staged = Extract<Schedule, { kind: 'staged' }>
type Matrix = Extract<Schedule, { kind: 'matrix' }>

/** Candidates per kernel, at most: a software driver takes seconds to compile one. */
const MOST = { software: 6, gpu: 12, cpu: 12 }
/** Estimates beyond this multiple of the incumbent's are not tried. */
const HOPELESS = 1.3
/** Workgroups tried for the heuristic tile. */
const WORKGROUPS = [16, 32, 64, 128]

/** At most twelve schedules (six on software drivers) whose programs differ from `incumbent`'s and from each other, the best estimates first. */
export function candidates(kernel: Kernel, target: Target, incumbent: Schedule = schedule(kernel, target)): Schedule[] {
  if (piecesOf(kernel)) return []
  const proposed =
    target.class === 'cpu'
      ? [...pointsOf(kernel), ...packedOf(kernel, machineOf(target))]
      : [
          ...tilesOf(kernel, target),
          ...rowsOf(kernel, target),
          ...stagedOf(kernel, target),
          ...matrixOf(kernel, target),
          ...(target.class === 'gpu' ? transposeSides(kernel, target) : []),
        ]
  const own = judged(kernel, incumbent, target)
  const seen = new Set([own.text])
  return proposed
    .map(candidate => ({ candidate, ...judged(kernel, candidate, target) }))
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    .filter(({ time }) => time <= HOPELESS * own.time)
    .sort((a, b) => a.time - b.time)
    .slice(0, MOST[target.class])
    .map(({ candidate }) => candidate)
}

/** What a schedule makes of a kernel, and nanoseconds that it takes, for comparison with the kernel's other schedules. */
export function judged(
  kernel: Kernel,
  schedule: Schedule,
  target: Target,
): { readonly text: string; readonly time: number } {
  const machine = machineOf(target)
  const same = (tensor: Tensor): Tensor => tensor
  const { code, workgroups, loops } = backendOf(target).module(kernel, schedule, { holder: same, buffer: same })
  return {
    text: `${workgroups} ${code}`,
    time: time(count(loops, machine), machine),
  }
}

/** Register tiles of several sides, loops unrolled more or less; the heuristic tile in workgroups of several sizes. */
function tilesOf(kernel: Kernel, target: Target): Tiles[] {
  const accumulate = kernel.body.find((s): s is Accumulate => s.kind === 'accumulate')
  const tiles = kernel.contraction && accumulate ? contractionTiles(kernel, accumulate) : lastAxisTiles(kernel)
  const { text, registers } = machineOf(target)
  const start = schedule(kernel, target)
  const base: Tiles =
    start.kind === 'tiles' ? start : { kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 64 }
  const unrolls = [base.unroll, ...(accumulate ? [1, 2, 4, 8].map(n => innermost(accumulate, n)) : [])]
  const density = accumulate ? periodic(accumulate.terms[0]!.value).density : 1
  return [base.tile, ...tiles].flatMap(tile =>
    unrolls.flatMap(unroll => {
      const outputs = product(tile)
      if (outputs > registers || outputs * product(unroll) * density > Math.max(text.most, product(base.unroll)))
        return []
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

/** On a processor: more or fewer points, vectors of sums side by side, and the axis that vectors run along. */
function pointsOf(kernel: Kernel): Schedule[] {
  const axes = kernel.grid.length + loopsOf(kernel).length
  return [1, 2, 3]
    .filter(rank => rank <= axes)
    .flatMap(rank =>
      [1, 2, 4, 8].flatMap(side => [16, 64, 256].map((points): Schedule => ({ kind: 'points', points, side, rank }))),
    )
}

/** Blocks of a contraction on a processor: of rows, columns and terms. */
function packedOf(kernel: Kernel, { registers }: Machine): Schedule[] {
  const contraction = contractionOf(kernel)
  if (!contraction) return []
  const size = extents(contraction)
  const upTo = (n: number, unit: number) => (most: number) => Math.min(most, Math.ceil(n / unit) * unit)
  const distinct = (counts: readonly number[]): number[] => [...new Set(counts)]
  const tile = registers >= 16 ? 16 : 8
  return distinct([16, 32, 64, 128].map(upTo(size.rows, 4))).flatMap(rows =>
    distinct([32, 64, 128, 256].map(upTo(size.columns, tile))).flatMap(columns =>
      distinct([128, 256, 512, 1024].map(upTo(size.depth, 4))).map(
        (depth): Schedule => ({ kind: 'packed', rows, columns, depth, tile }),
      ),
    ),
  )
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

const product = (counts: ReadonlyMap<Axis, number>): number => [...counts.values()].reduce((a, b) => a * b, 1)

/** The largest divisor of `n` up to `most` that is a multiple of `step`; 1 if there is none. */
function divisorOf(n: number, most: number, step = 1): number {
  for (let d = Math.min(n, most); d > 1; d--) if (n % d === 0 && d % step === 0) return d
  return 1
}
