/**
 * Kernels that apply one elementwise formula to different variables, as the updates of a training step do, become one
 * kernel over flat memory. A tensor plays a role in its formula (parameter, momentum, gradient); the tensors of one role
 * are laid out one after the other, all roles in the same order, so that one axis runs through everything. Tensors keep
 * their places, shapes and names: other kernels and the host read them as before.
 *
 * This works on kernels in their order, and moves each to where the others of its formula run if nothing between minds.
 */
import { type Axis, axisOf, type Expression } from '../graph/expression.js'
import { isInput, isVariable } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import type { Operation } from '../graph/operation.js'
import { numel } from '../graph/shape.js'
import { byteSize } from '../kernels/cost.js'
import { type Kernel, type Runnable, reads, type Store, writes } from '../kernels/kernel.js'
import { aligned } from './memory.js'
import type { Ordered } from './order.js'
import type { Place } from './program.js'

/** Tensors in adjacent memory, each aligned; what lies between them is padding, free to be written. */
export interface Region {
  /** All of it, as one f32 tensor. */
  readonly tensor: Tensor
  /** The byte at which each part begins. */
  readonly parts: ReadonlyMap<Tensor, number>
}
export interface Flattened {
  /** Of each entry, in their order. */
  readonly runnables: readonly (readonly Runnable[])[]
  readonly regions: readonly Region[]
}

/**
 * Elements of a region, at most: enough to fill a device. A longer one would keep more gradients until all of it is updated.
 * A tensor of as many is updated by itself.
 */
const LARGE = 2 ** 18

/** `regionBytes`: of a region, at most. Entries with more kernels have their way in how variables are laid out. */
export function flatten(
  entries: readonly Pick<Ordered, 'runnables' | 'inPlace'>[],
  regionBytes = 4 * LARGE,
): Flattened {
  const regionOf = new Map<Tensor, Region>()
  const runnables = new Map<unknown, readonly Runnable[]>()
  for (const entry of [...entries].sort((a, b) => b.runnables.length - a.runnables.length))
    runnables.set(entry, flattenEntry(entry, regionOf, regionBytes))
  return { runnables: entries.map(entry => runnables.get(entry)!), regions: [...new Set(regionOf.values())] }
}

/** The tensor whose memory is planned for another one: its region, or itself. */
export function unitsOf(regions: readonly Region[]): (tensor: Tensor) => Tensor {
  const unit = new Map(regions.flatMap(({ tensor, parts }) => [...parts.keys()].map(part => [part, tensor] as const)))
  return tensor => unit.get(tensor) ?? tensor
}

/** Adds the places of the parts to those of their regions. */
export function placeParts(places: Map<Tensor, Place>, regions: readonly Region[]): void {
  for (const { tensor, parts } of regions) {
    const whole = places.get(tensor)
    if (!whole) continue
    for (const [part, begin] of parts)
      places.set(part, { slab: whole.slab, offset: whole.offset + begin, bytes: byteSize(part) })
  }
}

// Which kernels

/** What a kernel computes of element `i` of some tensors from element `i` of others, and from scalars. */
interface Formula {
  /** Equal for kernels that differ in their roles and sizes only. */
  readonly text: string
  /** In order of first appearance, each by its place. */
  readonly roles: readonly Tensor[]
}
/** A kernel, with the places that it reads and writes. */
interface Step {
  readonly runnable: Runnable
  readonly reads: ReadonlySet<Tensor>
  readonly writes: ReadonlySet<Tensor>
  readonly formula: Formula | undefined
}
interface Member extends Step {
  readonly runnable: Kernel
  readonly formula: Formula
}

