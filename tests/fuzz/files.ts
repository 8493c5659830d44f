/**
 * Mutated files against their readers: each is read, or refused by a typed error that names it, within a second, without
 * much memory; where a format has a digest, every change is refused.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { generator } from '../../models/data/random.js'
import { BadInput } from '../../runtime/errors.js'
import { type Format, formats } from './formats.js'
import { mutated } from './mutations.js'

export interface Fuzzed {
  readonly read: number
  readonly refused: number
  /** What went wrong, with the seed of the file. */
  readonly problems: readonly string[]
}
const SECOND = 1000
/** Bytes that reading a file of a few kilobytes may leave allocated or ask for. */
const MEMORY = 2 ** 26

/** `count` mutated files, of all formats or of one. Stops after ten problems. */
export async function fuzzFiles(count: number, seed: number, only?: string): Promise<Readonly<Record<string, Fuzzed>>> {
  const scratch = mkdtempSync(join(tmpdir(), 'facet-files-'))
  try {
    const known = await formats(scratch)
    const names = Object.keys(known).filter(name => only === undefined || name === only)
    if (names.length === 0) throw new Error(`there is no format ${only}: there are ${Object.keys(known).join(', ')}`)
    const results = Object.fromEntries(names.map(name => [name, { read: 0, refused: 0, problems: [] as string[] }]))
    for (const name of names) await one(known[name]!, join(scratch, name), undefined) // valid files are read
    for (let i = 0; i < count; i++) {
      const name = names[i % names.length]!
      const result = results[name]!
      if (result.problems.length >= 10) continue
      const outcome = await one(known[name]!, join(scratch, name), seed + i)
      if (outcome === 'read' || outcome === 'refused') result[outcome]++
      else result.problems.push(`${name}, seed ${seed + i}: ${outcome}`)
    }
    return results
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Writes the files, one of them mutated as `seed` says, and reads them. */
async function one(format: Format, folder: string, seed: number | undefined): Promise<string> {
  const random = generator(seed ?? 0)
  const names = Object.keys(format.files)
  const chosen = seed === undefined ? undefined : names[Math.floor(random() * names.length)]!
  let how: readonly string[] = []
  let same = true
  for (const [name, content] of Object.entries(format.files)) {
    let bytes = Buffer.from(content)
    if (name === chosen) {
      const result = mutated(bytes, random)
      bytes = Buffer.from(result.file)
      how = result.how
      if (format.fix && random() < 0.7) bytes = Buffer.from(format.fix(bytes))
      same = bytes.equals(content)
    }
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  const what = `${chosen} (${how.join(', ')})`
  const memory = process.memoryUsage().arrayBuffers
  // Of this process, not of the clock: other work on the machine must not look like a slow reader.
  const start = process.cpuUsage()
  let error: unknown
  try {
    await format.read(folder)
  } catch (caught) {
    error = caught
  }
  const { user, system } = process.cpuUsage(start)
  const time = (user + system) / 1000
  const grown = process.memoryUsage().arrayBuffers - memory
  if (seed === undefined && error) throw error
  if (time > SECOND) return `${what} took ${time.toFixed(0)} ms`
  if (grown > MEMORY) return `${what} took ${(grown / 2 ** 20).toFixed(0)} MiB`
  if (error === undefined) return format.sealed && !same ? `${what} was accepted, although it was changed` : 'read'
  const typed = [BadInput, ...(format.errors ?? [])].some(type => error instanceof type)
  if (!typed) return `${what} threw ${error instanceof Error ? error.stack : error}`
  const { message } = error as Error
  if (!message.includes(folder)) return `${what}: the message names no file: ${message}`
  return message.length > 2000 ? `${what}: a message of ${message.length} characters` : 'refused'
}
