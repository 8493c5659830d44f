/**
 * The equations of movement and reduction: what only changes shapes is joined, or moved out of the way of sums.
 * `simplify.ts` applies them with the others.
 */
import { isFloat } from '../graph/graph.js'
import { apply, type Tensor, type Untyped } from '../graph/node.js'
import { numel } from '../graph/shape.js'
import { mul } from '../ops/binary.js'
import { concat, concatAll, WIDEST } from '../ops/concat.js'
import { constant } from '../ops/constant.js'
import { flip } from '../ops/flip.js'
import { broadcastTo, permute, reshape } from '../ops/movement.js'
import { pad, padAll } from '../ops/pad.js'
import { max, min, prod, sum } from '../ops/reduce.js'
import { slice, sliceAll } from '../ops/slice.js'
import { filled, inner, isA, isConstant, type Rule, rule } from './rewrite.js'

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i])
const to = (x: Tensor, shape: readonly number[]): Untyped => reshape(x, [...shape]) as Untyped
/** Axes whose size is not 1. */
const proper = (axes: readonly number[], shape: readonly number[]): number[] => axes.filter(axis => shape[axis] !== 1)
const ascending = (list: readonly number[]): boolean => list.every((n, i) => i === 0 || list[i - 1]! < n)

const movement: Rule[] = [
  rule(
    'move(c) = c',
    [reshape, permute, broadcastTo, slice, flip],
    ({ shape, dtype }, x) => isConstant(x) && filled(x.attributes.value, { shape, dtype }),
  ),

  rule('reshape(x) to its own shape = x', reshape, ({ shape }, x) => sameShape(shape, x.shape) && x),
  rule('reshape(reshape(x)) = reshape(x)', reshape, ({ shape }, x) => isA(x, reshape) && to(inner(x), shape)),

  rule(
    'permute(permute(x)) = permute(x)',
    permute,
    ({ attributes: { order } }, x) =>
      isA(x, permute) &&
      permute(
        inner(x),
        order.map((axis: number) => x.attributes.order[axis]),
      ),
  ),
  // Axes of size 1 may go anywhere without moving an element.
  rule(
    'permute(x) with x in order = reshape(x)',
    permute,
    ({ shape, attributes: { order } }, x) => ascending(proper(order, x.shape)) && to(x, shape),
  ),

  rule(
    'broadcast(x) of as many elements = reshape(x)',
    broadcastTo,
    ({ shape }, x) => numel(shape) === numel(x.shape) && to(x, shape),
  ),
  rule(
    'broadcast(broadcast(x)) = broadcast(x)',
    broadcastTo,
    ({ shape }, x) => isA(x, broadcastTo) && broadcastTo(inner(x), shape),
  ),

  rule('flip(flip(x)) = flip(x)', flip, ({ attributes: { axes } }, x) => {
    if (!isA(x, flip)) return
    const before: number[] = x.attributes.axes
    return flip(inner(x), [
      ...axes.filter((axis: number) => !before.includes(axis)),
      ...before.filter(axis => !axes.includes(axis)),
    ])
  }),
  rule('flip(x) along no axis = x', flip, ({ attributes: { axes } }, x) => proper(axes, x.shape).length === 0 && x),

  rule('slice(x) of everything = x', slice, ({ shape }, x) => sameShape(shape, x.shape) && x),
  rule('slice(slice(x)) = slice(x)', slice, ({ shape, attributes }, x) => {
    if (!isA(x, slice)) return
    const { start, step } = x.attributes
    const first = start.map((n: number, axis: number) => n + attributes.start[axis] * step[axis])
    const by = step.map((n: number, axis: number) => n * attributes.step[axis])
    return sliceAll(
      inner(x),
      first,
      first.map((n: number, axis: number) => n + (shape[axis]! - 1) * by[axis] + 1),
      by,
    )
  }),
  rule('slice(pad(x)) inside x = slice(x)', slice, ({ attributes: { start, stop, step } }, x) => {
    if (!isA(x, pad) || x.attributes.interior.some((gap: number) => gap !== 0)) return
    const { low } = x.attributes
    const inside = inner(x).shape.every((size, axis) => start[axis] >= low[axis] && stop[axis] <= low[axis] + size)
    const moved = (bounds: number[]) => bounds.map((n, axis) => n - low[axis])
    return inside && sliceAll(inner(x), moved(start), moved(stop), step)
  }),
  rule('slice(concat(x, y)) inside x = slice(x)', slice, ({ attributes: { start, stop, step } }, x) => {
    if (!isA(x, concat)) return
    const { axis } = x.attributes
    let before = 0
    for (const part of x.operands) {
      const end = before + part.shape[axis]!
      const moved = (bounds: number[]) => bounds.map((n, i) => (i === axis ? n - before : n))
      if (start[axis] >= before && stop[axis] <= end) return sliceAll(part, moved(start), moved(stop), step)
      before = end
    }
    return
  }),

  rule('pad(x) by nothing = x', pad, ({ shape }, x) => sameShape(shape, x.shape) && x),
  rule(
    'pad(c, c) = c',
    pad,
    ({ shape, dtype, attributes: { value } }, x) =>
      isConstant(x) && x.attributes.value === value && filled(value, { shape, dtype }),
  ),
  rule('pad(pad(x)) = pad(x)', pad, ({ attributes: { low, high, interior, value } }, x) => {
    const own = x.attributes
    if (!isA(x, pad) || own.value !== value || [...interior, ...own.interior].some(gap => gap !== 0)) return
    const plus = (a: number[], b: number[]) => a.map((n, axis) => n + b[axis]!)
    return padAll(inner(x), plus(low, own.low), plus(high, own.high), interior, value)
  }),

  rule(
    'concat of many = concat of concats',
    concat,
    ({ operands, attributes: { axis } }) => operands.length > WIDEST && concatAll(operands as Untyped[], axis),
  ),
  rule('concat(x) = x', concat, ({ operands }, x) => operands.length === 1 && x),
  rule(
    'concat(c, c) = c',
    concat,
    ({ operands, shape, dtype }, x) =>
      operands.every(part => isConstant(part) && part.attributes.value === x.attributes.value) &&
      filled(x.attributes.value, { shape, dtype }),
  ),
].flat()

