/** `facet run BUNDLE --entry embed --input images=batch.npy -o features.npy`: one run of an entry, arrays in, arrays out. */
import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Output } from '../runtime/node.js'
import { loadBundle, openDevice } from '../runtime/node.js'
import { readNpy, writeNpy } from '../runtime/npy.js'
import { UsageError } from './errors.js'
import { contentOf } from './load.js'

interface Options {
  readonly entry?: string
  readonly input: readonly (readonly [name: string, path: string])[]
  readonly output: readonly string[]
  readonly seed: number
  readonly weights?: string
  readonly variant?: string
}

export function register(program: Command): void {
  program
    .command('run')
    .summary('run an entry of a shader bundle on arrays in npy files')
    .description(
      'Loads BUNDLE (a folder or .facet file) and runs one entry once. Variables have the weights of the bundle, or initial values drawn from the seed. Outputs that are not written to a file are printed.',
    )
    .argument('<bundle>', 'a folder or .facet file, or its URL')
    .option('--entry <name>', 'the entry to run (default: the only one)')
    .option('--input <name=file>', 'an npy file for an input; repeat for more', addInput, [])
    .option(
      '-o, --output <[name=]file>',
      'an npy file for an output (no name: the only output); repeat for more',
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option('--seed <n>', 'seed of the initial values and of random numbers', seedOf, 0)
    .option('--weights <file>', 'a safetensors file in place of the weights of the bundle')
    .option('--variant <name>', 'the variant to load (default: the first that the adapter can run)')
    .action(run)
}

async function run(path: string, { entry: wanted, input, output, seed, weights, variant }: Options): Promise<void> {
  const inputs = Object.fromEntries(input.map(([name, file]) => [name, readNpy(contentOf(file), file)]))
  const given = weights === undefined ? {} : { weights: contentOf(weights) }
  const device = await openDevice()
  try {
    const session = await loadBundle(device, path, { seed, ...given, ...(variant === undefined ? {} : { variant }) })
    const names = Object.keys(session.program.entries).filter(name => name !== 'init')
    const entry = wanted ?? (names.length === 1 ? names[0]! : undefined)
    if (entry === undefined || !names.includes(entry))
      throw new UsageError(
        entry === undefined
          ? `${path} has ${names.join(', ')}: name one with --entry`
          : `${path} has no entry ${entry}: it has ${names.join(', ')}`,
      )
    const { inputs: expected, outputs } = session.program.entries[entry]!
    for (const { name, shape } of expected)
      if (Object.hasOwn(inputs, name) && inputs[name]!.shape.join() !== shape.join())
        throw new UsageError(
          `input ${name} has shape [${inputs[name]!.shape.join(', ')}], and ${entry} takes [${shape.join(', ')}]`,
        )
    const targets = filesOf(
      output,
      outputs.map(({ name }) => name),
      entry,
    )
    const results = (await session.call(entry, inputs)) as Record<string, Output>
    for (const [name, value] of Object.entries(results)) {
      const file = targets.get(name)
      if (file !== undefined) writeFileSync(file, writeNpy(value))
      console.log(`${name} ${show(value)}${file === undefined ? '' : ` written to ${file}`}`)
    }
    session.destroy()
  } finally {
    device.destroy()
  }
}

/** Which file each named output goes to. */
function filesOf(given: readonly string[], names: readonly string[], entry: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const text of given) {
    const [, name, file] = /^(?:([^=/\\]+)=)?(.+)$/s.exec(text)!
    if (name === undefined && names.length !== 1)
      throw new UsageError(`${entry} gives ${names.join(', ')}: write one with -o NAME=${file}`)
    const output = name ?? names[0]!
    if (!names.includes(output)) throw new UsageError(`${entry} has no output ${output}: it has ${names.join(', ')}`)
    if (files.has(output)) throw new UsageError(`output ${output} is given two files`)
    files.set(output, file!)
  }
  return files
}

const show = (value: Output): string => {
  const shown = [...value.subarray(0, 4)].map(v => Number(v.toPrecision(6)))
  return `[${value.shape.join(', ')}]: ${shown.join(', ')}${value.length > 4 ? ', ...' : ''}`
}

function addInput(text: string, inputs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const [, name, file] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (!name || !file) throw new UsageError(`--input takes name=file.npy, got ${text}`)
  if (inputs.some(([other]) => other === name)) throw new UsageError(`input ${name} is given twice`)
  return [...inputs, [name, file]]
}

function seedOf(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(seed < 2 ** 32)) throw new UsageError(`--seed takes a whole number below 2^32, got ${text}`)
  return seed
}
