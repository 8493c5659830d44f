/**
 * What a loop program asks of the memories of a GPU, and what it would take on one: found by evaluating the indices of its accesses for
 * some warps at some iterations. No driver and no device takes part, so a schedule that a card would be slow at is found where there is
 * none. It predicts no milliseconds to be trusted to a tenth; it ranks, and it names what an access costs too much.
 *
 * - **sectors**: the parts of 32 bytes that the accesses of a warp touch in one pass through a body, as a multiple of the fewest that hold
 *   the same elements. 1 is coalesced; 8 is a warp whose lanes each take 4 bytes of another sector.
 * - **conflicts**: passes through the banks of workgroup memory that an access of a warp takes, as a multiple of the fewest.
 * - **groups** beside the multiprocessors of the card: a program that has fewer leaves some idle.
 */
import { choose, type Expression, type Memory, type Primitive, partsOf, widthOf } from '../graph/expression.js'
import { machines } from '../graph/machine.js'
import { preOrder } from '../graph/reach.js'
import { bytesPerElement } from '../kernels/cost.js'
import { count } from './count.js'
import { type LoopProgram, type Statement, valuesOf } from './program.js'

export interface Card {
  readonly name: string
  readonly multiprocessors: number
  /** Invocations that a multiprocessor holds, groups, and bytes of workgroup memory. */
  readonly lanes: number
  readonly groups: number
  readonly groupBytes: number
  /** Of all multiprocessors: multiplications and additions of f32 in a nanosecond, fused, and simple operations. */
  readonly multiplyAdds: number
  /** Bytes of memory, of the cache that all share, and of those that each multiprocessor has, in a nanosecond. */
  readonly bytes: number
  readonly shared: number
  readonly own: number
  /** Bytes that the shared cache holds. */
  readonly cache: number
  /** Nanoseconds from one dispatch to the next that reads its result. */
  readonly dispatch: number
}

/**
 * NVIDIA's H200: 132 multiprocessors of 2048 invocations (data sheet); multiply-adds and bytes as measured in WebGPU, 41.7 TFLOP/s and
 * 3.3 TB/s (`tests/bench/README.md`); 128 bytes a clock from the own cache and from workgroup memory (CUDA's guide, compute capability 9.0), at
 * 1.7 GHz; the shared cache at 2.5 times the memory and 3 us between dispatches are assumed.
 */
export const h200: Card = {
  name: 'NVIDIA H200',
  multiprocessors: 132,
  lanes: 2048,
  groups: 32,
  groupBytes: 224 * 2 ** 10,
  multiplyAdds: 20_850,
  bytes: 3_300,
  shared: 8_000,
  cache: 50 * 2 ** 20,
  own: 28_000,
  dispatch: 3_000,
}

const WARP = 32
const SECTOR = 32
const BANKS = 32

/** What a program does to one memory in one of its phases: the loops at the top of its body, one after the other. */
export interface Access {
  readonly memory: Memory
  readonly phase: number
  readonly text: 'load' | 'store'
  /** Sectors of a place, or passes through the banks of workgroup memory, that warps need at least, and that they take. */
  readonly fewest: number
  readonly taken: number
  /** Bytes of a place that the groups ask the shared cache for: sectors that no other warp of the group took in the same pass. */
  readonly bytes: number
}
export interface Estimate {
  readonly groups: number
  readonly lanes: number
  /** Groups that the card runs at once. */
  readonly atOnce: number
  /** How much of the card has work, over the time that the program runs: 1 is all. */
  readonly busy: number
  readonly accesses: readonly Access[]
  /** Of all accesses, as multiples of the fewest: sectors of places, and passes through the banks of workgroup memory. */
  readonly sectors: number
  readonly conflicts: number
  /** Nanoseconds on the card: of arithmetic, of memory, and of the program with its dispatch. */
  readonly arithmetic: number
  readonly memory: number
  readonly time: number
}

type Values = readonly (number | undefined)[]
/** Iterations of a loop that are looked at, and groups. */
const SAMPLES = 3

