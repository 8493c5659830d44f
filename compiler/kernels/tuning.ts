/**
 * Schedules found by timing, as data: a table from kernels to schedules that a file can hold. A kernel is known by a hash
 * of what it computes (`kernelKey`), so a table outlives the run, and renaming modules, that it was made in; a schedule
 * names axes by position.
 */
import type { Axis, Expression } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { contractionOf } from './contraction.js'
import { type Kernel, points } from './kernel.js'
import { type Chooser, type Schedule, schedule } from './schedule.js'
import { transpositionOf } from './transpose.js'

/** A schedule as JSON. `tile` of `tiles` has a number per grid axis, `unroll` one per loop axis in order of first use. */
export type PlainSchedule = { readonly kind: string } & Readonly<Record<string, number | readonly number[] | string>>
export interface Tuned {
  /** What the kernel is called, for readers of the file. */
  readonly kernel: string
  readonly schedule: PlainSchedule
  /** Milliseconds of the heuristic schedule, and of this one. */
  readonly before: number
  readonly after: number
}
/** From the keys of kernels. */
export type TuningTable = Readonly<Record<string, Tuned>>

/** A table is not what it should be; the message names the field. */
export class TuningError extends Error {
  override name = 'TuningError'
}

/** Chooses what the table has for a kernel, and `otherwise` for kernels it does not have. Throws `TuningError` for a schedule that does not fit its kernel. */
export const tuned =
  (table: TuningTable, otherwise: Chooser = schedule): Chooser =>
  (kernel, target) => {
    const key = kernelKey(kernel)
    const found = Object.hasOwn(table, key) ? table[key] : undefined
    return found ? scheduleOf(kernel, found.schedule, `${key}.schedule`) : otherwise(kernel, target)
  }

// Keys

const keys = new WeakMap<Kernel, string>()
/** Sixteen hexadecimal digits: the same for kernels that compute the same on the same shapes and dtypes, whatever their scope. */
export function kernelKey(kernel: Kernel): string {
  let key = keys.get(kernel)
  if (!key) keys.set(kernel, (key = hash(canonical(kernel))))
  return key
}

/**
 * The kernel as text with everything numbered by first use: each distinct expression once, then the statements. Equal for
 * kernels that compute the same of other tensors.
 */
export function canonical({ grid, body, contraction }: Kernel): string {
  const lines: string[] = [contraction ? 'contraction' : 'kernel']
  const numbering = <T>(describe: (item: T) => string) => {
    const numbers = new Map<T, number>()
    return (item: T): number => {
      let number = numbers.get(item)
      if (number === undefined) {
        const text = describe(item)
        numbers.set(item, (number = numbers.size))
        lines.push(`${number} ${text}`)
      }
      return number
    }
  }
  const axis = numbering(({ size }: Axis) => `axis ${size}`)
  const tensor = numbering(({ shape, dtype }: Tensor) => `tensor ${dtype} [${shape}]`)
  const name = numbering((_: string) => 'name')
  /** By structure, so that it does not matter which equal parts are one object. */
  const byText = new Map<string, number>()
  const numbers = new Map<Expression, number>()
  const expression = (e: Expression): number => {
    const known = numbers.get(e)
    if (known !== undefined) return known
    const text = `${e.dtype} ${parts(e)}`
    let number = byText.get(text)
    if (number === undefined) {
      byText.set(text, (number = byText.size))
      lines.push(`e${number} ${text}`)
    }
    numbers.set(e, number)
    return number
  }
  const parts = (e: Expression): string => {
    if (e.kind === 'literal') return `${Object.is(e.value, -0) ? '-0' : e.value}`
    if (e.kind === 'axis') return `axis ${axis(e.axis)}`
    if (e.kind === 'name') return `name ${name(e.name)}`
    if (e.kind === 'load') return `load ${tensor(e.source)} ${expression(e.index)} ${e.width ?? 1}`
    if (e.kind === 'apply') return `${e.scalar.name} ${e.args.map(expression)}`
    throw new Error(`a kernel has no ${e.kind}`)
  }
  lines.push(`grid ${grid.map(axis)}`)
  for (const statement of body) {
    lines.push(`${statement.kind} ${statement.along.map(axis)}`)
    if (statement.kind === 'accumulate') {
      for (const term of statement.terms)
        lines.push(`term ${name(term.name)} ${term.combine} ${term.dtype} ${expression(term.value)}`)
      continue
    }
    if (statement.kind === 'scatter') lines.push(`onto ${axis(statement.onto)} at ${expression(statement.at)}`)
    if (statement.kind === 'order') {
      const { out, from, to, keep, key, position } = statement
      lines.push(`runs ${axis(out)} ${from} ${to} ${keep} ${expression(key)} ${expression(position)}`)
    }
    for (const { target, index, value } of statement.results)
      lines.push(
        `result ${tensor(target)} ${expression(index)} ${value.kind === 'name' && statement.kind === 'order' ? value.name : expression(value)}`,
      )
  }
  return lines.join('\n')
}

