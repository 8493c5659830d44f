/**
 * A shader bundle (`compiler/bundle/manifest.ts`) onto a device, without the compiler. A bundle is untrusted input: the
 * manifest is held to its hash and read field by field, every other file to the manifest, and a program is validated before a
 * buffer is made. Hashes find damage; they are no signature.
 */
import type { Manifest, Requirements, Variant } from '../compiler/bundle/manifest.js'
import type { Place, Program } from '../compiler/plan/program.js'
import type { DType } from '../compiler/types/tensor.js'
import { type Files, unpackFiles } from './archive.js'
import type { Device } from './device.js'
import { BadInput, KernelError, OutOfMemory } from './errors.js'
import type { FetchOptions } from './fetch.js'
import { type LoadOptions, load } from './load.js'
import { checkManifest } from './manifest.js'
import type { Session } from './run.js'
import { readSafetensors, type Tensors } from './safetensors.js'
import { validate } from './validate.js'
import { arrayOf } from './values.js'

/** Where the files of a bundle come from. */
export interface BundleFiles {
  /** What messages call it. */
  readonly name: string
  /** The names of all files, where only those of the bundle may be there. */
  readonly names?: readonly string[]
  /** Throws `BadInput` if there is no such file, or it is longer than `most` bytes. */
  read(file: string, most: number): Promise<Uint8Array<ArrayBuffer>>
}
/** A bundle whose manifest has been read and is what its hash says. */
export interface Bundle {
  readonly name: string
  readonly manifest: Manifest
  /** The content of a file that the manifest lists, held to its hash. */
  file(name: string): Promise<Uint8Array<ArrayBuffer>>
}
/** What an entry takes and gives, by name, as `types.d.ts` of a bundle declares it. */
export interface BundledEntry {
  /** What `run` is to be given. */
  readonly inputs: Readonly<Record<string, BundledTensor>>
  /** What `read` gives. */
  readonly outputs: Readonly<Record<string, BundledTensor>>
}
export interface BundledTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
}
/** How far loading is: `done` of `total`. */
export interface BundleProgress {
  /** Bytes of the bundle, then pipelines. */
  readonly stage: 'bytes' | 'pipelines'
  /** How much of the stage is done. */
  readonly done: number
  /** Never less than `done`; 0 where it is not known. */
  readonly total: number
}
/** What `loadBundle` may be told, beside the options of `load`. */
export interface LoadBundleOptions extends Omit<LoadOptions, 'onProgress'> {
  /** A safetensors file with every parameter, in place of the weights of the bundle. */
  readonly weights?: Uint8Array<ArrayBuffer>
  /** Which variant to load. Default: the fastest that the device can run, see `chooseVariant`. */
  readonly variant?: string
  /** Called as bytes arrive and as pipelines are ready. */
  readonly onProgress?: (progress: BundleProgress) => void
  /** Aborts loading: what is under way is given up, and nothing is left on the device. */
  readonly signal?: AbortSignal
}

const MOST_MANIFEST_BYTES = 2 ** 28
const MOST_FILE_BYTES = 2 ** 33

/** The files of an archive in memory. Throws `BadInput` where it is none. */
export function archiveFiles(archive: Uint8Array<ArrayBuffer>, name: string): BundleFiles {
  const files: Files = unpackFiles(archive, name)
  return {
    name,
    names: [...files.keys()],
    async read(file, most) {
      const content = files.get(file)
      if (!content) throw new BadInput(`${name} has no ${file}: it is no bundle, or only a part of one.`)
      if (content.length > most) throw new BadInput(`${name}: ${file} has ${content.length} bytes, more than ${most}.`)
      return content
    },
  }
}

