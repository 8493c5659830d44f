/**
 * The cache file: a tuning table per adapter and driver. Its text is stable (sorted keys, a line per kernel), so that it can
 * be committed and its changes read.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkTable, fail, record, TuningError, type TuningTable } from '../compiler/kernels/tuning.js'

/** Tables by what `sectionOf` calls a device. */
export type TuningCache = Readonly<Record<string, TuningTable>>

const FORMAT = 'facet-tune/1'

/** The cache in `file`; empty if there is no file. Throws `TuningError` with file and field if it is not right. */
export function readCache(file: string): TuningCache {
  if (!existsSync(file)) return {}
  try {
    return parseCache(textOf(file))
  } catch (error) {
    if (error instanceof TuningError) error.message = `${file}: ${error.message}`
    throw error
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new TuningError(`cannot be read (${(error as Error).message})`)
  }
}

/** Throws `TuningError` with the field that is not right. */
export function parseCache(text: string): TuningCache {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    throw new TuningError(`is not JSON (${(error as Error).message})`)
  }
  const { format, adapters } = record(given, 'the file')
  if (format !== FORMAT) fail('format', `must be "${FORMAT}", got ${JSON.stringify(format) ?? 'nothing'}`)
  const tables = record(adapters, 'adapters')
  return Object.fromEntries(Object.keys(tables).map(name => [name, checkTable(tables[name], `adapters["${name}"]`)]))
}

/** The cache with the table of one adapter replaced. */
export const withTable = (cache: TuningCache, section: string, table: TuningTable): TuningCache => ({
  ...cache,
  [section]: table,
})

/** Puts the cache in place of the file in one step, and makes its folder if need be: a process killed meanwhile loses nothing. */
export function writeCache(file: string, cache: TuningCache): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.partial`, cacheText(cache))
  renameSync(`${file}.partial`, file)
}

export function cacheText(cache: TuningCache): string {
  const sorted = <T>(map: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))
  const object = (lines: readonly string[], indent: string): string =>
    lines.length ? `{\n${lines.map(line => `${indent}  ${line}`).join(',\n')}\n${indent}}` : '{}'
  const adapters = sorted(cache).map(([name, table]) => {
    const kernels = sorted(table).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    return `${JSON.stringify(name)}: ${object(kernels, '    ')}`
  })
  return `${object([`"format": "${FORMAT}"`, `"adapters": ${object(adapters, '  ')}`], '')}\n`
}