/** FNV-1a, twice from different beginnings: 64 bits. */
function hash(text: string): string {
  const half = (start: number): string => {
    let h = start
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    return (h >>> 0).toString(16).padStart(8, '0')
  }
  return half(0x811c9dc5) + half(0x9747b28c)
}

// Schedules as JSON

/** Axes that statements loop over, in order of first use. */
export const loopsOf = (kernel: Kernel): Axis[] => [...new Set(kernel.body.flatMap(({ along }) => along))]

export function plain(kernel: Kernel, schedule: Schedule): PlainSchedule {
  if (schedule.kind !== 'tiles') return schedule
  const { kind, tile, unroll, block = 0, workgroup } = schedule
  return {
    kind,
    tile: kernel.grid.map(axis => tile.get(axis) ?? 1),
    unroll: loopsOf(kernel).map(axis => unroll.get(axis) ?? 1),
    block,
    workgroup,
  }
}

/** Fields of each kind: a count, which may be absent if optional, or how many counts. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, 'count' | 'optional' | 'counts' | 'pair'>>>> = {
  tiles: { tile: 'counts', unroll: 'counts', block: 'count', workgroup: 'count' },
  rows: { lanes: 'count', across: 'optional' },
  staged: { rows: 'count', columns: 'count', depth: 'count', tile: 'pair', unroll: 'count' },
  matrix: { rows: 'count', columns: 'count', depth: 'count', subgroups: 'pair' },
  points: { points: 'count', side: 'count', rank: 'count' },
  packed: { rows: 'count', columns: 'count', depth: 'count', tile: 'count' },
  transposed: { side: 'count' },
  pieces: { piece: 'count', workgroup: 'count' },
}

/** The schedule that `given` says for a kernel. `where` is the field in messages. Throws `TuningError` where it does not fit. */
export function scheduleOf(kernel: Kernel, given: PlainSchedule, where: string): Schedule {
  if (['staged', 'matrix', 'packed'].includes(given.kind) && !contractionOf(kernel))
    fail(where, `is ${given.kind}, but kernel ${kernel.name} is no contraction`)
  if (given.kind === 'transposed' && !transpositionOf(kernel))
    fail(where, `is transposed, but kernel ${kernel.name} stores along the axis that it loads along`)
  if (given.kind === 'transposed' && ![8, 16, 32].includes(given.side as number))
    fail(`${where}.side`, `must be 8, 16 or 32, got ${given.side}`)
  if (given.kind === 'packed' && given.tile !== 8 && given.tile !== 16)
    fail(`${where}.tile`, `must be 8 or 16, got ${given.tile}`)
  const { across = 1 } = given
  if (given.kind === 'rows' && [points(kernel.grid), given.lanes as number].some(n => n % (across as number)))
    fail(
      `${where}.across`,
      `is ${across}, which must divide the lanes and the ${points(kernel.grid)} rows of ${kernel.name}`,
    )
  if (given.kind === 'packed')
    for (const [field, unit] of [
      ['rows', 4],
      ['columns', given.tile as number],
    ] as const)
      if ((given[field] as number) % unit)
        fail(`${where}.${field}`, `must be a multiple of ${unit}, got ${given[field]}`)
  if (given.kind !== 'tiles') return given as unknown as Schedule
  const byAxis = (field: 'tile' | 'unroll', axes: readonly Axis[]): Map<Axis, number> => {
    const counts = given[field] as readonly number[]
    if (counts.length !== axes.length)
      fail(`${where}.${field}`, `has ${counts.length} numbers for the ${axes.length} axes of kernel ${kernel.name}`)
    const odd = axes.findIndex((axis, i) => axis.size % counts[i]! !== 0)
    if (odd >= 0)
      fail(`${where}.${field}[${odd}]`, `is ${counts[odd]}, which does not divide an axis of ${axes[odd]!.size}`)
    return new Map(axes.map((axis, i) => [axis, counts[i]!] as const).filter(([, count]) => count > 1))
  }
  return {
    kind: 'tiles',
    tile: byAxis('tile', kernel.grid),
    unroll: byAxis('unroll', loopsOf(kernel)),
    block: given.block as number,
    workgroup: given.workgroup as number,
  }
}

