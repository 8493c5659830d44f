/**
 * Loops of kernels. The kernels of a loop's body run once per step, always the same on the same memory: a counter, which is
 * memory too, says which step it is, and where in the sequences, in what is stacked and among the carries a step reads and writes
 * follows from it. The last kernel of a step advances the counter. So a program holds a step once, however many there are.
 *
 * A carry is a ring of rows: a step reads one and writes the next. Two rows do; where the carries before each step are asked for,
 * as gradients do, there is a row for each, and the ring is what holds them. What is stacked is written where it belongs.
 */
import {
  type Axis,
  axisOf,
  call,
  type Expression,
  index,
  literal,
  partsOf,
  plus,
  remainder,
  times,
  withParts,
} from '../graph/expression.js'
import { type Graph, nodes, resultOperation } from '../graph/graph.js'
import type { Tensor } from '../graph/node.js'
import type { Operation, Type } from '../graph/operation.js'
import { p } from '../graph/primitive.js'
import { remembered } from '../graph/reach.js'
import { numel } from '../graph/shape.js'
import { constant } from '../ops/constant.js'
import { resultsOf, scanOf } from '../ops/scan.js'
import { sourceOf } from '../passes/fuse.js'
import { type Kernel, onTensors, type Repeat, type Result, type Runnable, rebuilt, writes } from './kernel.js'

/** Where the elements of a tensor are: in another one, from an element on that may depend on the step. */
export interface View {
  readonly of: Tensor
  readonly from: Expression
}
export type Views = Map<Tensor, View>

const memoryOperation: Operation = {
  name: 'memory',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  evaluate: () => {
    throw new Error('the memory of loops exists in kernels only')
  },
}
const memory = (type: Type, scope: string): Tensor =>
  ({ operation: memoryOperation, operands: [], attributes: {}, ...type, scope }) as unknown as Tensor

/**
 * The kernels before the first step, and the loop. What the rest of `graph` reads of the loop
 * is added to `views`, as far as it has no memory of its own.
 */
export function lowerLoop(node: Tensor, graph: Graph, views: Views, { body, runnables }: LoweredBody): Runnable[] {
  const scan = scanOf(node)
  const { length, carries, sequences, reverse } = scan
  const { stacked, states } = resultsOf(scan)
  const results = new Map(
    nodes(graph).flatMap(one =>
      one.operation === resultOperation && one.operands[0] === node ? [[one.attributes.index as number, one]] : [],
    ),
  )
  const counter = memory({ shape: [], dtype: 'i32' }, node.scope)
  const load = (source: Tensor, at: Expression = literal(0)): Expression => ({
    kind: 'load',
    source,
    index: at,
    dtype: source.dtype === 'u8' ? 'u32' : source.dtype,
  })
  const step = call(index.clamp, [load(counter), literal(length - 1)], 'i32')
  const position = reverse ? plus(times(step, -1), length - 1) : step
  const before: Kernel[] = [kernelOf('step', node, counter, literal(0), () => literal(0))]
  const inside: Views = new Map()
  /** Where a step puts its outputs. */
  const targets = new Map<Tensor, View>()
  const wanted = Object.values(body.outputs)
  const stackedOf = (i: number): Tensor | undefined => results.get(stacked + i - carries)
  const isStacked = (i: number): boolean => i >= carries && stackedOf(i) !== undefined
  for (let i = 0; i < carries; i++) {
    const input = body.inputs[i]!
    const size = numel(input.shape)
    // A carry that is stacked as well is so already where all of them are kept.
    const also = wanted.flatMap((value, j) => (value === wanted[i] && isStacked(j) ? [stackedOf(j)!] : []))
    const [last, all] = [results.get(i), results.get(states + i)]
    const kept = all !== undefined || also.length > 0
    const ring = memory({ shape: [kept ? length + 1 : 2, ...input.shape], dtype: input.dtype }, node.scope)
    /** The rows of the carry before a step and after it. Where all are kept, they stand as the elements do. */
    const row = !kept ? remainder(step, 2) : reverse ? plus(times(step, -1), length) : step
    // Of two rows the other one, said so that index arithmetic can tell them apart.
    const next = !kept ? plus(times(row, -1), 1) : plus(row, reverse ? -1 : 1)
    const rowAt = (t: number): Expression => literal(size * (!kept ? t % 2 : reverse ? length - t : t))
    const initial = sourceOf(node.operands[i]!)
    const first = (at: Expression) =>
      initial.operation === constant.operation ? literal(initial.attributes.value, initial.dtype) : load(initial, at)
    before.push(kernelOf('carry', node, ring, rowAt(0), first, size))
    inside.set(input, { of: ring, from: times(row, size) })
    targets.set(wanted[i]!, { of: ring, from: times(next, size) })
    if (last) views.set(last, { of: ring, from: rowAt(length) })
    if (all) views.set(all, { of: ring, from: literal(reverse ? size : 0) })
    for (const one of also) views.set(one, { of: ring, from: literal(reverse ? 0 : size) })
  }
  body.inputs.slice(carries).forEach((input, i) => {
    const from = i < sequences ? times(position, numel(input.shape)) : literal(0)
    inside.set(input, { of: sourceOf(node.operands[carries + i]!), from })
  })
  wanted.forEach((value, i) => {
    if (isStacked(i) && !targets.has(value))
      targets.set(value, { of: stackedOf(i)!, from: times(position, numel(value.shape)) })
  })
  for (const [value, view] of targets) inside.set(value, view)
  const advance = kernelOf('step', node, counter, literal(0), () => p.add(load(counter), literal(1)))
  // A body may be that of several loops, each of which has memory of its own for what a step computes.
  const own = new Map(
    runnables.flatMap(writes).flatMap(tensor => (targets.has(tensor) ? [] : [[tensor, { ...tensor }]])),
  )
  const repeat: Repeat = {
    kind: 'repeat',
    times: length,
    body: [...runnables.map(runnable => onTensors(through(storing(runnable, targets), inside), own)), advance],
  }
  return [...before, repeat]
}
export interface LoweredBody {
  /** With results of their own (`ownSteps`). */
  readonly body: Graph
  readonly runnables: readonly Runnable[]
}