function flattenEntry(
  { runnables, inPlace }: Pick<Ordered, 'runnables' | 'inPlace'>,
  regionOf: Map<Tensor, Region>,
  regionBytes: number,
): readonly Runnable[] {
  const alias = new Map(inPlace.map(({ variable, value }) => [value, variable]))
  const holder = (tensor: Tensor): Tensor => alias.get(tensor) ?? tensor
  const ids = new Map<unknown, number>()
  let steps = runnables.map(
    (runnable): Step => ({
      runnable,
      reads: new Set(reads(runnable).map(holder)),
      writes: new Set(writes(runnable).map(holder)),
      formula: runnable.kind === 'repeat' ? undefined : formulaOf(runnable, holder, ids),
    }),
  )
  const sameFormula = groupBy(steps.filter(isMember), ({ formula }) => formula.text)
  for (const group of sameFormula)
    for (let rest of groupBy(group, ({ formula }) => regionOf.get(formula.roles.find(role => regionOf.has(role))!))) {
      for (;;) {
        const { members, at } = together(steps, chunk(rest, regionOf, regionBytes))
        const regions = members.length > 1 && layOut(members, regionOf)
        if (!regions) break
        const batch: Step = {
          runnable: batched(members[0]!, regions, holder),
          reads: new Set(members.flatMap(member => [...member.reads])),
          writes: new Set(members.flatMap(member => [...member.writes])),
          formula: undefined,
        }
        const gone = new Set<Step>(members)
        steps = steps.flatMap((step, i) => (i === at ? [batch] : gone.has(step) ? [] : [step]))
        rest = rest.filter(member => !gone.has(member))
      }
    }
  return steps.map(({ runnable }) => runnable)
}

const isMember = (step: Step): step is Member => step.formula !== undefined