export function estimate(program: LoopProgram, card: Card = h200): Estimate {
  const { launch, memories } = program
  const points = launch.kind === 'points'
  const lanes = points ? launch.grain : launch.lane.size
  const groups = points ? Math.ceil(launch.point.size / lanes) : launch.group.size
  const found = new Map<string, Tally>()
  const own = Array.from({ length: lanes }, (_, lane) => lane)
  for (const group of sample(groups)) {
    const axes = new Map<string, Values>(
      points
        ? [[launch.point.name, own.map(lane => group * lanes + lane)]]
        : [
            [launch.group.name, own.map(() => group)],
            [launch.lane.name, own],
          ],
    )
    const active = own.map(lane => !points || group * lanes + lane < launch.point.size)
    walkGroup(program.body, axes, active, groups / sample(groups).length, found)
  }
  const accesses = [...found.values()]
  const sum = (space: Memory['space'], of: (access: Access) => number): number =>
    accesses.filter(({ memory }) => memory.space === space).reduce((total, access) => total + of(access), 0)
  const excess = (space: Memory['space']): number =>
    sum(space, ({ fewest }) => fewest) ? sum(space, ({ taken }) => taken) / sum(space, ({ fewest }) => fewest) : 1

  const work = count(program, machines.gpu)
  const inGroup = memories
    .filter(({ space }) => space === 'group')
    .reduce((sum, { count, dtype }) => sum + count * bytesPerElement[dtype], 0)
  const fit = Math.min(card.groups, Math.floor(card.lanes / lanes), Math.floor(card.groupBytes / Math.max(1, inGroup)))
  const atOnce = Math.max(1, fit) * card.multiprocessors
  // While one multiprocessor has a group more than another, part of the card idles.
  const each = groups / card.multiprocessors
  const busy = each / Math.ceil(each)
  // Half of the invocations that a multiprocessor holds hide what memory takes to answer.
  const hidden = Math.min(1, (2 * Math.min(groups, atOnce) * lanes) / (card.multiprocessors * card.lanes) / busy)
  const arithmetic = (work.multiplyAdds + work.simple) / card.multiplyAdds
  const memory = Math.max(
    fromMemory(accesses, Math.min(1, atOnce / groups), card) / card.bytes,
    sum('place', ({ bytes }) => bytes) / card.shared,
    (sum('place', ({ taken }) => taken * SECTOR) + sum('group', ({ taken }) => taken * BANKS * 4)) / card.own,
  )
  return {
    groups,
    lanes,
    atOnce,
    busy,
    accesses,
    sectors: excess('place'),
    conflicts: excess('group'),
    arithmetic,
    memory,
    time: card.dispatch + Math.max(arithmetic, memory / hidden) / busy,
  }
}

