/** Kernels of all entries become a program: dispatches in order over slabs, variables shared between entries. */
import { type Graph, isInput, isVariable, nodes, variables } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isExchanged } from '../graph/operation.js'
import { numel } from '../graph/shape.js'
import { byteSize, bytes, flops } from '../kernels/cost.js'
import { type Kernel, kernelsIn, type Runnable, reads, writes } from '../kernels/kernel.js'
import type { Chooser } from '../kernels/schedule.js'
import { machineOf, type Target } from '../kernels/target.js'
import { canonical, plain } from '../kernels/tuning.js'
import { bindingsOf, type Module } from '../loops/module.js'
import type { LoopProgram } from '../loops/program.js'
import { type Backend, backendOf } from './backend.js'
import { type Flattened, flatten, placeParts, type Region, unitsOf } from './flat.js'
import { checkDtypes, checkLimits, checkMemory } from './limits.js'
import { lifetimesOf, lowerBound, type Span, type Step, type Values } from './liveness.js'
import { aligned, pack, packAlive } from './memory.js'
import { type Ordered, orderKernels, type Update } from './order.js'
import type { Dispatch, Exchange, Place, Program, ProgramEntry, ProgramKernel, Repeated, Stored } from './program.js'
import { recompute } from './recompute.js'

/** One entry, lowered: the graph (for its leaves and results) and its kernels. */
export interface Lowered {
  readonly graph: Graph
  readonly runnables: readonly Runnable[]
}
export interface EntryMemory {
  /** Bytes alive at the busiest step, temporaries only: no plan can do with less. */
  readonly lowerBound: number
  /** Bytes of the temporaries this entry uses. */
  readonly planned: number
  /** Bytes that have to be moved however it is computed: inputs and variables read, variables and outputs written, each once. */
  readonly traffic: number
}
export interface Planned {
  readonly program: Program
  readonly memory: Readonly<Record<string, EntryMemory>>
  /** What the texts of the program's kernels were printed from, as far as that is a loop program. */
  readonly loops: readonly LoopProgram[]
}

/**
 * `budget`: bytes of all buffers, by default as many as it takes; values are computed again rather than kept where that
 * is needed. Throws `LimitError` where that is not enough.
 */
