/// <reference types="@webgpu/types" preserve="true" />
/**
 * A program on WebGPU: slabs, pipelines (created in parallel, once per text) and bind groups. All that a step needs is made
 * here; running creates nothing.
 */
import type { Place, Program, ProgramKernel, Repeated } from '../../compiler/plan/program.js'
import type { Command, Counters, DeviceProgram, LoadingOptions, Range, Staging } from '../device.js'
import { KernelError, OutOfMemory } from '../errors.js'
import { inOrder } from '../order.js'
import type { WebGpuDevice } from './device.js'
import { timed } from './times.js'

/** A dispatch with its objects. */
export interface Step {
  readonly pipeline: GPUComputePipeline
  readonly group: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
}

/** See `Device.load`. */
export async function loadProgram(
  device: WebGpuDevice,
  program: Program,
  { counters, rooms, onProgress }: LoadingOptions,
): Promise<DeviceProgram> {
  const { gpu } = device
  const { created: made, error } = await scoped(device, 'out-of-memory', () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    const slabs = program.slabs.map((size, i) => gpu.createBuffer({ label: `slab ${i}`, size, usage }))
    counters.buffersCreated += slabs.length
    const made = new Loaded(device, slabs, counters)
    rooms(made)
    return made
  })
  try {
    if (error) {
      const total = program.slabs.reduce((a, b) => a + b, 0)
      throw new OutOfMemory(
        `${device.adapter.name} has no room for the program's ${(total / 2 ** 20).toFixed(1)} MiB: use a smaller batch. (${firstLines(error.message)})`,
      )
    }
    const pipelines = await createPipelines(device, program, onProgress)
    counters.pipelinesCreated += new Set(pipelines.map(made => made.pipeline)).size
    made.bind(program, pipelines)
    return made
  } catch (error) {
    made.destroy()
    throw error
  }
}

class Loaded implements DeviceProgram {
  private readonly steps = new Map<string, readonly Step[]>()
  private readonly repeats = new Map<string, readonly Repeated[]>()
  private readonly stagings = new Set<Staged>()

  constructor(
    private readonly device: WebGpuDevice,
    private readonly slabs: readonly GPUBuffer[],
    private readonly counters: Counters,
  ) {}

  /** Bind groups, one per layout and places. */
  bind(program: Program, pipelines: readonly MadePipeline[]): void {
    const groups = new Map<string, GPUBindGroup>()
    const groupOf = (label: string, { layout, layoutKey }: MadePipeline, bindings: readonly Place[]): GPUBindGroup => {
      const key = [layoutKey, ...bindings.map(b => `${b.slab}+${b.offset}:${b.bytes}`)].join(' ')
      let group = groups.get(key)
      if (!group) {
        const entries = bindings.map(({ slab, offset, bytes: size }, binding) => ({
          binding,
          resource: { buffer: this.slabs[slab]!, offset, size },
        }))
        groups.set(key, (group = this.device.gpu.createBindGroup({ label, layout, entries })))
        this.counters.bindGroupsCreated++
      }
      return group
    }
    for (const [name, entry] of Object.entries(program.entries)) {
      this.repeats.set(name, entry.repeats ?? [])
      this.steps.set(
        name,
        entry.dispatches.map(({ kernel, bindings, workgroups, scope }) => {
          const made = pipelines[kernel]!
          const group = groupOf(`${name}: ${program.kernels[kernel]!.name} ${scope}`, made, bindings)
          return { pipeline: made.pipeline, group, workgroups }
        }),
      )
    }
  }

  write({ slab, offset }: Pick<Place, 'slab' | 'offset'>, bytes: Uint8Array<ArrayBuffer>): void {
    this.device.gpu.queue.writeBuffer(this.slabs[slab]!, offset, bytes)
  }

  /** One command buffer, with a pass per range. */
  submit(label: string, commands: readonly Command[]): void {
    const { gpu } = this.device
    const encoder = gpu.createCommandEncoder({ label })
    for (const command of commands) {
      if (command.kind === 'run') this.encode(encoder, command.entry, command)
      else {
        const { place, to, at } = command
        encoder.copyBufferToBuffer(this.slabs[place.slab]!, place.offset, (to as Staged).buffer, at, place.bytes)
      }
    }
    gpu.queue.submit([encoder.finish()])
    this.counters.submits++
  }

  private encode(encoder: GPUCommandEncoder, entry: string, { from, to }: Range): void {
    const pass = encoder.beginComputePass({ label: entry })
    let bound: GPUComputePipeline | undefined
    for (const { pipeline, group, workgroups } of this.inOrder(entry, { from, to })) {
      if (pipeline !== bound) pass.setPipeline((bound = pipeline))
      pass.setBindGroup(0, group)
      pass.dispatchWorkgroups(...workgroups)
      this.counters.dispatches++
    }
    pass.end()
    this.counters.passes++
  }

