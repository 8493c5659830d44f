/**
 * What is true while an entry is being traced: which values variables have by now, whether layers train, and which
 * random stream comes next. There is at most one trace at a time; operations do not know of it.
 */
import { checkFunction, currentScope, type Tensor, withScope } from '../graph/node.js'
import { ShapeError } from '../graph/shape.js'
import { unlessAlone } from './copies.js'

export interface Trace {
  readonly entry: string
  /** The latest value of each updated variable (leaf node -> value). */
  readonly updates: Map<Tensor, Tensor>
  /** u32 scalars that key the random streams. */
  readonly seed: Tensor
  readonly step: Tensor
  training: boolean
  /** `update` does nothing while true. */
  held: boolean
  /** How many streams each module path has drawn; under `redrawn`, how many it has drawn, whatever the path. */
  streams: Map<string, number>
  /** Stands for the module path under `redrawn`. */
  streamPath?: string | undefined
}

let current: Trace | undefined

export function currentTrace(what: string): Trace {
  if (!current)
    throw new ShapeError(
      `${what} works only while an entry is traced: call it inside the body of entry(...)${unlessAlone()}`,
    )
  return current
}

export function tracing<T>(trace: Trace, body: () => T): T {
  if (current) throw new ShapeError(`cannot trace entry ${trace.entry} inside entry ${current.entry}`)
  current = trace
  try {
    return withScope('', body)
  } finally {
    current = undefined
  }
}

/** Whether layers are in training form (batch statistics, dropout). True unless inside `evaluating`. */
export const isTraining = (): boolean => current?.training ?? true

/** Builds `body` with layers in evaluation form: batch norm uses its running statistics and updates nothing. */
export const evaluating = <T>(body: () => T): T => during('evaluating', { training: false }, body)

/** Builds `body` without the updates it makes: a further pass through layers whose statistics have moved already. */
export const holding = <T>(body: () => T): T => during('holding', { held: true }, body)

/** Builds `body` with parts of the trace set, and sets them back. */
function during<T>(what: string, parts: Partial<Trace>, body: () => T): T {
  checkFunction(what, body)
  const trace = currentTrace(what)
  const before = Object.fromEntries(Object.keys(parts).map(key => [key, trace[key as keyof Trace]]))
  Object.assign(trace, parts)
  try {
    return body()
  } finally {
    Object.assign(trace, before)
  }
}

/** Builds `body` with the random streams that belong to `key`: every call with the same key draws the same numbers. */
export const redrawn = <T>(key: string, body: () => T): T =>
  during('redrawn', { streams: new Map(), streamPath: key }, body)

/** The entry that is being traced, if one is. */
export const tracedNow = (): string | undefined => current?.entry

/** Builds `body` with random numbers keyed by `seed` (u32 scalar) in place of the program's. */
export const reseeded = <T>(seed: Tensor, body: () => T): T => during('a random number', { seed }, body)

/** Builds `body`, which may not update variables. Throws `ShapeError` if it does, saying that `what` does and the way out. */
export function updatingNothing<T>(what: string, instead: string, body: () => T): T {
  const before = new Map(current?.updates)
  const result = body()
  for (const [variable, value] of current?.updates ?? [])
    if (before.get(variable) !== value)
      throw new ShapeError(`${what} updates variable ${variable.attributes.name}, but is traced only once: ${instead}`)
  return result
}

/**
 * A number for one random call site: a hash (FNV-1a) of the module path and of how many streams that path has drawn
 * before, so that adding a module does not change the numbers of the others.
 */
export function nextStream(): number {
  const { streams, streamPath, entry } = currentTrace('a random number')
  const path = `${entry}/${streamPath ?? currentScope()}`
  const count = streams.get(path) ?? 0
  streams.set(path, count + 1)
  let hash = 0x811c9dc5
  for (const character of `${path}#${count}`) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}
