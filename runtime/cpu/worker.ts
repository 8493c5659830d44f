/**
 * What runs in each thread. Thread 0 drives: it works off messages in order and opens dispatches; the others join a dispatch while
 * it is open, and leave. Each takes tasks one by one, those of its own part first, so that from run to run what they touch is in
 * its own caches, then what is left of the parts of others. The driver goes on once a dispatch has no tasks left
 * and nobody is inside, so a thread that the machine is slow to wake never holds up the rest, and who takes which task
 * changes no bit. The others sleep on `SEQUENCE`, within a run and between two, and look at messages when `MAIL` says that there
 * are some: a run is one message to the driver and one back, and the driver wakes who is to help, once the caller has left its
 * processor. (Threads that are woken while every processor has somebody may share one for milliseconds.)
 */
import type { Repeated } from '../../compiler/plan/program.js'
import { inOrder } from '../order.js'

/** A dispatch: its kernel, in how many tasks it may be cut, and the addresses of its places. */
export interface Call {
  readonly kernel: number
  readonly tasks: number
  readonly bases: readonly number[]
}
export type Step =
  | { readonly run: number; readonly entry: string; readonly from: number; readonly to: number }
  /** Bytes of a program's memory to a room. */
  | { readonly copy: number; readonly from: number; readonly bytes: number; readonly room: number; readonly at: number }