/** Reads the manifest. Throws `BadInput` where it is damaged, was changed, or lists other files than there are. */
export async function readBundle(source: BundleFiles): Promise<Bundle> {
  const { name, names } = source
  const text = await source.read('manifest.json', MOST_MANIFEST_BYTES)
  const line = decoded(await source.read('manifest.sha256', 200), `${name}: manifest.sha256`)
  const [, stated] = /^([0-9a-f]{64}) {2}manifest\.json\n$/.exec(line) ?? []
  if (!stated) throw new BadInput(`${name}: manifest.sha256 is not the hash of manifest.json as sha256sum prints it.`)
  await checkHash(`${name}: manifest.json`, text, stated, 'manifest.sha256')
  const manifest = checkManifest(decoded(text, `${name}: manifest.json`), `${name}: manifest.json`)
  const listed = new Set(['manifest.json', 'manifest.sha256', ...Object.keys(manifest.files)])
  const extra = names?.find(file => !listed.has(file))
  if (extra !== undefined) throw new BadInput(`${name} has ${extra}, which its manifest does not list.`)
  return {
    name,
    manifest,
    async file(file) {
      const entry = Object.hasOwn(manifest.files, file) ? manifest.files[file]! : undefined
      if (!entry) throw new BadInput(`${name} has no ${file}: it has ${Object.keys(manifest.files).join(', ')}.`)
      const { bytes, sha256 } = entry
      const content = await source.read(file, Math.min(bytes, MOST_FILE_BYTES))
      if (content.length !== bytes)
        throw new BadInput(`${name}: ${file} has ${content.length} bytes, but the manifest says ${bytes}.`)
      await checkHash(`${name}: ${file}`, content, sha256, 'the manifest')
      return content
    },
  }
}

/**
 * Loads the variant of a bundle that fits the device, with its weights. `open` gives its files, and stops where its signal is
 * aborted. Throws `BadInput` where the bundle is damaged, was changed, or needs what the device lacks, the reason of `signal` where
 * that is aborted, what became of the device where it is gone; else like `load`.
 */
