/** The threads of a device, as the rest of the runtime talks to them: in order, and until the first thing that goes wrong. */
import { DeviceLost, type FacetError, KernelError, OutOfMemory } from '../errors.js'
import type { Message, Reply } from './worker.js'

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
type WithoutId<M> = M extends unknown ? Omit<M, 'id'> : never

export class Workers {
  readonly threads: readonly Thread[]
  readonly lost: Promise<DeviceLost>
  private readonly asked = new Map<number, { resolve(value: any): void; reject(error: Error): void }>()
  private count = 0
  private submits = 0
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
    const control = count > 1 ? { control: new SharedArrayBuffer(256) } : {}
    this.threads = Array.from({ length: count }, (_, thread) => {
      const made = spawn(
        reply => this.receive(reply),
        reason => this.end(thread, reason),
      )
      made.hold(false)
      made.post({ kind: 'open', thread, ...control }, [])
      return made
    })
  }

  /** To the driver. */
  tell(message: Message, transfer: ArrayBuffer[] = []): void {
    if (!this.failure) this.threads[0]!.post(message, transfer)
  }
  /** To all threads but the driver. */
  tellOthers(message: Message): void {
    if (!this.failure) for (const thread of this.threads.slice(1)) thread.post(message, [])
  }
  /** To the driver, which answers once it comes to it. Rejects with what went wrong on the device. */
  ask<T>(message: WithoutId<Asked>): Promise<T> {
    if (this.failure) return Promise.reject(this.failure)
    const id = ++this.count
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject })
      this.threads[0]!.hold(true)
      this.tell({ ...message, id })
    })
  }
  /** Submits are numbered, by 32 bits. */
  numbered(): number {
    this.submits = (this.submits + 1) | 0
    return this.submits
  }
  check(): void {
    if (this.failure) throw this.failure
  }
  destroy(): void {
    this.fail(new DeviceLost('the device was destroyed: open a new one.', true))
    for (const thread of this.threads) thread.terminate()
  }

  private receive(reply: Reply): void {
    if ('id' in reply) {
      this.asked.get(reply.id)?.resolve(reply.value)
      this.asked.delete(reply.id)
      if (this.asked.size === 0) this.threads[0]!.hold(false)
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