/** Bytes that go to memory: each place once if the cache holds what the groups at work have of it, else once a phase. */
function fromMemory(accesses: readonly Access[], atWork: number, { cache }: Card): number {
  const places = new Map<Memory, number>()
  for (const { memory, bytes } of accesses) {
    if (memory.space !== 'place') continue
    const whole = memory.count * bytesPerElement[memory.dtype]
    const [before, now] = [places.get(memory) ?? 0, Math.min(whole, bytes)]
    places.set(memory, now * atWork > cache ? before + now : Math.max(before, now))
  }
  return [...places.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** Some of `0 .. n - 1`: the first, the last and one between. */
const sample = (n: number): number[] =>
  n <= SAMPLES ? Array.from({ length: n }, (_, i) => i) : [0, Math.floor(n / 2), n - 1]

interface Tally extends Access {
  fewest: number
  taken: number
  bytes: number
}

/** Adds up the accesses of one group, whose axes have these values, `weight` times. */
function walkGroup(
  body: readonly Statement[],
  start: ReadonlyMap<string, Values>,
  active: readonly boolean[],
  weight: number,
  found: Map<string, Tally>,
): void {
  /** Integers by name: what a `let` or a variable was last. */
  const names = new Map<string, Values>()
  let phase = 0

  function statements(
    list: readonly Statement[],
    axes: ReadonlyMap<string, Values>,
    on: readonly boolean[],
    times: number,
    depth = 0,
  ): void {
    let values = evaluator(axes, names)
    const touched = new Map<string, Touched>()
    for (const statement of list) {
      if (depth === 0) phase++
      for (const e of preOrder(valuesOf(statement), partsOf))
        if (e.kind === 'element') touch(touched, e.memory, 'load', values(e.index), e.width ?? 1, on)
      switch (statement.kind) {
        case 'let':
        case 'var':
        case 'set':
          if (statement.value.dtype !== 'f32') names.set(statement.name, values(statement.value))
          if (statement.kind === 'set') values = evaluator(axes, names)
          break
        case 'store':
          touch(touched, statement.memory, 'store', values(statement.index), widthOf(statement.value), on)
          break
        case 'if': {
          const holds = values(statement.condition)
          const inside = on.map((is, i) => is && holds[i] !== 0)
          if (inside.some(is => is)) statements(statement.body, axes, inside, times, depth + 1)
          break
        }
        case 'loop': {
          const { axis, step } = statement
          const [from, to] = [values(statement.from), values(statement.to)]
          const passes = on.map((is, i) =>
            is ? Math.max(0, Math.ceil(((to[i] ?? axis.size) - (from[i] ?? 0)) / step)) : 0,
          )
          const iterations = sample(Math.max(...passes))
          for (const n of iterations) {
            const inside = passes.map(most => n < most)
            const at = new Map(axes).set(
              axis.name,
              from.map(first => (first ?? 0) + n * step),
            )
            statements(statement.body, at, inside, (times * Math.max(...passes)) / iterations.length, depth + 1)
          }
        }
      }
    }
    for (const own of touched.values()) settle(own, phase, weight * times, found)
  }
  statements(body, start, active, 1)
}

/** What one pass through a body touched of a memory: by warps, and the sectors of all. */
interface Touched {
  readonly memory: Memory
  readonly text: Access['text']
  readonly warps: Map<number, { readonly sectors: Set<number>; readonly elements: Set<number> }>
  readonly sectors: Set<number>
  /** Sectors of lanes whose index depends on data: each its own. */
  unknown: number
  /** Passes of warps through the banks, and the fewest that there could be. */
  banks: number
  fewest: number
}

function settle(
  { memory, text, warps, sectors, unknown, banks, fewest }: Touched,
  phase: number,
  times: number,
  found: Map<string, Tally>,
): void {
  const key = `${phase} ${text} ${memory.name}`
  const own = found.get(key) ?? { memory, phase, text, fewest: 0, taken: 0, bytes: 0 }
  found.set(key, own)
  if (memory.space === 'group') {
    own.fewest += times * fewest
    own.taken += times * banks
    return
  }
  const perSector = SECTOR / bytesPerElement[memory.dtype]
  for (const warp of warps.values()) {
    own.fewest += times * Math.ceil(warp.elements.size / perSector)
    own.taken += times * warp.sectors.size
  }
  own.fewest += times * unknown
  own.taken += times * unknown
  own.bytes += times * (sectors.size + unknown) * SECTOR
}

function touch(
  touched: Map<string, Touched>,
  memory: Memory,
  text: Access['text'],
  index: Values,
  width: number,
  on: readonly boolean[],
): void {
  if (memory.space !== 'place' && memory.space !== 'group') return
  const key = `${text} ${memory.name}`
  const own = touched.get(key) ?? {
    memory,
    text,
    warps: new Map(),
    sectors: new Set(),
    unknown: 0,
    banks: 0,
    fewest: 0,
  }
  touched.set(key, own)
  const size = bytesPerElement[memory.dtype]
  const count = Math.max(width, memory.unit)
  for (let first = 0; first < on.length; first += WARP) {
    const words = new Set<number>()
    const warp = own.warps.get(first) ?? { sectors: new Set(), elements: new Set() }
    own.warps.set(first, warp)
    for (let lane = first; lane < Math.min(first + WARP, on.length); lane++) {
      if (!on[lane]) continue
      const at = index[lane]
      if (at === undefined) own.unknown++
      else
        for (let element = at * memory.unit; element < at * memory.unit + count; element++) {
          const sector = Math.floor((element * size) / SECTOR)
          warp.elements.add(element)
          warp.sectors.add(sector)
          own.sectors.add(sector)
          words.add(Math.floor((element * size) / 4))
        }
    }
    if (memory.space === 'place' || words.size === 0) continue
    const perBank = new Map<number, number>()
    for (const word of words) perBank.set(word % BANKS, (perBank.get(word % BANKS) ?? 0) + 1)
    own.banks += Math.max(...perBank.values())
    own.fewest += Math.ceil(words.size / BANKS)
  }
}

type Evaluator = (e: Expression) => Values

/** Integers for each lane of a group; `undefined` where they depend on what memory holds. */
function evaluator(axes: ReadonlyMap<string, Values>, names: ReadonlyMap<string, Values>): Evaluator {
  const lanes = [...axes.values()][0]!.length
  const known = new Map<Expression, Values>()
  const all = (value: number | undefined): Values => new Array<number | undefined>(lanes).fill(value)
  const unknown = all(undefined)
  const of = (e: Expression): Values => {
    let values = known.get(e)
    if (!values) known.set(e, (values = compute(e)))
    return values
  }
  function compute(e: Expression): Values {
    if (e.kind === 'literal') return all(e.value)
    if (e.kind === 'axis') return axes.get(e.axis.name) ?? unknown
    if (e.kind === 'name') return names.get(e.name) ?? unknown
    if (e.kind !== 'apply' || e.dtype === 'f32' || widthOf(e) === 4) return unknown
    if (e.scalar.name === 'subgroup.size') return all(WARP)
    if (e.scalar.name === 'subgroup.lane') return unknown.map((_, lane) => lane % WARP)
    const args = e.args.map(of)
    const { name, js, integer = js } = e.scalar as Primitive
    return unknown.map((_, lane) => {
      const own = args.map(values => values[lane])
      if (name === choose.name && own[0] !== undefined) return own[0] ? own[1] : own[2]
      return own.length === 0 || own.some(value => value === undefined) ? undefined : integer(...(own as number[]))
    })
  }
  return of
}
