/**
 * Axis patterns: `rearrange(x, 'b c (h p) (w q) -> b (h w) (c p q)', { p: 4, q: 4 })`, `einsum` and `reducePattern`
 * name axes instead of counting them (after einops, Rogozhnikov 2022). All of them are composed of reshape, permute,
 * reductions and one general dot product. Types and builder say the same about a pattern that does not fit.
 */

import { described, isTensor, shapeOf, type Tensor } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { mul } from '../ops/binary.js'
import { type DotAxes, dotGeneral } from '../ops/dot.js'
import { permute, reshape } from '../ops/movement.js'
import { max, min, prod, sum } from '../ops/reduce.js'
import { slice } from '../ops/slice.js'
import type { Einsum, EinsumOne, Rearrange, ReducePattern } from '../types/pattern.js'
import type { Shape } from '../types/shape.js'
import type { Check, DType, Gradient } from '../types/tensor.js'
import { type Item, type Pattern, PatternError, parsePattern } from './pattern-grammar.js'

export { PatternError } from './pattern-grammar.js'

type Sizes = Readonly<Record<string, number>>
/** What axis names are bound to. */
type Bound = Map<string, number>
/** Throws an error about a pattern, pointing at one of its items. */
type Fail = (cause: string, at?: Item) => never

/**
 * Splits, joins and reorders axes. `x` has the axes left of `->`, the result those on the right; `(h p)` is one axis
 * made of `h` times `p`, of which all but one size must be given. Each name stands once on either side.
 * Throws `PatternError` with a caret under the part that does not fit.
 */
export const rearrange = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const P extends string,
  const Z extends Sizes = {},
>(
  x: Tensor<S, D, G>,
  pattern: Check<Rearrange<P, S, NoInfer<Z>>, P>,
  sizes?: Z,
): Tensor<Rearrange<P, S, NoInfer<Z>>, D, G> => {
  const { fail, left, right, bound } = open('rearrange', x, pattern as string, sizes ?? {})
  for (const item of left)
    for (const name of item.names)
      if (!right.some(to => to.names.includes(name))) fail(`axis ${name} appears only on the left`, item)
  return arrange(x, left, right, bound)
}

/** How `reducePattern` combines the elements of the axes that go away. */
export type PatternReduction = 'sum' | 'mean' | 'max' | 'min' | 'prod'

/**
 * `rearrange` in which axes that stand only on the left are reduced: `reducePattern(x, 'b c h w -> b c', 'mean')`.
 * Throws `PatternError`.
 */
export const reducePattern = <
  S extends Shape,
  D extends DType,
  G extends Gradient,
  const P extends string,
  const Z extends Sizes = {},
>(
  x: Tensor<S, D, G>,
  pattern: Check<ReducePattern<P, S, NoInfer<Z>>, P>,
  reduction: PatternReduction,
  sizes?: Z,
): Tensor<ReducePattern<P, S, NoInfer<Z>>, D, G> => {
  const { left, right, bound } = open('reducePattern', x, pattern as string, sizes ?? {})
  const names = left.flatMap(item => item.names)
  const gone = names.flatMap((name, axis) => (right.some(item => item.names.includes(name)) ? [] : [axis]))
  const split = reshaped(
    x,
    names.map(name => bound.get(name)!),
  )
  const reduced = gone.length ? reduce(split, gone, reduction) : split
  const kept = left.map(item => ({ ...item, names: item.names.filter(name => !gone.includes(names.indexOf(name))) }))
  return arrange(reduced, kept, right, bound)
}

function checkText(operation: string, pattern: unknown): void {
  if (typeof pattern !== 'string')
    throw new ShapeError(`${operation} takes a pattern, as in 'b c h w -> b (h w) c', got ${described(pattern)}`)
}

