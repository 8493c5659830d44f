/**
 * Random well-typed graphs with variables. A recipe is plain numbers, so that fast-check can shrink it; `build` turns any
 * recipe into a graph by taking every choice modulo what is possible at that point. Values stay of order one, and operations
 * with a kink or a jump (relu, comparison, maximum) are applied to exact values only: inputs, what merely moves them, and
 * whole numbers. There the device and the reference cannot fall on different sides.
 */
import fc from 'fast-check'
import { backward } from '../../compiler/gradient/reverse.js'
import { type Graph, isFloat, leafName, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, topological, type Untyped } from '../../compiler/graph/node.js'
import { numel } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import * as ops from '../../compiler/ops/index.js'
import type { DType } from '../../compiler/types/tensor.js'
import { input } from '../device.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { families, type Value } from './steps.js'

export interface Recipe {
  /** Shapes of the inputs, as positions in `SIZES`. */
  readonly inputs: readonly (readonly number[])[]
  /** The same of inputs of whole numbers. */
  readonly whole: readonly (readonly number[])[]
  /** Variables: which input each is like, less some of its axes, its dtype, and numbers to choose its update by. */
  readonly state: readonly (readonly [like: number, axes: number, dtype: number, from: number, how: number])[]
  /** Each step: which operation, and numbers to choose operands and attributes by. */
  readonly steps: readonly (readonly [number, number, number, number])[]
}
const SIZES = [1, 2, 3, 4, 5, 7, 8, 16]
const LARGEST = 4096

const shape = fc.array(fc.nat(SIZES.length - 1), { maxLength: 4 })
const numbers = fc.nat(999)
export const recipes: fc.Arbitrary<Recipe> = fc.record({
  inputs: fc.array(shape, { minLength: 1, maxLength: 4 }),
  whole: fc.array(shape, { maxLength: 2 }),
  state: fc.array(fc.tuple(numbers, numbers, numbers, numbers, numbers), { maxLength: 4 }),
  steps: fc.array(fc.tuple(numbers, numbers, numbers, numbers), { minLength: 1, maxLength: 40, size: 'max' }),
})

/** The graph of a recipe: its last values, the gradients of their cotangent-weighted sum with respect to floats, and updates. */
export function build({ inputs, whole, state, steps }: Recipe, name: string): Graph {
  const floats = inputs.map((sizes, i) => input(`x${i}`, shapeOf(sizes)) as Untyped)
  const counts = whole.map((sizes, i) => input(`n${i}`, shapeOf(sizes), i % 2 ? 'u32' : 'i32') as Untyped)
  const given = [...floats, ...counts]
  const variables = state.map(([like, axes, dtype], i) => {
    const { shape } = given[like % given.length]!
    const kept = shape.flatMap((size, axis) => ((axes >> axis) & 1 ? [size] : (axes >> 4) & 1 ? [1] : []))
    const attributes = { name: `${name}.v${i}`, shape: kept, dtype: DTYPES[dtype % DTYPES.length], kind: 'state' }
    return apply(variableOperation, [], attributes) as Untyped
  })
  // Floats in variables have been computed, by the run before.
  const values: Value[] = [
    ...given.map(node => ({ node, exact: true })),
    ...variables.map(node => ({ node: wide(node), exact: !isFloat(node.dtype) })),
  ]
  for (const [family, a, b, c] of steps) {
    const { takes, steps, exact } = families[family % families.length]!
    const fits = values.filter(({ node }) => takes === 'any' || (takes === 'floats') === isFloat(node.dtype))
    if (!fits.length) continue
    const x = fits[fits.length - 1 - (a % Math.min(fits.length, 6))]!
    const node = steps[b % steps.length]!(x, values, [c, a ^ b, family])
    if (node && numel(node.shape) <= LARGEST && node.shape.length <= 4)
      values.push({ node, exact: !isFloat(node.dtype) || (x.exact && exact === true) })
  }
  const read = new Set(values.flatMap(({ node }) => node.operands))
  const results = values
    .map(({ node }) => node)
    .filter(node => !read.has(node))
    .slice(-3)
  const outputs: Record<string, Tensor> = Object.fromEntries(results.map((node, i) => [`y${i}`, node]))
  const cotangents = results
    .filter(node => isFloat(node.dtype))
    .map((node, i) => [node, input(`c${i}`, node.shape)] as const)
  const reached = new Set(topological(results))
  const wrt = [...floats, ...variables.filter(({ dtype }) => dtype === 'f32')].filter(leaf => reached.has(leaf))
  const gradients = new Map(backward(cotangents, wrt).map((gradient, i) => [wrt[i]!, gradient as Untyped]))
  for (const [i, leaf] of wrt.entries()) if (floats.includes(leaf)) outputs[`g${i}`] = gradients.get(leaf)!
  const updates = variables.flatMap((variable, i) => {
    const [, , , from, how] = state[i]!
    const fits = values.filter(({ node }) => isFloat(node.dtype) === isFloat(variable.dtype))
    const next = updated(variable, fits[from % fits.length]!.node, gradients.get(variable), how)
    return next ? [{ variable, value: next }] : []
  })
  return checkRoundTrip({
    name,
    inputs: [...given, ...cotangents.map(([, cotangent]) => cotangent)],
    outputs,
    updates,
  })
}
const DTYPES: readonly DType[] = ['f32', 'f32', 'f32', 'i32', 'f32', 'u32', 'f16']

