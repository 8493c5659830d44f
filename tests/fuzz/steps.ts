/** What a step of a random program may do, by family: the smooth, the kinked, whole numbers, movement, indexing, sums; loops are in `loops.ts`. */
import { isFloat } from '../../compiler/graph/graph.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { mean, softmax, variance } from '../../compiler/language/math.js'
import * as ops from '../../compiler/ops/index.js'
import { loops, wholeLoops } from './loops.js'

export interface Value {
  readonly node: Untyped
  /** The device and the reference have the same number: whole numbers always, floats as long as they merely move. */
  readonly exact: boolean
}
type Choice = readonly [number, number, number]
/** What a step may do: an operation on earlier values, or nothing where it does not apply. */
export type Step = (x: Value, values: readonly Value[], choice: Choice) => Untyped | undefined
export interface Family {
  readonly takes: 'floats' | 'integers' | 'any'
  readonly steps: readonly Step[]
  /** Results are as exact as operands. */
  readonly exact?: true
}

const any = (x: unknown) => x as Untyped
const smooth: Step[] = [
  x => any(ops.tanh(x.node)),
  x => any(ops.sigmoid(x.node)),
  x => any(ops.exp(any(ops.tanh(x.node)))),
  x => any(ops.sqrt(any(ops.add(ops.square(x.node), 1)))),
  x => any(ops.neg(x.node)),
  (x, _, [a]) => any(ops.mul(x.node, (a % 7) / 4 - 0.75)),
]
const kinked: Step[] = [
  x => (x.exact ? any(ops.relu(x.node)) : undefined),
  x => (x.exact ? any(ops.abs(x.node)) : undefined),
  (x, values, choice) => {
    const y =
      x.exact &&
      beside(
        x,
        values.filter(v => v.exact),
        choice[0],
      )
    return y ? any(choice[1] % 2 ? ops.maximum(x.node, y) : ops.minimum(x.node, y)) : undefined
  },
  (x, values, choice) => {
    const y = x.exact && beside(x, values, choice[0])
    return y ? any(ops.select(any(ops.greater(x.node, 0.1)), y, any(ops.mul(y, 0.5)))) : undefined
  },
]
const binary: Step[] = [
  (x, values, [a]) => paired(x, values, a, ops.add),
  (x, values, [a]) => paired(x, values, a, ops.sub),
  (x, values, [a]) => paired(x, values, a, (p, q) => ops.tanh(any(ops.mul(p as never, q as never)))),
  (x, values, [a]) => paired(x, values, a, (p, q) => ops.div(p as never, any(ops.add(ops.square(q as never), 1)))),
]
const movement: Step[] = [
  ({ node }, _, [a, b]) => any(ops.reshape(node, regrouped(node.shape, a, b) as never)),
  ({ node }, _, [a]) => any(ops.permute(node, shuffled(node.shape.length, a) as never)),
  ({ node }, _, [a, b]) =>
    node.shape.length < 4
      ? any(
          ops.broadcastTo(node, [
            1 + (a % 3),
            ...node.shape.map((size, i) => (size === 1 && (b >> i) & 1 ? 3 : size)),
          ] as never),
        )
      : undefined,
  ({ node }, _, [a, b]) =>
    any(
      ops.pad(
        node,
        node.shape.map((_, i) => [(a >> i) % 2, (b >> i) % 3]) as never,
        (node.dtype === 'u32' ? a % 3 : (a % 3) - 1) as never,
      ),
    ),
  ({ node }, _, [a, b]) => {
    if (!node.shape.length) return undefined
    const axis = a % node.shape.length
    const start = b % node.shape[axis]!
    return any((ops.slice as any)(node, axis, start, node.shape[axis]!, 1 + (a % 2)))
  },
  ({ node }, _, [a]) => (node.shape.length ? any(ops.flip(node, [a % node.shape.length] as never)) : undefined),
  ({ node, exact }, values, [a, b]) => {
    if (!node.shape.length) return undefined
    const axis = a % node.shape.length
    const fits = values.filter(
      v =>
        (v.exact || !exact) &&
        v.node.dtype === node.dtype &&
        v.node.shape.length === node.shape.length &&
        v.node.shape.every((size, i) => i === axis || size === node.shape[i]),
    )
    return any(ops.concat(node, fits[b % fits.length]!.node as never, axis as never))
  },
]
const reductions: Step[] = [
  ({ node }, _, [a, b]) => any((mean as any)(node, axesOf(node.shape, a), { keepdims: b % 2 === 0 })),
  ({ node }, _, [a, b]) => any(ops.tanh(any((ops.sum as any)(node, axesOf(node.shape, a), { keepdims: b % 2 === 0 })))),
  ({ node }, _, [a, b]) => any((variance as any)(node, axesOf(node.shape, a), { keepdims: b % 2 === 0 })),
  ({ node, exact }, _, [a, b]) =>
    exact
      ? any(((b % 2 ? ops.max : ops.min) as any)(node, axesOf(node.shape, a), { keepdims: b % 3 === 0 }))
      : undefined,
  ({ node }, _, [a]) => (node.shape.length ? any((softmax as any)(node, a % node.shape.length)) : undefined),
]
const contractions: Step[] = [
  (x, values, [a, b]) => {
    const product = dotted(x, values, a, b)
    return product && any(ops.mul(product, 1 / Math.sqrt(x.node.shape.at(-1)!)))
  },
  (x, values, [a, b]) => {
    if (x.node.shape.length !== 4) return undefined
    const [, c, h, w] = x.node.shape as [number, number, number, number]
    const fits = values.filter(
      v =>
        v.node.dtype === 'f32' &&
        v.node.shape.length === 4 &&
        v.node.shape[1] === c &&
        v.node.shape[2]! <= h + 2 &&
        v.node.shape[3]! <= w + 2,
    )
    if (!fits.length) return undefined
    const weight = fits[a % fits.length]!.node
    const scale = 1 / Math.sqrt(numel(weight.shape.slice(1)))
    return any(
      ops.mul(any(ops.conv2d(x.node as never, weight as never, { padding: 1, stride: 1 + (b % 2) } as never)), scale),
    )
  },
]
/** What is stored in halves, and read again. */
const storage: Step[] = [x => any(ops.cast(any(ops.cast(x.node, 'f16')), 'f32'))]

