/**
 * Milliseconds of dispatches on WebGPU: a pass between two timestamps; on adapters without timestamps a submit, timed by the
 * host, less what an empty one takes.
 */
import { median } from '../profile.js'
import type { WebGpuDevice } from './device.js'
import type { Step } from './program.js'

/** Dispatches that share a pass. */
type Pass = readonly Step[]
/** Milliseconds of each pass, the passes run in order. */
export const timed = (device: WebGpuDevice, passes: readonly Pass[]): Promise<number[]> =>
  device.features.has('timestamp-query') ? byTimestamps(device, passes) : bySubmits(device, passes)

/** WebGPU's limit of a query set is 4096 timestamps. */
const PASSES_AT_A_TIME = 2048

async function byTimestamps(device: WebGpuDevice, passes: readonly Pass[]): Promise<number[]> {
  const { gpu } = device
  const times: number[] = []
  for (let from = 0; from < passes.length; from += PASSES_AT_A_TIME) {
    const part = passes.slice(from, from + PASSES_AT_A_TIME)
    const count = 2 * part.length
    const querySet = gpu.createQuerySet({ type: 'timestamp', count })
    const resolved = gpu.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    })
    const staging = gpu.createBuffer({ size: 8 * count, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
    try {
      const encoder = gpu.createCommandEncoder({ label: 'profile' })
      part.forEach((pass, i) => {
        encode(encoder, pass, { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 })
      })
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0)
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count)
      gpu.queue.submit([encoder.finish()])
      await device.wait(staging.mapAsync(GPUMapMode.READ))
      const nanoseconds = new BigInt64Array(staging.getMappedRange())
      // A device may restart its clock between two timestamps: that pass counts as nothing rather than as less.
      for (let i = 0; i < count; i += 2) times.push(Math.max(0, Number(nanoseconds[i + 1]! - nanoseconds[i]!) / 1e6))
    } finally {
      querySet.destroy()
      resolved.destroy()
      staging.destroy()
    }
  }
  return times
}

async function bySubmits(device: WebGpuDevice, passes: readonly Pass[]): Promise<number[]> {
  const { queue } = device.gpu
  const submit = async (pass: Pass): Promise<number> => {
    const start = performance.now()
    const encoder = device.gpu.createCommandEncoder({ label: 'profile' })
    encode(encoder, pass)
    queue.submit([encoder.finish()])
    await device.done()
    return performance.now() - start
  }
  const empty: number[] = []
  while (empty.length < 5) empty.push(await submit([]))
  const times: number[] = []
  for (const pass of passes) times.push(Math.max(0, (await submit(pass)) - median(empty)))
  return times
}

function encode(encoder: GPUCommandEncoder, steps: Pass, timestampWrites?: GPUComputePassTimestampWrites): void {
  const pass = encoder.beginComputePass(timestampWrites ? { timestampWrites } : {})
  for (const { pipeline, group, workgroups } of steps) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    pass.dispatchWorkgroups(...workgroups)
  }
  pass.end()
}
