/**
 * `manifest.json` of a shader bundle, checked field by field. What is read is untrusted: every field is there, is of its type
 * and within bounds, and every name is a name, before anything is made of it. Whether places lie in their slabs and a device
 * can run it is for `validate.ts`.
 */
import type { Described, Manifest, Placed, Requirements, Variant, VariantEntry } from '../compiler/bundle/manifest.js'
import { isFileName } from './archive.js'
import { BadInput } from './errors.js'
import { arrayOf } from './values.js'

const MOST = { entries: 1_000, variables: 100_000, tensors: 10_000, variants: 16, slabs: 10_000, kernels: 10_000 }
const MOST_DISPATCHES = 1_000_000
const MOST_FILES = 10_000
const MOST_SCRATCH_BYTES = 2 ** 28
const RANK = 32
/** The longest WGSL text, and the longest WebAssembly module, worth handing to a compiler. */
const MOST_CODE_BYTES: Readonly<Record<string, number>> = { wgsl: 2 ** 22, wasm: 2 ** 26 }

/** Throws `BadInput`: file, field, what it is and what it should be. */
export function checkManifest(text: string, what: string): Manifest {
  const root = new Field(parse(text, what), what, '')
  const format = root.at('format')
  if (format.value !== 'facet-bundle/1')
    format.fail('this runtime reads "facet-bundle/1": compile the bundle again with this version')
  const name = root.at('name').text()
  const sizes = root.at('sizes').record(1_000, size => size.count())
  const files = root.at('files').record(MOST_FILES, (file, name) => {
    if (!isFileName(name)) file.fail('its name is no name for a file of a bundle')
    const [, kind = ''] = /\.(wgsl|wasm)$/.exec(name) ?? []
    const most = MOST_CODE_BYTES[kind] ?? Number.MAX_SAFE_INTEGER
    return {
      bytes: file.at('bytes').count(0, most),
      sha256: file.at('sha256').text(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
    }
  })
  const variables = root.at('variables').list(MOST.variables, variable => ({
    ...tensor(variable),
    kind: variable.at('kind').oneOf(['parameter', 'state']),
  }))
  unique(root.at('variables'), variables)
  const entries = root.at('entries').record(MOST.entries, entry => {
    const [inputs, outputs] = ([entry.at('inputs'), entry.at('outputs')] as const).map(list => {
      const tensors = list.list(MOST.tensors, tensor)
      unique(list, tensors)
      return tensors
    })
    return { inputs: inputs!, outputs: outputs! }
  })
  const manifest = { format: 'facet-bundle/1' as const, name, sizes, variables, entries, files }
  const variants = root.at('variants')
  const checked = variants.list(MOST.variants, field => variant(field, manifest))
  if (checked.length === 0) variants.fail('a bundle has one variant at least')
  unique(variants, checked)
  return { ...manifest, variants: checked }
}

function variant(field: Field, { entries, variables, files }: Omit<Manifest, 'variants'>): Variant {
  const places = field.at('variables').list(MOST.variables, place)
  if (places.length !== variables.length)
    field.at('variables').fail(`${places.length} places for ${variables.length} variables`)
  const codeFile = (given: Field, kind: string): string => {
    const file = given.text()
    if (!file.endsWith(kind) || !Object.hasOwn(files, file)) given.fail(`it should be a ${kind} file that files lists`)
    return file
  }
  const wasm = field.maybe('wasm')
  const kernels = field.at('kernels').list(MOST.kernels, kernel => {
    return {
      name: kernel.at('name').text(),
      ...(!wasm && { file: codeFile(kernel.at('file'), '.wgsl') }),
      bindings: kernel.at('bindings').list(64, binding => binding.oneOf(['read', 'read_write'])),
    }
  })
  const run = field.at('entries').record(MOST.entries, (entry, name) => {
    const signature = Object.hasOwn(entries, name)
      ? entries[name]!
      : entry.fail('entries above has no entry of that name')
    return variantEntry(entry, signature, kernels)
  })
  const missing = Object.keys(entries).find(name => !Object.hasOwn(run, name))
  if (missing !== undefined) field.at('entries').fail(`it lacks entry ${missing}`)
  const target = field.at('target')
  target.at('name').text()
  const memory = field.maybe('memory')
  return {
    name: field.at('name').text(),
    // What a compiler makes of it, a compiler checks.
    target: target.value as Variant['target'],
    precision: field.at('precision').oneOf(['f32', 'f16']),
    ...(memory && { memory: memory.count() }),
    requires: requirements(field.at('requires')),
    ...(wasm && {
      wasm: {
        relaxed: codeFile(wasm.at('relaxed'), '.wasm'),
        plain: codeFile(wasm.at('plain'), '.wasm'),
        scratch: wasm.at('scratch').count(0, MOST_SCRATCH_BYTES),
      },
    }),
    slabs: field.at('slabs').list(MOST.slabs, slab => slab.count(4)),
    kernels,
    variables: places,
    entries: run,
  }
}

function variantEntry(
  entry: Field,
  { inputs, outputs }: Manifest['entries'][string],
  kernels: Variant['kernels'],
): VariantEntry {
  const places = (name: 'inputs' | 'outputs', tensors: readonly Described[]): Placed[] => {
    const found = entry.at(name).list(MOST.tensors, place)
    if (found.length !== tensors.length) entry.at(name).fail(`${found.length} places for ${tensors.length} ${name}`)
    return found
  }
  const repeats = entry.maybe('repeats')
  return {
    inputs: places('inputs', inputs),
    outputs: places('outputs', outputs),
    dispatches: entry.at('dispatches').list(MOST_DISPATCHES, dispatch => {
      const workgroups = dispatch.at('workgroups').list(3, count => count.count(0, 2 ** 32 - 1))
      if (workgroups.length !== 3) dispatch.at('workgroups').fail('workgroups are counted in three dimensions')
      return {
        kernel: dispatch.at('kernel').count(0, kernels.length - 1),
        workgroups: workgroups as unknown as [number, number, number],
        bindings: dispatch.at('bindings').list(64, place),
        scope: dispatch.at('scope').text(/^\P{Cc}{0,1000}$/u, 'a module path'),
        flops: dispatch.at('flops').number(),
        bytes: dispatch.at('bytes').number(),
      }
    }),
    ...(repeats && {
      repeats: repeats.list(MOST_DISPATCHES, repeat => ({
        from: repeat.at('from').count(0),
        to: repeat.at('to').count(1),
        times: repeat.at('times').count(1),
      })),
    }),
  }
}

function requirements(field: Field): Requirements {
  const matrix = field.maybe('matrix')
  return {
    adapter: field.at('adapter').oneOf(['any', 'software', 'cpu']),
    features: field.at('features').list(64, feature => feature.text()),
    limits: field.at('limits').record(64, limit => limit.count(0)),
    ...(matrix
      ? {
          matrix: {
            rows: matrix.at('rows').count(),
            columns: matrix.at('columns').count(),
            depth: matrix.at('depth').count(),
            subgroup: matrix.at('subgroup').count(),
          },
        }
      : {}),
  }
}

const tensor = (field: Field): Described => {
  const dtype = field.at('dtype').oneOf(['f32', 'f16', 'i32', 'u32', 'u8', 'bool'])
  const shape = field.at('shape').list(RANK, size => size.count(0, 2 ** 32))
  const bytes = shape.reduce((a, b) => a * b, arrayOf(dtype).BYTES_PER_ELEMENT)
  if (!Number.isSafeInteger(bytes)) field.at('shape').fail('no memory holds so many elements')
  return { name: field.at('name').text(), dtype, shape }
}

function place(field: Field): Placed {
  const numbers = field.list(3, number => number.count(0))
  if (numbers.length !== 3) field.fail('a place is [slab, offset, bytes]')
  return numbers as unknown as Placed
}

function unique(list: Field, named: readonly { readonly name: string }[]): void {
  const seen = new Set<string>()
  named.forEach(({ name }, i) => {
    if (seen.has(name)) list.at(i).fail(`two are named ${JSON.stringify(name)}`)
    seen.add(name)
  })
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadInput(`${what} is not JSON: ${(error as Error).message.split('\n')[0]}.`)
  }
}