/** Whole numbers wrap around, on the device as in the reference. */
const integers: Step[] = [
  (x, values, [a]) => paired(x, values, a, ops.add),
  (x, values, [a]) => paired(x, values, a, ops.sub),
  (x, values, [a]) => paired(x, values, a, ops.mul),
  (x, values, [a, b]) => paired(x, values, a, b % 2 ? ops.maximum : ops.minimum),
  (x, values, [a, b]) => paired(x, values, a, [ops.bitAnd, ops.bitOr, ops.bitXor][b % 3]!),
  ({ node }, _, [a, b]) => any((b % 2 ? ops.rem : ops.div)(node, (2 + (a % 9)) as never)),
  (x, values, [a, b]) => {
    const y = beside(x, values, a)
    return y && any(ops.select(any(ops.greater(x.node, (b % 5) as never)), y, any(ops.add(y, 3 as never))))
  },
  ({ node }) => any(ops.cast(node, node.dtype === 'i32' ? 'u32' : 'i32')),
  ({ node }, _, [a]) => any(ops.mul(any(ops.cast(any(ops.rem(node, (3 + (a % 14)) as never)), 'f32')), 0.125)),
  ({ node }, _, [a, b]) => any((ops.sum as any)(node, axesOf(node.shape, a), { keepdims: b % 2 === 0 })),
  ({ node }, _, [a, b]) =>
    any(((b % 2 ? ops.max : ops.min) as any)(node, axesOf(node.shape, a), { keepdims: b % 3 === 0 })),
  ({ node }, _, [a, b]) =>
    node.shape.length ? any((ops.cumsum as any)(node, axisOf(node, a), { reverse: b % 2 })) : undefined,
  (x, values, [a, b]) => dotted(x, values, a, b),
]
/** From floats to whole numbers: exact values only, of which a power of two is exact too. */
const counted: Step[] = [
  x => (x.exact ? any(ops.cast(any(ops.mul(x.node, 4)), 'i32')) : undefined),
  (x, _, [a]) => (x.exact ? any(ops.cast(any(ops.greater(x.node, ((a % 5) - 2) / 4)), 'i32')) : undefined),
  ({ node, exact }, _, [a, b]) =>
    exact && node.shape.length ? any((b % 2 ? ops.argmax : ops.argmin)(node, axisOf(node, a) as never)) : undefined,
]

/** Elements found by numbers that were computed or given: those beyond the axis name its ends. */
const indexing: Step[] = [
  ({ node }, values, [a, b]) => {
    const at = node.shape.length ? positions(values, b, 1 + (a % 7)) : undefined
    return at && any(ops.take(node, at as never, axisOf(node, a) as never))
  },
  ({ node }, values, [a, b]) =>
    node.shape.length === 2 ? any(ops.embedding(node as never, whole(values, a, b) as never)) : undefined,
  ({ node }, values, [a, b]) => {
    if (!node.shape.length) return undefined
    const axis = axisOf(node, a)
    const fits = values.filter(
      v =>
        !isFloat(v.node.dtype) &&
        v.node.shape.length === node.shape.length &&
        v.node.shape.every((size, i) => i === axis || size === 1 || size === node.shape[i]),
    )
    return fits.length ? any(ops.gather(node, fits[b % fits.length]!.node as never, axis as never)) : undefined
  },
  ({ node, exact }, _, [a, b]) =>
    exact && node.shape.length
      ? any((ops.sort as any)(node, axisOf(node, a), { descending: b % 2 === 0 }).values)
      : undefined,
]
/** Few results look at all that is added up; many are scattered to. */
const sizes = [1, 2, 3, 4, 5, 6, 40]
/** Elements added up where numbers say. */
const scattered: Step[] = [
  ({ node }, values, [a, b]) => {
    const at = node.shape.length ? along(node, axisOf(node, a), values, b) : undefined
    return at && any((ops.scatterAdd as any)(node, at, axisOf(node, a), sizes[b % sizes.length]))
  },
  ({ node }, values, [a, b]) => {
    const at = node.shape.length ? along(node, axisOf(node, a), values, b) : undefined
    return at && any((ops.scatter as any)(node, at, any(ops.mul(node, 2 as never)), axisOf(node, a)))
  },
]
export const families: readonly Family[] = [
  { takes: 'floats', steps: smooth },
  { takes: 'floats', steps: kinked },
  { takes: 'floats', steps: binary },
  { takes: 'any', steps: movement, exact: true },
  { takes: 'any', steps: movement, exact: true },
  { takes: 'floats', steps: reductions },
  { takes: 'floats', steps: contractions },
  { takes: 'integers', steps: integers },
  { takes: 'integers', steps: integers },
  { takes: 'any', steps: indexing, exact: true },
  { takes: 'any', steps: scattered },
  { takes: 'floats', steps: counted },
  { takes: 'floats', steps: loops },
  { takes: 'integers', steps: wholeLoops },
  { takes: 'floats', steps: storage, exact: true },
]