export async function loadFrom<E>(
  device: Device,
  open: (given: FetchOptions) => Promise<BundleFiles>,
  { signal, ...options }: LoadBundleOptions = {},
): Promise<Session<E>> {
  device.check()
  signal?.throwIfAborted()
  const ended = new AbortController()
  const abort = (): void => ended.abort(signal!.reason)
  signal?.addEventListener('abort', abort)
  device.lost.then(error => ended.abort(error))
  const loading = loadNow<E>(device, open, ended.signal, options)
  // What comes too late is for nobody.
  loading.then(
    session => ended.signal.aborted && session.destroy(),
    () => undefined,
  )
  try {
    return await Promise.race([
      loading,
      new Promise<never>((_, reject) => ended.signal.addEventListener('abort', () => reject(ended.signal.reason))),
    ])
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function loadNow<E>(
  device: Device,
  open: (given: FetchOptions) => Promise<BundleFiles>,
  signal: AbortSignal,
  { weights, variant: wanted, onProgress, init = true, ...options }: Omit<LoadBundleOptions, 'signal'>,
): Promise<Session<E>> {
  // Of what is cut off nothing more is told.
  const tell = (progress: BundleProgress): void => {
    signal.throwIfAborted()
    onProgress?.(progress)
  }
  const bundle = await readBundle(await open({ onProgress: tell, signal }))
  const variant = chooseVariant(bundle, device, wanted)
  const program = await validProgram(bundle, variant, device)
  const values = weights ? await givenWeights(program, weights) : await weightsOf(bundle)
  signal.throwIfAborted()
  const session = await load(device, program, {
    ...options,
    init,
    onProgress: (done, total) => tell({ stage: 'pipelines', done, total }),
  }).catch(error => {
    throw named(error, bundle)
  })
  // Given ones are wanted in any case; those of the bundle are initial values.
  if (init || weights) session.writeVariables(values)
  return session as Session<E>
}

/**
 * The variant of that name, or the fastest that the device can run, by this rule: one that is made for its kind (`cpu`,
 * `software`) before all others; then on a GPU one that uses halves before one that uses other features before one that uses
 * none, and on a software driver the other way round, since there all of these are slower. Equals in the order of the bundle.
 * Throws `BadInput` with what is lacking.
 */
export function chooseVariant({ name, manifest }: Bundle, device: Device, wanted?: string): Variant {
  const candidates = manifest.variants.filter(variant => wanted === undefined || variant.name === wanted)
  const names = manifest.variants.map(variant => variant.name).join(', ')
  if (candidates.length === 0) throw new BadInput(`${name} has no variant ${wanted}: it has ${names}.`)
  const lacking = candidates.map(({ requires }) => lack(requires, device))
  const [found] = candidates
    .filter((_, i) => lacking[i] === undefined)
    .sort((a, b) => rankOf(a.requires, device) - rankOf(b.requires, device))
  if (found) return found
  const each = candidates.map((variant, i) => `variant ${variant.name} needs ${lacking[i]}`).join('; ')
  const remedy =
    device.adapter.kind === 'cpu' && wanted === undefined
      ? ': compile it with --variant cpu, or open a device of WebGPU (a software driver, if there is no GPU)'
      : ''
  throw new BadInput(`${name} cannot run on ${device.adapter.name}: ${each}${remedy}.`)
}

/** The lower, the faster. */
function rankOf({ adapter, features, matrix }: Requirements, device: Pick<Device, 'adapter'>): number {
  if (adapter !== 'any') return 0
  const uses = features.includes('shader-f16') ? 2 : features.length > 0 || matrix ? 1 : 0
  return device.adapter.kind === 'gpu' ? 3 - uses : 1 + uses
}

function lack(
  { adapter, features, limits, matrix }: Requirements,
  device: Pick<Device, 'adapter' | 'features' | 'limits' | 'matrices'>,
): string | undefined {
  const { kind } = device.adapter
  if ((adapter === 'cpu') !== (kind === 'cpu')) return adapter === 'cpu' ? 'the adapter cpu' : 'WebGPU'
  if (adapter === 'software' && kind === 'gpu') return 'a software driver'
  const feature = features.find(name => !device.features.has(name))
  if (feature !== undefined) return `feature ${feature}`
  for (const [limit, least] of Object.entries(limits)) {
    const offered = device.limits[limit as 'maxBufferSize']
    if (typeof offered !== 'number') return `limit ${limit}, which is unknown here`
    if (offered < least) return `${limit} of ${least}, where it has ${offered}`
  }
  const same = (shape: NonNullable<typeof matrix>) =>
    (['rows', 'columns', 'depth', 'subgroup'] as const).every(key => shape[key] === matrix![key])
  if (matrix && !device.matrices.some(same)) return `subgroup matrices of ${JSON.stringify(matrix)}`
  return undefined
}

/** The program of a variant, which the device can run. Throws `BadInput` with the bundle's name where it is wrong in itself. */
export async function validProgram(bundle: Bundle, variant: Variant, device: Device): Promise<Program> {
  const program = await programOf(bundle, variant)
  try {
    validate(program, device)
  } catch (error) {
    if (!(error instanceof BadInput)) throw named(error, bundle)
    throw new BadInput(`${bundle.name}: manifest.json: in variant ${variant.name}, ${error.message}`)
  }
  return program
}

/** The error of a program that a device cannot take, saying which bundle it is from. */
function named(error: unknown, { name }: Bundle): unknown {
  if (error instanceof KernelError || error instanceof OutOfMemory) error.message = `${name}: ${error.message}`
  return error
}

/** The program of a variant, with its kernels. */
export async function programOf(bundle: Bundle, variant: Variant): Promise<Program> {
  const { manifest } = bundle
  const texts = new Map<string | undefined, string>()
  for (const file of new Set(variant.kernels.map(kernel => kernel.file)))
    if (file !== undefined) texts.set(file, decoded(await bundle.file(file), `${bundle.name}: ${file}`))
  const { wasm } = variant
  return {
    format: 'facet-program/1',
    target: variant.target.name,
    slabs: variant.slabs,
    kernels: variant.kernels.map(({ name, file, bindings }) => ({ name, bindings, code: texts.get(file) ?? '' })),
    ...(wasm && {
      wasm: {
        relaxed: await bundle.file(wasm.relaxed),
        plain: await bundle.file(wasm.plain),
        scratch: wasm.scratch,
      },
    }),
    variables: manifest.variables.map((variable, i) => ({ ...variable, ...place(variant.variables[i]!) })),
    entries: Object.fromEntries(
      Object.entries(variant.entries).map(([name, { inputs, outputs, dispatches, repeats }]) => {
        const signature = manifest.entries[name]!
        return [
          name,
          {
            inputs: signature.inputs.map((input, i) => ({ ...input, ...place(inputs[i]!) })),
            outputs: signature.outputs.map((output, i) => ({ ...output, ...place(outputs[i]!) })),
            dispatches: dispatches.map(dispatch => ({ ...dispatch, bindings: dispatch.bindings.map(place) })),
            ...(repeats && { repeats }),
          },
        ]
      }),
    ),
  }
}
const place = ([slab, offset, bytes]: readonly [number, number, number]): Place => ({ slab, offset, bytes })

/** The weights of a bundle; none where it has none. Throws `BadInput` where they are not values of its variables. */
export async function weightsOf(bundle: Bundle): Promise<Tensors> {
  const file = 'weights.safetensors'
  if (!Object.hasOwn(bundle.manifest.files, file)) return {}
  const what = `${bundle.name}: ${file}`
  const { tensors } = readSafetensors(await bundle.file(file), what)
  const known = new Set(bundle.manifest.variables.map(({ name }) => name))
  const extra = Object.keys(tensors).find(name => !known.has(name))
  if (extra !== undefined) throw new BadInput(`${what} has ${extra}, which is no variable of the bundle.`)
  return variablesIn(tensors, bundle.manifest.variables, what)
}

const givenWeights = async ({ variables }: Program, weights: Uint8Array<ArrayBuffer>): Promise<Tensors> =>
  parametersIn(readSafetensors(weights, 'the weights').tensors, variables, 'the weights')

/**
 * Those of `tensors` that are values of `variables`. Throws `BadInput`, naming `what`, where a parameter is missing or one has
 * another shape or dtype. The seed stays what `load` is given.
 */
export function parametersIn(tensors: Tensors, variables: Manifest['variables'], what: string): Tensors {
  const missing = variables.find(({ name, kind }) => kind === 'parameter' && !Object.hasOwn(tensors, name))
  if (missing)
    throw new BadInput(
      `${what} has no ${missing.name}, which is a parameter: it has ${Object.keys(tensors).slice(0, 8).join(', ')}.`,
    )
  return variablesIn(tensors, variables, what)
}

function variablesIn(tensors: Tensors, variables: Manifest['variables'], what: string): Tensors {
  const found = variables.filter(({ name }) => name !== 'seed' && Object.hasOwn(tensors, name))
  for (const { name, dtype, shape } of found) {
    const tensor = tensors[name]!
    if (tensor.shape.join() !== shape.join() || !(tensor instanceof arrayOf(dtype)))
      throw new BadInput(
        `${what} has ${name} as ${tensor.constructor.name} [${tensor.shape.join(', ')}], but the variable is ${dtype} [${shape.join(', ')}].`,
      )
  }
  return Object.fromEntries(found.map(({ name }) => [name, tensors[name]!]))
}

function decoded(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new BadInput(`${what} is not text in UTF-8.`)
  }
}

async function checkHash(what: string, bytes: Uint8Array<ArrayBuffer>, stated: string, by: string): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const found = Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
  if (found !== stated)
    throw new BadInput(
      `${what} was changed or damaged: its SHA-256 is ${found.slice(0, 16)}..., but ${by} says ${stated.slice(0, 16)}...: copy or compile the bundle again.`,
    )
}
