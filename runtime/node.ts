/// <reference types="@webgpu/types" preserve="true" />
/**
 * The runtime in Node: Dawn from npm on a GPU if there is one, else WebAssembly; where they are asked for, Dawn on a software
 * Vulkan driver of the machine, or on the one from npm. Drivers are told apart by `VK_DRIVER_FILES`, which the Vulkan loader reads whenever
 * an instance is made: so one process can look at all of them.
 *
 * @module facet-tensor/runtime
 */
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { type LoadBundleOptions, loadFrom } from './bundle.js'
import { cpuSummary, openCpuInNode } from './cpu/node.js'
import type { AdapterKind, AdapterSummary, Device } from './device.js'
import { BadInput, NoAdapter } from './errors.js'
import { addressOf, type BundleSource, bundleIn, fetchBundle } from './fetch.js'
import { bundleAt } from './files.js'
import { waitIdle } from './idle.js'
import { optional } from './optional.js'
import type { Session } from './run.js'
import { swiftshader } from './swiftshader.js'
import { deviceOf } from './webgpu/device.js'

export * from './checkpoint.js'
export { type MpiRanks, mpiRanks } from './distributed/mpi.js'
export { saveBundle } from './files.js'
export * from './public.js'

/** What `openDevice` may be asked for. */
export type AdapterChoice = 'auto' | AdapterKind
/** What kind of device `openDevice` is to open. */
export interface OpenOptions {
  /** Default: the environment variable `FACET_ADAPTER`, else `'auto'`: gpu, cpu, system, swiftshader, whichever comes first. */
  readonly adapter?: AdapterChoice
  /** Threads of the adapter `cpu`, with any number of which results are the same. Default: as many as the machine runs at once. */
  readonly threads?: number
  /** Leave out the checks of array bounds that Dawn puts into every kernel. Only for kernels known to stay in bounds. */
  readonly fast?: boolean
  /** Allow what Dawn calls unsafe: tensor-core instructions, and f16 on NVIDIA. */
  readonly unsafe?: boolean
}
/** An adapter that was looked for: how to open it, or why there is none. */
export interface Candidate {
  /** What was looked for. */
  readonly kind: AdapterKind
  /** What was found. */
  readonly summary?: AdapterSummary
  /** Of WebGPU. */
  readonly adapter?: GPUAdapter
  /** Opens a device of it; absent where there is none. */
  readonly open?: () => Promise<Device>
  /** Why there is none. */
  readonly reason?: string
}

const kinds: readonly AdapterKind[] = ['gpu', 'cpu', 'system', 'swiftshader']

/**
 * Opens a device: a GPU if there is one, else the processor, unless `adapter` or the environment variable `FACET_ADAPTER` says otherwise.
 *
 * @throws `BadInput` for a choice that does not exist.
 * @throws `NoAdapter`, with what to install, if the chosen one cannot be used.
 * @example
 * ```ts
 * const device = await openDevice() // or openDevice({ adapter: 'cpu', threads: 2 })
 * ```
 */
export async function openDevice(options: OpenOptions = {}): Promise<Device> {
  const choice = adapterChoice(options.adapter)
  const tried: Candidate[] = []
  for (const kind of choice === 'auto' ? kinds : [choice]) {
    const candidate = await findAdapter(kind, options)
    if (candidate.open) return candidate.open()
    tried.push(candidate)
  }
  throw new NoAdapter(noAdapterMessage(choice, tried))
}

/** Every kind of adapter, found or with the reason why not, in the order in which `'auto'` takes them. */
export async function listAdapters(options: OpenOptions = {}): Promise<Candidate[]> {
  const found: Candidate[] = []
  for (const kind of kinds) found.push(await findAdapter(kind, options))
  return found
}