/** Largest count that any schedule has: invocations of a workgroup, and more than registers hold. */
const MOST = 1024

/** Checks a table that was read from somewhere. `where` is the field that holds it. Throws `TuningError`. */
export function checkTable(given: unknown, where: string): TuningTable {
  for (const [key, value] of Object.entries(record(given, where))) {
    const at = `${where}.${key}`
    if (!/^[0-9a-f]{16}$/.test(key)) fail(at, 'is no key of a kernel: sixteen hexadecimal digits')
    const { kernel, schedule, before, after } = record(value, at)
    if (typeof kernel !== 'string') fail(`${at}.kernel`, `must be text, got ${JSON.stringify(kernel)}`)
    for (const [field, time] of Object.entries({ before, after }))
      if (typeof time !== 'number' || time < 0) fail(`${at}.${field}`, `must be milliseconds, got ${show(time)}`)
    checkSchedule(record(schedule, `${at}.schedule`), `${at}.schedule`)
  }
  return given as TuningTable
}

function checkSchedule(given: Readonly<Record<string, unknown>>, where: string): void {
  const fields = typeof given.kind === 'string' && Object.hasOwn(FIELDS, given.kind) ? FIELDS[given.kind] : undefined
  if (!fields) fail(`${where}.kind`, `must be one of ${Object.keys(FIELDS).join(', ')}, got ${show(given.kind)}`)
  const isCount = (value: unknown, least: number): boolean =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= MOST
  for (const [field, type] of Object.entries(fields)) {
    const value = given[field]
    if (type === 'optional' && value === undefined) continue
    const least = field === 'block' ? 0 : 1
    const isList = Array.isArray(value) && value.every(each => isCount(each, least))
    const single = type === 'count' || type === 'optional'
    if (single ? !isCount(value, least) : !isList || (type === 'pair' && value.length !== 2))
      fail(
        `${where}.${field}`,
        `must be ${single ? 'a whole number' : type === 'pair' ? 'two whole numbers' : 'whole numbers'} from ${least} to ${MOST}, got ${show(value)}`,
      )
  }
  const unknown = Object.keys(given).find(field => field !== 'kind' && !Object.hasOwn(fields, field))
  if (unknown !== undefined)
    fail(`${where}.${unknown}`, `is no field of ${given.kind}: ${Object.keys(fields).join(', ')}`)
}

/** An object with fields, or a `TuningError`. */
export function record(given: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    fail(where, `must be an object, got ${show(given)}`)
  return given as Record<string, unknown>
}
export function fail(where: string, what: string): never {
  // What is wrong may be long: the file can hold anything.
  throw new TuningError(`${where.slice(0, 200)} ${what.slice(0, 200)}`)
}
const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
