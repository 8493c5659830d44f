/**
 * A program onto a device: slabs, pipelines (created in parallel, once per text) and bind groups. All that a step needs is
 * made here; running creates nothing.
 */
import type { Compiled } from '../compiler/compile.js'
import type { Entry } from '../compiler/language/program.js'
import type { Program, ProgramKernel } from '../compiler/plan/program.js'
import { type Device, firstLines } from './device.js'
import { checkRanks, type Ranks } from './distributed/ranks.js'
import { RankedSession } from './distributed/session.js'
import { KernelError, OutOfMemory } from './errors.js'
import { Ring } from './ring.js'
import { newCounters, Session, type Step } from './run.js'
import { validate } from './validate.js'

export interface LoadOptions {
  /** Keys every random number of the program. Default 0. */
  readonly seed?: number
  /** Whether to give the variables their initial values. Default true; false where a checkpoint is loaded next. */
  readonly init?: boolean
  /** The processes that run the program together: as many as it was compiled for. Default: this one alone. */
  readonly ranks?: Ranks
  /** Called when a pipeline is ready. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Loads a compiled program. Throws `BadInput` if it is malformed or exceeds the device's limits, `OutOfMemory` if it does
 * not fit, `KernelError` with the WGSL line if a kernel does not compile.
 */
export async function load<E extends Record<string, Entry> = any>(
  device: Device,
  program: Compiled<E>,
  { seed = 0, init = true, ranks, onProgress }: LoadOptions = {},
): Promise<Session<E>> {
  device.check()
  validate(program, device)
  await checkRanks(program, ranks)
  const counters = newCounters()
  const { gpu } = device

  const { created: buffers, error } = await scoped(device, 'out-of-memory', () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    const slabs = program.slabs.map((size, i) => gpu.createBuffer({ label: `slab ${i}`, size, usage }))
    const rings = new Map(
      Object.entries(program.entries).map(([name, entry]) => [name, new Ring(device, name, entry.outputs, counters)]),
    )
    return { slabs, rings }
  })
  const { slabs, rings } = buffers
  counters.buffersCreated += slabs.length
  const release = () => {
    for (const slab of slabs) slab.destroy()
    for (const ring of rings.values()) ring.destroy()
  }
  try {
    if (error) {
      const total = program.slabs.reduce((a, b) => a + b, 0)
      throw new OutOfMemory(
        `${device.adapter.name} has no room for the program's ${(total / 2 ** 20).toFixed(1)} MiB: use a smaller batch. (${firstLines(error.message)})`,
      )
    }
    const pipelines = await createPipelines(device, program, onProgress)
    counters.pipelinesCreated += new Set(pipelines.map(made => made.pipeline)).size

    const groups = new Map<string, GPUBindGroup>()
    const steps = new Map<string, Step[]>()
    for (const [name, entry] of Object.entries(program.entries))
      steps.set(
        name,
        entry.dispatches.map(({ kernel, bindings, workgroups, scope }) => {
          const { pipeline, layout, layoutKey } = pipelines[kernel]!
          const key = [layoutKey, ...bindings.map(b => `${b.slab}+${b.offset}:${b.bytes}`)].join(' ')
          let group = groups.get(key)
          if (!group) {
            const entries = bindings.map(({ slab, offset, bytes: size }, binding) => ({
              binding,
              resource: { buffer: slabs[slab]!, offset, size },
            }))
            groups.set(
              key,
              (group = gpu.createBindGroup({
                label: `${name}: ${program.kernels[kernel]!.name} ${scope}`,
                layout,
                entries,
              })),
            )
            counters.bindGroupsCreated++
          }
          return { pipeline, group, workgroups }
        }),
      )

    const session = ranks
      ? new RankedSession<E>(device, program, slabs, rings, steps, counters, ranks)
      : new Session<E>(device, program, slabs, rings, steps, counters)
    if (program.variables.some(({ name }) => name === 'seed')) session.writeVariables({ seed: Uint32Array.of(seed) })
    if (init && program.entries.init) (session as Session).run('init')
    // A first wait, so that a device that refuses what was made says it here.
    await session.settle()
    return session
  } catch (error) {
    release()
    throw error
  }
}

interface MadePipeline {
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  readonly layoutKey: string
}

async function createPipelines(
  device: Device,
  program: Program,
  onProgress?: LoadOptions['onProgress'],
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
    try {
      const pipeline = await device.wait(
        gpu.createComputePipelineAsync({
          label: kernel.name,
          layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
          compute: { module, entryPoint: 'main' },
        }),
      )
      onProgress?.(++done, made.size)
      return { pipeline, layout, layoutKey }
    } catch (error) {
      device.check()
      throw await refused(device, program, kernel, module, (error as Error).message)
    }
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
  device: Device,
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
  device: Device,
  filter: GPUErrorFilter,
  make: () => T,
): Promise<{ created: T; error: GPUError | null }> {
  device.gpu.pushErrorScope(filter)
  let created: T
  try {
    created = make()
  } catch (error) {
    void device.gpu.popErrorScope()
    throw error
  }
  return { created, error: await device.wait(device.gpu.popErrorScope()) }
}