/** The choice in force: the option, else `FACET_ADAPTER`, else `'auto'`. Throws `BadInput` for a word that is none. */
export function adapterChoice(option?: AdapterChoice): AdapterChoice {
  const [source, word] = option ? ['adapter', option] : ['FACET_ADAPTER', process.env.FACET_ADAPTER || 'auto']
  const choice = (['auto', ...kinds] as const).find(kind => kind === word)
  if (choice) return choice
  throw new BadInput(`${source} is "${word}": use auto, gpu, cpu, system or swiftshader.`)
}

const openWebGpu = (adapter: GPUAdapter, summary: AdapterSummary): Promise<Device> =>
  deviceOf(adapter, {
    adapter: summary,
    wait: waitIdle,
    // Software drivers live in the machine's memory and hand out more than there is.
    ...(summary.kind === 'gpu' ? {} : { memory: Math.floor(totalmem() * 0.8) }),
  })

function noAdapterMessage(choice: AdapterChoice, tried: readonly Candidate[]): string {
  const reasons = tried.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ')
  const remedy = {
    auto: 'Use a current version of Node, or install a Vulkan driver: of your GPU, or mesa-vulkan-drivers 24 or newer.',
    gpu: 'Install the Vulkan driver of your GPU, or choose cpu.',
    cpu: 'Use a current version of Node, or choose system or swiftshader.',
    system: 'Install mesa-vulkan-drivers 24 or newer, or choose cpu.',
    swiftshader: 'Install what is missing, or choose cpu.',
  }[choice]
  return `no ${choice === 'auto' ? 'adapter' : `${choice} adapter`} can be used (${reasons}). ${remedy}`
}

/**
 * Loads a shader bundle: a folder or `.facet` file by path, either by URL, or one as an answer of `fetch`, a `Blob` or bytes.
 * `E`: `typeof import(...)` of its declarations. Throws `BadInput` where it is damaged or the device cannot run it, the reason of
 * `signal` where that is aborted, else like `load`.
 */
export function loadBundle<E = any>(
  device: Device,
  source: BundleSource,
  options: LoadBundleOptions = {},
): Promise<Session<E>> {
  return loadFrom<E>(
    device,
    async given => {
      const files = await bundleIn(source, given)
      if (files) return files
      const address = source as string | URL
      const remote = address instanceof URL ? address.protocol !== 'file:' : /^https?:\/\//.test(address)
      if (remote) return fetchBundle(addressOf(address), given)
      return bundleAt(address instanceof URL ? fileURLToPath(address) : address)
    },
    options,
  )
}

type Dawn = { create: (flags: string[]) => GPU; globals: object }
let dawn: Promise<Dawn> | undefined
let turn: Promise<unknown> = Promise.resolve()
/** Dawn's instances, kept: what comes from one must not outlive it. */
const instances = new Map<string, GPU>()

/** One at a time, because the environment variable that selects the driver belongs to the whole process. */
function findAdapter(kind: AdapterKind, options: OpenOptions): Promise<Candidate> {
  const result = turn
    .then(() => find(kind, options))
    .catch(error => ({ kind, reason: oneLine((error as Error).message) }))
  turn = result
  return result
}

async function find(kind: AdapterKind, options: OpenOptions): Promise<Candidate> {
  if (kind === 'cpu') return { kind, summary: cpuSummary(), open: async () => openCpuInNode(options.threads) }
  const driver = kind === 'swiftshader' ? swiftshader() : undefined
  const flags = toggles(options)
  const key = [driver?.manifest, ...flags].join(' ')
  await provideLoader()
  const { create } = await (dawn ??= importDawn())
  const restore = driver ? await useDrivers(driver.manifest) : undefined
  try {
    let gpu = instances.get(key)
    if (!gpu) instances.set(key, (gpu = create(flags)))
    let only: AdapterSummary | undefined
    // Dawn finds some software drivers as the fallback only after it has looked for all.
    for (const request of [{ powerPreference: 'high-performance' }, { forceFallbackAdapter: true }] as const) {
      const adapter = await waitIdle((await quietly(() => gpu.requestAdapter(request))).promise)
      const summary: AdapterSummary | null = adapter && summarize(adapter, kind)
      if (summary?.kind === kind) return { kind, summary, adapter: adapter!, open: () => openWebGpu(adapter!, summary) }
      only ??= summary ?? undefined
    }
    return { kind, reason: only ? `none found, only ${only.name}` : 'none found' }
  } finally {
    restore?.()
  }
}

