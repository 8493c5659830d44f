/**
 * Recomputation trades time for memory: a value that lies idle at the busiest step, as activations do between the forward
 * and the backward pass, is dropped there and computed again just before it is next read, by copies of the kernels that
 * made it. This works on kernels in their order: after fusion bytes, lifetimes and FLOPs are known exactly, and no pass is
 * left that could merge a copy with its original. Copies have the text of their originals and give the same bits.
 *
 * Greedy: while some step needs more than the budget, drop the value that saves most excess bytes (summed over steps)
 * per cost of its copies, so elementwise kernels go before contractions. For chains, Chen et al. 2016 (arXiv 1604.06174).
 */
import { walk } from '../graph/expression.js'
import type { Machine } from '../graph/machine.js'
import type { Tensor } from '../graph/node.js'
import { isExchanged } from '../graph/operation.js'
import { postOrder } from '../graph/reach.js'
import { bound } from '../kernels/bound.js'
import { byteSize } from '../kernels/cost.js'
import { expressionsOf, onTensors, type Runnable, reads, type Statement, writes } from '../kernels/kernel.js'
import { aliveBytes, lifetimesOf, type Step } from './liveness.js'
import type { Ordered } from './order.js'

interface Task extends Step {
  readonly kernel: Runnable
  /** What it reads and writes in place of the kernel's own tensors. */
  readonly renamed: ReadonlyMap<Tensor, Tensor>
}
/** Originals in their order, and copies, which run just before their first reader. */
interface Plan {
  readonly originals: readonly Task[]
  /** The copy that writes a value. */
  readonly copies: ReadonlyMap<Tensor, Task>
  /** The second edition of a value. There is no third, so work at most doubles. */
  readonly second: ReadonlyMap<Tensor, Tensor>
}
/** A plan's steps in order, and what they need. */
interface Profile {
  readonly plan: Plan
  readonly steps: readonly Task[]
  readonly alive: readonly number[]
  /** Bytes beyond the budget, summed over steps. */
  readonly excess: number
  /** Nanoseconds of all copies, at least. */
  readonly cost: number
}

/** Values tried at each turn, most bytes per cost of their kernel first. */
const TRIED = 48
/** Values below this part of the busiest step are not worth a trial. */
const SMALL = 1 / 512

/** The kernels, with copies such that temporaries take `budget` bytes or, where that is out of reach, fewer than before. */
export function recompute(
  { runnables, inPlace, values }: Ordered,
  budget: number,
  machine: Machine,
): readonly Runnable[] {
  const variableOf = new Map(inPlace.map(({ variable, value }) => [value, variable]))
  // What loops write comes into being step by step, and stays.
  const ofLoops = new Set(runnables.flatMap(runnable => (runnable.kind === 'repeat' ? writes(runnable) : [])))
  const isFixed = (value: Tensor): boolean =>
    values.inPlace.has(value) || values.results.has(value) || isExchanged(value) || ofLoops.has(value)
  let profile = profileOf({
    originals: runnables.map(kernel => taskOf(kernel, new Map())),
    copies: new Map(),
    second: new Map(),
  })!
  while (profile.excess > 0) {
    const better = improved(profile)
    if (!better) break
    profile = better
  }
  return profile.plan.copies.size ? kernelsOf(profile.steps, isFixed) : runnables

  /** `undefined` if a copy would read what has been overwritten, or what is not there yet. */
  function profileOf(plan: Plan): Profile | undefined {
    const steps = inOrder(plan)
    const missing = new Set(steps.flatMap(step => step.writes))
    for (const step of steps) {
      // A loop reads what it wrote itself, step by step.
      if (step.reads.some(tensor => missing.has(tensor) && !step.writes.includes(tensor))) return undefined
      for (const tensor of step.writes) {
        missing.delete(tensor)
        if (variableOf.has(tensor)) missing.add(variableOf.get(tensor)!)
      }
    }
    const alive = aliveBytes(lifetimesOf(steps, values))
    const copies = steps.filter(step => plan.copies.has(step.writes[0]!))
    return {
      plan,
      steps,
      alive,
      excess: alive.reduce((sum, need) => sum + Math.max(0, need - budget), 0),
      cost: copies.reduce((sum, { kernel }) => sum + costOf(kernel, machine), 0),
    }
  }

  /** One value less at the busiest step: the best of some trials. */
  function improved(from: Profile): Profile | undefined {
    const most = Math.max(...from.alive)
    const peak = from.alive.indexOf(most)
    const later = new Set(from.steps.slice(peak + 1).flatMap(step => step.reads))
    const idle = from.steps.slice(0, peak).flatMap(({ kernel, writes: made }) =>
      made
        .filter(value => later.has(value) && !from.plan.copies.has(value) && !isFixed(value))
        .filter(value => !from.steps[peak]!.reads.includes(value) && byteSize(value) > SMALL * most)
        .map(value => ({ value, worth: byteSize(value) / costOf(kernel, machine) })),
    )
    let best: Profile | undefined
    const score = ({ excess, cost }: Profile) => (from.excess - excess) / Math.max(1e-3, cost - from.cost)
    for (const { value } of idle.sort((a, b) => b.worth - a.worth).slice(0, TRIED)) {
      const plan = drop(value, peak, from, isFixed)
      const trial = plan && profileOf(plan)
      if (trial && trial.excess < from.excess && (!best || score(trial) > score(best))) best = trial
    }
    return best
  }
}

