/**
 * Memory plan: values whose lifetimes do not meet are packed into the same bytes of a few buffers ("slabs"). WebGPU refuses a buffer that
 * one dispatch both reads and writes unless all its bindings are writable, so a kernel's results are put in another slab
 * than its operands where that is possible; where it is not, the emitter declares the bindings writable.
 */
import type { Tensor } from '../graph/node.js'
import { byteSize } from '../kernels/cost.js'
import { LimitError, mib } from './limits.js'
import type { Lifetime } from './liveness.js'
import type { Place } from './program.js'

const ALIGNMENT = 256
/** Slabs of values that one kernel writes; those that several write have another, apart from all their operands. */
const SLABS = 3
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** Lays tensors out one after the other, in as few buffers as the limit allows. `sizes` grows by the buffers made. */
export function pack(tensors: readonly Tensor[], sizes: number[], bufferBytes: number): Map<Tensor, Place> {
  const places = new Map<Tensor, Place>()
  let slab = -1
  for (const tensor of tensors) {
    const bytes = byteSize(tensor)
    checkFits(tensor, bytes, bufferBytes)
    if (slab < 0 || sizes[slab]! + aligned(bytes) > bufferBytes) slab = sizes.push(0) - 1
    places.set(tensor, { slab, offset: sizes[slab]!, bytes })
    sizes[slab]! += aligned(bytes)
  }
  return places
}

/** Throws `LimitError` for a value that is larger than any buffer. */
function checkFits(tensor: Tensor, bytes: number, bufferBytes: number): void {
  if (bytes > bufferBytes)
    throw new LimitError(
      `${tensor.operation.name} of shape [${tensor.shape.join(', ')}]${tensor.scope && ` (in ${tensor.scope})`} takes ${mib(bytes)}, and a buffer holds ${mib(bufferBytes)}: make the batch or the model smaller, or compile for the device`,
    )
}

/**
 * Places temporaries in the slabs from `first` on, which entries share: `sizes` grows to the largest need. A value goes
 * to the slab that has to grow least for it, among those without an operand of its kernel if there is one. Within a slab
 * larger values are placed first, each at the lowest offset that is free for its whole lifetime.
 */
export function packAlive(
  lifetimes: readonly Lifetime[],
  sizes: number[],
  first: number,
  bufferBytes: number,
): Map<Tensor, Place> {
  const slabOf = new Map<Tensor, number>()
  const peak = new Array<number>(SLABS).fill(0)
  /** Bytes in each slab by the step looked at, and the values that have not ended by then, by the step that they end with. */
  const held = new Array<number>(SLABS).fill(0)
  const ending: Tensor[][] = []
  let step = 0
  for (const { tensor, from, to, operands, inParts } of [...lifetimes].sort((a, b) => a.from - b.from)) {
    if (inParts) {
      slabOf.set(tensor, SLABS)
      continue
    }
    for (; step < from; step++) for (const gone of ending[step] ?? []) held[slabOf.get(gone)!]! -= byteSize(gone)
    const alive = held.map(bytes => bytes + byteSize(tensor))
    const taken = new Set(operands.map(operand => slabOf.get(operand)))
    const free = peak.map((_, slab) => slab).filter(slab => !taken.has(slab))
    const growth = (slab: number) => Math.max(0, alive[slab]! - peak[slab]!)
    const best = (a: number, b: number) => growth(a) - growth(b) || alive[a]! - alive[b]!
    const choice = (free.length ? free : [...peak.keys()]).sort(best)[0]!
    slabOf.set(tensor, choice)
    peak[choice] = Math.max(peak[choice]!, alive[choice]!)
    held[choice]! = alive[choice]!
    ;(ending[to] ??= []).push(tensor)
  }
  const placed = new Map<Tensor, Place>()
  const slabs = new Map<number, Intervals>()
  const inSlab = (slab: number): Intervals => slabs.get(slab) ?? slabs.set(slab, new Intervals()).get(slab)!
  for (const lifetime of [...lifetimes].sort((a, b) => byteSize(b.tensor) - byteSize(a.tensor) || a.from - b.from)) {
    const bytes = byteSize(lifetime.tensor)
    checkFits(lifetime.tensor, bytes, bufferBytes)
    let slab = first + slabOf.get(lifetime.tensor)!
    let offset = inSlab(slab).lowestFree(lifetime, bytes)
    while (offset + bytes > bufferBytes) {
      slab += SLABS + 1 // the next buffer of the same colour
      offset = inSlab(slab).lowestFree(lifetime, bytes)
    }
    placed.set(lifetime.tensor, { slab, offset, bytes })
    inSlab(slab).add({ from: lifetime.from, to: lifetime.to, offset, bytes })
    while (sizes.length <= slab) sizes.push(0)
    sizes[slab] = Math.max(sizes[slab]!, offset + aligned(bytes))
  }
  return placed
}

interface Interval {
  readonly from: number
  readonly to: number
  readonly offset: number
  readonly bytes: number
}
/**
 * What lies in one slab, found by when: each interval is in the smallest of bins of 1, 2, 4, ... steps that holds it, so
 * that short-lived values of long programs are found without a look at the others.
 */
class Intervals {
  /** By size, then position. */
  readonly #bins: Map<number, Interval[]>[] = []
  readonly #byOffset: Interval[] = []

  add(interval: Interval): void {
    let [low, high] = [0, this.#byOffset.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#byOffset[middle]!.offset <= interval.offset) low = middle + 1
      else high = middle
    }
    this.#byOffset.splice(low, 0, interval)
    let size = 0
    while (interval.from >> size !== interval.to >> size) size++
    while (this.#bins.length <= size) this.#bins.push(new Map())
    const bins = this.#bins[size]!
    const at = interval.from >> size
    bins.set(at, bins.get(at) ?? [])
    bins.get(at)!.push(interval)
  }

  /** The lowest offset with as many free bytes through all of a lifetime. */
  lowestFree({ from, to }: Lifetime, bytes: number): number {
    let offset = 0
    for (const other of this.#near(from, to)) {
      if (other.from > to || from > other.to) continue
      if (offset + bytes <= other.offset) break
      offset = Math.max(offset, aligned(other.offset + other.bytes))
    }
    return offset
  }

  /** All intervals between two steps and perhaps others, by offset. Where they are many, sorting takes longer than a look at all. */
  #near(from: number, to: number): readonly Interval[] {
    const near: Interval[] = []
    for (const [size, bins] of this.#bins.entries())
      for (const interval of between(bins, from >> size, to >> size))
        if (near.push(interval) * 16 > this.#byOffset.length) return this.#byOffset
    return near.sort((a, b) => a.offset - b.offset)
  }
}

/** The intervals of bins `first` to `last`, of which most may be empty. */
function* between(bins: ReadonlyMap<number, readonly Interval[]>, first: number, last: number): Iterable<Interval> {
  if (last - first >= bins.size) {
    for (const [at, bin] of bins) if (first <= at && at <= last) yield* bin
  } else for (let at = first; at <= last; at++) yield* bins.get(at) ?? []
}