function shapeOf(sizes: readonly number[]): number[] {
  const shape = sizes.map(size => SIZES[size]!)
  while (numel(shape) > LARGEST) shape.pop()
  return shape
}

const any = (x: unknown) => x as Untyped
/** Halves as they are computed with. */
const wide = (x: Untyped): Untyped => (x.dtype === 'f16' ? any(ops.cast(x, 'f32')) : x)

/** What a variable becomes, by a value `from` the program and the variable's gradient; nothing for some choices. */
function updated(variable: Untyped, from: Untyped, gradient: Untyped | undefined, how: number): Untyped | undefined {
  const old = wide(variable)
  const y = any(ops.cast(fitted(from, variable.shape), old.dtype))
  const kinds: (() => unknown)[] = isFloat(variable.dtype)
    ? [
        () => y,
        () => ops.add(any(ops.mul(old, 0.5)), any(ops.mul(y, 0.5))),
        () => ops.tanh(any(ops.sub(old, y))),
        () =>
          ops.add(any(ops.mul(any(ops.flip(old, old.shape.map((_, axis) => axis) as never)), 0.5)), any(ops.tanh(y))),
        // Several variables may be updated by this formula.
        () => ops.sub(old, any(ops.mul(gradient ? any(ops.tanh(gradient)) : old, 0.125))),
        () => ops.tanh(any(ops.mul(old, y))),
      ]
    : [() => y, () => ops.add(old, y), () => ops.sub(any(ops.mul(old, 3 as never)), y), () => ops.maximum(old, y)]
  const value = kinds[how % (kinds.length + 1)]?.()
  return value === undefined ? undefined : any(ops.cast(any(value), variable.dtype))
}

/** A value in the shape of a variable: as it is, repeated, or summed up over what the variable does not have. */
function fitted(x: Untyped, shape: readonly number[]): Untyped {
  const total = (axes: number[], keepdims: boolean): Untyped =>
    any(isFloat(x.dtype) ? (mean as any)(x, axes, { keepdims }) : (ops.sum as any)(x, axes, { keepdims }))
  const to = [...shape] as never
  for (const keepdims of [false, true])
    for (let some = 0; some < 2 ** x.shape.length; some++) {
      const axes = x.shape.map((_, axis) => axis).filter(axis => (some >> axis) & 1)
      const left = x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepdims ? [1] : []))
      if (left.join() === shape.join()) return axes.length ? total(axes, keepdims) : x
    }
  if (numel(x.shape) === numel(shape)) return any(ops.reshape(x, to))
  return any(
    ops.broadcastTo(
      any(
        ops.reshape(
          total(
            x.shape.map((_, axis) => axis),
            false,
          ),
          shape.map(() => 1) as never,
        ),
      ),
      to,
    ),
  )
}

const fill = (leaf: number, i: number): number =>
  Math.fround(((((i + 1) * 0.618034 + leaf * 0.377) % 1) * 2 - 1) * 1.25)
/** Values of leaves: floats within -1.25 .. 1.25, whole numbers from -3 to 7, halves 0. */
export function dataOf(
  leaves: readonly Tensor[],
  run = 0,
): Record<string, Float32Array | Int32Array | Uint32Array | Uint16Array> {
  const values = (leaf: Tensor, k: number) => {
    const length = numel(leaf.shape)
    const number = (_: unknown, i: number) => ((i * 7 + k + run) % 11) - 3
    if (leaf.dtype === 'i32') return Int32Array.from({ length }, number)
    if (leaf.dtype === 'u32') return Uint32Array.from({ length }, (_, i) => number(_, i) + 3)
    if (leaf.dtype === 'f16') return new Uint16Array(length)
    return Float32Array.from({ length }, (_, i) => fill(k + 5 * run, i))
  }
  return Object.fromEntries(leaves.map((leaf, k) => [leafName(leaf), values(leaf, k)]))
}
