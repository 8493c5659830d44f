/**
 * The order of kernels and which updates happen in place. A variable may be overwritten by the kernel that computes its
 * new value if every other kernel that reads the old value can run before, and this one reads no element after it was
 * replaced; otherwise the value is kept aside and copied at the end. Among the orders that remain, one that needs little
 * memory is taken.
 */
import { walk } from '../graph/expression.js'
import type { Graph } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import { isExchanged } from '../graph/operation.js'
import { Precedence } from '../graph/reach.js'
import { byteSize } from '../kernels/cost.js'
import { expressionsOf, type Runnable, reads, writes } from '../kernels/kernel.js'
import { lifetimesOf, lowerBound, type Step, type Values } from './liveness.js'

export interface Update {
  readonly variable: Tensor
  readonly value: Tensor
}
export interface Ordered {
  readonly runnables: readonly Runnable[]
  readonly inPlace: readonly Update[]
  /** The others: copied after the last kernel. */
  readonly copied: readonly Update[]
  readonly values: Values
}
interface Task extends Step {
  readonly runnable: Runnable
}
/** What must run before each task. */
type Before = Precedence<Task>

/** Loops stay whole; what is inside of them has its order. */
export function orderKernels(runnables: readonly Runnable[], { outputs, updates }: Graph): Ordered {
  const tasks = runnables.map((runnable): Task => ({ runnable, reads: reads(runnable), writes: writes(runnable) }))
  /** Of memory that several write, the last one; each comes after the one before. */
  const producer = new Map<Tensor, Task>()
  const readers = readersOf(tasks)
  const before: Before = new Precedence()
  for (const task of tasks) {
    before.add(task)
    for (const tensor of task.writes) {
      const earlier = producer.get(tensor)
      if (earlier) before.require(task, earlier)
      producer.set(tensor, task)
    }
  }
  for (const task of tasks)
    for (const tensor of task.reads) {
      const from = producer.get(tensor)
      if (from && from !== task) before.require(task, from)
    }

  const inPlace: Update[] = []
  const copied: Update[] = []
  for (const update of updates) {
    const task = producer.get(update.value)!
    const others = (readers.get(update.variable) ?? []).filter(reader => reader !== task)
    const fits = readsWhereItWrites(task.runnable, update) && others.every(reader => !before.reaches(reader, task))
    if (fits) for (const reader of others) before.require(task, reader)
    ;(fits ? inPlace : copied).push(update)
  }
  const values: Values = {
    inPlace: new Set(inPlace.map(({ value }) => value)),
    results: new Set([...Object.values(outputs), ...copied.map(({ value }) => value)]),
  }
  const ordered = inRounds(leastMemory(tasks, before, values), before)
  return { runnables: ordered.map(({ runnable }) => runnable), inPlace, copied, values }
}

/**
 * The kernel reads the old value, if at all, only in the statement that stores the new one and at the element that it is
 * about to replace. What runs later, for this point or for another, would find the new value; points run in any order.
 */
function readsWhereItWrites(runnable: Runnable, { variable, value }: Update): boolean {
  if (runnable.kind === 'repeat') return false
  let fits = true
  for (const statement of runnable.body) {
    const results = statement.kind === 'store' ? statement.results : []
    const own = results.find(({ target }) => target === value)
    walk(expressionsOf(statement), e => {
      if (e.kind === 'load' && e.source === variable && e.index !== own?.index) fits = false
    })
  }
  return fits
}

/**
 * All that can run before ranks exchange something runs before, so that they exchange as much as possible at a time: a round
 * takes a while, however little it is for.
 */
function inRounds(order: readonly Task[], before: Before): readonly Task[] {
  const exchanges = (task: Task): boolean => task.writes.some(isExchanged)
  if (!order.some(exchanges)) return order
  const round = new Map<Task, number>()
  for (const task of order)
    round.set(task, Math.max(0, ...[...before.before(task)].map(one => round.get(one)! + (exchanges(one) ? 1 : 0))))
  return [...order].sort((a, b) => round.get(a)! - round.get(b)!)
}

// Memory

/**
 * The better of two orders: as given, and with the results that need the shortest chain of kernels first, so that a
 * layer's parameters are updated before gradients flow on to the layer below it. In both, a kernel that frees at least
 * as much as it writes runs as soon as it can.
 */
function leastMemory(tasks: readonly Task[], before: Before, values: Values): readonly Task[] {
  const depths = new Map<Task, number>()
  const given = before.sorted(tasks)
  for (const task of given)
    depths.set(task, 1 + [...before.before(task)].reduce((most, one) => Math.max(most, depths.get(one)!), 0))
  const isResult = ({ writes: made }: Task) =>
    made.some(tensor => values.inPlace.has(tensor) || values.results.has(tensor))
  const shortest = [...given.filter(isResult)].sort((a, b) => depths.get(a)! - depths.get(b)!)
  const [one, two] = [given, before.sorted([...shortest, ...given])].map(order => eager(order, before, values))
  const bytes = (order: readonly Task[]) => lowerBound(lifetimesOf(order, values))
  return bytes(two!) < bytes(one!) ? two! : one!
}

/** The order, with each task moved to where it first frees at least as many bytes as it writes. */
function eager(order: readonly Task[], before: Before, { inPlace, results }: Values): Task[] {
  const made = new Set(order.flatMap(({ writes: tensors }) => tensors.filter(tensor => !inPlace.has(tensor))))
  const readers = readersOf(order)
  const unread = new Map([...readers].map(([tensor, tasks]) => [tensor, tasks.length]))
  const total = (tensors: readonly Tensor[]) => tensors.reduce((sum, tensor) => sum + byteSize(tensor), 0)
  const frees = (task: Task): number =>
    total(task.reads.filter(tensor => made.has(tensor) && !results.has(tensor) && unread.get(tensor) === 1)) -
    total(task.writes.filter(tensor => made.has(tensor)))

  const after = new Map<Task, Task[]>(order.map(task => [task, []]))
  for (const task of order) for (const one of before.before(task)) after.get(one)!.push(task)
  const waitsFor = new Map(order.map(task => [task, before.before(task).size]))
  const done = new Set<Task>()
  /** Tasks that can run, numbered as they could; those among them that free enough, the first at the end. */
  const ready = new Map<Task, number>()
  const freeing: Task[] = []
  const look = (task: Task): void => {
    if (frees(task) < 0) return
    let [low, high] = [0, freeing.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (ready.get(freeing[middle]!)! > ready.get(task)!) low = middle + 1
      else high = middle
    }
    if (freeing[low] !== task) freeing.splice(low, 0, task)
  }
  const run = (task: Task): void => {
    done.add(task)
    for (const tensor of task.reads) {
      unread.set(tensor, unread.get(tensor)! - 1)
      if (unread.get(tensor) !== 1) continue
      const last = readers.get(tensor)!.find(one => !done.has(one))!
      if (ready.has(last)) look(last)
    }
    for (const next of after.get(task)!) {
      waitsFor.set(next, waitsFor.get(next)! - 1)
      if (waitsFor.get(next)! > 0) continue
      ready.set(next, ready.size)
      look(next)
    }
  }
  for (const task of order) {
    if (!done.has(task)) run(task)
    for (let next: Task | undefined; (next = freeing.pop()); ) run(next)
  }
  return [...done]
}

function readersOf(tasks: readonly Task[]): Map<Tensor, Task[]> {
  const readers = new Map<Tensor, Task[]>()
  for (const task of tasks)
    for (const tensor of task.reads) (readers.get(tensor) ?? readers.set(tensor, []).get(tensor)!).push(task)
  return readers
}
