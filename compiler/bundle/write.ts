/**
 * Entries, or their graphs, to the files of a shader bundle. The same entries give the same bytes: nothing in them tells when or where they
 * were made.
 */
import { type CompileOptions, compileGraphs, traceEntries } from '../compile.js'
import type { Graph } from '../graph/graph.js'
import { print } from '../graph/print.js'
import { cpu, portable, type Target } from '../kernels/target.js'
import type { Entry, Names } from '../language/entry.js'
import { bytesOf } from '../plan/limits.js'
import type { Program, ProgramKernel, Stored } from '../plan/program.js'
import { declarations } from './declare.js'
import { type Described, type Manifest, placed, type Requirements, type Variant } from './manifest.js'

/** By path inside the bundle. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>

/**
 * The same entries for more than the base target: `cpu` for where there is no WebGPU, `software` for drivers that compute on
 * the processor, `subgroups` and `f16` for devices that have these features. `f16` rounds large intermediate values to halves.
 */
export type VariantName = 'f16' | 'subgroups' | 'software' | 'cpu'
export const variantNames: readonly VariantName[] = ['f16', 'subgroups', 'software', 'cpu']

/** What `bundle` may be told, beside the options of `compile` that change what its programs are. */
export interface BundleOptions extends Pick<CompileOptions, 'target' | 'precision' | 'memory' | 'choose'> {
  /** What the bundle is called. */
  readonly name: string
  /** Compiled besides the base target; one for a feature that no kernel uses is left out. Default: none. */
  readonly variants?: readonly VariantName[]
  /** A safetensors file with values of variables, or how to make one for them. Default: none; they get initial values. */
  readonly weights?: Weights
}
export type Weights = Uint8Array<ArrayBuffer> | ((variables: Manifest['variables']) => Uint8Array<ArrayBuffer>)

/**
 * Compiles `entries` and gives the files of their bundle. Throws like `compile`, and `Error` where a variant would have other
 * variables than the rest.
 */
export async function bundle<const E extends Record<string, Entry>>(
  entries: E,
  sizes: { [K in Names<E[keyof E]>]: number },
  options: BundleOptions,
): Promise<Files> {
  return bundleGraphs(traceEntries(entries, sizes), sizes, options)
}

/** The same from graphs; `sizes` are what their named sizes were bound to. */
export async function bundleGraphs(
  graphs: readonly Graph[],
  sizes: Readonly<Record<string, number>>,
  { name, variants = [], weights, target = portable, precision = 'f32', memory, choose }: BundleOptions,
): Promise<Files> {
  const compiled = [
    ...variants.map(variant => ({ variant, ...settings(variant, target, precision) })),
    {
      variant: target.name,
      target,
      precision,
    },
  ].map(({ variant, ...settings }) => ({
    variant,
    ...settings,
    ...(memory !== undefined && { memory: bytesOf(memory) }),
    program: compileGraphs(graphs, { ...settings, ...(memory !== undefined && { memory }), ...(choose && { choose }) }),
  }))
  // A variant for a feature that none of its kernels uses is the base once more, or slower: it would be taken for nothing.
  const used = compiled.filter(({ variant, program }) => {
    const extension = variant === target.name ? undefined : EXTENSIONS[variant as VariantName]
    return !extension || program.kernels.some(({ code }) => enabledIn(code).includes(extension))
  })
  return bundleFiles({ name, sizes, graphs, compiled: used, ...(weights ? { weights } : {}) })
}
/** What the kernels of a variant enable. */
const EXTENSIONS: Partial<Record<VariantName, string>> = { f16: 'f16', subgroups: 'subgroups' }
const enabledIn = (code: string): string[] => [...code.matchAll(/^enable (\w+);$/gm)].map(found => found[1]!)

