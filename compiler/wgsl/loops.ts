/** What the printers of schedules share: loops over axes, accumulators, and stores, for points one by one or in fours. */
import { type Axis, axisOf, type Expression, laneOf, literal, plus, times, walk, widthOf } from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Combine } from '../graph/operation.js'
import type { Result } from '../kernels/kernel.js'
import type { Target } from '../kernels/target.js'
import type { Writer } from './block.js'
import { combineText, identity, storedText } from './expression.js'
import type { Pack } from './pack.js'
import { LANES, typeText } from './types.js'
import { fourthOf, type Stored } from './vector.js'

/** Values of axes and names at one point. */
export type At = Map<Axis | string, Expression>

/** What a printer is given. */
export interface Context {
  readonly target: Target
  readonly print: (e: Expression, part: (e: Expression) => string) => string
  readonly buffer: (tensor: Tensor) => string
  readonly place: (tensor: Tensor) => Tensor
}
/** What it makes. */
export interface Text {
  readonly body: string
  readonly size: number
  readonly groups: readonly [number, number, number]
  /** Declarations of workgroup memory. */
  readonly shared: readonly string[]
  /** Places declared as arrays of vec4s. */
  readonly vectors: ReadonlySet<Tensor>
  /** What stands before all declarations, beside f16. */
  readonly directives?: readonly string[]
  /** Parameters of `main` beside `group` and `lane`. */
  readonly builtins?: readonly string[]
}

/** A one-dimensional count of workgroups as a two-dimensional dispatch, because a dimension holds at most 65535. */
export function fold(count: number, target: Target): readonly [number, number, number] {
  if (count <= target.workgroupsPerDimension) return [count, 1, 1]
  const y = Math.ceil(count / target.workgroupsPerDimension)
  return [Math.ceil(count / y), y, 1]
}
/** The number of this workgroup in a folded dispatch. */
export const groupNumber = (groups: readonly number[]): string =>
  groups[1]! > 1 ? `(group.x + group.y * ${groups[0]}u)` : 'group.x'

/**
 * Every combination of the positions `count * origin + 0 .. count - 1` along axes; the last axis varies fastest. Points
 * share the expression of a position, which is simplified once.
 */
export function steps(axes: readonly Axis[], origins: readonly Expression[], counts: ReadonlyMap<Axis, number>): At[] {
  return axes.reduce<At[]>(
    (all, axis, i) => {
      const count = counts.get(axis) ?? 1
      const positions = Array.from({ length: count }, (_, n) => plus(times(origins[i]!, count), literal(n)))
      return all.flatMap(before => positions.map(position => new Map([...before, [axis, position]])))
    },
    [new Map()],
  )
}

/** Loop axes cut into what is left to loop over and the unrolled iterations, each a substitution. */
export function cut(
  axes: readonly Axis[],
  unroll: ReadonlyMap<Axis, number>,
): { outer: readonly Axis[]; iterations: At[] } {
  const outer = axes.map((axis, i): Axis => ({ name: `k${i}`, size: axis.size / (unroll.get(axis) ?? 1) }))
  return { outer: outer.filter(({ size }) => size > 1), iterations: steps(axes, outer.map(axisOf), unroll) }
}

/** `body` inside loops over axes. */
export function nested(writer: Writer, [axis, ...rest]: readonly Axis[], body: () => void): void {
  if (!axis) body()
  else
    writer.nest(`for (var ${axis.name} = 0; ${axis.name} < ${axis.size}; ${axis.name}++)`, [axis], () =>
      nested(writer, rest, body),
    )
}

/** Consecutive fours of a list, or its elements one by one if it has no whole number of fours. */
export function inGroups<T>(list: readonly T[]): T[][] {
  const width = list.length % 4 === 0 ? 4 : 1
  return Array.from({ length: list.length / width }, (_, i) => list.slice(i * width, (i + 1) * width))
}

// Accumulators

/** A register that accumulates at one point, or a vec4 of them at four. */
export interface Accumulator {
  readonly name: string
  readonly combine: Combine
  readonly initial: string
  readonly value: Expression
  /** What it is at each of its points. */
  readonly parts: readonly Expression[]
}
export function accumulator(name: string, combine: Combine, dtype: Expression['dtype'], width: number): Accumulator {
  const start = identity(combine, dtype)
  if (width === 1) {
    const value: Expression = { kind: 'name', name, dtype }
    return { name, combine, initial: start, value, parts: [value] }
  }
  const value = fourOf(name, dtype)
  return { name, combine, initial: `${typeText(dtype, 4)}(${start})`, value, parts: lanesOf(value) }
}
export const fourOf = (name: string, dtype: Expression['dtype']): Expression => ({
  kind: 'name',
  name,
  dtype,
  width: 4,
})
export const lanesOf = (four: Expression): Expression[] => [0, 1, 2, 3].map(lane => laneOf(four, lane))