/** What `rearrange` and `reducePattern` share: a pattern of one input, its names bound. `...` is replaced by names. */
function open(operation: string, x: Tensor, text: string, sizes: Sizes) {
  checkText(operation, text)
  const given = Object.entries(sizes).map(([name, size]) => `${name}=${size}`)
  const asked = `${operation} of ${show(shapeOf(operation, x))}${given.length ? ` with ${given.join(', ')}` : ''}`
  const pattern = explain(asked, () => parsePattern(text))
  const fail = failure(asked, pattern)
  if (pattern.inputs[1]) fail(`${operation} takes one tensor, so one list of axes`, pattern.inputs[1][0])
  const [input] = pattern.inputs as [readonly Item[]]
  const left = expand(input, x.shape.length - input.filter(item => !item.ellipsis).length, fail)
  const dots = left.flatMap(item => (item.ellipsis ? item.names : []))
  if (pattern.output.some(item => item.ellipsis) && !input.some(item => item.ellipsis))
    fail(
      "'...' appears only on the right",
      pattern.output.find(item => item.ellipsis),
    )
  const right = expand(pattern.output, dots.length, fail)
  const bound: Bound = new Map(Object.entries(sizes))
  const all = left.flatMap(item => item.names)
  for (const [name, size] of bound) {
    if (!all.includes(name) && !right.some(item => item.names.includes(name)))
      fail(`size ${name} is given, but no axis has that name`)
    if (!Number.isInteger(size) || size < 1) fail(`size ${name} must be a positive integer, got ${size}`)
  }
  unique(left, 'left', fail)
  bind(left, x.shape, bound, fail)
  unique(right, 'right', fail)
  for (const item of right)
    for (const name of item.names) if (!all.includes(name)) fail(`axis ${name} appears only on the right`, item)
  return { fail, left, right, bound }
}

/** Adds what was asked for to an error of the grammar. */
function explain(asked: string, read: () => Pattern): Pattern {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new PatternError(error.reason, error.pattern, error.offset, error.length, asked)
  }
}

const failure =
  (asked: string, { text }: Pattern): Fail =>
  (cause, at) => {
    throw new PatternError(cause, text, at?.offset ?? 0, at?.length ?? text.length, asked)
  }

/** `...` as `count` items with names of their own (counted from the last, so that operands line up at the end). */
function expand(items: readonly Item[], count: number, fail: Fail): Item[] {
  const dots = items.filter(item => item.ellipsis)
  if (dots[1]) fail("'...' may stand once in a list of axes", dots[1])
  return items.flatMap(item => {
    if (!item.ellipsis) return [item]
    if (count < 0) fail('pattern has more axes than the tensor', item)
    return Array.from({ length: count }, (_, i): Item => ({ ...item, names: [`...${count - i}`] }))
  })
}

function unique(items: readonly Item[], side: string, fail: Fail): void {
  const seen = new Set<string>()
  for (const item of items)
    for (const name of item.names) {
      if (seen.has(name)) fail(`axis ${name} appears twice on the ${side}`, item)
      seen.add(name)
    }
}

/** Binds the names of `items` to the sizes of `shape`: the rule `Bind` of `types/pattern.ts`. */
function bind(items: readonly Item[], shape: readonly number[], bound: Bound, fail: Fail): void {
  for (const [axis, item] of items.entries()) {
    const size = shape[axis]
    if (size === undefined) fail('pattern has more axes than the tensor', item)
    else if (item.group || item.names.length !== 1) bindGroup(item, size, bound, fail)
    else {
      const [name] = item.names as [string]
      if ((bound.get(name) ?? size) !== size) fail(`axis ${name} is both ${bound.get(name)} and ${size}`, item)
      bound.set(name, size)
    }
  }
  if (items.length < shape.length) fail('pattern has fewer axes than the tensor')
}

function bindGroup({ names, ...item }: Item, size: number, bound: Bound, fail: Fail): void {
  const at = { names, ...item }
  if (!item.group && size !== 1) fail(`axis 1 is both 1 and ${size}`, at)
  const missing = names.filter(name => !bound.has(name))
  const known = names.reduce((product, name) => product * (bound.get(name) ?? 1), 1)
  if (missing.length > 1) fail(`give sizes for all but one of ${show(names)}`, at)
  if (missing.length ? size % known !== 0 : size !== known) fail(`${size} does not split into ${show(names)}`, at)
  if (missing[0]) bound.set(missing[0], size / known)
}

