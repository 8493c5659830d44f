/**
 * One schedule for every kernel, whatever suits it: what the tests of schedules run, and what `npm run conformance` and
 * `npm run fuzz` take with `--schedule NAME`.
 */
import type { Axis } from '../compiler/graph/expression.js'
import { machines } from '../compiler/graph/machine.js'
import { contractionOf } from '../compiler/kernels/contraction.js'
import { type Kernel, piecesOf, points } from '../compiler/kernels/kernel.js'
import { type Chooser, pointsOf, type Schedule, schedule } from '../compiler/kernels/schedule.js'
import { portable } from '../compiler/kernels/target.js'
import { transposeTiles } from '../compiler/kernels/transpose.js'
import type { AdapterKind } from '../runtime/device.js'
import { BadInput } from '../runtime/errors.js'

const all = (axes: readonly Axis[], of: (size: number) => number): Map<Axis, number> =>
  new Map(axes.map(axis => [axis, of(axis.size)]))
const divisor = (most: number) => (size: number) =>
  Array.from({ length: most }, (_, i) => most - i).find(d => size % d === 0) ?? 1
const along = (kernel: Kernel): Axis[] => [...new Set(kernel.body.flatMap(statement => statement.along))]

const points1: Schedule = { kind: 'tiles', tile: new Map(), unroll: new Map(), workgroup: 64 }
/** A workgroup per point of a grid that is not too large for a software driver. */
const rows =
  (lanes: number) =>
  (kernel: Kernel): Schedule =>
    points(kernel.grid) > 5000 ? points1 : { kind: 'rows', lanes }
const staged =
  (block: { rows: number; columns: number; depth: number; tile: [number, number]; unroll: number }) =>
  (kernel: Kernel) =>
    contractionOf(kernel) ? ({ kind: 'staged', ...block } as const) : rows(16)(kernel)

const schedules: Readonly<Record<string, Chooser>> = {
  points: () => points1,
  tiles: kernel => ({ kind: 'tiles', tile: all(kernel.grid, divisor(3)), unroll: new Map(), workgroup: 32 }),
  unrolled: kernel => ({ kind: 'tiles', tile: new Map(), unroll: all(along(kernel), divisor(5)), workgroup: 64 }),
  'tiles-unrolled': kernel => ({
    kind: 'tiles',
    tile: all(kernel.grid, divisor(4)),
    unroll: all(along(kernel), divisor(3)),
    workgroup: 8,
  }),
  rows4: rows(4),
  rows16: rows(16),
  rows128: rows(128),
  'staged-8x16': staged({ rows: 8, columns: 16, depth: 4, tile: [4, 4], unroll: 2 }),
  'staged-32x64': staged({ rows: 32, columns: 64, depth: 4, tile: [4, 8], unroll: 4 }),
  transposed: kernel => transposeTiles(kernel, portable, 2) ?? points1,
  /** What a GPU would get. */
  gpu: kernel => schedule(kernel, portable),
}
/** What is made in pieces takes no other schedule, but any piece that its runs allow. */
export const forced: Readonly<Record<string, Chooser>> = Object.fromEntries(
  Object.entries(schedules).map(([name, choose]): [string, Chooser] => [
    name,
    (kernel, target) => (piecesOf(kernel) ? schedule(kernel, portable) : choose(kernel, target)),
  ]),
)

const packed =
  (rows: number, columns: number, depth: number, tile: 8 | 16) =>
  (kernel: Kernel): Schedule =>
    contractionOf(kernel) ? { kind: 'packed', rows, columns, depth, tile } : pointsOf(machines.cpu)
const ofPoints =
  (points: number, side: number, rank: number): Chooser =>
  () => ({ kind: 'points', points, side, rank })

/** The same for processors, which have schedules of their own. */
export const forProcessors: Readonly<Record<string, Chooser>> = {
  points: ofPoints(64, 4, 1),
  'points-few': ofPoints(1, 1, 1),
  'points-many': ofPoints(1024, 8, 1),
  /** Along the axis that fewer accesses follow. */
  'points-across': ofPoints(16, 2, 2),
  'packed-8x16': packed(8, 16, 8, 8),
  'packed-64x64': packed(64, 64, 128, 16),
}

/** The chooser of a name on an adapter; nothing for no name. Throws `BadInput`. */
export function forcedSchedule(name: string | undefined, adapter: AdapterKind): { choose?: Chooser } {
  if (name === undefined) return {}
  const known = adapter === 'cpu' ? forProcessors : forced
  if (!Object.hasOwn(known, name))
    throw new BadInput(
      `there is no schedule ${name} to force on the adapter ${adapter}: it has ${Object.keys(known).join(', ')}.`,
    )
  return { choose: known[name]! }
}
