/**
 * A session of one rank. A run of an entry that ranks share is cut where they exchange values: dispatches up to there, the
 * values down to the host, through `ranks`, and up into their place. So runs take turns, and everything that is asked of the
 * session waits for those enqueued before.
 */
import type { Exchange, Program } from '../../compiler/plan/program.js'
import type { Command, Counters, Device, DeviceProgram, Staging } from '../device.js'
import { BadInput } from '../errors.js'
import type { Ring } from '../ring.js'
import { type Inputs, type Outputs, type OutputsOf, Session, type Upload } from '../run.js'
import { arrayOf, elements, type Input } from '../values.js'
import { difference, type Exchanged, type Ranks, RanksApart } from './ranks.js'

/**
 * A session of a program that several processes run together: what `load` gives where it is told of `ranks`. Every rank
 * makes the same calls in the same order, with the inputs of the whole batch. Calls fail with `RankLost` where a process is
 * gone, with `RanksApart` where variables differ.
 */
export class RankedSession<E = any> extends Session<E> {
  private queue: Promise<void> = Promise.resolve()
  private queued = 0
  private failure: Error | undefined
  private exchanging: Staging | undefined

  constructor(
    device: Device,
    program: Program,
    made: DeviceProgram,
    rings: ReadonlyMap<string, Ring>,
    counters: Counters,
    private readonly ranks: Ranks,
  ) {
    super(device, program, made, rings, counters)
  }

  /** As `Session.run`. Every rank gives the inputs of the whole batch, of which it uploads its own rows. */
  override run<K extends keyof E & string>(entry: K, ...[given]: any[]): void {
    const uploads = this.encoded(entry, this.own(entry, given ?? {}))
    this.enqueue(() => this.perform(entry, uploads)).catch(() => undefined)
  }

  override read<K extends keyof E & string>(entry: K): Promise<OutputsOf<E[K]>> {
    return this.inTurn(() => super.read(entry))
  }

  override readVariables(names?: readonly string[]): Promise<Outputs> {
    return this.inTurn(() => super.readVariables(names))
  }

  override writeVariables(values: Inputs): void {
    this.check()
    const uploads = this.variablesFrom(values)
    if (this.queued === 0) this.write(uploads)
    else {
      const own = uploads.map(({ input, bytes }) => ({ input, bytes: bytes.slice() }))
      this.enqueue(() => this.write(own)).catch(() => undefined)
    }
  }

  override async ready(): Promise<void> {
    this.check()
    await this.queue
    this.check()
  }

  override async settle(): Promise<void> {
    await this.queue
    return super.settle()
  }

  /** Which of some flags are true on any rank, once the runs enqueued so far are. All ranks ask at the same point. */
  async any(flags: readonly boolean[]): Promise<boolean[]> {
    const values = Uint32Array.from(flags, Number)
    await this.enqueue(() => this.ranks.allReduce(values, 'max'))
    return Array.from(values, value => value !== 0)
  }

  /** Throws `RanksApart` on all ranks unless they hold the same variables, to the bit. All ranks ask at the same point. */
  async agree(): Promise<void> {
    await this.enqueue(async () => {
      const variables = Object.entries(await super.readVariables()) as [string, Float32Array<ArrayBuffer>][]
      const other = await difference(
        this.ranks,
        variables.map(([name, values]) => [`variable ${name}`, values] as const),
      )
      if (other)
        throw new RanksApart(
          `${other}, so that they no longer train one model. Adapters that compute differently do this: give all ranks the same kind, and start them again from the last checkpoint.`,
        )
    })
  }

  protected override check(): void {
    super.check()
    if (this.failure) throw this.failure
  }

  private enqueue<T>(task: () => T | Promise<T>): Promise<T> {
    this.queued++
    const result = this.queue.then(() => {
      this.check()
      return task()
    })
    const done = () => void this.queued--
    this.queue = result.then(done, error => {
      this.failure ??= error
      done()
    })
    return result
  }

  /**
   * Reads in turn: later runs need not wait until the values are here. A read that fails, as one of a name that is not there,
   * fails alone, since it changes nothing here or on other ranks.
   */
  private inTurn<T>(read: () => Promise<T>): Promise<T> {
    return this.asked(async () => (await this.enqueue(() => ({ values: read() }))).values)
  }

  private isShared(entry: string): boolean {
    return this.program.ranks?.entries.includes(entry) ?? false
  }

  /** Copies of what is to be uploaded: the rows of this rank, in entries that ranks share. */
  private own(name: string, given: Inputs): Inputs {
    const { rank, size } = this.ranks
    const { inputs } = this.entry(name)
    const shared = this.isShared(name)
    const own = Object.entries(given).map(([key, value]): [string, Input] => {
      const input = inputs.find(one => one.name === key)
      if (typeof value === 'number') return [key, value]
      if (!input || !shared || input.shape.length === 0) return [key, value.slice()]
      const count = elements(input.shape)
      if (value.length !== size * count)
        throw new BadInput(
          `input ${key} of ${name} has shape [${size * input.shape[0]!}, ${input.shape.slice(1).join(', ')}] on ${size} ranks together, which is ${size * count} elements, but was given ${value.length}.`,
        )
      return [key, value.slice(rank * count, (rank + 1) * count)]
    })
    const number: Inputs = shared && inputs.some(({ name }) => name === 'rank') ? { rank } : {}
    return { ...Object.fromEntries(own), ...number }
  }

  private async perform(entry: string, uploads: readonly Upload[]): Promise<void> {
    this.upload(uploads)
    let from = 0
    for (const exchange of this.entry(entry).exchanges ?? []) {
      await this.exchange({ kind: 'run', entry, from, to: exchange.before }, exchange)
      from = exchange.before
    }
    this.finish(entry, from)
  }

  /** Enqueues the part of a run, and exchanges the values that are there after it. */
  private async exchange(run: Command & { kind: 'run' }, { values }: Exchange): Promise<void> {
    // One call for all values of a dtype that are combined alike.
    const kindOf = ({ dtype, combine }: Exchange['values'][number]): string => `${dtype} ${combine}`
    const kinds = [...new Set(values.map(kindOf))].map(kind => values.filter(value => kindOf(value) === kind))
    const staging = (this.exchanging ??= this.createRoom())
    let end = 0
    const copies = kinds.flat().map(({ slab, offset, bytes }): Command => {
      const at = end
      end += bytes
      return { kind: 'copy', place: { slab, offset, bytes }, to: staging, at }
    })
    this.made.submit(`${run.entry} from ${run.from}`, [run, ...copies])
    const host = await staging.read(bytes => new Uint8Array(bytes, 0, end).slice().buffer)
    let begin = 0
    for (const kind of kinds) {
      const length = kind.reduce((sum, { bytes }) => sum + bytes / 4, 0)
      const all = new (arrayOf(kind[0]!.dtype) as Float32ArrayConstructor)(host, begin, length) as Exchanged
      await this.ranks.allReduce(all, kind[0]!.combine)
      this.check()
      for (const { slab, offset, bytes } of kind) {
        this.made.write({ slab, offset }, new Uint8Array(host, begin, bytes))
        begin += bytes
      }
    }
  }

  /** Room for the largest exchange of any entry. */
  private createRoom(): Staging {
    const all = Object.values(this.program.entries).flatMap(({ exchanges = [] }) => exchanges)
    const size = Math.max(...all.map(({ values }) => values.reduce((sum, { bytes }) => sum + bytes, 0)))
    return this.made.staging('exchange', Math.ceil(size / 8) * 8)
  }
}