const total = (item: Item, bound: Bound): number => item.names.reduce((product, name) => product * bound.get(name)!, 1)
const reshaped = (x: Tensor, shape: number[]): Tensor =>
  x.shape.join() === shape.join() && x.shape.length === shape.length ? x : reshape(x, shape)
const permuted = (x: Tensor, order: number[]): Tensor => (order.every((axis, i) => axis === i) ? x : permute(x, order))

/** `x` with the axes `left` becomes one with the axes `right`, of the same names: reshape, permute, reshape. */
function arrange(x: Tensor, left: readonly Item[], right: readonly Item[], bound: Bound): Tensor<any, any, any> {
  const names = left.flatMap(item => item.names)
  const split = reshaped(
    x,
    names.map(name => bound.get(name)!),
  )
  const moved = permuted(
    split,
    right.flatMap(item => item.names).map(name => names.indexOf(name)),
  )
  return reshaped(
    moved,
    right.map(item => total(item, bound)),
  )
}

function reduce(x: Tensor, axes: number[], reduction: PatternReduction): Tensor {
  if (reduction !== 'mean') return { sum, max, min, prod }[reduction](x, axes as never)
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
  return mul(sum(x, axes as never) as Tensor, 1 / count)
}

/**
 * Einstein summation over named axes: `einsum(q, k, 'b i d, b j d -> b i j')`. Axes of the operands that the result
 * does not have are summed over; a name that an operand has twice takes its diagonal; `...` stands for leading axes,
 * which broadcast. One to any number of operands, multiplied from left to right. Throws `PatternError`.
 */
export const einsum: EinsumFunction = (...given: any[]): any => {
  const operands = given.slice(0, -1) as Tensor[]
  const text = given.at(-1) as string
  if (typeof text !== 'string' || operands.length === 0 || !operands.every(isTensor))
    throw new ShapeError("einsum takes tensors and then a pattern: einsum(a, b, 'i k, k j -> i j')")
  const asked = `einsum of ${operands.map(x => show(x.shape)).join(', ')}`
  const pattern = explain(asked, () => parsePattern(text))
  const fail = failure(asked, pattern)
  if (pattern.inputs.length !== operands.length)
    fail(`operands in the pattern: ${pattern.inputs.length}, given: ${operands.length}`)
  const inputs = squeezed(operands.map((x, i) => operand(x, pattern.inputs[i]!, fail)))
  const bound: Bound = new Map()
  for (const { items, x } of inputs) bind(items, x.shape, bound, fail)
  const dots = new Set(inputs.flatMap(({ items }) => items.filter(item => item.ellipsis).flatMap(item => item.names)))
  const right = expand(pattern.output, dots.size, fail)
  unique(right, 'right', fail)
  for (const item of right) {
    if (item.group || !item.names.length) fail('einsum names single axes: split or join them with rearrange', item)
    if (!bound.has(item.names[0]!)) fail(`axis ${item.names[0]} appears only on the right`, item)
  }
  const result = right.map(item => item.names[0]!)
  const terms = inputs.map(({ x, items }) => diagonal({ x, names: items.map(item => item.names[0]!) }))
  let product = terms[0]!
  for (const [i, term] of terms.entries()) {
    if (i === 0) continue
    const needed = new Set([...result, ...terms.slice(i + 1).flatMap(later => later.names)])
    product = multiply(product, term, needed)
  }
  const { x, names } = summed(product, new Set(result))
  return permuted(
    x,
    result.map(name => names.indexOf(name)),
  )
}
interface EinsumFunction {
  <A extends Shape, B extends Shape, D extends DType, G extends Gradient, H extends Gradient, const P extends string>(
    a: Tensor<A, D, G>,
    b: Tensor<B, NoInfer<D>, H>,
    pattern: Check<Einsum<P, A, B>, P>,
  ): Tensor<Einsum<P, A, B>, D, G | H>
  <A extends Shape, D extends DType, G extends Gradient, const P extends string>(
    a: Tensor<A, D, G>,
    pattern: Check<EinsumOne<P, A>, P>,
  ): Tensor<EinsumOne<P, A>, D, G>
  <D extends DType, G extends Gradient, H extends Gradient, I extends Gradient>(
    a: Tensor<any, D, G>,
    b: Tensor<any, NoInfer<D>, H>,
    c: Tensor<any, NoInfer<D>, I>,
    pattern: string,
  ): Tensor<any, D, G | H | I>
}

