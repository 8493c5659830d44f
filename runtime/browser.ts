/// <reference types="@webgpu/types" preserve="true" />
/** The runtime in a browser: `navigator.gpu`, or WebAssembly in workers. */
import { type LoadBundleOptions, loadFrom } from './bundle.js'
import { openCpuInBrowser } from './cpu/browser.js'
import type { Device } from './device.js'
import { NoAdapter } from './errors.js'
import { addressOf, type BundleSource, bundleIn, fetchBundle } from './fetch.js'
import type { Session } from './run.js'
import { deviceOf } from './webgpu/device.js'

export * from './public.js'

/** What kind of device `openDevice` is to open. */
export interface OpenOptions {
  /**
   * `'gpu'`: WebGPU, whatever drives it; `'cpu'`: WebAssembly in workers. Default `'auto'`: WebGPU on a GPU, else WebAssembly,
   * else WebGPU on a software driver.
   */
  readonly adapter?: 'auto' | 'gpu' | 'cpu'
  /** Which GPU, where there are two. Default `'high-performance'`. */
  readonly powerPreference?: GPUPowerPreference
  /** Threads of the adapter `cpu`; one where the page is not cross-origin isolated. Default: as many as the machine runs at once. */
  readonly threads?: number
}

/** Opens a device, the browser's fast GPU by default. Throws `NoAdapter` with what to switch on. */
export async function openDevice(options: OpenOptions = {}): Promise<Device> {
  const { adapter = 'auto', threads } = options
  if (adapter === 'cpu') return openCpuInBrowser(threads)
  const gpu = await openGpu(options).catch((error: Error) => error)
  if (adapter === 'auto' && (gpu instanceof Error || gpu.adapter.kind !== 'gpu'))
    try {
      const cpu = openCpuInBrowser(threads)
      if (!(gpu instanceof Error)) gpu.destroy()
      return cpu
    } catch {
      // What WebGPU lacks is the better advice.
    }
  if (gpu instanceof Error) throw gpu
  return gpu
}

async function openGpu({ powerPreference = 'high-performance' }: OpenOptions): Promise<Device> {
  if (!globalThis.navigator?.gpu)
    throw new NoAdapter(
      'this page has no WebGPU: use a current browser, and open the page over https or from localhost.',
    )
  const adapter = await navigator.gpu.requestAdapter({ powerPreference })
  if (!adapter)
    throw new NoAdapter('the browser has WebGPU but offers no adapter: its GPU may be blocked, see its gpu page.')
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  return deviceOf(adapter, {
    adapter: {
      kind: isFallbackAdapter || /swiftshader/i.test(architecture) ? 'swiftshader' : 'gpu',
      name: description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU',
      vendor,
      architecture,
    },
    wait: promise => promise,
  })
}

/**
 * Loads a shader bundle from a URL (of a `.facet` file, or of a folder, with a slash at the end), relative to the page or
 * worker, from an answer of `fetch`, a `File`, or the bytes of one.
 * `E`: `typeof import(...)` of its declarations. Throws `BadInput` where it is damaged or the device cannot run it, the reason of
 * `signal` where that is aborted, else like `load`.
 */
export function loadBundle<E = any>(
  device: Device,
  source: BundleSource,
  options: LoadBundleOptions = {},
): Promise<Session<E>> {
  const base = globalThis.document?.baseURI ?? location.href
  return loadFrom<E>(
    device,
    async given => (await bundleIn(source, given)) ?? fetchBundle(addressOf(source as string | URL, base), given),
    options,
  )
}