/** Messages with an `id` are answered; `program`, `run` and `room` are numbers that the sender gives. */
export type Message =
  /** `control`: absent where threads cannot share memory. */
  | { readonly kind: 'open'; readonly thread: number; readonly control?: SharedArrayBuffer }
  /** Memory number `memory` of so many pages of 64 KiB at least, full of zeros. Answered with it, or `undefined` where there is no more. */
  | { readonly kind: 'memory'; readonly id: number; readonly memory: number; readonly pages: number }
  /** Answered with what is wrong with the module, if anything is. */
  | {
      readonly kind: 'load'
      readonly id: number
      readonly program: number
      readonly module: WebAssembly.Module
      readonly memory: number
      readonly shared?: WebAssembly.Memory
      readonly kernels: number
      readonly entries: Readonly<
        Record<string, { readonly calls: readonly Call[]; readonly repeats: readonly Repeated[] }>
      >
      /** Address and bytes of what a thread has for itself. */
      readonly scratch: readonly [number, number]
    }
  | { readonly kind: 'unload'; readonly program: number }
  /** `bytes`: how many, or the shared memory that is the room; 0 ends it. */
  | { readonly kind: 'room'; readonly room: number; readonly bytes: number | SharedArrayBuffer }
  | { readonly kind: 'write'; readonly program: number; readonly at: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Answered with the milliseconds of each step, where these are `timed`. */
  | { readonly kind: 'submit'; readonly id: number; readonly steps: readonly Step[]; readonly timed?: boolean }
  | { readonly kind: 'read'; readonly id: number; readonly room: number }
  | { readonly kind: 'done'; readonly id: number }
export type Reply =
  | { readonly id: number; readonly value: unknown }
  /** Nothing that came later is done. `at`: the dispatch. */
  | { readonly failed: string; readonly memory?: boolean; readonly at?: readonly [number, string, number] }

/**
 * Words that the threads share. `MAIL`: how many messages all but the driver were sent. `NEXT`: how many tasks of the part of each
 * thread are taken, a line of cache (`LINE`) each.
 */
export const WORDS = {
  SEQUENCE: 0,
  ACTIVE: 16,
  BUSY: 32,
  MAIL: 33,
  FAILED: 34,
  SLEEPING: 35,
  TASKS: 36,
  PROGRAM: 37,
  ENTRY: 38,
  DISPATCH: 39,
  NEXT: 48,
  LINE: 16,
} as const
/** Those of so many threads. */
export const sharedWords = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer(4 * (WORDS.NEXT + WORDS.LINE * threads))

type Order = typeof inOrder
/** The other end, as Node and browsers have it. */
export interface Port {
  post(reply: Reply, transfer: ArrayBuffer[]): void
  listen(receive: (message: Message) => void): void
}

/** Refers to nothing outside itself: its text is the worker's program (`programOf`). */
export function work(port: Port, inOrder: Order, words: typeof WORDS): void {
  const { SEQUENCE, ACTIVE, BUSY, MAIL, FAILED, SLEEPING, TASKS, PROGRAM, ENTRY, DISPATCH, NEXT, LINE } = words
  /** Value of `ACTIVE` while nobody may come in. */
  const CLOSED = -1
  /** Looks at a word before a thread sleeps: some 20 microseconds. */
  const LOOKS = 2000
  const [PAGE, MOST_PAGES] = [65536, 65536]

  interface Loaded {
    readonly bytes: () => Uint8Array
    readonly calls: readonly (readonly { run: (begin: number, end: number) => void; tasks: number }[])[]
    readonly repeats: readonly (readonly Repeated[])[]
    readonly names: readonly string[]
  }
  const programs = new Map<number, Loaded>()
  const memories = new Map<number, WebAssembly.Memory>()
  const rooms = new Map<number, Uint8Array>()
  let thread = 0
  let alone = true
  let control: Int32Array = new Int32Array(NEXT + LINE)
  let threads = 1
  let failed = false
  /** Messages that came after the first, which opens the device. */
  let received = -1

  port.listen(message => {
    if (failed) return
    try {
      receive(message)
      received++
      if (thread > 0) help()
    } catch (error) {
      fail(error)
    }
  })

  function receive(message: Message): void {
    switch (message.kind) {
      case 'open':
        thread = message.thread
        alone = message.control === undefined
        if (message.control) control = new Int32Array(message.control)
        threads = (control.length - NEXT) / LINE
        if (thread === 0) control[ACTIVE] = CLOSED
        break
      case 'memory': {
        const memory = memoryOf(message.memory, message.pages)
        answer(message.id, memory && (alone ? true : memory))
        break
      }
      case 'load':
        answer(message.id, load(message))
        break
      case 'unload':
        programs.delete(message.program)
        break
      case 'room':
        if (message.bytes) rooms.set(message.room, new Uint8Array(message.bytes as number))
        else rooms.delete(message.room)
        break
      case 'write':
        programs.get(message.program)!.bytes().set(message.bytes, message.at)
        break
      case 'submit': {
        Atomics.store(control, BUSY, 1)
        const times = message.steps.map(step => {
          const start = performance.now()
          perform(step)
          return performance.now() - start
        })
        Atomics.store(control, BUSY, 0)
        answer(message.id, message.timed ? times : undefined)
        break
      }
      case 'read': {
        const bytes = rooms.get(message.room)!.slice()
        answer(message.id, bytes.buffer, [bytes.buffer])
        break
      }
      case 'done':
        answer(message.id, undefined)
        break
    }
  }

  /** Gives what is wrong with the module, if anything is. */
  function load(message: Message & { kind: 'load' }): string | undefined {
    const memory = message.shared ?? memories.get(message.memory)!
    const [scratch, size] = message.scratch
    const kernels: ((...all: number[]) => void)[] = []
    try {
      const { exports } = new WebAssembly.Instance(message.module, { facet: { memory } })
      for (let i = 0; i < message.kernels; i++) {
        const kernel = exports[`k${i}`]
        if (typeof kernel !== 'function') return `it has no function k${i}`
        kernels.push(kernel as (...all: number[]) => void)
      }
    } catch (error) {
      return (error as Error).message
    }
    const callOf = ({ kernel, tasks, bases }: Call) => {
      const given = [0, 0, (scratch + thread * size) | 0, ...bases.map(base => base | 0)]
      const run = (begin: number, end: number): void => {
        given[0] = begin
        given[1] = end
        kernels[kernel]!(...given)
      }
      return { run, tasks }
    }
    programs.set(message.program, {
      bytes: () => new Uint8Array(memory.buffer),
      names: Object.keys(message.entries),
      calls: Object.values(message.entries).map(({ calls }) => calls.map(callOf)),
      repeats: Object.values(message.entries).map(({ repeats }) => repeats),
    })
    return undefined
  }

  function answer(id: number, value: unknown, transfer: ArrayBuffer[] = []): void {
    port.post({ id, value }, transfer)
  }

  function fail(error: unknown, at?: readonly [number, string, number]): void {
    failed = true
    // The first that went wrong is what is told.
    if (Atomics.exchange(control, FAILED, 1)) return
    call()
    port.post({ failed: (error as Error).message, memory: error instanceof RangeError, ...(at && { at }) }, [])
  }

  /** A memory that was used before is cleared; one that is too small grows. */
  function memoryOf(number: number, pages: number): WebAssembly.Memory | undefined {
    let memory = memories.get(number)
    try {
      if (memory) {
        new Uint8Array(memory.buffer).fill(0, 0, pages * PAGE)
        const more = pages - memory.buffer.byteLength / PAGE
        if (more > 0) memory.grow(more)
      } else {
        memory = newMemory(pages, MOST_PAGES)
        memories.set(number, memory)
      }
      return memory
    } catch {
      return undefined
    }
  }

  /** What may grow takes addresses in advance; where there are not so many, it may grow less. */
  function newMemory(initial: number, maximum: number): WebAssembly.Memory {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared: true })
    } catch (error) {
      if (maximum === initial) throw error
      return newMemory(initial, Math.max(initial, maximum >> 1))
    }
  }

  function perform(step: Step): void {
    if ('copy' in step) {
      const { copy, from, bytes, room, at } = step
      rooms.get(room)!.set(
        programs
          .get(copy)!
          .bytes()
          .subarray(from, from + bytes),
        at,
      )
      return
    }
    const { names, calls, repeats } = programs.get(step.run)!
    const entry = names.indexOf(step.entry)
    inOrder(repeats[entry]!, step.from, step.to, i => dispatch(step.run, entry, i, calls[entry]![i]!.tasks))
  }

  function dispatch(program: number, entry: number, index: number, tasks: number): void {
    control[PROGRAM] = program
    control[ENTRY] = entry
    control[DISPATCH] = index
    control[TASKS] = tasks
    if (tasks > 1 && !alone) {
      for (let part = 0; part < threads; part++) Atomics.store(control, NEXT + LINE * part, 0)
      Atomics.store(control, ACTIVE, 0)
      call()
    }
    take()
    for (let looks = 0; tasks > 1 && !alone; looks++) {
      const inside = Atomics.compareExchange(control, ACTIVE, 0, CLOSED)
      if (inside === 0) break
      if (looks > LOOKS) Atomics.wait(control, ACTIVE, inside, 10)
    }
    if (Atomics.load(control, FAILED)) throw new Error('a thread failed')
  }

  /** Tells the other threads that there is something new. */
  function call(): void {
    Atomics.add(control, SEQUENCE, 1)
    if (Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, SEQUENCE)
  }

  /** Tasks of the dispatch that is open, until there are none. */
  function take(): void {
    const [program, entry, index, tasks] = [control[PROGRAM]!, control[ENTRY]!, control[DISPATCH]!, control[TASKS]!]
    const loaded = programs.get(program)
    // To a thread that helps, its message may still be on the way.
    if (!loaded) return
    const { calls, names } = loaded
    const { run } = calls[entry]![index]!
    try {
      if (alone || tasks === 1) {
        run(0, tasks)
        return
      }
      for (let i = 0; i < threads; i++) {
        const part = (thread + i) % threads
        const next = NEXT + LINE * part
        const begin = Math.floor((tasks * part) / threads)
        const size = Math.floor((tasks * (part + 1)) / threads) - begin
        while (Atomics.load(control, next) < size) {
          const task = Atomics.add(control, next, 1)
          if (task < size) run(begin + task, begin + task + 1)
        }
      }
    } catch (error) {
      fail(error, [program, names[entry]!, index])
    }
  }

  /** Takes part in the dispatches of the driver until there is a message. */
  function help(): void {
    let seen: number | undefined
    for (;;) {
      const sequence = Atomics.load(control, SEQUENCE)
      if (Atomics.load(control, MAIL) !== received || Atomics.load(control, FAILED)) return
      if (sequence !== seen && enter()) {
        take()
        if (Atomics.sub(control, ACTIVE, 1) === 1) Atomics.notify(control, ACTIVE)
        if (failed) return
      }
      seen = sequence
      // Between two runs the processor is left to whoever asks for the next one.
      for (let looks = 0; looks < LOOKS && Atomics.load(control, SEQUENCE) === sequence; looks++)
        if (!Atomics.load(control, BUSY)) break
      if (Atomics.load(control, SEQUENCE) !== sequence) continue
      Atomics.add(control, SLEEPING, 1)
      Atomics.wait(control, SEQUENCE, sequence)
      Atomics.sub(control, SLEEPING, 1)
    }
  }

  function enter(): boolean {
    for (;;) {
      const inside = Atomics.load(control, ACTIVE)
      if (inside === CLOSED) return false
      if (Atomics.compareExchange(control, ACTIVE, inside, inside + 1) === inside) return true
    }
  }
}

/** The text of a worker, whose `port` an expression gives. Some compilers wrap functions in `__name`. */
export const programOf = (port: string): string =>
  `const __name = f => f; (${work})(${port}, ${inOrder}, ${JSON.stringify(WORDS)})`
