/** What schedules share: loops over axes, unrolled iterations, and stores, for points one by one or in fours. */
import { type Axis, axisOf, type Expression, laneOf, literal, plus, times, walk } from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Result } from '../kernels/kernel.js'
import type { Target } from '../kernels/target.js'
import type { Builder } from './build.js'
import type { Pack } from './pack.js'
import type { Binding, Places } from './places.js'
import { fourthOf, type Stored } from './vectorize.js'

/** Values of axes and names at one point. */
export type At = Map<Axis | string, Expression>

/** What a schedule is carried out for. */
export interface Context {
  readonly target: Target
  /** The places that the kernel binds, in order. */
  readonly bindings: readonly Binding[]
  /** The tensor whose memory holds this one. */
  readonly holder: (tensor: Tensor) => Tensor
}

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

/** Loop axes of statement `n` cut into what is left to loop over and the unrolled iterations, each a substitution. */
export function cut(
  axes: readonly Axis[],
  unroll: ReadonlyMap<Axis, number>,
  n: number,
): { outer: readonly Axis[]; iterations: At[] } {
  const outer = axes.map(
    (axis, i): Axis => ({ name: n ? `k${n}_${i}` : `k${i}`, size: axis.size / (unroll.get(axis) ?? 1) }),
  )
  return { outer: outer.filter(({ size }) => size > 1), iterations: steps(axes, outer.map(axisOf), unroll) }
}

/** `body` inside loops over axes. */
export function nested(builder: Builder, [axis, ...rest]: readonly Axis[], body: () => void): void {
  if (!axis) body()
  else builder.loop(axis, () => nested(builder, rest, body))
}

/** Consecutive fours of a list, or its elements one by one if it has no whole number of fours. */
export function inGroups<T>(list: readonly T[]): T[][] {
  const width = list.length % 4 === 0 ? 4 : 1
  return Array.from({ length: list.length / width }, (_, i) => list.slice(i * width, (i + 1) * width))
}

export const fourOf = (name: string, dtype: Expression['dtype']): Expression => ({
  kind: 'name',
  name,
  dtype,
  width: 4,
})
export const lanesOf = (four: Expression): Expression[] => [0, 1, 2, 3].map(lane => laneOf(four, lane))

// Stores

/** A result at one point, or at four that are stored together. */
export interface StoreGroup extends Stored {
  readonly values: readonly Expression[]
  /** Which of the points store theirs; without, all do. */
  readonly where?: readonly Expression[]
}
/** The results at each point, by result and group of points. */
export function storesAt(
  results: readonly Result[],
  points: readonly (readonly At[])[],
  indexing: Indexing,
): StoreGroup[][] {
  return points.map(group =>
    results.map(({ target, index, value, where }) => ({
      target,
      indices: group.map(at => indexing.substitute(index, at)),
      values: group.map(at => indexing.substitute(value, at)),
      ...(where && { where: group.map(at => indexing.substitute(where, at)) }),
    })),
  )
}

interface StoreOptions {
  readonly vectors: ReadonlySet<Tensor>
  readonly places: Places
  readonly rewrite: (e: Expression) => Expression
  readonly pack: Pack
  readonly indexing: Indexing
  /** Only where this holds. */
  readonly condition?: Expression | undefined
}
/**
 * Computes and stores groups of results. Results of one group are all computed before the first is stored, and so are
 * those of all groups if one may read what another replaces.
 */
export function storeAll(
  groups: readonly (readonly StoreGroup[])[],
  { holder }: Context,
  builder: Builder,
  { vectors, places, rewrite, pack, indexing, condition }: StoreOptions,
): void {
  const jobs = groups.map(group =>
    group.map(({ target, indices, values, where }) => {
      const whole = vectors.has(holder(target)) ? fourthOf(indices, indexing) : undefined
      return {
        memory: places.of(target),
        at: (whole ? [whole] : indices).map(rewrite),
        value: pack(values.map(rewrite)),
        where: where?.map(rewrite),
      }
    }),
  )
  const finish = (batch: typeof jobs): void => {
    const all = batch.flat()
    const stores = all.flatMap(({ memory, at, value, where }) => {
      const known = all.length > 1 || at.length > 1 ? builder.bind(value) : builder.value(value)
      return at.map((index, i) => ({
        memory,
        index: builder.value(index),
        value: at.length > 1 ? laneOf(known, i) : known,
        where: where?.[i] && builder.value(where[i]),
      }))
    })
    for (const { memory, index, value, where } of stores) {
      if (where) builder.when(where, () => builder.store(memory, index, value))
      else builder.store(memory, index, value)
    }
  }
  const all = (): void => {
    builder.share(jobs.flat().flatMap(({ at, value, where = [] }) => [value, ...at, ...where]))
    if (readOnlyOwn(groups, holder)) for (const job of jobs) finish([job])
    else finish(jobs)
  }
  // What is replaced may be read for its new value: by who stores alone, or others would load it while it is stored.
  if (condition) builder.when(condition, all)
  else all()
}

/** Whether each group reads, of what all groups write, at most the elements that it replaces itself. */
export function readOnlyOwn(groups: readonly (readonly StoreGroup[])[], holder: (tensor: Tensor) => Tensor): boolean {
  const written = new Set(groups.flat().map(({ target }) => holder(target)))
  const conflicts = (stores: readonly StoreGroup[]) => {
    const found: Extract<Expression, { kind: 'load' }>[] = []
    walk(
      stores.flatMap(({ values }) => values),
      e => {
        if (e.kind === 'load' && written.has(holder(e.source))) found.push(e)
      },
    )
    return found
  }
  if (conflicts(groups.flat()).length === 0) return true
  return groups.every(group =>
    conflicts(group).every(({ source, index }) =>
      group.some(({ target, indices }) => holder(target) === holder(source) && indices.includes(index)),
    ),
  )
}
