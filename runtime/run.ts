/**
 * A loaded program. A run is one submit and is never awaited: the device keeps the order.
 * Results are read when wanted, and `ready` keeps the host a few runs ahead of the device, not more.
 */
import type { Entry, InputSpec } from '../compiler/language/entry.js'
import type { Program, Stored } from '../compiler/plan/program.js'
import type { DType, Tensor } from '../compiler/types/tensor.js'
import type { BundledEntry, BundledTensor } from './bundle.js'
import type { Command, Counters, Device, DeviceProgram, Range, Staging } from './device.js'
import { BadInput, FacetError, NonFinite } from './errors.js'
import type { Ring } from './ring.js'
import { bytesOf, decode, encode, type Input, type InputOf, type Output, type OutputOf, words } from './values.js'

/** A value for each input of an entry, by name. */
export type Inputs = Readonly<Record<string, Input>>
/** What an entry computed, by name. */
export type Outputs = Record<string, Output>
/** What an entry takes, by the dtypes of its inputs; of a bundle, values that know their shape must have the right one. */
export type InputsOf<E> =
  E extends Entry<infer I, any>
    ? { readonly [K in keyof I]: InputOf<I[K] extends InputSpec<any, infer D> ? D : 'f32'> }
    : E extends BundledEntry
      ? { readonly [K in keyof E['inputs']]: Shaped<InputOf<E['inputs'][K]['dtype']>, E['inputs'][K]> }
      : Inputs
type Shaped<T, D extends BundledTensor> = T extends number | readonly boolean[]
  ? T
  : T & { readonly shape?: D['shape'] }
/** What an entry returns, by the dtypes of its outputs; of a bundle, with their exact shapes. */
export type OutputsOf<E> =
  E extends Entry<any, infer O>
    ? { -readonly [K in keyof O]: OutputOf<O[K] extends Tensor<any, infer D> ? D : DType> }
    : E extends BundledEntry
      ? {
          -readonly [K in keyof E['outputs']]: OutputOf<E['outputs'][K]['dtype']> & {
            readonly shape: E['outputs'][K]['shape']
          }
        }
      : Outputs
/** No second argument where there are no inputs. */
type InputArguments<I> = Record<never, never> extends I ? [inputs?: I] : [inputs: I]
/** An input or a variable, and what to write to its place. */
export interface Upload {
  readonly input: Stored
  readonly bytes: Uint8Array<ArrayBuffer>
}
/** Runs that `ready` lets be under way: the device never waits for the host, and inputs do not pile up. */
const ahead = 3

/** `E`: the entries the program was compiled from; without them any name goes and is checked when it is used. */
export class Session<E = any> {
  /** Runs not finished yet, as far as the host knows. */
  pending = 0
  private waiting: (() => void)[] = []
  private last: Promise<unknown> = Promise.resolve()
  private closed = false
  private readonly variables: ReadonlyMap<string, Stored>
  /** Free to be used by a download. */
  private staging: readonly Staging[] | undefined

  constructor(
    /** Where it runs. */
    readonly device: Device,
    /** What it runs. */
    readonly program: Program,
    protected readonly made: DeviceProgram,
    private readonly rings: ReadonlyMap<string, Ring>,
    /** What was asked of the device so far. */
    readonly counters: Counters,
  ) {
    this.variables = new Map(program.variables.map(variable => [variable.name, variable]))
  }

  /**
   * Enqueues one run of `entry` and returns at once; the inputs are copied before it returns.
   *
   * @param entry The name of an entry of the program.
   * @param given A value for each input: a typed array, an array of numbers, or a number for a scalar.
   * @throws `BadInput` for a wrong name, type or length, and what went wrong on the device since, if anything did.
   */
  run<K extends keyof E & string>(entry: K, ...[given]: InputArguments<InputsOf<E[K]>>): void {
    this.upload(this.encoded(entry, given ?? {}))
    this.finish(entry, 0)
  }

  /** The end of a run: its dispatches from `from` on, after which its outputs are kept. */
  protected finish(entry: string, from: number): void {
    const run = { kind: 'run' as const, entry, from, to: this.entry(entry).dispatches.length }
    this.made.submit(entry, [run, ...this.rings.get(entry)!.copies()])
    this.track()
  }

  /**
   * Uploads the inputs of a run and gives the milliseconds of ranges of its dispatches, of which `ranges` is told the number.
   * Outputs are not kept. Throws like `run`.
   */
  async times(entry: string, inputs: Inputs, ranges: (count: number) => readonly Range[]): Promise<number[]> {
    this.upload(this.encoded(entry, inputs))
    return this.made.times(entry, ranges(this.entry(entry).dispatches.length))
  }

