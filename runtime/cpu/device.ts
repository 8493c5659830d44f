/**
 * The processor as a device: WebAssembly modules in threads. Nothing blocks who calls, since all work is done in workers; a
 * program has a memory of its own, so that whatever a module does stays inside its program.
 */
import type { Program } from '../../compiler/plan/program.js'
import type { AdapterSummary, Device, Limits } from '../device.js'
import { NoAdapter } from '../errors.js'
import { Memories } from './memory.js'
import { loadProgram } from './program.js'
import { type Spawn, type Thread, Workers } from './workers.js'

/** What Node and browsers do differently. */
export interface CpuPlatform {
  readonly adapter: AdapterSummary
  readonly identity: string
  /** More than one only where memory can be shared with workers. */
  readonly threads: number
  /** Whether the engine joins vectors of neighbours in one instruction of twice the width. */
  readonly wide?: boolean
  /** Bytes that programs may take in all, where that is known. */
  readonly memory?: number
  readonly spawn: Spawn
}
export interface CpuDevice extends Device {
  /** The first one hands out the work. */
  readonly threads: readonly Thread[]
}

/** What a module can address, less the last page. */
const MOST_BYTES = 2 ** 32 - 2 ** 16
const limits: Limits = {
  maxBufferSize: MOST_BYTES,
  maxStorageBufferBindingSize: MOST_BYTES,
  maxStorageBuffersPerShaderStage: 64,
  maxBindingsPerBindGroup: 64,
  minStorageBufferOffsetAlignment: 256,
  maxComputeWorkgroupStorageSize: 0,
  maxComputeInvocationsPerWorkgroup: 1,
  maxComputeWorkgroupSizeX: 1,
  maxComputeWorkgroupSizeY: 1,
  maxComputeWorkgroupSizeZ: 1,
  maxComputeWorkgroupsPerDimension: 2 ** 31 - 1,
}

/** A function of three vectors whose body is `add`. */
const probe = (add: readonly number[]): boolean => {
  const body = [0, 0x20, 0, 0x20, 1, 0x20, 2, ...add, 0x0b]
  const type = [1, 8, 1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b]
  const code = [0x0a, body.length + 2, 1, body.length, ...body]
  return WebAssembly.validate(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...type, 3, 2, 1, 0, ...code))
}
const VECTORS = [0x1a, 0xfd, 0xe4, 1] // drop, f32x4.add
const RELAXED = [0xfd, 0x85, 2] // f32x4.relaxed_madd
/** Whether the engine multiplies and adds with one rounding. */
export const hasRelaxed = (): boolean => probe(RELAXED)

/** Opens it. Throws `NoAdapter` where the engine has no vectors. */
export function openCpu({ adapter, identity, threads, wide = false, memory, spawn }: CpuPlatform): CpuDevice {
  if (typeof WebAssembly === 'undefined' || !probe(VECTORS))
    throw new NoAdapter('this JavaScript engine has no WebAssembly with vectors (SIMD): use a current one.')
  const known = new Map<number, Program>()
  const workers = new Workers(adapter.name, threads, spawn, (program, entry, dispatch) => {
    const of = known.get(program)
    if (!of) return 'a kernel of a program that is gone'
    const { kernel, scope } = of.entries[entry]!.dispatches[dispatch]!
    return `kernel ${of.kernels[kernel]!.name}, used by ${entry}${scope && ` of ${scope}`},`
  })
  const memories = new Memories(workers)
  const relaxed = hasRelaxed()
  return {
    adapter,
    identity: `${identity} / ${relaxed ? 'relaxed' : 'plain'}${wide ? ' / wide' : ''} / ${threads} threads`,
    features: new Set([
      'timestamp-query',
      'shader-f16',
      ...(relaxed ? ['relaxed-simd'] : []),
      ...(wide ? ['wide-vectors'] : []),
    ]),
    limits,
    matrices: [],
    memory: Math.min(memory ?? MOST_BYTES, MOST_BYTES),
    lost: workers.lost,
    threads: workers.threads,
    load(program, options) {
      return loadProgram({ name: adapter.name, workers, memories, known, relaxed }, program, options)
    },
    done: () => workers.done(),
    check: () => workers.check(),
    destroy: () => workers.destroy(),
  }
}
