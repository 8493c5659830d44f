/** What `inspect` and `profile` look at: a shader bundle, or a TypeScript file of entries, which is compiled. */
import { existsSync, statSync } from 'node:fs'
import { compile } from '../compiler/compile.js'
import { type Target, targets } from '../compiler/kernels/target.js'
import type { Program } from '../compiler/plan/program.js'
import { chooseVariant, programOf, weightsOf } from '../runtime/bundle.js'
import type { Device } from '../runtime/device.js'
import { openBundle } from '../runtime/files.js'
import type { Tensors } from '../runtime/safetensors.js'
import { loadEntries } from './entries.js'
import { UsageError } from './errors.js'

export const isBundle = (path: string): boolean =>
  path.endsWith('.facet') || (existsSync(path) && statSync(path).isDirectory())

/** A file of entries is compiled for `target`; of a bundle, the variant is taken that fits `device`. */
export async function programAt(
  path: string,
  {
    entry,
    set,
    target,
    device,
    variant,
  }: {
    readonly entry: readonly string[]
    readonly set: Record<string, number>
    readonly target: Target
    readonly device: Device
    readonly variant?: string | undefined
  },
): Promise<{ program: Program; weights: Tensors }> {
  if (!isBundle(path)) {
    if (variant !== undefined) throw new UsageError(`${path} has no variants: it is no bundle`)
    const { entries, sizes } = await loadEntries(path, { entry, set })
    return { program: compile(entries, sizes, { target }), weights: {} }
  }
  if (Object.keys(set).length) throw new UsageError(`${path} is a bundle: its sizes were set when it was compiled`)
  const bundle = await openBundle(path)
  const program = await programOf(bundle, chooseVariant(bundle, device, variant))
  checkEntries(path, program, entry)
  return { program, weights: await weightsOf(bundle) }
}

/** Throws `UsageError` for an entry that a bundle does not have. */
export function checkEntries(path: string, { entries }: Pick<Program, 'entries'>, wanted: readonly string[]): void {
  const unknown = wanted.find(name => !Object.hasOwn(entries, name))
  if (unknown !== undefined)
    throw new UsageError(`${path} has no entry ${unknown}: it has ${Object.keys(entries).join(', ')}`)
}

export function targetNamed(word: string): Target {
  const target = Object.hasOwn(targets, word) ? targets[word] : undefined
  if (!target) throw new UsageError(`--target ${word} is none of ${Object.keys(targets).join(', ')}`)
  return target
}
