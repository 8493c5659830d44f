/** Files and folders of a data set: one that cannot be read is a `DataError` with its name. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf } from '../../runtime/reasons.js'
import { DataError } from './examples.js'

export const contentOf = (file: string): Buffer => read(file, () => readFileSync(file))
export const textOf = (file: string): string => contentOf(file).toString('utf8')
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
