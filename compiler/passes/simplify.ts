/**
 * Simplification: equations, read from left to right. They hold for infinities and NaN too, so that a computation that has
 * broken stays broken; results may differ by rounding ((x * 2) * 3 = x * 6). Runs after differentiation: what only shapes gradients is dropped.
 */

import { dependencies } from '../graph/dependencies.js'
import { axisOf, type Expression } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { apply, type Tensor } from '../graph/node.js'
import { isExchanged } from '../graph/operation.js'
import { add, div, maximum, minimum, mul, pow, sub } from '../ops/binary.js'
import { cast, logicalAnd, logicalNot, logicalOr, select } from '../ops/compare.js'
import { constant } from '../ops/constant.js'
import { customGradient, scaleGradient, stopGradient, straightThrough } from '../ops/flow.js'
import { broadcastTo } from '../ops/movement.js'
import { abs, neg, reciprocal, relu, sqrt, square } from '../ops/unary.js'
import type { DType } from '../types/tensor.js'
import { movementRules } from './movement.js'
import { filled, inner, isA, isConstant, type Rule, rewriting, rule } from './rewrite.js'

const numberOf = (x: Tensor): number => x.attributes.value
/** Whether `x` is the constant `value`. */
const is = (x: Tensor, value: number): boolean => isConstant(x) && numberOf(x) === value
const isNeg = (x: Tensor): boolean => isA(x, neg)

const arithmetic: Rule[] = [
  // Constants stand on the right, so that the rules below need one form each.
  rule(
    'c + x = x + c',
    [add, mul, maximum, minimum],
    ({ operation }, x, y) => isConstant(x) && !isConstant(y) && apply(operation, [y, x]),
  ),

  rule('x + 0 = x', [add, sub], (_, x, c) => is(c, 0) && x),
  rule('0 - x = -x', sub, (_, c, x) => is(c, 0) && x.dtype !== 'u32' && neg(x)),
  rule('x - x = 0 of integers', sub, (node, x, y) => x === y && !isFloat(x.dtype) && filled(0, node)),
  rule('x + x = x * 2', add, (_, x, y) => x === y && mul(x, 2)),
  rule('x + -y = x - y', add, (_, x, y) => isNeg(y) && sub(x, inner(y))),
  rule('-x + y = y - x', add, (_, x, y) => isNeg(x) && sub(y, inner(x))),
  rule('x - -y = x + y', sub, (_, x, y) => isNeg(y) && add(x, inner(y))),

  rule('x * 1 = x', [mul, div], (_, x, c) => is(c, 1) && x),
  rule('x * 0 = 0 of what is finite', mul, (node, x, c) => is(c, 0) && bounded(x) && filled(0, node)),
  rule('0 / x = 0 of integers', div, (node, c) => is(c, 0) && !isFloat(c.dtype) && filled(0, node)),
  rule('x * -1 = -x', [mul, div], (_, x, c) => is(c, -1) && neg(x)),
  rule(
    '-x * -y = x * y',
    [mul, div],
    ({ operation }, x, y) => isNeg(x) && isNeg(y) && apply(operation, [inner(x), inner(y)]),
  ),
  rule(
    '-x * c = x * -c',
    [mul, div],
    ({ operation }, x, c) => isNeg(x) && isConstant(c) && apply(operation, [inner(x), filled(-numberOf(c), c)]),
  ),
  rule('(x * a) * b = x * (a * b)', mul, (_, x, b) => {
    const a = isA(x, mul) && x.operands[1]!
    if (!a || !isConstant(a) || !isConstant(b) || !isFloat(b.dtype)) return
    const product = numberOf(a) * numberOf(b)
    return within(product, 1e-30, 1e30) && mul(inner(x), constant(product, [], b.dtype))
  }),
  rule('x * x = square(x)', mul, (_, x, y) => x === y && isFloat(x.dtype) && square(x)),
  rule(
    'x / 2^n = x * 2^-n',
    div,
    (_, x, c) => isFloat(c.dtype) && isPowerOfTwo(c) && mul(x, filled(1 / numberOf(c), c)),
  ),

  rule('-(-x) = x', neg, (_, x) => isNeg(x) && inner(x)),
  rule('-(x - y) = y - x', neg, (_, x) => isA(x, sub) && sub(x.operands[1]!, inner(x))),
  rule('-(x * c) = x * -c', neg, (_, x) => {
    const c = isA(x, mul) && x.operands[1]!
    return c && isConstant(c) && mul(inner(x), filled(-numberOf(c), c))
  }),

  rule('x^0 = 1', pow, (node, _, c) => is(c, 0) && filled(1, node)),
  rule('x^1 = x', pow, (_, x, c) => is(c, 1) && x),
  rule('x^2 = square(x)', pow, (_, x, c) => is(c, 2) && square(x)),
  rule('x^-1 = reciprocal(x)', pow, (_, x, c) => is(c, -1) && reciprocal(x)),
  rule('x^0.5 = sqrt(x)', pow, (_, x, c) => is(c, 0.5) && sqrt(x)),

  rule('max(x, x) = x', [maximum, minimum], (_, x, y) => x === y && x),
  rule('max(x, 0) = relu(x)', maximum, (_, x, c) => is(c, 0) && isFloat(x.dtype) && relu(x)),
  rule('relu(relu(x)) = relu(x)', relu, (_, x) => isA(x, relu) && x),
  rule('|-x| = |x|', [abs, square], ({ operation }, x) => isNeg(x) && apply(operation, [inner(x)])),
  rule('||x|| = |x|', abs, (_, x) => isA(x, abs) && x),
].flat()

