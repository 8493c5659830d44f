/**
 * Checkpoints on disk: a folder with `weights.safetensors`, which holds the variables and, as metadata, the state of the
 * training (step, data position ...), so that both change in one rename: a process killed at any moment leaves the
 * checkpoint from before or the new one, whole. `state.json` beside it is a copy of the state for people to read.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BadInput } from './errors.js'
import type { Session } from './run.js'
import { readSafetensors, type Tensors, writeSafetensors } from './safetensors.js'
import { arrayOf } from './values.js'

/** Anything that JSON holds. */
export type State = Readonly<Record<string, unknown>>
export interface Checkpoint {
  readonly tensors: Tensors
  readonly state: State
}

/** Writes the session's variables, as they are after the runs enqueued so far, and `state` into `folder`, which is made if need be. */
export async function saveCheckpoint(folder: string, session: Session, state: State = {}): Promise<void> {
  await writeCheckpoint(folder, { tensors: await session.readVariables(), state })
}

/**
 * Gives the session the variables saved in `folder` and returns the state saved with them. Throws `BadInput`, having
 * changed nothing, if the file is missing or damaged or was saved from other variables.
 */
export async function loadCheckpoint(folder: string, session: Session): Promise<State> {
  const { tensors, state } = await readCheckpoint(folder)
  const file = join(folder, weights)
  for (const { name, shape, dtype } of session.program.variables) {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (!tensor) throw new BadInput(`${file} has no variable ${name}: it was saved from another program.`)
    if (tensor.shape.join() !== shape.join() || !(tensor instanceof arrayOf(dtype)))
      throw new BadInput(
        `${file} has variable ${name} as ${tensor.constructor.name} [${tensor.shape.join(', ')}], but the program has it as ${dtype} [${shape.join(', ')}].`,
      )
  }
  const known = new Set(session.program.variables.map(({ name }) => name))
  const extra = Object.keys(tensors).find(name => !known.has(name))
  if (extra !== undefined)
    throw new BadInput(`${file} has variable ${extra}, which the program has not: it was saved from another program.`)
  session.writeVariables(tensors)
  return state
}

/** Writes a checkpoint; see `saveCheckpoint`. Throws `BadInput` if the folder cannot be written. */
export async function writeCheckpoint(folder: string, { tensors, state }: Checkpoint): Promise<void> {
  const text = JSON.stringify(state)
  try {
    await mkdir(folder, { recursive: true })
    await replaceFile(join(folder, weights), writeSafetensors(tensors, { format: 'facet-checkpoint/1', state: text }))
    await replaceFile(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`)
  } catch (error) {
    throw fileError(error, `cannot write checkpoint ${folder}`)
  }
}

/** The tensors and state saved in `folder`. Throws `BadInput` if the file is missing or damaged. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const path = join(folder, weights)
  const file = await readFile(path).catch(error => {
    throw fileError(error, `cannot read checkpoint ${folder}`)
  })
  const { tensors, metadata } = readSafetensors(file, path)
  try {
    const state = JSON.parse(metadata.state ?? '{}')
    if (typeof state !== 'object' || state === null || Array.isArray(state)) throw new Error('it is no object')
    return { tensors, state }
  } catch (error) {
    throw new BadInput(`${path} has a damaged training state: ${(error as Error).message}.`)
  }
}

/** Puts `content` in place of the file in one step: whoever reads it sees the old file or the new one. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.partial`
  const file = await open(partial, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(partial, path)
  // The new name itself must reach the disk too; not every platform can sync a folder.
  const folder = await open(dirname(path)).catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

const weights = 'weights.safetensors'
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in the place of a folder',
  EISDIR: 'a folder is in the place of a file',
  EACCES: 'permission denied',
  ENOSPC: 'the disk is full',
}

function fileError(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? error : new BadInput(`${what}: ${reasons[code] ?? (error as Error).message}.`)
}
