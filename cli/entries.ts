/** The entries that a file exports, with sizes for the names in their shapes: what `compile`, `inspect`, `profile` and `tune` work on. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { type Entry, isEntry, namesOf } from '../compiler/language/entry.js'
import { UsageError } from './errors.js'
import { exportsOf } from './load.js'

/** The argument and options of a command on a file's entries: what `loadEntries` takes. */
export const entryOptions = (command: Command, file = 'a TypeScript file'): Command =>
  command
    .argument('<file>', file)
    .option(
      '--entry <name>',
      'only this entry; repeat for more',
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .option(
      '--set <name=size>',
      'bind a named size; repeat for more (an exported `sizes` object gives defaults)',
      bindSize,
      {},
    )

function bindSize(text: string, sizes: Record<string, number>): Record<string, number> {
  const [, name, size] = /^([A-Za-z_]\w*)=(\d+)$/.exec(text) ?? []
  if (!name || !Number(size)) throw new UsageError(`--set takes name=size with a positive whole size, got ${text}`)
  return { ...sizes, [name]: Number(size) }
}

/**
 * Imports `file`. `entry`: only those of these names, all if there are none. `set` goes before the `sizes` that the file exports. Throws
 * `UsageError` if there is no such file or entry, or a size is not bound.
 */
export async function loadEntries(
  file: string,
  { entry, set }: { readonly entry: readonly string[]; readonly set: Record<string, number> },
): Promise<{ entries: Record<string, Entry>; sizes: Record<string, number> }> {
  const exported = await exportsOf(file)
  const all = Object.entries(exported).filter((pair): pair is [string, Entry] => isEntry(pair[1]))
  if (all.length === 0) throw new UsageError(`${file} exports no entry: export const step = entry({ ... }, ...)`)
  const unknown = entry.find(wanted => !all.some(([name]) => name === wanted))
  if (unknown !== undefined)
    throw new UsageError(`${file} exports no entry ${unknown}: it has ${all.map(([name]) => name).join(', ')}`)
  const entries = Object.fromEntries(all.filter(([name]) => entry.length === 0 || entry.includes(name)))
  const defaults = exported.sizes as Record<string, number> | undefined
  const sizes = { ...defaults, ...set }
  // Those of the other entries, too: one line of `--set` for all of a file.
  const known = [...new Set([...all.flatMap(([, one]) => namesOf(one)), ...Object.keys(defaults ?? {})])]
  const strange = Object.keys(set).find(name => !known.includes(name))
  if (strange !== undefined)
    throw new UsageError(
      `--set ${strange}=${set[strange]}: ${file} has no size ${strange}: it has ${known.join(', ') || 'none'}`,
    )
  const names = [...new Set(Object.values(entries).flatMap(namesOf))]
  const missing = names.find(name => sizes[name] === undefined)
  if (missing) throw new UsageError(`size ${missing} is not bound: add --set ${missing}=64`)
  return { entries, sizes: Object.fromEntries(names.map(name => [name, sizes[name]!])) }
}

/** What a bundle of a file's entries is called. */
export const titleOf = (file: string): string => basename(file).replace(/\.[cm]?[jt]sx?$/, '')
