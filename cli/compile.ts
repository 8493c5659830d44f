/** `facet compile MODEL.ts -o DIR|FILE.facet`: the entries a file exports, compiled to a shader bundle. */
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Manifest } from '../compiler/bundle/manifest.js'
import { targetOf } from '../compiler/bundle/read.js'
import { bundle, type Files, type VariantName, variantNames } from '../compiler/bundle/write.js'
import type { CompileOptions } from '../compiler/compile.js'
import { type Target, targetFor, targets } from '../compiler/kernels/target.js'
import { tuned } from '../compiler/kernels/tuning.js'
import type { Bytes } from '../compiler/plan/limits.js'
import { parametersIn } from '../runtime/bundle.js'
import type { Device } from '../runtime/device.js'
import { openBundle, saveBundle } from '../runtime/files.js'
import { openDevice } from '../runtime/node.js'
import { readSafetensors, writeSafetensors } from '../runtime/safetensors.js'
import { readCache } from '../tuner/cache.js'
import { sectionOf } from '../tuner/tune.js'
import { entryOptions, loadEntries, titleOf } from './entries.js'
import { UsageError } from './errors.js'
import { contentOf } from './load.js'

interface Options {
  readonly entry: readonly string[]
  readonly set: Record<string, number>
  readonly target: string
  readonly variant: readonly VariantName[]
  readonly weights?: string
  readonly memory?: string
  readonly output: string
}

export function register(program: Command): void {
  entryOptions(program.command('compile'))
    .summary('compile the entries a file exports to a shader bundle, for Node and browsers')
    .description(
      'Compiles the entries that FILE exports (values made by entry(...)) to a shader bundle: a folder, or one file if its name ends with .facet. It holds WGSL, memory plan, graph, declarations for TypeScript and, if given, weights; loadBundle of facet-tensor/runtime loads it without the compiler. The same entries give the same bytes.',
    )
    .option(
      '--target <target>',
      `${Object.keys(targets).join(', ')}; host: this machine's adapter, with the schedules that facet tune found; or a JSON file`,
      'portable',
    )
    .addOption(
      new Option('--variant <name>', 'a variant besides the target, taken where the device can run it; repeat for more')
        .choices(variantNames)
        .default([])
        .argParser(addVariant),
    )
    .option('--weights <file>', 'a safetensors file with every parameter')
    .option('--memory <bytes>', 'bytes that the program may take, such as 512MiB')
    .requiredOption('-o, --output <path>', 'the folder or .facet file to write')
    .action(compileBundle)
}

function addVariant(word: string, variants: readonly VariantName[]): VariantName[] {
  const variant = variantNames.find(name => name === word)
  if (!variant) throw new UsageError(`--variant ${word} is none of ${variantNames.join(', ')}`)
  if (variants.includes(variant)) throw new UsageError(`--variant ${word} is given twice`)
  return [...variants, variant]
}

async function compileBundle(
  file: string,
  { entry, set, target: word, variant, weights, memory, output }: Options,
): Promise<void> {
  const { entries, sizes } = await loadEntries(file, { entry, set })
  const given = weights === undefined ? undefined : readSafetensors(contentOf(weights), weights)
  const values = given?.tensors
  const [first, ...others] = given?.converted ?? []
  if (first) console.log(`${weights}: ${first}${others.length > 0 ? `, and ${others.length} more are converted` : ''}`)
  const { target, choose } = await targetNamed(word, file)
  if (variant.some(name => name === target.name)) throw new UsageError(`--variant ${target.name} is the target already`)
  const files = await bundle(entries, sizes, {
    name: titleOf(file),
    target,
    variants: variant,
    ...(choose ? { choose } : {}),
    ...(memory === undefined ? {} : { memory: memory as Bytes }),
    ...(values ? { weights: variables => writeSafetensors(parametersIn(values, variables, weights!)) } : {}),
  })
  const written = await writeBundle(output, files)
  const missing = variant.filter(name => !written.some(one => one.name === name))
  if (missing.length > 0)
    console.log(
      `left out ${missing.join(' and ')}: no kernel would use what ${missing.length > 1 ? 'they are' : 'it is'} for`,
    )
}

/** Saves a bundle and says what it holds. */
export async function writeBundle(output: string, files: Files): Promise<Manifest['variants']> {
  await saveBundle(output, files)
  // Read back what was written: what is said is what is there.
  const { manifest } = await openBundle(output)
  const contents = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const total = output.endsWith('.facet') ? statSync(output).size : contents
  const shaders = [...files.keys()].filter(name => name.endsWith('.wgsl')).length
  const kernels = shaders || Math.max(...manifest.variants.map(variant => variant.kernels.length))
  const names = Object.keys(manifest.entries).filter(name => name !== 'init')
  const each = manifest.variants.map(({ name, slabs }) => `${name} ${mib(slabs.reduce((a, b) => a + b, 0))} of memory`)
  console.log(
    `${output}: ${names.join(', ')}; ${kernels} kernels, ${(total / 1024).toFixed(0)} KiB${files.has('weights.safetensors') ? ' with weights' : ''}; ${each.join(', ')}`,
  )
  return manifest.variants
}

/** A target by name, from a JSON file, or of this machine, for which the tuner may have found schedules. */
async function targetNamed(word: string, file: string): Promise<{ target: Target } & Pick<CompileOptions, 'choose'>> {
  if (Object.hasOwn(targets, word)) return { target: targets[word]! }
  if (word === 'host') {
    const device = await openDevice()
    try {
      const table = readCache(join(dirname(file), 'facet.tune.json'))[sectionOf(device)]
      return { target: hostTarget(device), ...(table ? { choose: tuned(table) } : {}) }
    } finally {
      device.destroy()
    }
  }
  if (!word.endsWith('.json'))
    throw new UsageError(`--target ${word} is none of ${Object.keys(targets).join(', ')}, host and no .json file`)
  try {
    return { target: targetOf(JSON.parse(new TextDecoder().decode(contentOf(word))), word) }
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${word} is not JSON: ${error.message.split('\n')[0]}`)
    throw error
  }
}

/** The target of this machine's adapter, as bundles call it. */
export const hostTarget = (device: Device): Target => ({ ...targetFor(device), name: 'host' })

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
