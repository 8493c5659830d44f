/** Files and folders of a data set: one that cannot be read is a `DataError` with its name. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf } from '../../runtime/reasons.js'
import { DataError } from './examples.js'

export const contentOf = (file: string): Buffer => read(file, () => readFileSync(file))
export const textOf = (file: string): string => contentOf(file).toString('utf8')
/** The lines of a file that are not empty, such as names of classes; none of a file that is not there. */
export const linesOf = (file: string): string[] =>
  existsSync(file)
    ? textOf(file)
        .split('\n')
        .map(line => line.trim())
        .filter(Boolean)
    : []
export const namesIn = (folder: string): string[] => read(folder, () => readdirSync(folder))
/** The names of the folders in one, in order, without hidden ones. */
export const foldersIn = (folder: string): string[] =>
  namesIn(folder)
    .filter(name => !name.startsWith('.'))
    .filter(name => read(join(folder, name), () => statSync(join(folder, name)).isDirectory()))
    .sort()

function read<T>(path: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    const reason = reasonOf(error)
    throw reason === undefined ? error : new DataError(`${path} cannot be read: ${reason}`)
  }
}

/** Opens a file for as long as `body` takes: a set may have thousands, of which not all can be open. */
export async function opened<T>(file: string, body: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file).catch(error => {
    throw new DataError(`${file} cannot be read: ${reasonOf(error) ?? error.message}`)
  })
  try {
    return await body(handle)
  } finally {
    await handle.close()
  }
}

/** Bytes of a file from a place on; fewer at its end. */
export async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
