/** Kernels of all entries become a program: dispatches in order over slabs, variables shared between entries. */
import { type Graph, variables } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { byteSize, bytes, flops } from '../kernels/cost.js'
import { type Kernel, reads, writes } from '../kernels/kernel.js'
import type { Chooser } from '../kernels/schedule.js'
import type { Target } from '../kernels/target.js'
import { emit } from '../wgsl/emit.js'
import { checkLimits } from './limits.js'
import { aligned, type Lifetime, lowerBound, pack, share } from './memory.js'
import { orderKernels, type Update } from './order.js'
import type { Dispatch, Place, Program, ProgramEntry, ProgramKernel, Stored } from './program.js'

/** One entry, lowered: the graph (for its leaves and results) and its kernels. */
export interface Lowered {
  readonly graph: Graph
  readonly kernels: readonly Kernel[]
}
export interface EntryMemory {
  /** Bytes alive at the busiest step, temporaries only: no plan can do with less. */
  readonly lowerBound: number
  /** Bytes of the temporaries this entry uses. */
  readonly planned: number
}
export interface Planned {
  readonly program: Program
  readonly memory: Readonly<Record<string, EntryMemory>>
}

export function plan(entries: readonly Lowered[], target: Target, choose: Chooser): Planned {
  const sizes: number[] = []
  const leaves = [...new Set(entries.flatMap(({ graph }) => variables(graph)))]
  const places = pack(leaves, sizes, target.bufferBytes)
  const inputs = pack(
    entries.flatMap(({ graph }) => graph.inputs),
    sizes,
    target.bufferBytes,
  )
  for (const [tensor, place] of inputs) places.set(tensor, place)
  const firstTemporary = sizes.length

  const kernels: ProgramKernel[] = []
  const byText = new Map<string, number>()
  const memory: Record<string, EntryMemory> = {}
  const planned = entries.map(({ graph, kernels: unordered }): [string, ProgramEntry] => {
    const ordered = orderKernels(unordered, graph.updates)
    const alias = new Map(ordered.inPlace.map(({ variable, value }) => [value, variable]))
    const lifetimes = lifetimesOf(ordered.kernels, new Set([...alias.keys(), ...places.keys()]), [
      ...Object.values(graph.outputs),
      ...ordered.copied.map(({ value }) => value),
    ])
    const temporary = share(lifetimes, sizes, firstTemporary, target.bufferBytes)
    memory[graph.name] = { lowerBound: lowerBound(lifetimes), planned: plannedBytes(temporary) }
    const placeOf = (tensor: Tensor): Place => {
      const place = places.get(alias.get(tensor) ?? tensor) ?? temporary.get(tensor)
      if (!place) throw new Error(`${tensor.operation.name} in ${tensor.scope || 'the entry'} has no memory`)
      return place
    }
    const storage = {
      place: (tensor: Tensor) => alias.get(tensor) ?? tensor,
      buffer: (tensor: Tensor) => placeOf(tensor).slab,
    }
    const dispatch = (kernel: Kernel): Dispatch => {
      const { code, bindings, workgroups } = emit(kernel, choose(kernel, target), target, storage)
      const access = bindings.map(binding => binding.access)
      const found = byText.get(code) ?? kernels.push({ name: unique(kernel.name, kernels), code, bindings: access }) - 1
      byText.set(code, found)
      return {
        kernel: found,
        bindings: bindings.map(({ tensor }) => placeOf(tensor)),
        workgroups,
        scope: kernel.scope,
        flops: flops(kernel),
        bytes: bytes(kernel),
      }
    }
    const copies = ordered.copied.map(update => copyKernel(update))
    return [
      graph.name,
      {
        inputs: graph.inputs.map(tensor => stored(tensor.attributes.name, tensor, placeOf(tensor))),
        outputs: Object.entries(graph.outputs).map(([name, tensor]) => stored(name, tensor, placeOf(tensor))),
        dispatches: [...ordered.kernels, ...copies].map(dispatch),
      },
    ]
  })
  const program: Program = {
    format: 'facet-program/1',
    target: target.name,
    kernels,
    slabs: sizes.map(bytes => Math.max(bytes, 4)),
    variables: leaves.map(leaf => ({
      ...stored(leaf.attributes.name, leaf, places.get(leaf)!),
      kind: leaf.attributes.kind,
    })),
    entries: Object.fromEntries(planned),
  }
  checkLimits(program, target)
  return { program, memory }
}

const stored = (name: string, { shape, dtype }: Tensor, place: Place): Stored => ({
  name,
  shape: [...shape],
  dtype,
  ...place,
})

const plannedBytes = (places: ReadonlyMap<Tensor, Place>): number => {
  const ends = new Map<number, number>()
  for (const { slab, offset, bytes } of places.values())
    ends.set(slab, Math.max(ends.get(slab) ?? 0, offset + aligned(bytes)))
  return [...ends.values()].reduce((a, b) => a + b, 0)
}

/** From the kernel that writes a value to the last that reads it; results live to the end. */
function lifetimesOf(
  kernels: readonly Kernel[],
  elsewhere: ReadonlySet<Tensor>,
  results: readonly Tensor[],
): Lifetime[] {
  const last = new Map<Tensor, number>()
  kernels.forEach((kernel, i) => {
    for (const tensor of reads(kernel)) last.set(tensor, i)
  })
  for (const result of results) last.set(result, kernels.length)
  return kernels.flatMap((kernel, from) => {
    const operands = reads(kernel)
    return writes(kernel)
      .filter(tensor => !elsewhere.has(tensor))
      .map(tensor => ({ tensor, from, to: last.get(tensor) ?? from, operands }))
  })
}

/** Moves a value that could not be written in place into its variable, after everything else. */
function copyKernel({ variable, value }: Update): Kernel {
  const axis = { name: 'i', size: byteSize(variable) / 4 }
  const index = { kind: 'axis' as const, axis, dtype: 'i32' as const }
  const load = { kind: 'load' as const, source: value, index, dtype: value.dtype }
  return {
    name: 'copy',
    scope: '',
    grid: [axis],
    contraction: false,
    body: [{ kind: 'store', along: [], results: [{ target: variable, index, value: load }] }],
  }
}

/** Equal names get a number: kernels are told apart in profiles. */
function unique(name: string, taken: readonly ProgramKernel[]): string {
  const same = taken.filter(kernel => kernel.name === name || kernel.name.startsWith(`${name}.`)).length
  return same ? `${name}.${same}` : name
}
