/// <reference types="@webgpu/types" />
/**
 * An open device: its adapter's real limits, the features worth having, and the first thing that went wrong on it.
 * Nothing here belongs to Node or to a browser; `node.ts` and `browser.ts` find the adapter.
 */
import { DeviceLost, FacetError, KernelError, OutOfMemory } from './errors.js'

/** `system`: a software driver of the machine. `swiftshader`: the software driver from npm. */
export type AdapterKind = 'gpu' | 'system' | 'swiftshader'
export interface AdapterSummary {
  readonly kind: AdapterKind
  /** As the driver names it. */
  readonly name: string
  readonly vendor: string
  readonly architecture: string
}
/** What Node and browsers do differently. */
export interface Platform {
  readonly adapter: AdapterSummary
  /** Bytes that buffers may take in all, where that is known better than the device knows it. */
  readonly memory?: number
  /** Called with every promise of the device that is being waited for. */
  readonly wait: <T>(promise: Promise<T>) => Promise<T>
}
export interface Device {
  readonly gpu: GPUDevice
  readonly adapter: AdapterSummary
  readonly features: ReadonlySet<string>
  readonly limits: GPUSupportedLimits
  /** Shapes of the subgroup matrices of halves that it multiplies with sums in f32; empty for most. */
  readonly matrices: readonly { rows: number; columns: number; depth: number; subgroup: number }[]
  /** Bytes that buffers may take in all, if known. */
  readonly memory: number | undefined
  /** Resolves when the device is gone, also after `destroy`. */
  readonly lost: Promise<DeviceLost>
  /** Waits for a promise of the device; throws what went wrong on the device if that came first. */
  wait<T>(promise: Promise<T>): Promise<T>
  /** Throws the first error that the device reported, if there is one. */
  check(): void
  /** Frees everything that was made on the device. */
  destroy(): void
}

/** Asked for where the adapter has them. Programs made for the `portable` target need none. */
const usefulFeatures = [
  'timestamp-query',
  'shader-f16',
  'subgroups',
  'subgroup-size-control',
  'chromium-experimental-subgroup-matrix',
]
/** Asked for as large as the adapter has them: WebGPU gives only the guaranteed minimum otherwise. */
export const usefulLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxBindingsPerBindGroup',
  'minStorageBufferOffsetAlignment',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const

/** Opens `adapter`. Throws `FacetError` if the driver refuses. */
export async function deviceOf(adapter: GPUAdapter, platform: Platform): Promise<Device> {
  const gpu = await platform
    .wait(
      adapter.requestDevice({
        requiredFeatures: usefulFeatures.filter(name => adapter.features.has(name)) as GPUFeatureName[],
        requiredLimits: Object.fromEntries(usefulLimits.map(name => [name, adapter.limits[name]])),
      }),
    )
    .catch((error: Error) => {
      throw new FacetError(`${platform.adapter.name} was found but gives no device: ${error.message}`)
    })
  let failure: FacetError | undefined
  const lost = gpu.lost.then(({ reason, message }) => {
    const error = new DeviceLost(
      reason === 'destroyed'
        ? 'the device was destroyed: open a new one.'
        : `${platform.adapter.name} was lost (${message.trim() || 'no reason given'}): open a new device and go on from the last checkpoint.`,
    )
    failure ??= error
    return error
  })
  gpu.addEventListener('uncapturederror', event => {
    event.preventDefault()
    const { error } = event as GPUUncapturedErrorEvent
    const text = firstLines(error.message)
    failure ??= /OutOfMemory/.test(error.constructor.name)
      ? new OutOfMemory(`${platform.adapter.name} is out of memory: ${text}`)
      : new KernelError(`${platform.adapter.name} refused a command: ${text}`)
  })
  const device: Device = {
    gpu,
    adapter: platform.adapter,
    features: new Set(gpu.features as unknown as Iterable<string>),
    limits: gpu.limits,
    matrices: gpu.features.has('chromium-experimental-subgroup-matrix' as GPUFeatureName)
      ? matricesOf(adapter.info)
      : [],
    memory: platform.memory,
    lost,
    async wait(promise) {
      try {
        const value = await platform.wait(promise)
        device.check()
        return value
      } catch (error) {
        device.check()
        throw error
      }
    },
    check() {
      if (failure) throw failure
    },
    destroy() {
      failure ??= new DeviceLost('the device was destroyed: open a new one.', true)
      gpu.destroy()
    },
  }
  return device
}

interface MatrixConfig {
  readonly componentType: string
  readonly resultComponentType: string
  readonly M: number
  readonly N: number
  readonly K: number
}
/** What Dawn tells of an adapter's subgroup matrices. The size of a subgroup must be known: kernels count on it. */
function matricesOf(info: GPUAdapterInfo & { subgroupMatrixConfigs?: readonly MatrixConfig[] }): Device['matrices'] {
  const { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs = [] } = info
  if (!subgroupMinSize || subgroupMinSize !== subgroupMaxSize) return []
  return [...subgroupMatrixConfigs]
    .filter(({ componentType, resultComponentType }) => componentType === 'f16' && resultComponentType === 'f32')
    .map(({ M, N, K }) => ({ rows: M, columns: N, depth: K, subgroup: subgroupMinSize }))
}

/** Dawn's messages are long: what happened and where, without the call stack below. */
export const firstLines = (message: string): string =>
  message.trim().split('\n').slice(0, 3).join(' ').replace(/\s+/g, ' ')