function summarize({ info }: GPUAdapter, wanted: AdapterKind): AdapterSummary {
  const { vendor, architecture, description, device } = info
  const name = description || device || `${vendor} ${architecture}`
  const software =
    info.isFallbackAdapter || /llvmpipe|lavapipe|swiftshader|basic render/i.test(`${architecture} ${device} ${name}`)
  const npm = wanted === 'swiftshader' && /swiftshader/i.test(name)
  const kind = !software ? 'gpu' : npm ? 'swiftshader' : 'system'
  return { kind, name, vendor, architecture }
}

function toggles({ fast = false, unsafe = false }: OpenOptions): string[] {
  const on = [
    ...(fast ? ['disable_robustness'] : []),
    ...(unsafe ? ['allow_unsafe_apis', 'vulkan_enable_f16_on_nvidia'] : []),
  ]
  // Timestamps in whole 65536 ns are meant against spying web pages.
  return [
    'disable-dawn-features=timestamp_quantization',
    ...(on.length ? [`enable-dawn-features=${on.join(',')}`] : []),
  ]
}

async function importDawn(): Promise<Dawn> {
  const loaded = await optional<Dawn>('webgpu')
  for (const [global, value] of Object.entries(loaded.globals))
    if (!(global in globalThis)) Object.assign(globalThis, { [global]: value })
  return loaded
}

/** Where the machine has no Vulkan loader, Dawn takes the one from npm, if that is in the process already. */
async function provideLoader(): Promise<void> {
  if (process.platform !== 'linux' || loaderProvided) return
  loaderProvided = true
  const koffi = await importKoffi()
  if (!koffi) return
  try {
    koffi.load('libvulkan.so.1')
  } catch {
    try {
      held.push(koffi.load(swiftshader().loader, { global: true }))
    } catch {
      // No loader at all: Dawn will find nothing and say so.
    }
  }
}
let loaderProvided = false
/** koffi unloads a library when its object is collected. */
const held: unknown[] = []

async function useDrivers(manifest: string): Promise<() => void> {
  const names = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const // the second is what older loaders read
  const set = await environmentSetter()
  const before = names.map(name => process.env[name])
  for (const name of names) set(name, manifest)
  return () => {
    for (const [i, name] of names.entries()) set(name, before[i])
  }
}

/** In a worker thread `process.env` is a copy that native code does not see. */
async function environmentSetter(): Promise<(name: string, value: string | undefined) => void> {
  const koffi = isMainThread || process.platform !== 'linux' ? undefined : await importKoffi()
  if (!koffi)
    return (name, value) => {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  const libc = koffi.load('libc.so.6')
  const setenv = libc.func('int setenv(const char *, const char *, int)')
  const unsetenv = libc.func('int unsetenv(const char *)')
  return (name, value) => (value === undefined ? unsetenv(name) : setenv(name, value, 1))
}

/** Dawn writes warnings about harmless limits of software drivers straight to standard error. */
async function quietly<T>(make: () => Promise<T>): Promise<{ promise: Promise<T> }> {
  const koffi = process.platform === 'linux' ? await importKoffi() : undefined
  if (!koffi) return { promise: make() }
  const libc = koffi.load('libc.so.6')
  const dup = libc.func('int dup(int)')
  const dup2 = libc.func('int dup2(int, int)')
  const close = libc.func('int close(int)')
  const open = libc.func('int open(const char *, int)')
  const saved = dup(2)
  const nowhere = open('/dev/null', 1)
  dup2(nowhere, 2)
  try {
    return { promise: make() }
  } finally {
    dup2(saved, 2)
    close(saved)
    close(nowhere)
  }
}

const importKoffi = () =>
  optional<typeof import('koffi')>('koffi').then(
    module => module.default,
    () => undefined,
  )
const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ')
