/**
 * Random well-typed graphs. A recipe is plain numbers, so that fast-check can shrink it; `build` turns any recipe into a
 * graph by taking every choice modulo what is possible at that point. Values stay of order one, and operations with a
 * kink or a jump (relu, comparison, maximum) are applied to exact values only: inputs and what merely moves them. There
 * the device and the reference cannot fall on different sides.
 */
import fc from 'fast-check'
import { backward } from '../../compiler/gradient/reverse.js'
import type { Graph } from '../../compiler/graph/graph.js'
import { type Tensor, topological, type Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { mean, softmax, variance } from '../../compiler/language/math.js'
import * as ops from '../../compiler/ops/index.js'
import { input } from '../device.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

export interface Recipe {
  /** Shapes of the inputs, as positions in `SIZES`. */
  readonly inputs: readonly (readonly number[])[]
  /** Each step: which operation, and numbers to choose operands and attributes by. */
  readonly steps: readonly (readonly [number, number, number, number])[]
}
const SIZES = [1, 2, 3, 4, 5, 7, 8, 16]
const LARGEST = 4096

export const recipes: fc.Arbitrary<Recipe> = fc.record({
  inputs: fc.array(fc.array(fc.nat(SIZES.length - 1), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  steps: fc.array(fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.nat(999)), {
    minLength: 1,
    maxLength: 40,
    size: 'max',
  }),
})

interface Value {
  readonly node: Untyped
  readonly exact: boolean
}
type Choice = readonly [number, number, number]
/** What a step may do: an operation on earlier values, or nothing where it does not apply. */
type Step = (x: Value, values: readonly Value[], choice: Choice) => Untyped | undefined

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
    any(ops.pad(node, node.shape.map((_, i) => [(a >> i) % 2, (b >> i) % 3]) as never, ((a % 3) - 1) as never)),
  ({ node }, _, [a, b]) => {
    if (!node.shape.length) return undefined
    const axis = a % node.shape.length
    const start = b % node.shape[axis]!
    return any((ops.slice as any)(node, axis, start, node.shape[axis]!, 1 + (a % 2)))
  },
  ({ node }, _, [a]) => (node.shape.length ? any(ops.flip(node, [a % node.shape.length] as never)) : undefined),
  ({ node }, values, [a, b]) => {
    if (!node.shape.length) return undefined
    const axis = a % node.shape.length
    const fits = values.filter(
      v =>
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
    const k = x.node.shape.at(-1)
    const fits = values.filter(v => v.node.shape.length === 2 && v.node.shape.includes(k ?? -1))
    if (!fits.length) return undefined
    const other = fits[a % fits.length]!.node
    const turned =
      other.shape[0] === k && (other.shape[1] !== k || b % 2) ? other : any(ops.permute(other, [1, 0] as never))
    return any(ops.mul(any(ops.dot(x.node as never, turned as never)), 1 / Math.sqrt(k!)))
  },
  (x, values, [a, b]) => {
    if (x.node.shape.length !== 4) return undefined
    const [, c, h, w] = x.node.shape as [number, number, number, number]
    const fits = values.filter(
      v => v.node.shape.length === 4 && v.node.shape[1] === c && v.node.shape[2]! <= h + 2 && v.node.shape[3]! <= w + 2,
    )
    if (!fits.length) return undefined
    const weight = fits[a % fits.length]!.node
    const scale = 1 / Math.sqrt(numel(weight.shape.slice(1)))
    return any(
      ops.mul(any(ops.conv2d(x.node as never, weight as never, { padding: 1, stride: 1 + (b % 2) } as never)), scale),
    )
  },
]
const families: readonly (readonly Step[])[] = [smooth, kinked, binary, movement, movement, reductions, contractions]
const KEEPS_EXACT = new Set<readonly Step[]>([movement])

/** The other operand: a value whose shape broadcasts with `x`, or `x` itself. */
function beside(x: Value, values: readonly Value[], choice: number): Untyped | undefined {
  const fits = values.filter(({ node }) => {
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

/** The graph of a recipe: its last values, and the gradients of their cotangent-weighted sum with respect to the inputs. */
export function build(recipe: Recipe, name: string): Graph {
  const leaves = recipe.inputs.map((sizes, i) => {
    const shape = sizes.map(size => SIZES[size]!)
    while (numel(shape) > LARGEST) shape.pop()
    return input(`x${i}`, shape) as Untyped
  })
  const values: Value[] = leaves.map(node => ({ node, exact: true }))
  for (const [family, a, b, c] of recipe.steps) {
    const steps = families[family % families.length]!
    const x = values[values.length - 1 - (a % Math.min(values.length, 6))]!
    const node = steps[b % steps.length]!(x, values, [c, a ^ b, family])
    if (node && numel(node.shape) <= LARGEST && node.shape.length <= 4)
      values.push({ node, exact: x.exact && KEEPS_EXACT.has(steps) })
  }
  const read = new Set(values.flatMap(({ node }) => node.operands))
  const results = values
    .map(({ node }) => node)
    .filter(node => !read.has(node))
    .slice(-3)
  const outputs: Record<string, Tensor> = Object.fromEntries(results.map((node, i) => [`y${i}`, node]))
  const cotangents = results.map((node, i) => [node, input(`c${i}`, node.shape)] as const)
  const reached = new Set(topological(results))
  const wrt = leaves.filter(leaf => reached.has(leaf))
  backward(cotangents, wrt).forEach((gradient, i) => {
    outputs[`g${i}`] = gradient
  })
  return checkRoundTrip({
    name,
    inputs: [...leaves, ...cotangents.map(([, cotangent]) => cotangent)],
    outputs,
    updates: [],
  })
}
