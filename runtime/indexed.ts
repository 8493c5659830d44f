/** Checkpoints in a browser's IndexedDB, which a page finds again after a reload. */
import { BadInput } from './errors.js'
import type { Checkpoint, Store } from './restore.js'
import { readSafetensors, writeSafetensors } from './safetensors.js'

const [DATABASE, TABLE] = ['facet', 'checkpoints']

/** The last checkpoint of the run of that name, for all pages of this origin. Throws `BadInput` where the browser keeps nothing. */
export function checkpointsInBrowser(name: string): Store {
  const place = `checkpoint ${name} in this browser`
  /** In one transaction: it is done as a whole or not at all. */
  const use = async <T>(mode: IDBTransactionMode, act: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    try {
      const database = await opened()
      try {
        const transaction = database.transaction(TABLE, mode)
        const request = act(transaction.objectStore(TABLE))
        await new Promise<void>((resolve, reject) => {
          transaction.oncomplete = () => resolve()
          transaction.onabort = () => reject(transaction.error ?? request.error ?? new Error('it was given up'))
        })
        return request.result
      } finally {
        database.close()
      }
    } catch (error) {
      throw new BadInput(`${place} cannot be used: ${(error as Error).message || (error as Error).name}.`)
    }
  }
  return {
    place,
    async read(): Promise<Checkpoint> {
      const file = await use('readonly', table => table.get(name))
      if (!(file instanceof Uint8Array)) throw new BadInput(`there is no ${place} yet.`)
      const { tensors, metadata } = readSafetensors(file as Uint8Array<ArrayBuffer>, place)
      return { tensors, state: JSON.parse(metadata.state ?? '{}') }
    },
    write: async ({ tensors, state }) =>
      void (await use('readwrite', table =>
        table.put(writeSafetensors(tensors, { state: JSON.stringify(state) }), name),
      )),
    clear: async () => void (await use('readwrite', table => table.delete(name))),
  }
}

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
