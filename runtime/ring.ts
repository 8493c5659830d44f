/**
 * Outputs down to the host: each run of an entry copies its outputs into the next free staging buffer of a ring, in the
 * same command buffer. Reading maps that buffer; a run that nobody reads costs one copy and is overwritten.
 */
import type { Stored } from '../compiler/plan/program.js'
import type { Device } from './device.js'
import { FacetError } from './errors.js'
import type { Counters } from './run.js'
import { bytesOf, decode, type Output, words } from './values.js'

interface Slot {
  readonly buffer: GPUBuffer
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
    private readonly device: Device,
    private readonly entry: string,
    private readonly outputs: readonly Stored[],
    counters: Counters,
  ) {
    let size = 0
    for (const output of outputs) {
      this.offsets.push(size)
      size += Math.ceil(bytesOf(output) / 8) * 8
    }
    if (size === 0) return
    for (let i = 0; i < slotsFor(size); i++) {
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
      this.slots.push({
        buffer: device.gpu.createBuffer({ label: `outputs of ${entry} ${i}`, size, usage }),
        reading: false,
      })
      counters.buffersCreated++
    }
  }

  /** Records the copy of the outputs of the run that `encoder` holds. */
  copy(encoder: GPUCommandEncoder, slabs: readonly GPUBuffer[]): void {
    const { slots } = this
    let slot: Slot | undefined
    for (let i = 0; i < slots.length && !slot; i++) {
      const candidate = slots[(this.next + i) % slots.length]!
      if (!candidate.reading) slot = candidate
    }
    this.latest = { slot }
    if (!slot) return
    this.next = (slots.indexOf(slot) + 1) % slots.length
    this.outputs.forEach(({ slab, offset, ...output }, i) => {
      const bytes = words(bytesOf(output))
      if (bytes) encoder.copyBufferToBuffer(slabs[slab]!, offset, slot.buffer, this.offsets[i]!, bytes)
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
      await this.device.wait(slot.buffer.mapAsync(GPUMapMode.READ))
      const bytes = slot.buffer.getMappedRange()
      const values = this.outputs.map((output, i) => [output.name, decode(output, bytes, this.offsets[i])] as const)
      slot.buffer.unmap()
      return Object.fromEntries(values)
    } finally {
      slot.reading = false
    }
  }

  destroy(): void {
    for (const { buffer } of this.slots) buffer.destroy()
  }
}
