/**
 * Outputs down to the host: each run of an entry copies its outputs into the next free room of a ring, in the same submit.
 * Reading takes them from there; a run that nobody reads costs one copy and is overwritten.
 */
import type { Stored } from '../compiler/plan/program.js'
import type { Command, DeviceProgram, Staging } from './device.js'
import { FacetError } from './errors.js'
import { bytesOf, decode, type Output, words } from './values.js'

interface Slot {
  readonly staging: Staging
  reading: boolean
}

/** Reads of one entry that may be pending together. Large outputs get fewer, since each slot holds them all. */
const slotsFor = (bytes: number): number => (bytes <= 1 << 20 ? 8 : 2)

export class Ring {
  private readonly slots: Slot[] = []
  private next = 0
  /** Where the latest run put its outputs; absent before the first, and if every slot was being read. */
  private latest: { slot: Slot | undefined; values?: Promise<Record<string, Output>> } | undefined
  /** Of each output in a staging buffer. */
  private readonly offsets: number[] = []

  constructor(
    on: DeviceProgram,
    private readonly entry: string,
    private readonly outputs: readonly Stored[],
  ) {
    let size = 0
    for (const output of outputs) {
      this.offsets.push(size)
      size += Math.ceil(bytesOf(output) / 8) * 8
    }
    if (size === 0) return
    for (let i = 0; i < slotsFor(size); i++)
      this.slots.push({ staging: on.staging(`outputs of ${entry} ${i}`, size), reading: false })
  }

  /** What copies the outputs of a run that ends here. */
  copies(): Command[] {
    const { slots } = this
    let slot: Slot | undefined
    for (let i = 0; i < slots.length && !slot; i++) {
      const candidate = slots[(this.next + i) % slots.length]!
      if (!candidate.reading) slot = candidate
    }
    this.latest = { slot }
    if (!slot) return []
    this.next = (slots.indexOf(slot) + 1) % slots.length
    return this.outputs.flatMap(({ slab, offset, ...output }, i) => {
      const bytes = words(bytesOf(output))
      const place = { slab, offset, bytes }
      return bytes ? [{ kind: 'copy' as const, place, to: slot.staging, at: this.offsets[i]! }] : []
    })
  }

  /** The outputs of the latest run. Reading the same run again gives the same arrays. */
  read(): Promise<Record<string, Output>> {
    const { latest, entry } = this
    if (!latest) throw new FacetError(`${entry} has not run yet: there is nothing to read.`)
    if (latest.values) return latest.values
    const { slot } = latest
    if (!slot && this.slots.length)
      throw new FacetError(
        `${entry} ran while all ${this.slots.length} earlier reads of it were pending, so its outputs were not kept: await some reads first.`,
      )
    return (latest.values = slot ? this.map(slot) : Promise.resolve({}))
  }

  private async map(slot: Slot): Promise<Record<string, Output>> {
    slot.reading = true
    try {
      return await slot.staging.read(bytes =>
        Object.fromEntries(this.outputs.map((output, i) => [output.name, decode(output, bytes, this.offsets[i])])),
      )
    } finally {
      slot.reading = false
    }
  }
}