/** The plan in which steps after `peak` read a second edition of `dropped`; `undefined` if that takes a third of a value. */
function drop(
  dropped: Tensor,
  peak: number,
  { plan, steps }: Profile,
  isFixed: (value: Tensor) => boolean,
): Plan | undefined {
  const producer = new Map(steps.flatMap(step => step.writes.map(value => [value, step] as const)))
  const alive = new Set(steps.slice(peak + 1).flatMap(step => step.reads))
  alive.delete(dropped)
  const copies = new Map(plan.copies)
  const second = new Map(plan.second)
  const isThere = (value: Tensor): boolean => !producer.has(value) || alive.has(value) || isFixed(value)
  /** What a copy reads in place of `value`: itself where it is there anyway, or its second edition. */
  const late = (value: Tensor): Tensor | undefined => (isThere(value) ? value : second.get(value))
  const isSettled = (value: Tensor): boolean => isThere(value) || second.has(value) || plan.copies.has(value)
  const sourcesOf = (value: Tensor): Tensor[] => {
    const { kernel, renamed } = producer.get(value)!
    return reads(storing(kernel, new Set([value]))).map(source => renamed.get(source) ?? source)
  }
  for (const value of postOrder([dropped], value => (isSettled(value) ? [] : sourcesOf(value)))) {
    if (isSettled(value)) continue
    const from = producer.get(value)!
    const kernel = storing(from.kernel, new Set([value]))
    const again: Tensor = { ...value }
    const renamed = new Map([[value, again]])
    for (const source of reads(kernel)) {
      const given = late(from.renamed.get(source) ?? source)
      if (!given) return undefined
      renamed.set(source, given)
    }
    second.set(value, again)
    copies.set(again, taskOf(kernel, renamed))
  }
  const again = late(dropped)
  if (!again) return undefined
  const after = new Set(steps.slice(peak + 1))
  const redirect = (task: Task): Task =>
    after.has(task) && task.reads.includes(dropped)
      ? taskOf(task.kernel, new Map([...task.renamed, [dropped, again]]))
      : task
  return {
    originals: plan.originals.map(redirect),
    copies: new Map([...copies].map(([value, copy]) => [value, redirect(copy)])),
    second,
  }
}

const inOrder = ({ originals, copies }: Plan): Task[] => [
  ...postOrder(originals, ({ reads }) => reads.flatMap(value => copies.get(value) ?? [])),
]

const tensors = new WeakMap<Runnable, Step>()
function taskOf(kernel: Runnable, renamed: ReadonlyMap<Tensor, Tensor>): Task {
  const own = tensors.get(kernel) ?? { reads: reads(kernel), writes: writes(kernel) }
  tensors.set(kernel, own)
  const rename = (tensor: Tensor) => renamed.get(tensor) ?? tensor
  return { kernel, renamed, reads: own.reads.map(rename), writes: own.writes.map(rename) }
}

/** Nanoseconds, at least. */
const costOf = (runnable: Runnable, machine: Machine): number =>
  runnable.kind === 'repeat'
    ? runnable.times * runnable.body.reduce((sum, one) => sum + costOf(one, machine), 0)
    : bound(runnable, machine)

// Kernels

/** Steps as kernels; originals without the results that only copies are asked for now. */
function kernelsOf(steps: readonly Task[], isFixed: (value: Tensor) => boolean): Runnable[] {
  const read = new Set(steps.flatMap(step => step.reads))
  return steps.flatMap(({ kernel, renamed, writes: made }) => {
    if (!made.some(value => read.has(value) || isFixed(value))) return []
    const wanted = writes(kernel).filter((_, i) => read.has(made[i]!) || isFixed(made[i]!))
    return [onTensors(storing(kernel, new Set(wanted)), renamed)]
  })
}

/** The kernel with these of its results only, and what they need. */
function storing(kernel: Runnable, wanted: ReadonlySet<Tensor>): Runnable {
  if (kernel.kind === 'repeat' || writes(kernel).every(value => wanted.has(value))) return kernel
  const names = new Set<string>()
  const body: Statement[] = []
  for (const statement of [...kernel.body].reverse()) {
    const kept: Statement =
      statement.kind === 'accumulate'
        ? { ...statement, terms: statement.terms.filter(({ name }) => names.has(name)) }
        : { ...statement, results: statement.results.filter(({ target }) => wanted.has(target)) }
    if ((kept.kind === 'accumulate' ? kept.terms : kept.results).length === 0) continue
    walk(expressionsOf(kept), e => {
      if (e.kind === 'name') names.add(e.name)
    })
    body.unshift(kept)
  }
  return { ...kernel, body }
}
