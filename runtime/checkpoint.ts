/**
 * Checkpoints on disk: a folder with `weights.safetensors`, which holds the variables and, as metadata, the state of the
 * training (step, data position ...), so that both change in one rename: a process killed at any moment leaves the
 * checkpoint from before or the new one, whole. The one before the last stays as `previous.safetensors`, and `state.json`
 * is a copy of the state for people to read. A SHA-256 digest of the whole file is its first metadatum: no changed bit
 * goes unnoticed.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BadInput } from './errors.js'
import { reasonOf } from './reasons.js'
import { type Checkpoint, restore, type State, type Store } from './restore.js'
import type { Session } from './run.js'
import { readSafetensors, type Tensors, writeSafetensors } from './safetensors.js'

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
  restore(session, tensors, folder)
  return state
}

/** Checkpoints of one run in `folder`, the last two of them. */
export const checkpoints = (folder: string): Store => ({
  place: folder,
  read: () => readCheckpoint(folder),
  write: checkpoint => writeCheckpoint(folder, checkpoint),
  clear: async () => {
    for (const name of [WEIGHTS, PREVIOUS]) await rm(join(folder, name), { force: true })
  },
})

/** Writes a checkpoint; see `saveCheckpoint`. Throws `BadInput` if the folder cannot be written. */
export async function writeCheckpoint(folder: string, { tensors, state }: Checkpoint): Promise<void> {
  const file = sealed(tensors, JSON.stringify(state))
  try {
    await mkdir(folder, { recursive: true })
    await replaceFile(join(folder, WEIGHTS), file, join(folder, PREVIOUS))
    await replaceFile(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`)
  } catch (error) {
    throw fileError(error, `cannot write checkpoint ${folder}`)
  }
}

/**
 * The tensors and state saved in `folder`: the last, or the one before where a process was killed just as it put the last
 * in place. Throws `BadInput` if there is none, or if the file is damaged.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const path = join(folder, WEIGHTS)
  const older = join(folder, PREVIOUS)
  const last = await readFile(path).catch(async error => {
    const before = error.code === 'ENOENT' ? await readFile(older).catch(() => undefined) : undefined
    if (before) return { before }
    throw fileError(error, `cannot read checkpoint ${folder}`)
  })
  if ('before' in last) return opened(last.before, older)
  try {
    return opened(last, path)
  } catch (error) {
    const before = await readFile(older)
      .then(file => opened(file, older))
      .catch(() => undefined)
    if (!before || !(error instanceof BadInput)) throw error
    throw new BadInput(
      `${error.message} The checkpoint before it is whole: to use it, rename ${PREVIOUS} to ${WEIGHTS}.`,
    )
  }
}

// The digest

const DIGITS = 64
const MARK = '{"__metadata__":{"digest":"'
/** Where the digest begins: after the length of the header and what every such header begins with. */
const AT = 8 + MARK.length

/** A file whose digest is of all other bytes. */
function sealed(tensors: Tensors, state: string): Uint8Array {
  const file = writeSafetensors(tensors, { digest: '0'.repeat(DIGITS), format: 'facet-checkpoint/2', state })
  file.set(new TextEncoder().encode(digestOf(file)), AT)
  return file
}

const digestOf = (file: Uint8Array): string =>
  createHash('sha256')
    .update(file.subarray(0, AT))
    .update(file.subarray(AT + DIGITS))
    .digest('hex')

/** What a file holds. Throws `BadInput` unless it is as it was written. */
function opened(file: Uint8Array, path: string): Checkpoint {
  const text = (from: number, to: number): string => String.fromCharCode(...file.subarray(from, to))
  const digest = text(8, AT) === MARK ? text(AT, AT + DIGITS) : undefined
  // Damage to the structure has a sentence of its own.
  const { tensors, metadata } = readSafetensors(file, path)
  if (digest === undefined)
    throw new BadInput(`${path} is no checkpoint: at byte 8 it has no digest, as a file of weights alone would not.`)
  if (digest !== digestOf(file))
    throw new BadInput(`${path} is damaged: what it holds is not what the digest at byte ${AT} was made of.`)
  try {
    const state = JSON.parse(metadata.state ?? '{}')
    if (typeof state !== 'object' || state === null || Array.isArray(state)) throw new Error('it is no object')
    return { tensors, state }
  } catch (error) {
    throw new BadInput(`${path} has a damaged training state: ${(error as Error).message}.`)
  }
}

// Files

/**
 * Puts `content` in place of the file in one step: whoever reads it sees the old file or the new one. With `keep` the old
 * one stays under that name; a process killed in between leaves it only there. Where it fails nothing half-written is left, and the
 * error names the file, or the folder that is not there, not the file that was to take its place.
 */
export async function replaceFile(path: string, content: string | Uint8Array, keep?: string): Promise<void> {
  const partial = `${path}.partial`
  try {
    await replaceBy(partial, path, content, keep)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw Object.assign(error as Error, { path: missing ? dirname(path) : path })
  }
}

async function replaceBy(partial: string, path: string, content: string | Uint8Array, keep?: string): Promise<void> {
  const file = await open(partial, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  if (keep !== undefined)
    await rename(path, keep).catch(error => {
      if (error.code !== 'ENOENT') throw error
    })
  await rename(partial, path)
  // The new name itself must reach the disk too; not every platform can sync a folder.
  const folder = await open(dirname(path)).catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

const WEIGHTS = 'weights.safetensors'
const PREVIOUS = 'previous.safetensors'
function fileError(error: unknown, what: string): unknown {
  const reason = reasonOf(error)
  return reason === undefined ? error : new BadInput(`${what}: ${reason}.`)
}
