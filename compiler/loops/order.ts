/**
 * Passes of an order. In the first, a point counts for each of a few elements how many stand before it. In the others, a point
 * makes a piece of what two neighbouring runs become: bisection finds how many of the piece's predecessors are of the first run,
 * and from there on the lesser of two heads follows, the first run's where they are equal.
 */
import {
  type Axis,
  axisOf,
  both,
  call,
  delinearize,
  type Expression,
  less,
  literal,
  type Memory,
  minus,
  index as op,
  plus,
  quotient,
  remainder,
  select,
  times,
} from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import { p } from '../graph/primitive.js'
import { type Kernel, type Order, points } from '../kernels/kernel.js'
import type { Schedule } from '../kernels/schedule.js'
import { type Builder, createBuilder } from './build.js'
import type { Statement } from './program.js'
import type { At } from './vectors.js'

/** How a target reads and stores. */
export interface Access {
  scalar(e: Expression, at: At): Expression
  memoryOf(tensor: Tensor): Memory
}
interface Pass {
  readonly builder: Builder
  readonly order: Order
  readonly piece: number
  /** The piece of the row that the point makes. */
  readonly part: Expression
  /** Key and position of the element at an index of the row that is read. */
  key(at: Expression): Expression
  position(at: Expression): Expression
  store(at: Expression, values: Readonly<Record<string, Expression>>): void
}

export function orderPoints(
  kernel: Kernel,
  order: Order,
  { piece }: Extract<Schedule, { kind: 'pieces' }>,
  { scalar, memoryOf }: Access,
): { readonly point: Axis; readonly body: readonly Statement[] } {
  const { out, along, results } = order
  const parts = Math.ceil(out.size / piece)
  const point: Axis = { name: 't', size: points(kernel.grid) * parts }
  const at = delinearize(axisOf(point), [...kernel.grid.map(({ size }) => size), parts])
  const here = new Map(kernel.grid.map((axis, i): [Axis, Expression] => [axis, at[i]!]))
  const builder = createBuilder([point])
  const read = (e: Expression) => (at: Expression) => scalar(e, new Map([...here, [along[0], at]]))
  const pass: Pass = {
    builder,
    order,
    piece,
    part: at.at(-1)!,
    key: read(order.key),
    position: read(order.position),
    store(at, values) {
      for (const { target, index, value } of results)
        builder.store(
          memoryOf(target),
          scalar(index, new Map([...here, [out, at]])),
          values[(value as Expression & { kind: 'name' }).name]!,
        )
    },
  }
  builder.share([])
  if (order.from === 1) countRun(pass)
  else merge(pass)
  return { point, body: builder.statements() }
}

const nearest = (at: Expression, last: number): Expression => call(op.clamp, [at, literal(last)], 'i32')
const flag = (condition: Expression): Expression => select(condition, literal(1), literal(0))

/** A run of a few elements, by the number of those that stand before each. */
function countRun({ builder, order, part, key, position, store }: Pass): void {
  const { along, to, keep, out } = order
  const [{ size }] = along
  const whole = size % to === 0
  const start = builder.bind(times(part, to))
  const length = Math.min(to, size)
  const elements = Array.from({ length }, (_, i) => {
    const at = builder.bind(plus(start, literal(i)))
    return {
      exists: whole ? undefined : builder.bind(less(at, size)),
      at: whole ? at : builder.bind(nearest(at, size - 1)),
    }
  })
  const keys = elements.map(({ at }) => builder.bind(key(at)))
  const before = elements.map((): Expression[] => [])
  for (const [i, first] of keys.entries())
    for (const [j, second] of keys.entries()) {
      if (j <= i) continue
      const kept = p.lessEqual(first, second)
      const { exists } = elements[j]!
      const inOrder = builder.bind(exists ? p.or(kept, p.not(exists)) : kept)
      before[j]!.push(flag(inOrder))
      before[i]!.push(select(inOrder, literal(0), literal(1)))
    }
  const found = elements.map(({ at, exists }, i) => {
    const rank = builder.bind(before[i]!.reduce((sum, one) => plus(sum, one), literal(0)))
    return { rank, exists, at, position: builder.bind(position(at)) }
  })
  const begin = builder.bind(times(part, keep))
  for (const [i, { rank, exists, position }] of found.entries()) {
    const emit = (): void => store(builder.bind(nearest(plus(begin, rank), out.size - 1)), { key: keys[i]!, position })
    const kept = keep < length ? less(rank, keep) : undefined
    const condition = exists && kept ? both(exists, kept) : (exists ?? kept)
    if (condition) builder.when(condition, emit)
    else emit()
  }
}

/** A piece of the merge of two runs. */
function merge({ builder, order, piece, part, key, position, store }: Pass): void {
  const { along, from, to, keep, out } = order
  const last = along[0].size - 1
  const begin = builder.bind(times(part, piece))
  const run = Math.min(keep, out.size)
  /** Of the pair of runs, and how many of its elements come before the piece. */
  const [pair, done] = run === out.size ? [literal(0), begin] : [quotient(begin, run), remainder(begin, run)]
  const first = builder.bind(times(pair, to))
  const within = (at: Expression): Expression => (along[0].size % to ? p.min(at, along[0].size) : at)
  const middle = builder.bind(within(plus(first, literal(from))))
  const end = builder.bind(within(plus(first, literal(to))))
  const before = builder.bind(done)

  const variable = (prefix: string, initial: Expression): Expression & { kind: 'name' } => {
    const name = builder.fresh(prefix)
    builder.declare(name, initial)
    return { kind: 'name', name, dtype: initial.dtype }
  }
  const low = variable('low', p.max(minus(before, minus(end, middle)), literal(0)))
  const high = variable('high', p.min(before, minus(middle, first)))
  const steps: Axis = { name: builder.fresh('k'), size: Math.ceil(Math.log2(from + 1)) }
  builder.loop(steps, () => {
    const half = builder.bind(quotient(plus(low, high), 2))
    const own = key(nearest(plus(first, half), last))
    const other = key(nearest(minus(plus(middle, minus(before, half)), literal(1)), last))
    const belongs = builder.bind(both(less(low, high), p.lessEqual(own, other)))
    builder.set(low.name, select(belongs, plus(half, literal(1)), low))
    builder.set(high.name, select(belongs, high, half))
  })
  const left = variable('left', plus(first, low))
  const right = variable('right', plus(middle, minus(before, low)))
  const leftKey = variable('head', key(nearest(left, last)))
  const rightKey = variable('head', key(nearest(right, last)))
  const step: Axis = { name: builder.fresh('k'), size: piece }
  const count = out.size % piece ? builder.bind(p.min(minus(literal(out.size), begin), piece)) : literal(piece)
  builder.loop(
    step,
    () => {
      const inOrder = both(less(left, middle), p.lessEqual(leftKey, rightKey))
      const takes = builder.bind(p.or(p.not(less(right, end)), inOrder))
      const at = builder.bind(select(takes, left, right))
      const value = builder.bind(position(nearest(at, last)))
      const next = builder.bind(plus(at, literal(1)))
      const head = builder.bind(key(nearest(next, last)))
      const to = plus(begin, axisOf(step))
      store(out.size % piece ? nearest(to, out.size - 1) : to, {
        key: builder.bind(select(takes, leftKey, rightKey)),
        position: value,
      })
      builder.set(left.name, select(takes, next, left))
      builder.set(right.name, select(takes, right, next))
      builder.set(leftKey.name, select(takes, head, leftKey))
      builder.set(rightKey.name, select(takes, rightKey, head))
    },
    { to: count },
  )
}
