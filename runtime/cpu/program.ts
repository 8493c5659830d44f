/** A program on the processor: one module in every thread, and one memory with its slabs and what each thread has for itself. */
import type { Place, Program } from '../../compiler/plan/program.js'
import type { Command, Counters, DeviceProgram, LoadingOptions, Range, Staging } from '../device.js'
import { FacetError, KernelError, OutOfMemory } from '../errors.js'
import { inOrder } from '../order.js'
import type { Memories, ProgramMemory } from './memory.js'
import type { Call, Step } from './worker.js'
import type { Workers } from './workers.js'

/** What programs of a device share. */
export interface Shared {
  /** Of the device. */
  readonly name: string
  readonly workers: Workers
  readonly memories: Memories
  /** Its programs, by number. */
  readonly known: Map<number, Program>
  /** Whether modules may multiply and add with one rounding. */
  readonly relaxed: boolean
}

const ALIGNMENT = 256
/** What loads of vectors may touch before the first slab and behind the last: they drop what they got there. */
const MARGIN = 65536
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
/** Programs and rooms get numbers. */
let numbers = 0

/** See `Device.load`. */
export async function loadProgram(
  device: Shared,
  program: Program,
  { counters, rooms, onProgress }: LoadingOptions,
): Promise<DeviceProgram> {
  const { workers, memories } = device
  const wasm = program.wasm!
  const threads = workers.threads.length
  const slabs: number[] = []
  let end = MARGIN
  for (const bytes of program.slabs) {
    slabs.push(end)
    end += aligned(bytes)
  }
  const scratch = [end, aligned(wasm.scratch)] as const
  end += scratch[1] * threads + MARGIN
  const mebibytes = `${(end / 2 ** 20).toFixed(1)} MiB`
  if (end > 2 ** 32 - 2 ** 16)
    throw new OutOfMemory(`the program needs ${mebibytes}, but WebAssembly addresses 4096 MiB: use a smaller batch.`)
  const compiling = workers.during(WebAssembly.compile(device.relaxed ? wasm.relaxed : wasm.plain))
  // The memory is made beside. What goes wrong with either is said below.
  const taking = memories.take(end)
  taking.catch(() => undefined)
  const module = await compiling.catch(async (error: Error) => {
    const taken = await taking.catch(() => undefined)
    if (taken) memories.give(taken.number)
    if (error instanceof FacetError) throw error
    throw new KernelError(`the module of the program does not compile on ${device.name}: ${error.message}`)
  })
  onProgress?.(1, 1)
  const memory = await taking
  if (!memory) throw new OutOfMemory(`${device.name} has no room for the program's ${mebibytes}: use a smaller batch.`)
  const number = ++numbers
  device.known.set(number, program)
  const callsOf = ({ dispatches }: Program['entries'][string]): Call[] =>
    dispatches.map(({ kernel, workgroups, bindings }) => ({
      kernel,
      tasks: workgroups[0],
      bases: bindings.map(({ slab, offset }) => slabs[slab]! + offset),
    }))
  const { shared } = memory
  const message = {
    kind: 'load' as const,
    program: number,
    module,
    memory: memory.number,
    kernels: program.kernels.length,
    entries: Object.fromEntries(
      Object.entries(program.entries).map(([name, entry]) => [
        name,
        { calls: callsOf(entry), repeats: entry.repeats ?? [] },
      ]),
    ),
    scratch,
  }
  const wrong = await workers.ask<string | undefined>(message)
  if (wrong !== undefined) {
    memories.give(memory.number)
    device.known.delete(number)
    throw new KernelError(`the module of the program does not run on ${device.name}: ${wrong}`)
  }
  // Nobody waits for their answers.
  if (shared) workers.tellOthers({ ...message, id: 0, shared })
  counters.buffersCreated += program.slabs.length
  counters.pipelinesCreated += program.kernels.length
  const made = new Loaded(device, number, memory, program, slabs, counters)
  rooms(made)
  return made
}

class Loaded implements DeviceProgram {
  private readonly rooms: Room[] = []
  private gone = false

  constructor(
    private readonly device: Shared,
    private readonly number: number,
    private readonly memory: ProgramMemory,
    private readonly program: Program,
    /** Their addresses. */
    private readonly slabs: readonly number[],
    private readonly counters: Counters,
  ) {}

  write({ slab, offset }: Pick<Place, 'slab' | 'offset'>, given: Uint8Array<ArrayBuffer>): void {
    const { workers } = this.device
    const { shared } = this.memory
    const at = this.slabs[slab]! + offset
    // Between two runs nobody else is in the memory, and whatever comes next is told of later.
    if (shared && workers.idle) {
      new Uint8Array(shared.buffer).set(given, at)
      return
    }
    const bytes = given.slice()
    workers.tell({ kind: 'write', program: this.number, at, bytes }, [bytes.buffer])
  }

  submit(_label: string, commands: readonly Command[]): void {
    const steps = commands.map((command): Step => {
      if (command.kind === 'copy') {
        const { place, to, at } = command
        const from = this.slabs[place.slab]! + place.offset
        return { copy: this.number, from, bytes: place.bytes, room: (to as Room).number, at }
      }
      const { entry, from, to } = command
      this.counters.passes++
      inOrder(this.program.entries[entry]!.repeats ?? [], from, to, () => this.counters.dispatches++)
      return { run: this.number, entry, from, to }
    })
    this.counters.submits++
    this.device.workers.submit(steps)
  }

  staging(_label: string, bytes: number): Staging {
    const made = new Room(this.device.workers, ++numbers, bytes)
    this.counters.buffersCreated++
    this.rooms.push(made)
    return made
  }

  times(entry: string, ranges: readonly Range[]): Promise<number[]> {
    const steps = ranges.map(({ from, to }) => ({ run: this.number, entry, from, to }))
    return this.device.workers.ask({ kind: 'submit', steps, timed: true })
  }

  destroy(): void {
    if (this.gone) return
    this.gone = true
    const message = { kind: 'unload' as const, program: this.number }
    this.device.workers.tell(message)
    this.device.workers.tellOthers(message)
    this.device.memories.give(this.memory.number)
    this.device.known.delete(this.number)
    for (const room of this.rooms) room.destroy()
  }
}

/** Bytes that the driver copies for the host: of shared memory where there is some, else the driver's own, which it is asked for. */
class Room implements Staging {
  private readonly shared: SharedArrayBuffer | undefined

  constructor(
    private readonly workers: Workers,
    readonly number: number,
    bytes: number,
  ) {
    this.shared = workers.share ? new SharedArrayBuffer(bytes) : undefined
    workers.tell({ kind: 'room', room: number, bytes: this.shared ?? bytes })
  }

  async read<T>(use: (bytes: ArrayBufferLike) => T): Promise<T> {
    const { shared, workers, number } = this
    if (!shared) return use(await workers.ask<ArrayBuffer>({ kind: 'read', room: number }))
    await workers.done()
    return use(shared)
  }

  destroy(): void {
    this.workers.tell({ kind: 'room', room: this.number, bytes: 0 })
  }
}
