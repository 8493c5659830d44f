/** What a checkpoint is, wherever it is kept, and how a session gets its variables back from one. */
import { BadInput } from './errors.js'
import type { Session } from './run.js'
import type { Tensors } from './safetensors.js'
import { arrayOf } from './values.js'

/** Anything that JSON holds. */
export type State = Readonly<Record<string, unknown>>
/** A state of training that can be gone on from. */
export interface Checkpoint {
  /** The values of variables, by name, as `readVariables` gives them. */
  readonly tensors: Tensors
  /** What the host has to know beside them: a step, an epoch. */
  readonly state: State
}

/** Where the checkpoints of one run are kept: a folder (`checkpoints(folder)` in Node), memory, a browser's storage. */
export interface Store {
  /** What sentences call it. */
  readonly place: string
  /** The last checkpoint. Throws `BadInput` if there is none or if it is damaged. */
  read(): Promise<Checkpoint>
  /** Keeps a checkpoint in place of the last one, in one step. */
  write(checkpoint: Checkpoint): Promise<void>
  /** Forgets the checkpoints of an earlier run. */
  clear(): Promise<void>
}

/** A store for as long as the process or page lives: enough to go on after the device is lost. */
export function checkpointsInMemory(): Store {
  let last: Checkpoint | undefined
  return {
    place: 'the store in memory',
    read: async () => {
      if (!last) throw new BadInput('the store in memory holds no checkpoint yet.')
      return last
    },
    write: async checkpoint => void (last = checkpoint),
    clear: async () => void (last = undefined),
  }
}

/**
 * Gives the session's variables the values of `tensors`, which `place` names in sentences; those named `run.` and more are
 * a run's own, its losses for one, and are passed over. Throws `BadInput`, having changed nothing, if the others are not
 * exactly the program's variables.
 */
export function restore(session: Session, tensors: Tensors, place: string): void {
  const { variables } = session.program
  for (const { name, shape, dtype } of variables) {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (!tensor) throw new BadInput(`${place} has no variable ${name}: it was saved from another program.`)
    if (tensor.shape.join() !== shape.join() || !(tensor instanceof arrayOf(dtype)))
      throw new BadInput(
        `${place} has variable ${name} as ${tensor.constructor.name} [${tensor.shape.join(', ')}], but the program has it as ${dtype} [${shape.join(', ')}].`,
      )
  }
  const known = new Set(variables.map(({ name }) => name))
  const extra = Object.keys(tensors).find(name => !known.has(name) && !name.startsWith('run.'))
  if (extra !== undefined)
    throw new BadInput(`${place} has variable ${extra}, which the program has not: it was saved from another program.`)
  session.writeVariables(Object.fromEntries(variables.map(({ name }) => [name, tensors[name]!])))
}