/** Fills `count` elements of `target`, from `from` on. */
function kernelOf(
  name: string,
  { scope }: Tensor,
  target: Tensor,
  from: Expression,
  value: (at: Expression) => Expression,
  count = 1,
): Kernel {
  const axis: Axis = { name: 'i', size: count }
  const results = [{ target, index: plus(from, axisOf(axis)), value: value(axisOf(axis)) }]
  return { name, scope, grid: [axis], contraction: false, body: [{ kind: 'store', along: [], results }] }
}

/** Kernels with what they load taken from where `views` say it is. */
export function through(runnable: Runnable, views: Views): Runnable {
  if (runnable.kind === 'repeat') return { ...runnable, body: runnable.body.map(one => through(one, views)) }
  const found = new Map<Tensor, View | undefined>()
  const viewOf = (source: Tensor): View | undefined => {
    const own = views.get(source)
    const further = own && viewOf(own.of)
    const view = further ? { of: further.of, from: plus(further.from, own.from) } : own
    found.set(source, view)
    return view
  }
  const visit = remembered(partsOf, (e: Expression, again: (e: Expression) => Expression): Expression => {
    const view = e.kind === 'load' && (found.has(e.source) ? found.get(e.source) : viewOf(e.source))
    if (!view) return withParts(e, partsOf(e).map(again))
    return { ...e, source: view.of, index: plus(view.from, again((e as { index: Expression }).index)) } as Expression
  })
  return moved(runnable, result => result, visit, found)
}

/** Kernels with what they store of some tensors put where it belongs. */
function storing(runnable: Runnable, targets: ReadonlyMap<Tensor, View>): Runnable {
  if (runnable.kind === 'repeat') return { ...runnable, body: runnable.body.map(one => storing(one, targets)) }
  const put = (result: Result): Result => {
    const view = targets.get(result.target)
    return view ? { ...result, target: view.of, index: plus(view.from, result.index) } : result
  }
  const stored = new Map(writes(runnable).map(target => [target, targets.get(target)]))
  return moved(runnable, put, e => e, stored)
}

/** A kernel on other memory: `found` says which tensors are parts of it. */
function moved(
  kernel: Kernel,
  put: (result: Result) => Result,
  visit: (e: Expression) => Expression,
  found: ReadonlyMap<Tensor, View | undefined>,
): Kernel {
  const body = kernel.body.map(statement =>
    rebuilt(statement, visit, result => put({ ...result, index: visit(result.index), value: visit(result.value) })),
  )
  const touched = new Map(kernel.touched)
  for (const [tensor, view] of found) {
    if (!view) continue
    const own = touched.get(tensor) ?? numel(tensor.shape)
    touched.delete(tensor)
    touched.set(view.of, (touched.get(view.of) ?? 0) + own)
  }
  return { ...kernel, body, ...(touched.size && { touched }) }
}