  /** The inputs of a run as bytes, which are not copied. Throws `BadInput` for a wrong name, type or length. */
  protected encoded(entry: string, inputs: Inputs): Upload[] {
    this.check()
    const { inputs: wanted } = this.entry(entry)
    const uploads = wanted.map(input => {
      const value = inputs[input.name]
      if (value === undefined)
        throw new BadInput(
          `input ${input.name} of ${entry} is not given: ${entry} takes ${wanted.map(i => i.name).join(', ')}, and was given ${Object.keys(inputs).join(', ') || 'nothing'}.`,
        )
      return { input, bytes: encode(`input ${input.name} of ${entry}`, input, value) }
    })
    for (const name of Object.keys(inputs))
      if (!wanted.some(input => input.name === name))
        throw new BadInput(`${entry} has no input ${name}: ${list(wanted.map(i => i.name))}.`)
    return uploads
  }

  protected upload(uploads: readonly Upload[]): void {
    this.write(uploads)
    for (const { bytes } of uploads) this.counters.bytesUploaded += bytes.length
  }

  /** The outputs of the latest run of `entry`, with the shapes they have. Not affected by runs enqueued later. */
  read<K extends keyof E & string>(entry: K): Promise<OutputsOf<E[K]>> {
    return this.asked(() => {
      this.entry(entry)
      this.counters.reads++
      return this.rings.get(entry)!.read() as Promise<OutputsOf<E[K]>>
    })
  }

  /**
   * `run`, then `read`.
   *
   * @param entry The name of an entry of the program.
   * @param inputs A value for each input.
   * @returns The outputs by name: typed arrays with a `shape`.
   * @throws `BadInput` for a wrong name, type or length; what goes wrong on the device.
   * @example
   * ```ts
   * const { loss } = await session.call('step', { images })
   * console.log(loss[0])
   * ```
   */
  async call<K extends keyof E & string>(
    entry: K,
    ...inputs: InputArguments<InputsOf<E[K]>>
  ): Promise<OutputsOf<E[K]>> {
    this.run(entry, ...inputs)
    return this.read(entry)
  }

  /** Resolves once fewer than three runs are under way: await it once per step to keep inputs from piling up. */
  async ready(): Promise<void> {
    this.check()
    while (this.pending >= ahead) {
      await new Promise<void>(resolve => this.waiting.push(resolve))
      this.check()
    }
  }

  /** Resolves once everything enqueued has run; throws what went wrong on the device. */
  async settle(): Promise<void> {
    this.check()
    await this.last
    // Errors of the device arrive with its next event, which a second wait makes sure of.
    await this.device.done()
    this.check()
  }

  /** The values of the named variables, all by default, as they are after the runs enqueued so far. Not affected by later ones. */
  readVariables(names: readonly string[] = [...this.variables.keys()]): Promise<Outputs> {
    return this.asked(() => this.download(names.map(name => this.variable(name))))
  }

  /** Replaces the values of the named variables before the next run. Throws `BadInput` for a wrong name, type or length, having written nothing. */
  writeVariables(values: Inputs): void {
    this.check()
    this.write(this.variablesFrom(values))
  }

  /** Values for variables as bytes, which are not copied. Throws `BadInput` for a wrong name, type or length. */
  protected variablesFrom(values: Inputs): Upload[] {
    return Object.entries(values).map(([name, value]) => {
      const input = this.variable(name)
      return { input, bytes: encode(`variable ${name}`, input, value) }
    })
  }

  protected write(uploads: readonly Upload[]): void {
    for (const { input, bytes } of uploads) this.made.write(input, bytes)
  }

  /** Reads all variables; throws `NonFinite` if one holds an infinity or NaN (`checkVariables`). */
  async checkVariables(): Promise<void> {
    checkVariables(await this.readVariables())
  }

  /** Frees the program's buffers. The device stays open. */
  destroy(): void {
    if (this.closed) return
    this.closed = true
    this.made.destroy()
    this.wake()
  }

  protected check(): void {
    this.device.check()
    if (this.closed) throw new FacetError('the session was destroyed: load the program again.')
  }

  protected entry(name: string): Program['entries'][string] {
    const entry = Object.hasOwn(this.program.entries, name) ? this.program.entries[name] : undefined
    if (!entry) throw new BadInput(`the program has no entry ${name}: ${list(Object.keys(this.program.entries))}.`)
    return entry
  }

  private variable(name: string): Stored {
    const variable = this.variables.get(name)
    if (!variable) throw new BadInput(`the program has no variable ${name}: ${list([...this.variables.keys()])}.`)
    return variable
  }

  private track(): void {
    this.pending++
    const done = () => {
      this.pending--
      this.wake()
    }
    // Never rejects: `check` reports what went wrong.
    this.last = this.device.done().then(done, done)
  }

  private wake(): void {
    const { waiting } = this
    this.waiting = []
    for (const resolve of waiting) resolve()
  }