/** A tensor whose axes have names. */
interface Term {
  readonly x: Tensor
  readonly names: readonly string[]
}

/** An operand whose axes are single names; `...` stands for as many names as there are axes left. */
function operand(x: Tensor, input: readonly Item[], fail: Fail): { x: Tensor; items: readonly Item[] } {
  const group = input.find(item => item.group || (item.names.length === 0 && !item.ellipsis))
  if (group) fail('einsum names single axes: split or join them with rearrange', group)
  return { x, items: expand(input, x.shape.length - input.filter(item => !item.ellipsis).length, fail) }
}

/** Drops the axes under `...` that have size 1 here and another size in another operand: they repeat. */
function squeezed(operands: readonly { x: Tensor; items: readonly Item[] }[]): { x: Tensor; items: readonly Item[] }[] {
  const repeats = (item: Item, size: number | undefined) =>
    item.ellipsis &&
    size === 1 &&
    operands.some(({ x, items }) => items.some((other, axis) => other.names[0] === item.names[0] && x.shape[axis]! > 1))
  return operands.map(({ x, items }) => ({
    x: reshaped(
      x,
      x.shape.filter((size, axis) => !items[axis] || !repeats(items[axis], size)),
    ),
    items: items.filter((item, axis) => !repeats(item, x.shape[axis])),
  }))
}

/** Takes the diagonal of names that stand twice: of `[n, n]` in a row, every `n + 1`-th element. */
function diagonal({ x, names }: Term): Term {
  const name = names.find((other, axis) => names.indexOf(other) !== axis)
  if (name === undefined) return { x, names }
  const pair = [names.indexOf(name), names.indexOf(name, names.indexOf(name) + 1)]
  const rest = names.flatMap((_, axis) => (pair.includes(axis) ? [] : [axis]))
  const lead = rest.map(axis => x.shape[axis]!)
  const n = x.shape[pair[0]!]!
  const flat = reshaped(permuted(x, [...rest, ...pair]), [...lead, n * n])
  const picked: Tensor = slice(flat, lead.length, 0, n * n, n + 1)
  return diagonal({ x: picked, names: [...rest.map(axis => names[axis]!), name] })
}

/** Sums over the names that nothing needs. */
function summed({ x, names }: Term, needed: ReadonlySet<string>): Term {
  const axes = names.flatMap((name, axis) => (needed.has(name) ? [] : [axis]))
  return axes.length ? { x: sum(x, axes as never), names: names.filter(name => needed.has(name)) } : { x, names }
}

/** The product of two terms, summed over the names that nothing needs any more. */
function multiply(first: Term, second: Term, needed: ReadonlySet<string>): Term {
  const a = summed(first, new Set([...needed, ...second.names]))
  const b = summed(second, new Set([...needed, ...first.names]))
  const shared = a.names.filter(name => b.names.includes(name))
  const contracted = shared.filter(name => !needed.has(name))
  const freeA = a.names.filter(name => !shared.includes(name))
  const freeB = b.names.filter(name => !shared.includes(name))
  if (contracted.length && (freeA.length || freeB.length)) {
    const batch = shared.filter(name => needed.has(name))
    const axes = (names: readonly string[]) => [a, b].map(term => names.map(name => term.names.indexOf(name)))
    const pairs = { batch: axes(batch), contract: axes(contracted) } as unknown as DotAxes
    return { x: dotGeneral(a.x, b.x, pairs), names: [...batch, ...freeA, ...freeB] }
  }
  // Nothing meets more than once: an elementwise product, broadcast over the axes of the other.
  const names = [...shared, ...freeA, ...freeB]
  const [x, y] = [a, b].map(term => {
    const own = names.filter(name => term.names.includes(name))
    const moved = permuted(
      term.x,
      own.map(name => term.names.indexOf(name)),
    )
    return reshaped(
      moved,
      names.map(name => (own.includes(name) ? moved.shape[own.indexOf(name)]! : 1)),
    )
  }) as [Tensor, Tensor]
  return summed({ x: mul(x, y), names }, needed)
}
