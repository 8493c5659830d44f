/**
 * Memory plan: values whose lifetimes do not meet share bytes of a few buffers ("slabs"). WebGPU refuses a buffer that
 * one dispatch both reads and writes unless all its bindings are writable, so a kernel's results are put in another slab
 * than its operands where that is possible; where it is not, the emitter declares the bindings writable.
 */
import type { Tensor } from '../graph/node.js'
import { byteSize } from '../kernels/cost.js'
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
    if (slab < 0 || sizes[slab]! + aligned(bytes) > bufferBytes) slab = sizes.push(0) - 1
    places.set(tensor, { slab, offset: sizes[slab]!, bytes })
    sizes[slab]! += aligned(bytes)
  }
  return places
}

/**
 * Places temporaries in the slabs from `first` on, which entries share: `sizes` grows to the largest need. A value goes
 * to the slab that has to grow least for it, among those without an operand of its kernel if there is one. Within a slab
 * larger values are placed first, each at the lowest offset that is free for its whole lifetime.
 */
export function share(
  lifetimes: readonly Lifetime[],
  sizes: number[],
  first: number,
  bufferBytes: number,
): Map<Tensor, Place> {
  const slabOf = new Map<Tensor, number>()
  const peak = new Array<number>(SLABS).fill(0)
  const inOrder = [...lifetimes].sort((a, b) => a.from - b.from)
  for (const [i, { tensor, from, operands, inParts }] of inOrder.entries()) {
    if (inParts) {
      slabOf.set(tensor, SLABS)
      continue
    }
    const alive = new Array<number>(SLABS).fill(byteSize(tensor))
    for (const before of inOrder.slice(0, i))
      if (before.to >= from) alive[slabOf.get(before.tensor)!]! += byteSize(before.tensor)
    const taken = new Set(operands.map(operand => slabOf.get(operand)))
    const free = peak.map((_, slab) => slab).filter(slab => !taken.has(slab))
    const growth = (slab: number) => Math.max(0, alive[slab]! - peak[slab]!)
    const best = (a: number, b: number) => growth(a) - growth(b) || alive[a]! - alive[b]!
    const choice = (free.length ? free : [...peak.keys()]).sort(best)[0]!
    slabOf.set(tensor, choice)
    peak[choice] = Math.max(peak[choice]!, alive[choice]!)
  }
  const placed: (Lifetime & Place)[] = []
  for (const lifetime of [...lifetimes].sort((a, b) => byteSize(b.tensor) - byteSize(a.tensor) || a.from - b.from)) {
    const bytes = byteSize(lifetime.tensor)
    let slab = first + slabOf.get(lifetime.tensor)!
    let offset = lowestFree(placed, slab, lifetime, bytes)
    while (offset + bytes > bufferBytes) {
      slab += SLABS + 1 // the next buffer of the same colour
      offset = lowestFree(placed, slab, lifetime, bytes)
    }
    placed.push({ ...lifetime, slab, offset, bytes })
    while (sizes.length <= slab) sizes.push(0)
    sizes[slab] = Math.max(sizes[slab]!, offset + aligned(bytes))
  }
  return new Map(placed.map(({ tensor, slab, offset, bytes }) => [tensor, { slab, offset, bytes }]))
}

function lowestFree(
  placed: readonly (Lifetime & Place)[],
  slab: number,
  { from, to }: Lifetime,
  bytes: number,
): number {
  const busy = placed
    .filter(other => other.slab === slab && other.from <= to && from <= other.to)
    .sort((a, b) => a.offset - b.offset)
  let offset = 0
  for (const other of busy) {
    if (offset + bytes <= other.offset) break
    offset = Math.max(offset, aligned(other.offset + other.bytes))
  }
  return offset
}