const REDUCTIONS = [sum, max, min, prod]
/** The reduction `node` of `x` over other axes; the caller knows that as many elements come out. */
const reduceTo = (node: Tensor, x: Tensor, axes: readonly number[]): Untyped =>
  to(apply(node.operation, [x], { axes: [...axes].sort((a, b) => a - b), keepdims: false }), node.shape)

// A sum of row sums stays: the rows often share a kernel with other work, one sum over all would be a pass of its own.
const reductions: Rule[] = [
  rule(
    'sum(x) over axes of size 1 = reshape(x)',
    REDUCTIONS,
    ({ shape, attributes: { axes } }, x) => proper(axes, x.shape).length === 0 && to(x, shape),
  ),
  rule('sum(reshape(x)) over all = sum(x) over all', REDUCTIONS, (node, x) => {
    if (!isA(x, reshape) || numel(node.shape) !== 1) return
    return reduceTo(
      node,
      inner(x),
      inner(x).shape.map((_, axis) => axis),
    )
  }),
  rule('sum(permute(x)) = sum(x)', REDUCTIONS, (node, x) => {
    if (!isA(x, permute)) return
    const { axes } = node.attributes
    const order: number[] = x.attributes.order
    const kept = order.filter((_, axis) => !axes.includes(axis))
    return (
      ascending(proper(kept, inner(x).shape)) &&
      reduceTo(
        node,
        inner(x),
        axes.map((axis: number) => order[axis]),
      )
    )
  }),
  rule('sum(broadcast(x)) = n * sum(x)', [sum, max, min], (node, x) => {
    if (!isA(x, broadcastTo) || (isA(node, sum) && !isFloat(x.dtype))) return
    const small = inner(x)
    const lead = x.shape.length - small.shape.length
    const { axes, keepdims } = node.attributes as { axes: number[]; keepdims: boolean }
    const repeated = axes.filter(axis => axis < lead || (small.shape[axis - lead] === 1 && x.shape[axis] !== 1))
    if (repeated.length === 0) return
    // The other axes are summed on the small tensor, and broadcast to the result again.
    const own = axes.filter(axis => axis >= lead).map(axis => axis - lead)
    const total = apply(node.operation, [small], { axes: own, keepdims })
    return isA(node, sum) ? mul(total, numel(repeated.map(axis => x.shape[axis]!))) : total
  }),
  rule('sum(c) = n * c', sum, (node, x) => {
    if (!isConstant(x) || !isFloat(x.dtype)) return
    const value = x.attributes.value * numel(node.attributes.axes.map((axis: number) => x.shape[axis]))
    return Math.abs(value) < 1e30 && constant(value, node.shape, node.dtype)
  }),
  rule(
    'max(c) = c',
    [max, min],
    ({ shape, dtype }, x) => isConstant(x) && filled(x.attributes.value, { shape, dtype }),
  ),
].flat()

export const movementRules: readonly Rule[] = [...movement, ...reductions]
