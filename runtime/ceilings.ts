/** What the adapter can do at most, measured in the run that needs it: operations and bytes per second. */

import { cpuCeilings } from './cpu/ceilings.js'
import type { CpuDevice } from './cpu/device.js'
import type { Device } from './device.js'
import { webGpuCeilings } from './webgpu/ceilings.js'
import { isWebGpu } from './webgpu/device.js'

export interface Ceilings {
  readonly gflops: number
  /** Bytes read plus bytes written. */
  readonly gbytes: number
}

/** The least milliseconds that the ceilings allow for so many operations and bytes, and which of them sets it. */
export function bound({ gflops, gbytes }: Ceilings, flops: number, bytes: number): { ms: number; by: string } {
  const [compute, memory] = [flops / gflops / 1e6, bytes / gbytes / 1e6]
  return compute > memory ? { ms: compute, by: 'compute' } : { ms: memory, by: 'memory' }
}

/** Measures both ceilings of a device, in a second or so. */
export const measureCeilings = (device: Device): Promise<Ceilings> =>
  isWebGpu(device) ? webGpuCeilings(device) : cpuCeilings(device as CpuDevice)