function groupBy<T>(list: readonly T[], key: (item: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>()
  for (const item of list) (groups.get(key(item)) ?? groups.set(key(item), []).get(key(item))!).push(item)
  return [...groups.values()]
}

/** `ids` numbers scalars and expressions, so that equal ones are one number in all kernels of an entry. */
function formulaOf(kernel: Kernel, holder: (tensor: Tensor) => Tensor, ids: Map<unknown, number>): Formula | undefined {
  const [axis, second] = kernel.grid
  const [store, more] = kernel.body
  if (!axis || second || store?.kind !== 'store' || more || store.along.length || axis.size >= LARGE) return undefined
  const roles: Tensor[] = []
  const known = new Map<Expression, number | undefined>()
  const id = (key: unknown): number => ids.get(key) ?? ids.set(key, ids.size).size - 1

  const role = (tensor: Tensor, index: Expression): number | undefined => {
    const here = index.kind === 'axis' && index.axis === axis && numel(tensor.shape) === axis.size
    const own = holder(tensor)
    if (!here || tensor.dtype !== 'f32' || isInput(own)) return undefined
    return roles.includes(own) ? roles.indexOf(own) : roles.push(own) - 1
  }
  const number = (e: Expression): number | undefined => {
    if (!known.has(e)) {
      const text = textOf(e)
      known.set(e, text === undefined ? undefined : id(text))
    }
    return known.get(e)
  }
  const textOf = (e: Expression): string | undefined => {
    if (e.kind === 'literal') return `${e.dtype} ${Object.is(e.value, -0) ? '-0' : e.value}`
    if (e.kind === 'load') {
      if (e.index.kind === 'literal' && numel(e.source.shape) === 1) return `scalar ${id(holder(e.source))}`
      const own = role(e.source, e.index)
      return own === undefined ? undefined : `role ${own}`
    }
    if (e.kind !== 'apply') return undefined
    const args = e.args.map(number)
    return args.includes(undefined) ? undefined : `${e.dtype} ${e.scalar.name} ${args.join()}`
  }

  const results: string[] = []
  for (const { target, index, value } of store.results) {
    const [to, from] = [isVariable(holder(target)) ? role(target, index) : undefined, number(value)]
    if (to === undefined || from === undefined) return undefined
    results.push(`${to} = ${from}`)
  }
  return { text: [...results, ...roles.map(isVariable)].join('; '), roles }
}

/** Members that fit in a region, in the order of the one that is there; no tensor has two roles. */
function chunk(members: readonly Member[], regionOf: ReadonlyMap<Tensor, Region>, regionBytes: number): Member[] {
  const begin = ({ formula }: Member): number => {
    const known = formula.roles.find(role => regionOf.has(role))
    return known ? regionOf.get(known)!.parts.get(known)! : 0
  }
  const taken = new Set<Tensor>()
  let bytes = 0
  return [...members]
    .sort((a, b) => begin(a) - begin(b))
    .filter(({ formula: { roles } }) => {
      const more = aligned(byteSize(roles[0]!))
      if (bytes + more > regionBytes || roles.some(role => taken.has(role))) return false
      bytes += more
      for (const role of roles) taken.add(role)
      return true
    })
}

/** Where most of the members can run at once, the last's or the first's position, and which. */
function together(steps: readonly Step[], members: readonly Member[]): { members: Member[]; at: number } {
  const wanted = new Set<Step>(members)
  const last = steps.findLastIndex(step => wanted.has(step))
  const first = steps.findIndex(step => wanted.has(step))
  const movable = (at: number, passed: readonly Step[]) => {
    const free = movableTo(passed)
    return { members: members.filter(member => free.has(member)), at }
  }
  const late = movable(last, steps.slice(first, last + 1).reverse())
  const early = movable(first, steps.slice(first, last + 1))
  return late.members.length >= early.members.length ? late : early
}

/** The steps that can go to where the first is: none before them minds. */
function movableTo(steps: readonly Step[]): Set<Step> {
  const [read, written] = [new Set<Tensor>(), new Set<Tensor>()]
  const free = new Set<Step>()
  for (const step of steps) {
    const [own, made] = [[...step.reads], [...step.writes]]
    if (![...own, ...made].some(place => written.has(place)) && !made.some(place => read.has(place))) free.add(step)
    for (const place of own) read.add(place)
    for (const place of made) written.add(place)
  }
  return free
}

// Memory and kernels

const flatOperation: Operation = {
  name: 'flat',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: () => {
    throw new Error('flat tensors exist in plans only')
  },
}

/** A region for each role; `undefined` if some of the tensors are laid out otherwise already. */
function layOut(members: readonly Member[], regionOf: Map<Tensor, Region>): Region[] | undefined {
  const roles = members[0]!.formula.roles.map((_, role) => members.map(({ formula }) => formula.roles[role]!))
  const regions = roles.map(tensors => {
    const there = regionOf.get(tensors[0]!)
    const same = there && [...there.parts.keys()].every((part, i) => part === tensors[i])
    if (same && there.parts.size === tensors.length) return there
    return tensors.some(tensor => regionOf.has(tensor)) ? undefined : regionFor(tensors)
  })
  if (!regions.every(region => region !== undefined)) return undefined
  for (const region of regions) for (const part of region.parts.keys()) regionOf.set(part, region)
  return regions
}

function regionFor(tensors: readonly Tensor[]): Region {
  const parts = new Map<Tensor, number>()
  let bytes = 0
  for (const tensor of tensors) {
    parts.set(tensor, bytes)
    bytes += aligned(byteSize(tensor))
  }
  const shape = [bytes / 4]
  const attributes = { shape, dtype: 'f32' }
  return {
    tensor: { operation: flatOperation, operands: [], attributes, shape, dtype: 'f32', scope: '' } as unknown as Tensor,
    parts,
  }
}

/** The kernel of a member, on regions in place of its roles. */
function batched(
  { runnable: kernel, formula }: Member,
  regions: readonly Region[],
  holder: (tensor: Tensor) => Tensor,
): Kernel {
  const axis: Axis = { name: 'i', size: regions[0]!.tensor.shape[0]! }
  const index = axisOf(axis)
  const flat = (tensor: Tensor): Tensor | undefined => regions[formula.roles.indexOf(holder(tensor))]?.tensor
  const done = new Map<Expression, Expression>()
  const visit = (e: Expression): Expression => {
    const known = done.get(e)
    if (known) return known
    const source = e.kind === 'load' ? flat(e.source) : undefined
    const made: Expression =
      e.kind === 'load' && source ? { ...e, source, index } : e.kind === 'apply' ? { ...e, args: e.args.map(visit) } : e
    done.set(e, made)
    return made
  }
  const [store] = kernel.body as [Store]
  const results = store.results.map(({ target, value }) => ({ target: flat(target)!, index, value: visit(value) }))
  return { ...kernel, scope: '', grid: [axis], body: [{ ...store, results }] }
}