export interface CompiledVariant {
  readonly variant: string
  readonly target: Target
  readonly precision: 'f32' | 'f16'
  /** Bytes that it was held to. */
  readonly memory?: number
  readonly program: Program
}
export interface BundleParts {
  readonly name: string
  readonly sizes: Readonly<Record<string, number>>
  readonly graphs: readonly Graph[]
  readonly compiled: readonly CompiledVariant[]
  readonly weights?: Weights
}

/** The files of what was compiled already. */
export async function bundleFiles({ name, sizes, graphs, compiled, weights }: BundleParts): Promise<Files> {
  const first = compiled[0]!.program
  const variables = first.variables.map(({ kind, ...variable }) => ({ ...described(variable), kind }))
  const entries = signatures(first)
  for (const { variant, program } of compiled)
    if (
      JSON.stringify([program.variables.map(described), signatures(program)]) !==
      JSON.stringify([first.variables.map(described), entries])
    )
      throw new Error(`variant ${variant} has other variables, inputs or outputs than variant ${compiled[0]!.variant}`)

  const kernels = new KernelFiles()
  const modules = new Map<string, Uint8Array<ArrayBuffer>>()
  const module = (name: string, bytes: Uint8Array<ArrayBuffer>): string => {
    const file = `kernels/${name.replace(/[^\w.-]/g, '-').slice(0, 60)}.wasm`
    modules.set(file, bytes)
    return file
  }
  const written: Variant[] = compiled.map(({ variant, target, precision, memory, program }) => ({
    name: variant,
    target,
    precision,
    ...(memory !== undefined && { memory }),
    requires: requirements(variant, target, program),
    slabs: program.slabs,
    kernels: program.kernels.map((kernel, i) => ({
      name: kernel.name,
      ...(!program.wasm && { file: kernels.fileOf(kernel, variant, usersOf(program, i)) }),
      bindings: kernel.bindings,
    })),
    ...(program.wasm && {
      wasm: {
        relaxed: module(variant, program.wasm.relaxed),
        plain: module(`${variant}-plain`, program.wasm.plain),
        scratch: program.wasm.scratch,
      },
    }),
    variables: program.variables.map(placed),
    entries: mapValues(program.entries, ({ inputs, outputs, dispatches, repeats }) => ({
      inputs: inputs.map(placed),
      outputs: outputs.map(placed),
      dispatches: dispatches.map(({ kernel, workgroups, bindings, scope, flops, bytes }) => ({
        kernel,
        workgroups,
        bindings: bindings.map(placed),
        scope,
        flops,
        bytes,
      })),
      ...(repeats && { repeats }),
    })),
  }))
  const contents = new Map<string, Uint8Array<ArrayBuffer>>([
    ['graph.txt', encoded(graphs.map(print).join('\n'))],
    ...[...kernels.texts].map(([file, text]) => [file, encoded(text)] as const),
    ...modules,
    ['types.d.ts', encoded(declarations({ name, sizes, entries }))],
    ...(weights
      ? [['weights.safetensors', typeof weights === 'function' ? weights(variables) : weights] as const]
      : []),
  ])
  const listed: Record<string, { bytes: number; sha256: string }> = {}
  for (const [file, bytes] of contents) listed[file] = { bytes: bytes.length, sha256: await sha256(bytes) }
  const manifest: Manifest = {
    format: 'facet-bundle/1',
    name,
    sizes,
    variables,
    entries,
    variants: written,
    files: listed,
  }
  const text = encoded(`${lines(manifest)}\n`)
  return new Map([
    ['manifest.json', text],
    ['manifest.sha256', encoded(`${await sha256(text)}  manifest.json\n`)],
    ...contents,
  ])
}

function settings(
  variant: VariantName,
  target: Target,
  precision: 'f32' | 'f16',
): { target: Target; precision: 'f32' | 'f16' } {
  const named = { ...target, name: variant }
  switch (variant) {
    case 'f16':
      return { target: { ...named, f16: true }, precision: 'f16' }
    case 'subgroups':
      return { target: { ...named, subgroups: true }, precision }
    case 'software':
      return { target: { ...named, class: 'software' }, precision }
    case 'cpu':
      return { target: cpu, precision }
  }
}

