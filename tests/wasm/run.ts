/** Runs a program for processors on this thread, without the runtime. */
import v8 from 'node:v8'
import type { Place, Program } from '../../compiler/plan/program.js'
import { inOrder } from '../../runtime/order.js'

v8.setFlagsFromString('--experimental-wasm-relaxed-simd')

type Kernel = (begin: number, end: number, scratch: number, ...bases: number[]) => void
export interface Running {
  readonly memory: WebAssembly.Memory
  /** The bytes of a place. */
  at(place: Place): DataView
  run(entry: string): void
}

/** Bytes before and after the slabs that a masked load may touch. */
const GAP = 65536

/** `cuts`: in how many calls the tasks of a dispatch are run. */
export function running(program: Program, { fused = true, cuts = 1 } = {}): Running {
  const { scratch } = program.wasm!
  let next = GAP + Math.ceil(scratch / 256) * 256
  const bases = program.slabs.map(bytes => {
    const base = next
    next += Math.ceil(bytes / 256) * 256
    return base
  })
  const memory = new WebAssembly.Memory({ initial: Math.ceil((next + GAP) / 65536), maximum: 65536, shared: true })
  const module = new WebAssembly.Module(fused ? program.wasm!.relaxed : program.wasm!.plain)
  const kernels = new WebAssembly.Instance(module, { facet: { memory } }).exports as Record<string, unknown>
  return {
    memory,
    at: ({ slab, offset, bytes }) => new DataView(memory.buffer, bases[slab]! + offset, bytes),
    run(entry) {
      const { dispatches, repeats = [] } = program.entries[entry]!
      inOrder(repeats, 0, dispatches.length, at => {
        const { kernel, bindings, workgroups } = dispatches[at]!
        const addresses = bindings.map(({ slab, offset }) => bases[slab]! + offset)
        const tasks = workgroups[0]
        for (let i = 0; i < cuts; i++)
          (kernels[`k${kernel}`] as Kernel)(
            Math.floor((tasks * i) / cuts),
            Math.floor((tasks * (i + 1)) / cuts),
            GAP,
            ...addresses,
          )
      })
    },
  }
}