export function plan(
  entries: readonly Lowered[],
  target: Target,
  choose: Chooser,
  budget = Number.POSITIVE_INFINITY,
): Planned {
  const leaves = [...new Set(entries.flatMap(({ graph }) => variables(graph)))]
  const allInputs = entries.flatMap(({ graph }) => graph.inputs)
  const fixed = [...leaves, ...allInputs].reduce((sum, tensor) => sum + aligned(byteSize(tensor)), 0)

  /** A plan has gaps: where it needs more than is alive at its busiest step, its kernels have to do with less. */
  function fit(ordered: Ordered): Ordered {
    const available = budget - fixed
    let allowed = available
    let best = { fitted: ordered, planned: Number.POSITIVE_INFINITY }
    for (let fitted = ordered, tries = 0; tries < 4; tries++) {
      const lifetimes = flatLifetimes(fitted.runnables, ordered.values, [])
      const planned = plannedBytes(packAlive(lifetimes, [], 0, target.bufferBytes))
      if (planned < best.planned) best = { fitted, planned }
      if (planned <= available) break
      allowed = Math.min(allowed, available + lowerBound(lifetimes) - planned)
      fitted = { ...ordered, runnables: recompute(ordered, allowed, machineOf(target)) }
    }
    return best.fitted
  }

  /** Updates over flat memory, unless that takes more than the budget: gradients are kept until they are all there. */
  function batch(orders: readonly Ordered[]): Flattened {
    const flat = flatten(orders)
    const fits = orders.every(({ values }, i) => {
      const lifetimes = flatLifetimes(flat.runnables[i]!, values, flat.regions)
      return plannedBytes(packAlive(lifetimes, [], 0, target.bufferBytes)) <= budget - fixed
    })
    return fits ? flat : { runnables: orders.map(order => order.runnables), regions: [] }
  }

  const orders = entries.map(({ graph, runnables }) => fit(orderKernels(runnables, graph)))
  const { runnables: ordered, regions } = batch(orders)
  const unit = unitsOf(regions)
  const sizes: number[] = []
  const places = pack([...new Set(leaves.map(unit))], sizes, target.bufferBytes)
  for (const [tensor, place] of pack(allInputs, sizes, target.bufferBytes)) places.set(tensor, place)
  placeParts(places, regions)
  const firstTemporary = sizes.length

  const kernels: ProgramKernel[] = []
  const modules: Module[] = []
  const backend = backendOf(target)
  const byText = new Map<string, number>()
  const unique = uniqueNames()
  const print = createPrinter(backend)
  const memory: Record<string, EntryMemory> = {}
  const planned = entries.map(({ graph }, i): [string, ProgramEntry] => {
    const { inPlace, copied, values } = orders[i]!
    const alias = new Map(inPlace.map(({ variable, value }) => [value, variable]))
    const lifetimes = flatLifetimes(ordered[i]!, values, regions)
    const temporary = packAlive(lifetimes, sizes, firstTemporary, target.bufferBytes)
    memory[graph.name] = {
      lowerBound: lowerBound(lifetimes),
      planned: plannedBytes(temporary),
      traffic: trafficOf(graph),
    }
    placeParts(temporary, regions)
    const placeOf = (tensor: Tensor): Place => {
      const place = places.get(alias.get(tensor) ?? tensor) ?? temporary.get(tensor)
      if (!place) throw new Error(`${tensor.operation.name} in ${tensor.scope || 'the entry'} has no memory`)
      return place
    }
    const storage = {
      holder: (tensor: Tensor) => alias.get(tensor) ?? tensor,
      buffer: (tensor: Tensor) => placeOf(tensor).slab,
    }
    const dispatch = (kernel: Kernel): Dispatch => {
      checkDtypes(kernel, target)
      const module = print(kernel, choose(kernel, target), storage)
      const { code, bindings, workgroups } = module
      const access = bindings.map(binding => binding.access)
      if (!byText.has(code)) modules.push(module)
      const found = byText.get(code) ?? kernels.push({ name: unique(kernel.name), code, bindings: access }) - 1
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
    const all = [...ordered[i]!, ...copied.map(update => copyKernel(update))]
    const { kernels: inOrder, repeats } = laidOut(all)
    const exchanges = exchangesOf(all, unit, placeOf)
    return [
      graph.name,
      {
        inputs: graph.inputs.map(tensor => stored(tensor.attributes.name, tensor, placeOf(tensor))),
        outputs: Object.entries(graph.outputs).map(([name, tensor]) => stored(name, tensor, placeOf(tensor))),
        dispatches: inOrder.map(dispatch),
        ...(repeats.length && { repeats }),
        ...(exchanges.length && { exchanges }),
      },
    ]
  })
  const program: Program = {
    format: 'facet-program/1',
    target: target.name,
    kernels,
    ...backend.whole(modules),
    slabs: sizes.map(bytes => Math.max(bytes, 4)),
    variables: leaves.map(leaf => ({
      ...stored(leaf.attributes.name, leaf, places.get(leaf)!),
      kind: leaf.attributes.kind,
    })),
    entries: Object.fromEntries(planned),
  }
  checkMemory(program, budget, fixed)
  checkLimits(program, target)
  return { program, memory, loops: modules.map(({ loops }) => loops) }
}

/** Values are exchanged as late as possible, many at a time: before a kernel reads one of them, or at the end. */
function exchangesOf(
  runnables: readonly Runnable[],
  unit: (tensor: Tensor) => Tensor,
  placeOf: (tensor: Tensor) => Place,
): Exchange[] {
  const exchanges: Exchange[] = []
  let open: Tensor[] = []
  const close = (before: number): void => {
    if (open.length)
      exchanges.push({
        before,
        values: open.map(tensor => ({
          ...placeOf(tensor),
          dtype: tensor.dtype as 'f32',
          combine: tensor.attributes.combine,
        })),
      })
    open = []
  }
  let at = 0
  for (const runnable of runnables) {
    const read = new Set(reads(runnable).map(unit))
    if (open.some(tensor => read.has(unit(tensor)))) close(at)
    open.push(...writes(runnable).filter(isExchanged))
    at += kernelsIn([runnable]).length
  }
  close(at)
  return exchanges
}

/** Kernels one after the other, and which of them are repeated. */
function laidOut(runnables: readonly Runnable[], from = 0): { kernels: Kernel[]; repeats: Repeated[] } {
  const kernels: Kernel[] = []
  const repeats: Repeated[] = []
  for (const runnable of runnables) {
    if (runnable.kind !== 'repeat') {
      kernels.push(runnable)
      continue
    }
    const begin = from + kernels.length
    const inner = laidOut(runnable.body, begin)
    kernels.push(...inner.kernels)
    repeats.push({ from: begin, to: from + kernels.length, times: runnable.times }, ...inner.repeats)
  }
  return { kernels, repeats }
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

function trafficOf(graph: Graph): number {
  const read = nodes(graph).filter(node => isInput(node) || isVariable(node))
  const written = [...graph.updates.map(({ variable }) => variable), ...Object.values(graph.outputs)]
  return [...read, ...written].reduce((sum, tensor) => sum + byteSize(tensor), 0)
}

/** A region of temporaries lives as one value, from the first of its parts; one of variables is no temporary. */
function flatLifetimes(runnables: readonly Runnable[], { inPlace, results }: Values, regions: readonly Region[]) {
  const unit = unitsOf(regions)
  const ofVariables = regions.filter(({ parts }) => [...parts.keys()].every(isVariable)).map(({ tensor }) => tensor)
  const { kernels, repeats } = laidOut(runnables)
  const steps = kernels.map((kernel): Step => ({ reads: reads(kernel).map(unit), writes: writes(kernel).map(unit) }))
  return lifetimesOf(
    steps,
    { inPlace: new Set([...inPlace, ...ofVariables]), results: new Set([...results].map(unit)) },
    repeats.map(({ from, to }): Span => [from, to - 1]),
  )
}

/** Makes the module of kernels which compute the same of other tensors once: layers of one shape, the two views of a batch. */
function createPrinter(backend: Backend): Backend['module'] {
  const printed = new Map<string, Module>()
  return (kernel, schedule, storage) => {
    const bindings = bindingsOf(kernel, storage)
    const position = new Map(bindings.map(({ tensor }, i) => [tensor, i]))
    const bound = [...reads(kernel), ...writes(kernel)].map(tensor => position.get(storage.holder(tensor)))
    const access = bindings.map(binding => binding.access)
    const key = JSON.stringify([canonical(kernel), plain(kernel, schedule), bound, access])
    const module = printed.get(key) ?? backend.module(kernel, schedule, storage)
    printed.set(key, module)
    return { ...module, bindings }
  }
}

/** Moves a value that could not be written in place into its variable, after everything else. */
function copyKernel({ variable, value }: Update): Kernel {
  const axis = { name: 'i', size: numel(variable.shape) }
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

/** Gives equal names a number: kernels are told apart in profiles. */
function uniqueNames(): (name: string) => string {
  const taken = new Map<string, number>()
  return name => {
    const same = taken.get(name) ?? 0
    taken.set(name, same + 1)
    return same ? `${name}.${same}` : name
  }
}