const axisOf = ({ shape }: Untyped, choice: number): number => choice % shape.length
/** A tensor of whole numbers among the values, or a few of them. */
const whole = (values: readonly Value[], a: number, b: number): Untyped | undefined => {
  const fits = values.filter(v => !isFloat(v.node.dtype) && v.node.shape.length <= 2)
  return fits[a % Math.max(1, fits.length)]?.node ?? positions(values, b, 3)
}
/** `count` whole numbers in a row: of one of the values, if it has as many. */
function positions(values: readonly Value[], choice: number, count: number): Untyped | undefined {
  const fits = values.filter(v => !isFloat(v.node.dtype) && numel(v.node.shape) >= count)
  const from = fits[choice % Math.max(1, fits.length)]?.node
  if (!from) return any(ops.rem(any(ops.add(any(ops.iota([count], 0)), (choice % 5) as never)), 4 as never))
  return any((ops.slice as any)(any(ops.reshape(from, [-1] as never)), 0, 0, count))
}
/** A whole number for each position along an axis, to repeat along the others. */
function along(node: Untyped, axis: number, values: readonly Value[], choice: number): Untyped | undefined {
  const row = positions(values, choice, node.shape[axis]!)
  return row && any(ops.reshape(row, node.shape.map((size, i) => (i === axis ? size : 1)) as never))
}
/** The product with a matrix among the values, of the same dtype. */
function dotted(x: Value, values: readonly Value[], a: number, b: number): Untyped | undefined {
  const k = x.node.shape.at(-1)
  const fits = values.filter(
    v => v.node.dtype === x.node.dtype && v.node.shape.length === 2 && v.node.shape.includes(k ?? -1),
  )
  if (!fits.length) return undefined
  const other = fits[a % fits.length]!.node
  const turned =
    other.shape[0] === k && (other.shape[1] !== k || b % 2) ? other : any(ops.permute(other, [1, 0] as never))
  return any(ops.dot(x.node as never, turned as never))
}

/** The other operand: a value whose shape broadcasts with `x`, or `x` itself. */
function beside(x: Value, values: readonly Value[], choice: number): Untyped | undefined {
  const fits = values.filter(({ node }) => {
    if (node.dtype !== x.node.dtype) return false
    const rank = Math.max(node.shape.length, x.node.shape.length)
    return Array.from({ length: rank }, (_, i) => [node.shape.at(i - rank) ?? 1, x.node.shape.at(i - rank) ?? 1]).every(
      ([m, n]) => m === n || m === 1 || n === 1,
    )
  })
  return fits[choice % Math.max(1, fits.length)]?.node
}
const paired = (
  x: Value,
  values: readonly Value[],
  choice: number,
  call: (a: any, b: any) => unknown,
): Untyped | undefined => {
  const y = beside(x, values, choice)
  return y && any(call(x.node, y))
}
/** Neighbouring axes joined, or one split in two. */
function regrouped(shape: readonly number[], a: number, b: number): number[] {
  if (!shape.length) return [1]
  const axis = a % shape.length
  if (b % 2 && axis + 1 < shape.length)
    return [...shape.slice(0, axis), shape[axis]! * shape[axis + 1]!, ...shape.slice(axis + 2)]
  const size = shape[axis]!
  const part = [2, 3, 4, 5, 7].find(d => size % d === 0)
  return part && shape.length < 4
    ? [...shape.slice(0, axis), part, size / part, ...shape.slice(axis + 1)]
    : [numel(shape)]
}
function shuffled(rank: number, choice: number): number[] {
  const order: number[] = []
  for (let axis = 0; axis < rank; axis++) order.splice((choice >> (2 * axis)) % (order.length + 1), 0, axis)
  return order
}
const axesOf = (shape: readonly number[], choice: number): number[] => {
  const some = shape.map((_, axis) => axis).filter(axis => (choice >> axis) & 1)
  return some.length ? some : shape.map((_, axis) => axis)
}