type Applied = Extract<Expression, { kind: 'apply' }>
/** A term that a mask removed adds nothing. */
const contributes = (combine: Combine, values: readonly Expression[]): boolean =>
  !(combine === 'sum' && values.every(value => value.kind === 'literal' && value.value === 0))

/**
 * The text that accumulates one iteration after the other; `iterations` holds the term's values at the accumulator's
 * points. Products become fused multiply-adds; those of an unrolled loop are added up before the accumulator sees them,
 * which then is read and written once.
 */
export function accumulateText(
  { name, combine, value: register }: Accumulator,
  iterations: readonly (readonly Expression[])[],
  pack: Pack,
  writer: Writer,
): string {
  const values = iterations.filter(values => contributes(combine, values)).map(pack)
  const products = values.filter(
    (v): v is Applied => combine === 'sum' && v.kind === 'apply' && v.scalar.name === 'mul' && v.dtype === 'f32',
  )
  if (products.length < values.length || values.length === 0)
    return values
      .map(value => `${name} = ${combineText(combine, name, writer.value(value), register.dtype, widthOf(register))};`)
      .join(' ')
  const factors = products.map(({ args }) => args.map(writer.value))
  return Array.from({ length: Math.ceil(factors.length / NESTED) }, (_, i) => {
    const [first, ...rest] = factors.slice(i * NESTED, (i + 1) * NESTED) as [string[], ...string[][]]
    if (rest.length === 0) return `${name} = fma(${first.join(', ')}, ${name});`
    return `${name} += ${rest.reduce((sum, pair) => `fma(${pair.join(', ')}, ${sum})`, first.join(' * '))};`
  }).join(' ')
}
/** Products added up in one expression, at most: parsers of WGSL allow some 128 levels of parentheses (Tint). */
const NESTED = 64

// Stores

/** A result at one point, or at four that are stored together. */
export interface StoreGroup extends Stored {
  readonly values: readonly Expression[]
}
/** The results at each point, by result and group of points. */
export function storesAt(
  results: readonly Result[],
  points: readonly (readonly At[])[],
  indexing: Indexing,
): StoreGroup[][] {
  return points.map(group =>
    results.map(({ target, index, value }) => ({
      target,
      indices: group.map(at => indexing.substitute(index, at)),
      values: group.map(at => indexing.substitute(value, at)),
    })),
  )
}

interface StoreOptions {
  readonly vectors: ReadonlySet<Tensor>
  readonly rewrite: (e: Expression) => Expression
  readonly pack: Pack
  readonly indexing: Indexing
  /** Only where this holds. */
  readonly condition?: string
}
/**
 * Computes and stores groups of results. Results of one group are all computed before the first is stored, and so are
 * those of all groups if one may read what another replaces.
 */
export function storeAll(
  groups: readonly (readonly StoreGroup[])[],
  { buffer, place }: Context,
  writer: Writer,
  { vectors, rewrite, pack, indexing, condition = '' }: StoreOptions,
): void {
  const jobs = groups.map(group =>
    group.map(({ target, indices, values }) => {
      const whole = vectors.has(place(target)) ? fourthOf(indices, indexing) : undefined
      const rewritten = values.map(rewrite)
      return {
        target,
        at: whole ? [whole] : indices.map(rewrite),
        value: pack(rewritten),
        width: rewritten.length,
      }
    }),
  )
  writer.share(jobs.flat().flatMap(({ at, value }) => [value, ...at]))
  const finish = (batch: typeof jobs): void => {
    const all = batch.flat()
    const stores = all.flatMap(({ target, at, value, width }) => {
      const text = all.length > 1 || at.length > 1 ? writer.bind(value) : writer.value(value)
      return at.map((index, i) => {
        const part = at.length > 1 ? `${text}.${LANES[i]}` : text
        return `${buffer(target)}[${writer.value(index)}] = ${storedText(part, target.dtype, at.length < width)};`
      })
    })
    if (condition) writer.line(`if (${condition}) { ${stores.join(' ')} }`)
    else stores.forEach(writer.line)
  }
  if (readOnlyOwn(groups, place)) for (const job of jobs) finish([job])
  else finish(jobs)
}

/** Whether each group reads, of what all groups write, at most the elements that it replaces itself. */
export function readOnlyOwn(groups: readonly (readonly StoreGroup[])[], place: (tensor: Tensor) => Tensor): boolean {
  const written = new Set(groups.flat().map(({ target }) => place(target)))
  const conflicts = (stores: readonly StoreGroup[]) => {
    const found: Extract<Expression, { kind: 'load' }>[] = []
    walk(
      stores.flatMap(({ values }) => values),
      e => {
        if (e.kind === 'load' && written.has(place(e.source))) found.push(e)
      },
    )
    return found
  }
  if (conflicts(groups.flat()).length === 0) return true
  return groups.every(group =>
    conflicts(group).every(({ source, index }) =>
      group.some(({ target, indices }) => place(target) === place(source) && indices.includes(index)),
    ),
  )
}
