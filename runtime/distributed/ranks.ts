/**
 * The processes that run one program together, as the runtime sees them: a number among so many, and sums over all of them.
 * `mpi.ts` has them from MPI; `localRanks` are several devices of one process, side by side.
 */
import type { Exchange, Program } from '../../compiler/plan/program.js'
import { BadInput, FacetError } from '../errors.js'

/** What ranks exchange, by the names of dtypes. */
export type Exchanged = Float32Array | Int32Array | Uint32Array
export type Combine = Exchange['values'][number]['combine']

/** The processes that run a program together, as one of them sees it: `load` takes it. */
export interface Ranks {
  /** From 0. */
  readonly rank: number
  /** How many there are. */
  readonly size: number
  /**
   * Replaces `values` by the sum, maximum or minimum of those of all ranks, element by element: the same bits on each. All
   * ranks make the same calls in the same order. Throws `RankLost` where a rank is gone.
   */
  allReduce(values: Exchanged, combine: Combine): Promise<void>
  /** Ends the job on all ranks, because this one cannot go on; `code` is what processes exit with. Default 1. */
  abort(code?: number): void
}

/** A process of the job is gone, and with it the job. Start it again from its last checkpoint. */
export class RankLost extends FacetError {
  override name = 'RankLost'
  /** `lost`: the ranks that are known to be gone. */
  constructor(
    message: string,
    /** Which ranks are gone, where that is known. */
    readonly lost: readonly number[] = [],
  ) {
    super(message)
  }
}

/** Ranks that should hold the same variables do not. */
export class RanksApart extends FacetError {
  override name = 'RanksApart'
}

/**
 * The first of `parts` that is not the same on all ranks, in a sentence that names it and the ranks that differ from rank 0;
 * `undefined`: all are. Every rank gives as many parts, and gets the same answer.
 */
export async function difference(
  ranks: Ranks,
  parts: readonly (readonly [name: string, value: string | ArrayBufferView<ArrayBuffer>])[],
): Promise<string | undefined> {
  const all = new Uint32Array(parts.length * ranks.size * WORDS)
  const place = (part: number, rank: number): number => (part * ranks.size + rank) * WORDS
  for (const [i, [, value]] of parts.entries()) all.set(await digestOf(value), place(i, ranks.rank))
  await ranks.allReduce(all, 'sum')
  const of = (part: number, rank: number): string => all.slice(place(part, rank), place(part, rank) + WORDS).join()
  for (const [i, [name]] of parts.entries()) {
    const others = Array.from({ length: ranks.size }, (_, rank) => rank).filter(rank => of(i, rank) !== of(i, 0))
    if (others.length)
      return `${name} differs between ranks: rank ${others.join(', ')} of ${ranks.size} has another than rank 0`
  }
  return undefined
}

const WORDS = 8
/** SHA-256, in numbers that ranks exchange. */
export async function digestOf(value: string | ArrayBufferView<ArrayBuffer>): Promise<Uint32Array> {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return new Uint32Array(await globalThis.crypto.subtle.digest('SHA-256', bytes))
}

/** Throws `BadInput` on every rank unless all give the same parts. */
export async function agree(ranks: Ranks, parts: Parameters<typeof difference>[1]): Promise<void> {
  const other = await difference(ranks, parts)
  if (other)
    throw new BadInput(`${other}. Start all of them with the same command, data, adapter and version of facet.`)
}

/** Whether a program is for these ranks, and the same on all of them. Throws `BadInput`. */
export async function checkRanks(program: Program, ranks: Ranks | undefined): Promise<void> {
  const wanted = program.ranks?.size ?? 1
  if (wanted !== (ranks?.size ?? 1))
    throw new BadInput(
      `the program was compiled for ${count(wanted)}, and is loaded by ${count(ranks?.size ?? 1)}: compile it with ranks: { size: ${ranks?.size ?? 1}, ... }${wanted > 1 ? ', or load it with as many ranks' : ''}.`,
    )
  if (!ranks || ranks.size === 1) return
  // Kernels may differ, as devices do; what is exchanged when may not.
  const entries = Object.entries(program.entries).map(([name, { inputs, outputs, exchanges }]) => {
    const typesOf = (all: typeof inputs) => all.map(({ name, shape, dtype }) => [name, shape, dtype])
    const values = exchanges?.map(one => one.values.map(({ bytes, dtype, combine }) => [bytes, dtype, combine]))
    return [name, typesOf(inputs), typesOf(outputs), values]
  })
  const variables = program.variables.map(({ name, shape, dtype }) => [name, shape, dtype])
  await agree(ranks, [['the program', JSON.stringify([program.ranks, entries, variables])]])
}
const count = (ranks: number): string => (ranks === 1 ? 'one process' : `${ranks} ranks`)

/** One rank's part of an exchange that not all have come to yet. */
interface Part {
  readonly values: Exchanged
  readonly combine: Combine
  readonly done: () => void
  readonly failed: (error: Error) => void
}

/**
 * Ranks in one process: each has its session, on a device of its own or all on one. What is exchanged is added up in the
 * order of the ranks.
 */
export function localRanks(size: number): readonly Ranks[] {
  const waiting: Part[][] = Array.from({ length: size }, () => [])
  let lost: RankLost | undefined
  const meet = (): void => {
    const parts = waiting.map(queue => queue[0])
    if (!parts.every(part => part !== undefined)) return
    for (const queue of waiting) queue.shift()
    const [first, ...others] = parts as [Part, ...Part[]]
    const other = others.find(
      ({ values, combine }) => values.length !== first.values.length || combine !== first.combine,
    )
    if (other) {
      const words = ({ values, combine }: Part) => `the ${combine} of ${values.length} values`
      const error = new FacetError(`ranks exchange different things: ${words(first)} and ${words(other)}.`)
      for (const part of parts as Part[]) part.failed(error)
      return
    }
    const combined = first.values.slice()
    for (const { values } of others) combine(combined, values, first.combine)
    for (const { values, done } of parts as Part[]) {
      values.set(combined)
      done()
    }
  }
  return waiting.map((queue, rank) => ({
    rank,
    size,
    allReduce: (values, combine) =>
      new Promise((done, failed) => {
        if (lost) return failed(lost)
        queue.push({ values, combine, done, failed })
        meet()
      }),
    abort() {
      lost = new RankLost(`rank ${rank} of ${size} has ended: start all ranks again from the last checkpoint.`)
      for (const { failed } of waiting.flat()) failed(lost)
    },
  }))
}

/** Combines `values` into `into`, element by element. */
export function combine(into: Exchanged, values: Exchanged, by: Combine): void {
  // A loop each: these are what all gradients go through.
  if (by === 'sum') for (let i = 0; i < into.length; i++) into[i]! += values[i]!
  else {
    const extreme = by === 'max' ? Math.max : Math.min
    for (let i = 0; i < into.length; i++) into[i] = extreme(into[i]!, values[i]!)
  }
}
