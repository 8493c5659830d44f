/** What `inspect`, `profile` and `tune` look at: a shader bundle, or a TypeScript file of entries. */
import { existsSync, statSync } from 'node:fs'
import type { Manifest, Variant } from '../compiler/bundle/manifest.js'
import { graphsOf } from '../compiler/bundle/read.js'
import { compile, traceEntries } from '../compiler/compile.js'
import type { Graph } from '../compiler/graph/graph.js'
import { type Target, targets } from '../compiler/kernels/target.js'
import type { Program } from '../compiler/plan/program.js'
import { type Bundle, chooseVariant, programOf, weightsOf } from '../runtime/bundle.js'
import type { Device } from '../runtime/device.js'
import { openBundle } from '../runtime/files.js'
import type { Tensors } from '../runtime/safetensors.js'
import { loadEntries, titleOf } from './entries.js'
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
  const bundle = await openUnbound(path, set)
  const program = await programOf(bundle, chooseVariant(bundle, device, variant))
  checkEntries(path, program, entry)
  return { program, weights: await weightsOf(bundle) }
}

/** What can be compiled again. */
export interface Source extends Pick<Manifest, 'name' | 'sizes'> {
  /** `init` and those of the entries. */
  readonly graphs: readonly Graph[]
  /** How: the first whose precision the adapter has. */
  readonly ways: readonly Pick<Variant, 'precision' | 'memory'>[]
  /** A safetensors file. */
  readonly weights?: Uint8Array<ArrayBuffer>
}

/** The graphs of a file of entries, or of a bundle; only those of the entries that are named, if any are. */
export async function sourceAt(
  path: string,
  { entry, set }: { readonly entry: readonly string[]; readonly set: Record<string, number> },
): Promise<Source> {
  if (!isBundle(path)) {
    const { entries, sizes } = await loadEntries(path, { entry, set })
    return { name: titleOf(path), sizes, graphs: traceEntries(entries, sizes), ways: [{ precision: 'f32' }] }
  }
  const bundle = await openUnbound(path, set)
  const { manifest } = bundle
  checkEntries(path, manifest, entry)
  const graphs = graphsOf(new TextDecoder().decode(await bundle.file('graph.txt')))
  return {
    name: manifest.name,
    sizes: manifest.sizes,
    graphs: graphs.filter(({ name }) => entry.length === 0 || name === 'init' || entry.includes(name)),
    ways: manifest.variants,
    ...(Object.hasOwn(manifest.files, WEIGHTS) && { weights: await bundle.file(WEIGHTS) }),
  }
}
const WEIGHTS = 'weights.safetensors'

function openUnbound(path: string, set: Record<string, number>): Promise<Bundle> {
  if (Object.keys(set).length) throw new UsageError(`${path} is a bundle: its sizes were set when it was compiled`)
  return openBundle(path)
}

/** Throws `UsageError` for an entry that a bundle does not have. */
export function checkEntries(
  path: string,
  { entries }: Pick<Program, 'entries'> | Pick<Manifest, 'entries'>,
  wanted: readonly string[],
): void {
  const unknown = wanted.find(name => !Object.hasOwn(entries, name))
  if (unknown !== undefined)
    throw new UsageError(`${path} has no entry ${unknown}: it has ${Object.keys(entries).join(', ')}`)
}

export function targetNamed(word: string): Target {
  const target = Object.hasOwn(targets, word) ? targets[word] : undefined
  if (!target) throw new UsageError(`--target ${word} is none of ${Object.keys(targets).join(', ')}`)
  return target
}
