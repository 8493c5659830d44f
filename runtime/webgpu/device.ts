/// <reference types="@webgpu/types" preserve="true" />
/// <reference types="@webgpu/types" />
/**
 * A device of WebGPU: its adapter's real limits, the features worth having, and the first thing that went wrong on it.
 * Nothing here belongs to Node or to a browser; `node.ts` and `browser.ts` find the adapter.
 */
import { type AdapterSummary, type Device, usefulLimits } from '../device.js'
import { DeviceLost, type FacetError, KernelError, NoAdapter, OutOfMemory } from '../errors.js'
import { firstLines, loadProgram } from './program.js'

/** What Node and browsers do differently. */
export interface Platform {
  readonly adapter: AdapterSummary
  /** Bytes that buffers may take in all, where that is known better than the device knows it. */
  readonly memory?: number
  /** Called with every promise of the device that is being waited for. */
  readonly wait: <T>(promise: Promise<T>) => Promise<T>
}
/** A device of WebGPU, for programs that use WebGPU beside Facet. */
export interface WebGpuDevice extends Device {
  /** The device as WebGPU knows it. */
  readonly gpu: GPUDevice
  /** Waits for a promise of the device; throws what went wrong on the device if that came first. */
  wait<T>(promise: Promise<T>): Promise<T>
}
/** Whether a device is one of WebGPU, and not the processor. */
export const isWebGpu = (device: Device): device is WebGpuDevice => 'gpu' in device

/** Asked for where the adapter has them. Programs made for the `portable` target need none. */
const usefulFeatures = [
  'timestamp-query',
  'shader-f16',
  'subgroups',
  'subgroup-size-control',
  'chromium-experimental-subgroup-matrix',
]
/** Milliseconds in which a device that cuts off what it does says that it is lost. */
const CUT_OFF = 200

/** Opens `adapter`. Throws `NoAdapter` if the driver refuses. */
export async function deviceOf(adapter: GPUAdapter, platform: Platform): Promise<WebGpuDevice> {
  const gpu = await platform
    .wait(
      adapter.requestDevice({
        requiredFeatures: usefulFeatures.filter(name => adapter.features.has(name)) as GPUFeatureName[],
        // As large as the adapter has them: WebGPU gives only the guaranteed minimum otherwise.
        requiredLimits: Object.fromEntries(usefulLimits.map(name => [name, adapter.limits[name]])),
      }),
    )
    .catch((error: Error) => {
      throw new NoAdapter(`${platform.adapter.name} was found but gives no device: ${error.message}`)
    })
  let failure: FacetError | undefined
  /** Rejects what is being waited for: browsers leave some promises of a device that is gone open for ever. */
  const waiting = new Set<(error: Error) => void>()
  let tellLost!: (error: DeviceLost) => void
  const lost = new Promise<DeviceLost>(resolve => (tellLost = resolve))
  const end = (error: DeviceLost): void => {
    failure ??= error
    tellLost(error)
    for (const reject of waiting) reject(failure)
  }
  gpu.lost.then(({ reason, message }) =>
    end(
      new DeviceLost(
        reason === 'destroyed'
          ? 'the device was destroyed: open a new one.'
          : `${platform.adapter.name} was lost (${message.trim() || 'no reason given'}): open a new device and go on from the last checkpoint.`,
      ),
    ),
  )
  gpu.addEventListener('uncapturederror', event => {
    event.preventDefault()
    const { error } = event as GPUUncapturedErrorEvent
    const text = firstLines(error.message)
    failure ??= /OutOfMemory/.test(error.constructor.name)
      ? new OutOfMemory(`${platform.adapter.name} is out of memory: ${text}`)
      : new KernelError(`${platform.adapter.name} refused a command: ${text}`)
  })
  const device: WebGpuDevice = {
    gpu,
    adapter: platform.adapter,
    identity: identityOf(adapter.info, platform.adapter.name),
    features: new Set(gpu.features as unknown as Iterable<string>),
    limits: gpu.limits,
    matrices: gpu.features.has('chromium-experimental-subgroup-matrix' as GPUFeatureName)
      ? matricesOf(adapter.info)
      : [],
    memory: platform.memory,
    lost,
    wait(promise) {
      if (failure) {
        promise.catch(() => undefined)
        return Promise.reject(failure)
      }
      return new Promise((resolve, reject) => {
        waiting.add(reject)
        platform
          .wait(promise)
          .then(value => (failure ? reject(failure) : resolve(value)))
          .catch(async (error: Error) => {
            // Cut off, which may be known before why it was.
            if (!failure && /^(Abort|Operation)Error$/.test(error.name))
              await Promise.race([lost, new Promise(resolve => setTimeout(resolve, CUT_OFF))])
            reject(failure ?? error)
          })
          .finally(() => waiting.delete(reject))
      })
    },
    load(program, options) {
      return loadProgram(this, program, options)
    },
    done: () => device.wait(gpu.queue.onSubmittedWorkDone() as Promise<unknown>).then(() => undefined),
    check() {
      if (failure) throw failure
    },
    destroy() {
      end(new DeviceLost('the device was destroyed: open a new one.', true))
      gpu.destroy()
    },
  }
  return device
}

const identityOf = ({ vendor, architecture, device, description }: GPUAdapterInfo, name: string): string =>
  [vendor, architecture, device, description || name].filter(Boolean).join(' / ')

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
