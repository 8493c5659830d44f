/**
 * What is true while an entry is being traced: which values variables have by now, whether layers train, and which
 * random stream comes next. There is at most one trace at a time; operations do not know of it.
 */
import { currentScope, type Tensor, withScope } from '../graph/node.js'

export interface Trace {
  readonly entry: string
  /** The latest value of each updated variable (leaf node -> value). */
  readonly updates: Map<Tensor, Tensor>
  /** u32 scalars that key the random streams. */
  readonly seed: Tensor
  readonly step: Tensor
  training: boolean
  readonly streams: Map<string, number>
}

let current: Trace | undefined

export function currentTrace(what: string): Trace {
  if (!current) throw new Error(`${what} works only while an entry is traced: call it inside the body of entry(...)`)
  return current
}

export function tracing<T>(trace: Trace, body: () => T): T {
  if (current) throw new Error(`cannot trace entry ${trace.entry} inside entry ${current.entry}`)
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
export function evaluating<T>(body: () => T): T {
  const trace = currentTrace('evaluating')
  const before = trace.training
  trace.training = false
  try {
    return body()
  } finally {
    trace.training = before
  }
}

/**
 * A number for one random call site: a hash (FNV-1a) of the module path and of how many streams that path has drawn
 * before, so that adding a module does not change the numbers of the others.
 */
export function nextStream(): number {
  const { streams, entry } = currentTrace('a random number')
  const path = `${entry}/${currentScope()}`
  const count = streams.get(path) ?? 0
  streams.set(path, count + 1)
  let hash = 0x811c9dc5
  for (const character of `${path}#${count}`) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash >>> 0
}
