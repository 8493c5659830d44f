/**
 * What runs in each thread. Thread 0 drives: it works off messages in order and hands out the tasks of a dispatch; the others
 * join a dispatch while it is open, take tasks one by one, and leave. The driver goes on once a dispatch has no tasks left
 * and nobody is inside, so a thread that the machine is slow to wake never holds up the rest, and who takes which task
 * changes no bit. Between two runs threads wait for messages, between two dispatches for `SEQUENCE`.
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
  | { readonly kind: 'room'; readonly room: number; readonly bytes: number }
  | { readonly kind: 'write'; readonly program: number; readonly at: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'submit'; readonly number: number; readonly steps: readonly Step[] }
  /** To all but the driver: submit `number` has dispatches for all. */
  | { readonly kind: 'help'; readonly number: number }
  /** Answered with the milliseconds of each step. */
  | { readonly kind: 'times'; readonly id: number; readonly number: number; readonly steps: readonly Step[] }
  | { readonly kind: 'read'; readonly id: number; readonly room: number }
  | { readonly kind: 'done'; readonly id: number }
export type Reply =
  | { readonly id: number; readonly value: unknown }
  /** Nothing that came later is done. `at`: the dispatch. */
  | { readonly failed: string; readonly memory?: boolean; readonly at?: readonly [number, string, number] }

type Order = typeof inOrder
/** The other end, as Node and browsers have it. */
export interface Port {
  post(reply: Reply, transfer: ArrayBuffer[]): void
  listen(receive: (message: Message) => void): void
}

/** Refers to nothing outside itself: its text is the worker's program (`programOf`). */
export function work(port: Port, inOrder: Order): void {
  // Words that the threads share.
  const [SEQUENCE, ACTIVE, NEXT, NUMBER, FINISHED, FAILED, SLEEPING, TASKS, PROGRAM, ENTRY, DISPATCH] = [
    0, 16, 32, 48, 49, 50, 51, 52, 53, 54, 55,
  ] as const
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
  const rooms = new Map<number, Uint8Array<ArrayBuffer>>()
  let thread = 0
  let alone = true
  let control: Int32Array = new Int32Array(64)
  let failed = false

  port.listen(message => {
    if (failed) return
    try {
      receive(message)
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
        if (message.bytes) rooms.set(message.room, new Uint8Array(message.bytes))
        else rooms.delete(message.room)
        break
      case 'write':
        programs.get(message.program)!.bytes().set(message.bytes, message.at)
        break
      case 'submit':
      case 'times': {
        Atomics.store(control, NUMBER, message.number)
        const times = message.steps.map(step => {
          const start = performance.now()
          perform(step)
          return performance.now() - start
        })
        Atomics.store(control, FINISHED, message.number)
        call()
        if (message.kind === 'times') answer(message.id, times)
        break
      }
      case 'help':
        help(message.number)
        break
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
    Atomics.store(control, NEXT, 0)
    if (tasks > 1 && !alone) {
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
    const { calls, names } = programs.get(program)!
    const { run } = calls[entry]![index]!
    try {
      if (alone || tasks === 1) {
        run(0, tasks)
        return
      }
      for (let task = Atomics.add(control, NEXT, 1); task < tasks; task = Atomics.add(control, NEXT, 1))
        run(task, task + 1)
    } catch (error) {
      fail(error, [program, names[entry]!, index])
    }
  }

  /** Takes part in the dispatches of submit `number` until it is finished. */
  function help(number: number): void {
    let seen: number | undefined
    for (;;) {
      const sequence = Atomics.load(control, SEQUENCE)
      if (((Atomics.load(control, FINISHED) - number) | 0) >= 0 || Atomics.load(control, FAILED)) return
      if (sequence !== seen && enter()) {
        if (Atomics.load(control, NUMBER) === number) take()
        if (Atomics.sub(control, ACTIVE, 1) === 1) Atomics.notify(control, ACTIVE)
        if (failed) return
      }
      seen = sequence
      for (let looks = 0; looks < LOOKS && Atomics.load(control, SEQUENCE) === sequence; looks++);
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
export const programOf = (port: string): string => `const __name = f => f; (${work})(${port}, ${inOrder})`
