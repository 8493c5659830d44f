/** The schedule `rows`: which kernels have a workgroup for a row, or for some that stand next to each other, and of how many invocations. */
import { choose, walk } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import { expressionsOf, type Kernel, points, type Statement, stepAlong } from './kernel.js'
import type { Schedule } from './schedule.js'
import { likeSwiftShader, machineOf, type Target } from './target.js'

/** Invocations of a quad, which combine what they have in registers. */
export const QUAD = 4

/** The schedule of a kernel that accumulates; none where its points had better have an invocation each. */
export function rowsOf(kernel: Kernel, target: Target): Extract<Schedule, { kind: 'rows' }> | undefined {
  const grid = points(kernel.grid)
  const row = longest(kernel)
  const length = points(row.along)
  if (length < 64) return undefined
  const columns = target.class === 'gpu' && standsAcross(kernel, row)
  const across = columns && grid % ACROSS === 0 ? ACROSS : 1
  if (across > 1) return { kind: 'rows', lanes: columnLanes(length, grid, target), across }
  // Each of so many points may have an invocation, unless its row lies in memory as a row: then neighbours would load far apart.
  const many = grid >= machineOf(target).busy * 4
  return many && (target.class !== 'gpu' || columns)
    ? undefined
    : { kind: 'rows', lanes: rowLanes(length, grid, target) }
}

/**
 * Invocations per row: more where rows are long, and all that a workgroup may have where there are few. SwiftShader, which runs
 * a workgroup on one thread anyway, gets one quad, that needs no workgroup memory: barriers are most of the text otherwise.
 */
function rowLanes(length: number, count: number, target: Target): number {
  if (target.class === 'software') return likeSwiftShader(target) ? QUAD : 16
  if (length < 1024) return 64
  // Fewer rows of 256 invocations leave most of a large card idle.
  const few = machineOf(target).full / 256
  return count < few && length >= 16384 ? Math.min(1024, target.workgroupInvocations) : 256
}
/** The statement that loops over most, the first of equals. */
const longest = ({ body }: Kernel): Statement => body.reduce((a, b) => (points(a.along) >= points(b.along) ? a : b))

/** Neighbours that a workgroup computes where rows stand across memory: the elements of a sector of 32 bytes. */
const ACROSS = 8
/** Invocations of a workgroup for that: longer columns have more, and all that there are where there are few groups of them. */
function columnLanes(length: number, count: number, target: Target): number {
  const few = count / ACROSS < machineOf(target).full / 1024
  const most = few ? Math.min(1024, target.workgroupInvocations) : 256
  let lanes = 64
  while (lanes < most && lanes / ACROSS < length / 8) lanes *= 2
  return lanes
}

/**
 * Whether the rows that a statement loops over stand across memory, as the columns of a matrix do: neighbours of the grid lie next to
 * each other there, and neighbours of the row do not.
 */
export function standsAcross({ grid }: Kernel, statement: Statement): boolean {
  const { simplify, linear } = createIndexing()
  let [rows, columns] = [0, 0]
  walk(expressionsOf(statement), e => {
    if (e.kind !== 'load') return
    const index = simplify(e.index)
    const inside = index.kind === 'apply' && index.scalar === choose ? index.args[1]! : index
    const { terms } = linear(inside)
    const [own, other] = [stepAlong(terms, statement.along), stepAlong(terms, grid)]
    if (own === 1) rows++
    else if (own !== undefined && other === 1) columns++
  })
  return columns > 0 && rows === 0
}
