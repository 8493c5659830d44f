/**
 * One schedule for every kernel, whatever suits it: what the tests of schedules run, and what `npm run conformance` and
 * `npm run fuzz` take with `--schedule NAME`.
 */
import type { Axis } from '../compiler/graph/expression.js'
import { contractionOf } from '../compiler/kernels/contraction.js'
import { type Kernel, points } from '../compiler/kernels/kernel.js'
import { type Chooser, type Schedule, schedule } from '../compiler/kernels/schedule.js'
import { portable } from '../compiler/kernels/target.js'
import { transposeTiles } from '../compiler/kernels/transpose.js'
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

export const forced: Readonly<Record<string, Chooser>> = {
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

/** The chooser of a name; nothing for no name. Throws `BadInput`. */
export function forcedSchedule(name: string | undefined): { choose?: Chooser } {
  if (name === undefined) return {}
  if (!Object.hasOwn(forced, name))
    throw new BadInput(`there is no schedule ${name} to force: ${Object.keys(forced).join(', ')}.`)
  return { choose: forced[name]! }
}