const logic: Rule[] = [
  rule('not not x = x', logicalNot, (_, x) => isA(x, logicalNot) && inner(x)),
  rule(
    'true and x = x and true',
    [logicalAnd, logicalOr],
    ({ operation }, x, y) => isConstant(x) && !isConstant(y) && apply(operation, [y, x]),
  ),
  rule('x and true = x', logicalAnd, (_, x, c) => is(c, 1) && x),
  rule('x and false = false', logicalAnd, (node, _, c) => is(c, 0) && filled(0, node)),
  rule('x or false = x', logicalOr, (_, x, c) => is(c, 0) && x),
  rule('x or true = true', logicalOr, (node, _, c) => is(c, 1) && filled(1, node)),
  rule('x and x = x', [logicalAnd, logicalOr], (_, x, y) => x === y && x),

  rule('select(true, x, y) = x', select, (_, c, x, y) => isConstant(c) && (numberOf(c) ? x : y)),
  rule('select(c, x, x) = x', select, (_, _c, x, y) => same(x, y) && x),
  rule('select(not c, x, y) = select(c, y, x)', select, (_, c, x, y) => isA(c, logicalNot) && select(inner(c), y, x)),

  rule('cast(x) to its own dtype = x', cast, ({ dtype }, x) => x.dtype === dtype && x),
  rule(
    'cast(cast(x)) = cast(x)',
    cast,
    ({ dtype }, x) => isA(x, cast) && keeps(inner(x).dtype, x.dtype) && cast(inner(x), dtype),
  ),
].flat()

const flow: Rule[] = [
  rule('stopGradient(x) = x', [stopGradient, straightThrough, scaleGradient, customGradient], (_, x) => x),
].flat()

const constants: Rule[] = [
  rule('f(a, b) = c for constants', 'any', node => {
    if (node.operands.length === 0 || !node.operands.every(isConstant)) return
    const element = elementOf(node)
    if (!element || [...dependencies(element)].some(dependency => typeof dependency !== 'string')) return
    const scalars = node.operands.map(x => ({ shape: [], data: Float64Array.of(numberOf(x)) }))
    const [value] = node.operation.evaluate(scalars, node.attributes, { shape: [], dtype: node.dtype })
    // Not rounded to f32: a constant is rounded once, where it becomes WGSL text.
    return filled(value!, node)
  }),
  // Work is done on the small tensor; in the result's shape only if the other operands are.
  rule('f(broadcast(x), y) = broadcast(f(x, y))', 'any', node => {
    const small = node.operands.map(unbroadcast)
    const changed = small.some((x, i) => x !== node.operands[i])
    return changed && elementOf(node) !== undefined && apply(node.operation, small, node.attributes)
  }),
].flat()

export const rules: readonly Rule[] = [...flow, ...arithmetic, ...logic, ...movementRules, ...constants]

/** The graph after every rule that applies; simplifying it again changes nothing. `fired` hears of each application. */
export const simplify = rewriting(rules)

const same = (x: Tensor, y: Tensor): boolean =>
  x === y || (isConstant(x) && is(y, numberOf(x)) && x.shape.join() === y.shape.join())
const within = (x: number, low: number, high: number): boolean => Math.abs(x) > low && Math.abs(x) < high
const isPowerOfTwo = (c: Tensor): boolean => {
  const size = isConstant(c) ? Math.abs(numberOf(c)) : 0
  return within(size, 1e-30, 1e30) && size === 2 ** Math.round(Math.log2(size))
}
/** Whether no element can be infinite or NaN: integers, and what was cast from them. */
const bounded = (x: Tensor): boolean =>
  !isFloat(x.dtype) || (isA(x, cast) && bounded(inner(x))) || (isA(x, broadcastTo) && bounded(inner(x)))

/** Whether every value of dtype `a` is a value of dtype `b`. */
const keeps = (a: DType, b: DType): boolean =>
  a === 'bool' || (a === 'u8' && b !== 'bool') || (a === 'f16' && b === 'f32')

/** The tensor that is repeated; a constant as a scalar. */
function unbroadcast(x: Tensor): Tensor {
  if (isConstant(x)) return x.shape.length ? filled(numberOf(x), { shape: [], dtype: x.dtype }) : x
  return isA(x, broadcastTo) ? inner(x) : x
}

/** The element of an elementwise node: it reads each operand where the result is, repeating axes of size 1. */
function elementOf(node: Tensor): Expression | undefined {
  const { lower } = node.operation
  if (lower?.family !== 'map' || lower.movement || isExchanged(node)) return undefined
  const index = node.shape.map((size, axis) => axisOf({ name: `i${axis}`, size }))
  let inPlace = true
  const element = lower.element(
    (operand, at) => {
      const { shape, dtype } = node.operands[operand]!
      const lead = index.length - shape.length
      const repeats = (position: Expression, axis: number) => shape[axis] === 1 && position.kind === 'literal'
      if (at.some((position, axis) => position !== index[axis + lead] && !repeats(position, axis))) inPlace = false
      return { kind: 'name', name: `x${operand}`, dtype }
    },
    index,
    node,
  )
  return inPlace ? element : undefined
}
