/**
 * The ceilings of an adapter of WebGPU: a kernel that only copies and one that only computes. Which form is the fastest
 * differs from driver to driver, so each ceiling is the best of several.
 */
import type { Ceilings } from '../ceilings.js'
import type { WebGpuDevice } from './device.js'

const MIB = 2 ** 20
/** Larger than the caches: GPUs have up to 100 MiB of them. */
const COPIED = { gpu: 512 * MIB, software: 64 * MIB }
/** A measurement repeats the kernel until it takes so long, which leaves the cost of the submit behind. */
const LEAST_MS = 25
const REPEATS = 3

interface Kernel {
  readonly code: string
  readonly workgroups: readonly [number, number]
  /** Bytes moved or operations done by one dispatch. */
  readonly work: number
}

/** See `measureCeilings`. */
export async function webGpuCeilings(device: WebGpuDevice): Promise<Ceilings> {
  const gpu = device.adapter.kind === 'gpu'
  const size = Math.min(
    COPIED[gpu ? 'gpu' : 'software'],
    2 ** Math.floor(Math.log2(device.limits.maxStorageBufferBindingSize)),
  )
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
  const buffers = [0, 1].map(() => device.gpu.createBuffer({ size, usage }))
  const best = async (kernels: readonly Kernel[]): Promise<number> => {
    let most = 0
    for (const kernel of kernels) most = Math.max(most, await rate(device, buffers, kernel))
    return most
  }
  try {
    const gbytes = await best([copy('f32', size / 4), copy('vec4f', size / 16)])
    const forms = ['fma(v, k, c)', 'v * k + c']
    const gflops = await best(
      forms.flatMap(form => [1, 2, 4].map(chains => multiplyAdd(form, chains, gpu ? 2 ** 14 : 2 ** 9))),
    )
    return { gflops, gbytes }
  } finally {
    for (const buffer of buffers) buffer.destroy()
  }
}

const BINDINGS = (type: string) => `@group(0) @binding(0) var<storage, read> x: array<${type}>;
@group(0) @binding(1) var<storage, read_write> y: array<${type}>;`

/** A workgroup row of 2^15 groups of 64 keeps every dimension below the guaranteed limit. */
function copy(type: 'f32' | 'vec4f', count: number): Kernel {
  const groups = count / 64
  const columns = Math.min(groups, 2 ** 15)
  return {
    workgroups: [columns, groups / columns],
    work: 2 * count * (type === 'f32' ? 4 : 16),
    code: `${BINDINGS(type)}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * ${columns * 64}u + id.x;
  y[i] = x[i];
}`,
  }
}

/** Independent chains hide the latency of one multiply-add; too many spill registers. */
function multiplyAdd(form: string, chains: number, groups: number): Kernel {
  const steps = 512
  const each = (line: (i: number) => string) => Array.from({ length: chains }, (_, i) => line(i)).join('\n')
  return {
    workgroups: [groups, 1],
    // A multiplication and an addition in four lanes.
    work: 8 * chains * steps * groups * 64,
    code: `${BINDINGS('vec4f')}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let k = x[id.x];
  let c = x[id.x + 1u];
${each(i => `  var v${i} = x[id.x + ${i + 2}u];`)}
  for (var i = 0u; i < ${steps}u; i++) {
${each(i => `    v${i} = ${form.replace('v', `v${i}`)};`)}
  }
  y[id.x] = ${Array.from({ length: chains }, (_, i) => `v${i}`).join(' + ')};
}`,
  }
}

/** Work in units of 1e9 per second: the best of a few submits that repeat the kernel as often as `LEAST_MS` takes. */
async function rate(
  device: WebGpuDevice,
  buffers: readonly GPUBuffer[],
  { code, workgroups, work }: Kernel,
): Promise<number> {
  const { gpu } = device
  const pipeline = await device.wait(
    gpu.createComputePipelineAsync({ layout: 'auto', compute: { module: gpu.createShaderModule({ code }) } }),
  )
  const group = gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  const submit = async (times: number): Promise<number> => {
    const start = performance.now()
    const encoder = gpu.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, group)
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...workgroups)
    pass.end()
    gpu.queue.submit([encoder.finish()])
    await device.done()
    return performance.now() - start
  }
  await submit(1)
  let times = 1
  let ms = await submit(times)
  while (ms < LEAST_MS) ms = await submit((times *= 2))
  for (let i = 1; i < REPEATS; i++) ms = Math.min(ms, await submit(times))
  return (work * times) / ms / 1e6
}