/** A value in a JSON text and the way to it. */
class Field {
  constructor(
    readonly value: unknown,
    readonly what: string,
    readonly path: string,
  ) {}

  fail(reason: string): never {
    const shown = JSON.stringify(this.value) ?? 'missing'
    throw new BadInput(
      `${this.what}: ${this.path || 'it'} is ${shown.length > 60 ? `${shown.slice(0, 60)}...` : shown}: ${reason}.`,
    )
  }
  at(key: string | number): Field {
    const path = typeof key === 'number' ? `${this.path}[${key}]` : this.path ? `${this.path}.${key}` : key
    if (typeof key === 'string' && !this.isObject()) this.fail('it should be an object')
    const found = Object.hasOwn(this.value as object, key) ? (this.value as Record<string, unknown>)[key] : undefined
    return new Field(found, this.what, path)
  }
  maybe(key: string): Field | undefined {
    const field = this.at(key)
    return field.value === undefined ? undefined : field
  }
  text(pattern = /^\P{Cc}{1,200}$/u, meaning = 'a name of 1 to 200 characters'): string {
    return typeof this.value === 'string' && pattern.test(this.value)
      ? this.value
      : this.fail(`it should be ${meaning}`)
  }
  oneOf<const T extends string>(words: readonly T[]): T {
    return words.find(word => word === this.value) ?? this.fail(`it should be ${words.join(' or ')}`)
  }
  /** A whole number. */
  count(least = 1, most: number = Number.MAX_SAFE_INTEGER): number {
    const { value } = this
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value
    return this.fail(`it should be a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`)
  }
  number(): number {
    return typeof this.value === 'number' && this.value >= 0 ? this.value : this.fail('it should be a number from 0')
  }
  list<T>(most: number, item: (field: Field) => T): T[] {
    if (!Array.isArray(this.value)) return this.fail('it should be a list')
    if (this.value.length > most) this.fail(`it should have ${most} items at most`)
    return this.value.map((_, i) => item(this.at(i)))
  }
  record<T>(most: number, item: (field: Field, name: string) => T): Record<string, T> {
    if (!this.isObject()) return this.fail('it should be an object')
    const names = Object.keys(this.value as object)
    if (names.length > most) this.fail(`it should have ${most} entries at most`)
    return Object.fromEntries(
      names.map(name => {
        new Field(name, this.what, `a name in ${this.path}`).text()
        return [name, item(this.at(name), name)]
      }),
    )
  }
  private isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
  }
}