  /**
   * What `read` gives, refused at once where the session cannot give it. Later failures, of the device or because the session
   * was destroyed meanwhile, are said by every further call too, so one that nobody waits for is no unhandled rejection.
   */
  protected asked<T>(read: () => Promise<T>): Promise<T> {
    try {
      this.check()
      const values = read().catch(error => {
        this.check()
        throw error
      })
      values.catch(() => undefined)
      return values
    } catch (error) {
      return Promise.reject(error)
    }
  }

  private async download(wanted: readonly Stored[]): Promise<Outputs> {
    // Each variable has its fixed place in the staging buffers, which one download of all of them fills. They are kept for the
    // next one; another that comes before this one has ended makes its own.
    const places = this.stagingPlaces()
    const staging = this.staging ?? this.createStaging(places)
    this.staging = undefined
    const used = new Map<number, Stored[]>()
    const copies = wanted.flatMap((variable): Command[] => {
      const { buffer, offset } = places.get(variable.name)!
      const { slab, offset: from } = variable
      const bytes = words(bytesOf(variable))
      used.set(buffer, [...(used.get(buffer) ?? []), variable])
      return bytes ? [{ kind: 'copy', place: { slab, offset: from, bytes }, to: staging[buffer]!, at: offset }] : []
    })
    this.made.submit('read variables', copies)
    this.counters.reads++
    const values = new Map<string, Output>()
    await Promise.all(
      [...used].map(([i, variables]) =>
        staging[i]!.read(bytes => {
          for (const variable of variables)
            values.set(variable.name, decode(variable, bytes, places.get(variable.name)!.offset))
        }),
      ),
    )
    if (this.staging) for (const one of staging) one.destroy()
    else this.staging = staging
    return Object.fromEntries(wanted.map(({ name }) => [name, values.get(name)!]))
  }

  private stagingPlaces(): Map<string, { buffer: number; offset: number }> {
    const places = new Map<string, { buffer: number; offset: number }>()
    let buffer = 0
    let end = 0
    for (const [name, variable] of this.variables) {
      const bytes = Math.ceil(bytesOf(variable) / 8) * 8
      if (end > 0 && end + bytes > this.device.limits.maxBufferSize) {
        buffer++
        end = 0
      }
      places.set(name, { buffer, offset: end })
      end += bytes
    }
    return places
  }

  private createStaging(places: ReturnType<Session['stagingPlaces']>): Staging[] {
    const sizes: number[] = []
    for (const [name, { buffer, offset }] of places)
      sizes[buffer] = Math.max(sizes[buffer] ?? 8, offset + Math.ceil(bytesOf(this.variables.get(name)!) / 8) * 8)
    return sizes.map((size, i) => this.made.staging(`variables ${i}`, size))
  }
}

/** Throws `NonFinite`, naming entry, output and element, if a float output holds an infinity or NaN. */
export function checkFinite(
  entry: string,
  outputs: Readonly<Outputs>,
  names: readonly string[] = Object.keys(outputs),
): void {
  for (const name of names) {
    const values = outputs[name]
    const at = values ? brokenAt(values) : -1
    if (at >= 0)
      throw new NonFinite(
        `output ${name} of ${entry} is ${shown(values!, at)}: lower the learning rate, or look for a division by zero or a log of one.`,
      )
  }
}

/**
 * The same of variables, in the program's order: the first that is broken is named, the others are counted. A loss may stay
 * finite while parameters and running statistics are not (a NaN can fall under a mask, or on a class that is not seen).
 */
export function checkVariables(variables: Readonly<Outputs>): void {
  const broken = Object.entries(variables).filter(([, values]) => brokenAt(values) >= 0)
  if (broken.length === 0) return
  const [name, values] = broken[0]!
  const others = broken.length - 1
  throw new NonFinite(
    `variable ${name} is ${shown(values, brokenAt(values))}${others ? `, and ${others} other${others > 1 ? 's are' : ' is'} not finite` : ''}: lower the learning rate, or look for a division by zero or a log of one.`,
  )
}

/** Where the first infinity or NaN is; -1 if there is none. A f16 tensor is its bits. */
function brokenAt(values: Output): number {
  if (values instanceof Float32Array) return values.findIndex(value => !Number.isFinite(value))
  return values instanceof Uint16Array ? values.findIndex(bits => (bits & 0x7c00) === 0x7c00) : -1
}
function shown(values: Output, at: number): string {
  const bits = values[at]! // of a f16 that is not finite
  const value =
    values instanceof Uint16Array ? (bits & 0x3ff ? Number.NaN : bits & 0x8000 ? -Infinity : Infinity) : bits
  return `${value}${values.length > 1 ? ` at element ${at}` : ''}`
}

const list = (names: readonly string[]): string =>
  names.length === 0
    ? 'it has none'
    : `it has ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`
