/** The threads of a device, as the rest of the runtime talks to them: in order, and until the first thing that goes wrong. */
import { DeviceLost, type FacetError, KernelError, OutOfMemory } from '../errors.js'
import { type Message, type Reply, type Step, sharedWords, WORDS } from './worker.js'

/** A thread, as Node and browsers have it. */
export interface Thread {
  post(message: Message, transfer: ArrayBuffer[]): void
  /** Whether a process may not end meanwhile. */
  hold(held: boolean): void
  terminate(): void
}
/** Starts a thread; `ended` is called with the reason where it ends by itself. */
export type Spawn = (receive: (reply: Reply) => void, ended: (reason: string) => void) => Thread

type Asked = Extract<Message, { id: number }>
interface Asking {
  resolve(value: any): void
  reject(error: Error): void
  /** The number of its message. */
  readonly told: number
}
type WithoutId<M> = M extends unknown ? Omit<M, 'id'> : never

export class Workers {
  readonly threads: readonly Thread[]
  readonly lost: Promise<DeviceLost>
  private readonly asked = new Map<number, Asking>()
  private count = 0
  /** Messages to the driver, and of these the ones that it is through with as far as an answer says. */
  private told = 0
  private past = 0
  /** Of the last submit, while nothing came after it. */
  private latest: Promise<unknown> | undefined
  /** Shared with the threads, if there are several. */
  private readonly control: Int32Array | undefined
  private failure: FacetError | undefined
  private tellLost!: (error: DeviceLost) => void

  constructor(
    private readonly name: string,
    count: number,
    spawn: Spawn,
    /** What messages call a dispatch of a program, given by number. */
    private readonly dispatchNamed: (program: number, entry: string, dispatch: number) => string,
  ) {
    this.lost = new Promise(resolve => {
      this.tellLost = resolve
    })
    const shared = count > 1 ? sharedWords(count) : undefined
    this.control = shared && new Int32Array(shared)
    this.threads = Array.from({ length: count }, (_, thread) => {
      const made = spawn(
        reply => this.receive(reply),
        reason => this.end(thread, reason),
      )
      made.hold(false)
      made.post({ kind: 'open', thread, ...(shared && { control: shared }) }, [])
      return made
    })
  }

  /** Whether threads see memory of who talks to them. */
  get share(): boolean {
    return this.control !== undefined
  }
  /** Whether the driver has done all that it was told: it touches nothing until the next message. */
  get idle(): boolean {
    return this.past === this.told
  }
  /** To the driver. */
  tell(message: Message, transfer: ArrayBuffer[] = []): void {
    this.latest = undefined
    this.told++
    if (!this.failure) this.threads[0]!.post(message, transfer)
  }
  /** To all threads but the driver, which sleep elsewhere than where messages arrive. */
  tellOthers(message: Message): void {
    const { control } = this
    if (this.failure || !control) return
    for (const thread of this.threads.slice(1)) thread.post(message, [])
    Atomics.add(control, WORDS.MAIL, 1)
    Atomics.add(control, WORDS.SEQUENCE, 1)
    Atomics.notify(control, WORDS.SEQUENCE)
  }
  /** To the driver, which answers once it comes to it. Rejects with what went wrong on the device. */
  ask<T>(message: WithoutId<Asked>): Promise<T> {
    if (this.failure) return Promise.reject(this.failure)
    const id = ++this.count
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject, told: this.told + 1 })
      this.threads[0]!.hold(true)
      this.tell({ ...message, id })
    })
  }
  /** Settles like `work`, or with what goes wrong on the device. The process does not end meanwhile, as it may while an engine compiles. */
  during<T>(work: Promise<T>): Promise<T> {
    if (this.failure) return Promise.reject(this.failure)
    const id = ++this.count
    return new Promise<T>((resolve, reject) => {
      this.asked.set(id, { resolve, reject, told: this.past })
      this.threads[0]!.hold(true)
      work.then(resolve, reject).finally(() => this.answered(id))
    })
  }
  submit(steps: readonly Step[]): void {
    const done = this.ask({ kind: 'submit', steps })
    // Whoever asks for what comes of it is told; nobody has to.
    done.catch(() => undefined)
    this.latest = done
  }
  /** Resolves once all that was told to the driver so far is done. */
  async done(): Promise<void> {
    this.check()
    await (this.latest ?? this.ask({ kind: 'done' }))
  }
  check(): void {
    if (this.failure) throw this.failure
  }
  destroy(): void {
    this.fail(new DeviceLost('the device was destroyed: open a new one.', true))
    for (const thread of this.threads) thread.terminate()
  }

  private answered(id: number): void {
    this.asked.delete(id)
    if (this.asked.size === 0) this.threads[0]!.hold(false)
  }
  private receive(reply: Reply): void {
    if ('id' in reply) {
      const asking = this.asked.get(reply.id)
      if (asking) this.past = asking.told
      asking?.resolve(reply.value)
      this.answered(reply.id)
      return
    }
    const { failed, memory, at } = reply
    const where = at ? this.dispatchNamed(...at) : 'a command'
    if (memory && !at) this.fail(new OutOfMemory(`${this.name} is out of memory: ${failed}`))
    else this.fail(new KernelError(`${where} failed on ${this.name}: ${failed}`))
  }
  private end(thread: number, reason: string): void {
    if (this.failure instanceof DeviceLost) return
    this.fail(
      new DeviceLost(
        `${this.name} was lost (thread ${thread + 1} of ${this.threads.length} ended: ${reason}): open a new device and go on from the last checkpoint.`,
      ),
    )
    for (const other of this.threads) other.terminate()
  }
  private fail(error: FacetError): void {
    this.failure ??= error
    for (const { reject } of this.asked.values()) reject(this.failure)
    this.asked.clear()
    this.threads[0]?.hold(false)
    if (error instanceof DeviceLost) this.tellLost(error)
  }
}
