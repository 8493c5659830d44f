/** When values are in memory while kernels run in order. */
import type { Tensor } from '../graph/node.js'
import { byteSize } from '../kernels/cost.js'

/** A kernel, as the plan sees it. */
export interface Step {
  readonly reads: readonly Tensor[]
  readonly writes: readonly Tensor[]
}
/** Values that live otherwise than from the kernel that writes them to the last that reads them. */
export interface Values {
  /** New values of variables that are written in place: they take no memory of their own. */
  readonly inPlace: ReadonlySet<Tensor>
  /** Read after the last kernel. */
  readonly results: ReadonlySet<Tensor>
}
/** Steps that are repeated, inclusive. What is read or written elsewhere, too, must last from the first time to the last. */
export type Span = readonly [from: number, to: number]
export interface Lifetime {
  readonly tensor: Tensor
  /** Steps of the first write and the last read, inclusive. */
  readonly from: number
  readonly to: number
  /** Temporaries that its kernel reads, the first that writes it. */
  readonly operands: readonly Tensor[]
  /** Several kernels write it. */
  readonly inParts?: true
}

export function lifetimesOf(
  steps: readonly Step[],
  { inPlace, results }: Values,
  repeated: readonly Span[] = [],
): Lifetime[] {
  const last = new Map<Tensor, number>()
  steps.forEach(({ reads }, i) => {
    for (const tensor of reads) last.set(tensor, i)
  })
  for (const result of results) last.set(result, steps.length)
  const made = new Map<Tensor, Lifetime>()
  steps.forEach(({ reads, writes }, from) => {
    for (const tensor of writes) {
      if (inPlace.has(tensor)) continue
      const first = made.get(tensor)
      const to = Math.max(last.get(tensor) ?? from, from)
      made.set(tensor, first ? { ...first, to, inParts: true } : { tensor, from, to, operands: reads })
    }
  })
  for (const [tensor, lifetime] of throughout(steps, results, repeated, made)) made.set(tensor, lifetime)
  return [...made.values()]
}

/** What lives through all times of steps that are repeated. */
function throughout(
  steps: readonly Step[],
  results: ReadonlySet<Tensor>,
  repeated: readonly Span[],
  made: ReadonlyMap<Tensor, Lifetime>,
): Map<Tensor, Lifetime> {
  const longer = new Map<Tensor, Lifetime>()
  if (repeated.length === 0) return longer
  const touch = ({ reads, writes }: Step) => new Set([...reads, ...writes])
  const all = new Map<Tensor, number>([...results].map(tensor => [tensor, 1]))
  for (const step of steps) for (const tensor of touch(step)) all.set(tensor, (all.get(tensor) ?? 0) + 1)
  for (const [from, to] of repeated) {
    const inside = new Map<Tensor, number>()
    for (const step of steps.slice(from, to + 1))
      for (const tensor of touch(step)) inside.set(tensor, (inside.get(tensor) ?? 0) + 1)
    for (const [tensor, count] of inside) {
      const own = longer.get(tensor) ?? made.get(tensor)
      if (own && count < all.get(tensor)!)
        longer.set(tensor, { ...own, from: Math.min(own.from, from), to: Math.max(own.to, to) })
    }
  }
  return longer
}

/** Bytes alive at each step. */
export function aliveBytes(lifetimes: readonly Lifetime[]): number[] {
  const change = new Array<number>(lifetimes.reduce((most, { to }) => Math.max(most, to), -1) + 2).fill(0)
  for (const { tensor, from, to } of lifetimes) {
    change[from]! += byteSize(tensor)
    change[to + 1]! -= byteSize(tensor)
  }
  let alive = 0
  return change.slice(0, -1).map(bytes => {
    alive += bytes
    return alive
  })
}

/** Bytes alive at the busiest step: no plan of these kernels in this order can do with less. */
export const lowerBound = (lifetimes: readonly Lifetime[]): number =>
  aliveBytes(lifetimes).reduce((most, bytes) => Math.max(most, bytes), 0)