const described = ({ name, dtype, shape }: Stored | Omit<Stored, never>): Described => ({ name, dtype, shape })
const signatures = ({ entries }: Program): Manifest['entries'] =>
  mapValues(entries, ({ inputs, outputs }) => ({ inputs: inputs.map(described), outputs: outputs.map(described) }))
const mapValues = <T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]))

/** WGSL extensions and the features of a device that allow them. */
const FEATURES: Readonly<Record<string, string>> = {
  f16: 'shader-f16',
  subgroups: 'subgroups',
  chromium_experimental_subgroup_matrix: 'chromium-experimental-subgroup-matrix',
}

function requirements(variant: string, target: Target, { kernels, slabs, entries, wasm }: Program): Requirements {
  const enabled = new Set(kernels.flatMap(({ code }) => enabledIn(code)))
  const dispatches = Object.values(entries).flatMap(entry => entry.dispatches)
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
  return {
    adapter: wasm ? 'cpu' : variant === 'software' ? 'software' : 'any',
    features: [...enabled].map(name => FEATURES[name]!).sort(),
    limits: {
      maxBufferSize: most(slabs),
      maxStorageBufferBindingSize: most(dispatches.flatMap(({ bindings }) => bindings.map(({ bytes }) => bytes))),
      maxStorageBuffersPerShaderStage: most(kernels.map(({ bindings }) => bindings.length)),
      maxComputeWorkgroupsPerDimension: most(dispatches.flatMap(({ workgroups }) => workgroups)),
      maxComputeWorkgroupStorageSize: kernels.some(({ code }) => code.includes('var<workgroup>'))
        ? target.workgroupBytes
        : 0,
      maxComputeInvocationsPerWorkgroup: wasm ? 1 : target.workgroupInvocations,
    },
    ...(target.matrix && enabled.has('chromium_experimental_subgroup_matrix') ? { matrix: target.matrix } : {}),
  }
}

/** `step: encoder.layer1.0` for whatever a kernel computes, each once. */
const usersOf = ({ entries }: Program, kernel: number): string[] => [
  ...new Set(
    Object.entries(entries).flatMap(([entry, { dispatches }]) =>
      dispatches.filter(dispatch => dispatch.kernel === kernel).map(({ scope }) => `${entry}${scope && `: ${scope}`}`),
    ),
  ),
]

/** One file per text, named after the kernel. */
class KernelFiles {
  /** Names that differ in case only are one on some disks. */
  private readonly taken = new Set<string>()
  private readonly byCode = new Map<string, string>()
  readonly texts = new Map<string, string>()

  fileOf({ name, code }: ProgramKernel, variant: string, users: readonly string[]): string {
    const known = this.byCode.get(code)
    if (known) return known
    const base = name.replace(/[^\w.-]/g, '-').slice(0, 60)
    let file = `kernels/${base}.wgsl`
    for (let i = 1; this.taken.has(file.toLowerCase()); i++)
      file = `kernels/${base}-${variant.replace(/[^\w.-]/g, '-').slice(0, 20)}${i > 1 ? i : ''}.wgsl`
    this.taken.add(file.toLowerCase())
    this.byCode.set(code, file)
    const comment = [name, ...users].map(line => `// ${line.replace(/\s+/g, ' ')}\n`)
    this.texts.set(file, `${comment.join('')}${code}`)
    return file
  }
}

/** JSON in which whatever fits stands on one line: a dispatch, a variable, a file. */
function lines(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value)
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= 140) return flat
  const inner = `${indent} `
  const rows = Array.isArray(value)
    ? value.map(item => lines(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${lines(item, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${rows.map(row => inner + row).join(',\n')}\n${indent}${close}`
}

const encoded = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
