/** What waits to be sent, in a file, so that it needs no memory and outlives its process: a line of JSON for each. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { keepLines, stepOf } from './json.js'

/** Bytes that are read at a time: some thousand metrics. */
const CHUNK = 2 ** 18

export interface Spool<T> {
  add(item: T): void
  /** At most so many of the first that wait; `taken` takes them away. */
  next(most: number): { readonly items: readonly T[]; taken(): void }
  empty(): boolean
  close(): void
}

/** Goes on with what waits in a file, but for what belongs to steps after `done`. */
export function openSpool<T extends { readonly step: number }>(file: string, done: number): Spool<T> {
  keepLines(file, line => stepOf(line) <= done)
  const descriptor = openSync(file, 'a+')
  let [from, end] = [0, fstatSync(descriptor).size]
  return {
    add(item) {
      end += writeSync(descriptor, `${JSON.stringify(item)}\n`)
    },
    next(most) {
      const chunk = Buffer.alloc(Math.min(CHUNK, end - from))
      const read = readSync(descriptor, chunk, 0, chunk.length, from)
      const lines = chunk.toString('utf8', 0, read).split('\n').slice(0, -1).slice(0, most)
      const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
      return {
        items: lines.map(line => JSON.parse(line)),
        taken() {
          from += bytes
          if (from < end) return
          ftruncateSync(descriptor)
          ;[from, end] = [0, 0]
        },
      }
    },
    empty: () => from === end,
    close: () => closeSync(descriptor),
  }
}