  private inOrder(entry: string, { from, to }: Range): readonly Step[] {
    const [steps, repeats] = [this.steps.get(entry)!, this.repeats.get(entry)!]
    if (repeats.length === 0) return steps.slice(from, to)
    const order: Step[] = []
    inOrder(repeats, from, to, i => order.push(steps[i]!))
    return order
  }

  staging(label: string, size: number): Staging {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
    const buffer = this.device.gpu.createBuffer({ label, size, usage })
    const made: Staged = new Staged(this.device, buffer, () => this.stagings.delete(made))
    this.counters.buffersCreated++
    this.stagings.add(made)
    return made
  }

  times(entry: string, ranges: readonly Range[]): Promise<number[]> {
    return timed(
      this.device,
      ranges.map(range => this.inOrder(entry, range)),
    )
  }

  destroy(): void {
    for (const slab of this.slabs) slab.destroy()
    for (const staging of this.stagings) staging.destroy()
  }
}

class Staged implements Staging {
  constructor(
    private readonly device: WebGpuDevice,
    readonly buffer: GPUBuffer,
    private readonly forget: () => void,
  ) {}

  async read<T>(use: (bytes: ArrayBuffer) => T): Promise<T> {
    await this.device.wait(this.buffer.mapAsync(GPUMapMode.READ))
    const result = use(this.buffer.getMappedRange())
    this.buffer.unmap()
    return result
  }

  destroy(): void {
    this.forget()
    this.buffer.destroy()
  }
}

interface MadePipeline {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  readonly layoutKey: string
}

async function createPipelines(
  device: WebGpuDevice,
  program: Program,
  onProgress: LoadingOptions['onProgress'],
): Promise<MadePipeline[]> {
  const { gpu } = device
  const layouts = new Map<string, GPUBindGroupLayout>()
  const layoutOf = (key: string, bindings: ProgramKernel['bindings']) => {
    let layout = layouts.get(key)
    if (!layout) {
      const entries = bindings.map(
        (access, binding): GPUBindGroupLayoutEntry => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
        }),
      )
      layouts.set(key, (layout = gpu.createBindGroupLayout({ label: key, entries })))
    }
    return layout
  }
  const made = new Map<string, Promise<MadePipeline>>()
  const make = async (kernel: ProgramKernel, layoutKey: string): Promise<MadePipeline> => {
    const layout = layoutOf(layoutKey, kernel.bindings)
    const { created: module, error } = await scoped(device, 'validation', () =>
      gpu.createShaderModule({ label: kernel.name, code: kernel.code }),
    )
    if (error) throw await refused(device, program, kernel, module, error.message)
    const pipeline = await device
      .wait(
        gpu.createComputePipelineAsync({
          label: kernel.name,
          layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: 'main' },
        }),
      )
      .catch(async error => {
        device.check()
        throw await refused(device, program, kernel, module, (error as Error).message)
      })
    onProgress?.(++done, made.size)
    return { pipeline, layout, layoutKey }
  }
  let done = 0
  const all = program.kernels.map(kernel => {
    const layoutKey = kernel.bindings.join(',')
    const key = `${layoutKey}\n${kernel.code}`
    if (!made.has(key)) made.set(key, make(kernel, layoutKey))
    return made.get(key)!
  })
  // All have ended before the first error is thrown: no pipeline is still in the making when the slabs are freed.
  await Promise.allSettled(all)
  return Promise.all(all)
}

/** Which line of which kernel, computing what, and the compiler's words. */
async function refused(
  device: WebGpuDevice,
  program: Program,
  kernel: ProgramKernel,
  module: GPUShaderModule,
  message: string,
): Promise<KernelError> {
  const { messages } = await device.wait(module.getCompilationInfo())
  const first = messages.find(({ type }) => type === 'error')
  const lines = kernel.code.split('\n')
  const detail = first
    ? `${first.message} (WGSL line ${first.lineNum}: ${lines[first.lineNum - 1]?.trim()})`
    : firstLines(message)
  const position = program.kernels.indexOf(kernel)
  const users = Object.entries(program.entries).flatMap(([entry, { dispatches }]) =>
    dispatches
      .filter(dispatch => dispatch.kernel === position)
      .map(({ scope }) => `${entry}${scope && ` of ${scope}`}`),
  )
  return new KernelError(
    `kernel ${kernel.name}${users[0] ? `, used by ${users[0]},` : ''} does not compile on ${device.adapter.name}: ${detail}`,
  )
}

/** Runs `make` with errors of one kind caught. Scopes nest, so nothing may be awaited inside. */
async function scoped<T>(
  device: WebGpuDevice,
  filter: GPUErrorFilter,
  make: () => T,
): Promise<{ created: T; error: GPUError | null }> {
  device.gpu.pushErrorScope(filter)
  let created: T
  try {
    created = make()
  } catch (error) {
    device.gpu.popErrorScope().catch(() => undefined)
    throw error
  }
  return { created, error: await device.wait(device.gpu.popErrorScope()) }
}

/** Dawn's messages are long: what happened and where, without the call stack below. */
export const firstLines = (message: string): string =>
  message.trim().split('\n').slice(0, 3).join(' ').replace(/\s+/g, ' ')
