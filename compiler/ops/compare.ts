/** Comparison, logic, selection, conversion and bits: what masks are made of. */
import { call, type Expression, registerType, type Scalar, select as selectExpression } from '../graph/expression.js'
import { isFloat } from '../graph/graph.js'
import { toHalf } from '../graph/halves.js'
import { apply, checkTensors, given, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { convert, p } from '../graph/primitive.js'
import { broadcast, ShapeError } from '../graph/shape.js'
import type { Shape } from '../types/shape.js'
import type { DType, Gradient, OfDType, Operand } from '../types/tensor.js'
import { constant, RANGES } from './constant.js'
import {
  type Beside,
  broadcastIndex,
  elementwise,
  evaluateElementwise,
  FLOAT,
  INTEGER,
  LOGICAL,
  NUMBER,
  type Row,
  type Together,
  together,
} from './elementwise.js'
import * as formulas from './formulas.js'

/** a === b */
export const equal = comparison('equal', { js: (a, b) => +(a === b), expand: p.equal })
/** a !== b */
export const notEqual = comparison('notEqual', { js: (a, b) => +(a !== b), expand: p.notEqual })
/** a < b */
export const less = comparison('less', { js: (a, b) => +(a! < b!), expand: p.less })
/** a <= b */
export const lessEqual = comparison('lessEqual', { js: (a, b) => +(a! <= b!), expand: p.lessEqual })
/** a > b */
export const greater = comparison('greater', { js: (a, b) => +(a! > b!), expand: p.greater })
/** a >= b */
export const greaterEqual = comparison('greaterEqual', { js: (a, b) => +(a! >= b!), expand: p.greaterEqual })

/** Both hold. */
export const logicalAnd = comparison('logicalAnd', { js: (a, b) => +(a !== 0 && b !== 0), expand: p.and }, LOGICAL)
/** At least one holds. */
export const logicalOr = comparison('logicalOr', { js: (a, b) => +(a !== 0 || b !== 0), expand: p.or }, LOGICAL)
/** Exactly one holds. */
export const logicalXor = comparison('logicalXor', { js: (a, b) => +(a !== b), expand: p.xor }, LOGICAL)

const logicalNotDefinition = elementwise('logicalNot', { js: x => +(x === 0), expand: p.not }, LOGICAL, 'bool')
/** Does not hold. */
export const logicalNot = operation(
  logicalNotDefinition,
  <S extends Shape>(x: Tensor<S, 'bool'>): Tensor<S, 'bool', 'stopped'> => apply(logicalNotDefinition, [x]),
)

const finiteDefinition = elementwise('finite', { js: x => +Number.isFinite(x), expand: formulas.finite }, FLOAT, 'bool')
/** Neither infinite nor NaN. */
export const finite = operation(
  finiteDefinition,
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'bool', 'stopped'> => apply(finiteDefinition, [x]),
)

const notANumberDefinition = elementwise(
  'notANumber',
  { js: x => +Number.isNaN(x), expand: formulas.notANumber },
  FLOAT,
  'bool',
)
/** The result of an undefined computation, such as 0 / 0. By its bits, as for `finite`: on a device `x != x` may say false. */
export const notANumber = operation(
  notANumberDefinition,
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'bool', 'stopped'> => apply(notANumberDefinition, [x]),
)

const orderKeyDefinition = elementwise('orderKey', { js: keyOf, expand: formulas.orderKey }, FLOAT, 'u32')
/** A number that is ordered as `x` is, with NaN above all: what sorts compare, since NaN compares with nothing. Less than 2^32 - 1. */
export const orderKey = operation(
  orderKeyDefinition,
  <S extends Shape>(x: Tensor<S, 'f32'>): Tensor<S, 'u32', 'stopped'> => apply(orderKeyDefinition, [x]),
)
function keyOf(x: number | undefined): number {
  if (Number.isNaN(x)) return formulas.LAST_KEY
  const bits = new Uint32Array(Float32Array.of(x! + 0).buffer)[0]! // the zeros are one
  return (bits >>> 31 ? ~bits : bits | 0x80000000) >>> 0
}

// Bits

/** Bitwise and. */
export const bitAnd = bits('bitAnd', { js: (a, b) => a! & b!, expand: p.and }, INTEGER)
/** Bitwise or. */
export const bitOr = bits('bitOr', { js: (a, b) => a! | b!, expand: p.or }, INTEGER)
/** Bitwise exclusive or. */
export const bitXor = bits('bitXor', { js: (a, b) => a! ^ b!, expand: p.xor }, INTEGER)
/** a * 2^b modulo 2^32, for b below 32; of larger ones the last five bits count. */
export const shiftLeft = shift('shiftLeft', { js: (a, b) => a! << b!, expand: (a, b) => p.shiftLeft(a, p.and(b, 31)) })
/** floor(a / 2^b), for b below 32; of larger ones the last five bits count. */
export const shiftRight = shift('shiftRight', {
  js: (a, b) => a! >>> b!,
  expand: (a, b) => p.shiftRight(a, p.and(b, 31)),
})

// Selection

const selectDefinition: Operation = {
  name: 'select',
  infer([condition, a, b]) {
    if (condition!.dtype !== 'bool')
      throw new ShapeError(`select takes a bool condition, got ${condition!.dtype}: compare it with a number first`)
    if (a!.dtype !== b!.dtype)
      throw new ShapeError(`select takes sides of one dtype, got ${a!.dtype} and ${b!.dtype}: cast one of them`)
    return { shape: broadcast(condition!.shape, broadcast(a!.shape, b!.shape)), dtype: a!.dtype }
  },
  vjp({ grad, operands: [condition] }) {
    const zero = constant(0, [], grad.dtype)
    return [null, select(condition!, grad, zero), select(condition!, zero, grad)]
  },
  evaluate: (operands, _, type) => evaluateElementwise(operands, type, (condition, a, b) => (condition ? a! : b!)),
  lower: {
    family: 'map',
    element(read, index, { operands }) {
      const [condition, a, b] = operands.map((operand, i) => read(i, broadcastIndex(index, operand.shape)))
      return selectExpression(condition!, a!, b!)
    },
  },
}
/**
 * `a` where the bool condition holds, `b` elsewhere; all three broadcast. The dtype is that of the tensors among `a` and `b`, which
 * must have one; a number beside a tensor takes its dtype, and two numbers give f32: `select(c, 1, 0)` is `cast(c, 'f32')`.
 * The gradient flows to the selected side only. Throws `ShapeError`.
 */
export const select = operation(
  selectDefinition,
  <
    C extends Shape,
    A extends Shape = Shape,
    B extends Shape = Shape,
    D extends DType = never,
    E extends DType = never,
    G extends Gradient = never,
    H extends Gradient = never,
    K extends DType = 'bool',
  >(
    condition: Condition<C, K, Together<A, B, D, E>>,
    a: number | Tensor<A, D, G>,
    b: number | Beside<A, B, D, E, Tensor<B, E, H>>,
  ): Tensor<Selected<C, A, B, D, E>, NoInfer<D | E>, NoInfer<G | H>> =>
    apply(selectDefinition, [condition as Tensor, ...together(a as Tensor | number, b as Tensor | number)]),
)
/** A condition of shape `C` for sides that broadcast to `R`; where they do not, that is said of them. */
type Condition<C extends Shape, K extends DType, R> = OfDType<
  K,
  'bool',
  { r: R } extends { r: infer S extends Shape } ? Operand<S, C, Tensor<C, K>> : Tensor<C, K>,
  `select takes a bool condition, got ${K}: compare it with a number first`
>
type Selected<C extends Shape, A extends Shape, B extends Shape, D extends DType, E extends DType> = {
  r: Together<A, B, D, E>
} extends { r: infer R extends Shape }
  ? Together<C, R, DType, D | E>
  : never

// Conversion

/** Float to integer goes towards 0 and stops at the ends of the range, as on the device; between integers bits are kept. */
function conversion(from: DType, to: DType): Scalar {
  const name = `cast.${from}.${to}`
  // Rounded in registers too, so that a kernel goes on with the value that others will read.
  if (to === 'f16')
    return { name, js: x => toHalf(x!), expand: x => formulas.toHalf(convert(x, 'f32'), x, x, x), cost: 6 }
  const expand = (x: Expression): Expression => convert(x, registerType(to))
  if (to === 'bool') return { name, js: x => +(x !== 0), expand }
  if (from === 'f16' && to === 'f32') return { name, js: x => x!, expand, cost: 0 }
  if (isFloat(to)) return { name, js: x => x!, expand }
  if (!isFloat(from)) return { name, js: x => (to === 'i32' ? x! | 0 : x! >>> 0), expand }
  const [low, high] = to === 'i32' ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1]
  return { name, js: x => Math.min(Math.max(Math.trunc(x!) || 0, low), high), expand }
}
const castDefinition: Operation = {
  name: 'cast',
  infer([x], { dtype, from }) {
    if (x!.dtype !== from) throw new ShapeError(`this cast is from ${from}, its operand is ${x!.dtype}`)
    if (dtype === 'u8') throw new ShapeError('cannot cast to u8: it is for inputs only, use u32')
    return { shape: x!.shape, dtype }
  },
  vjp: ({ grad, operands: [x], attributes: { dtype } }) => [
    isFloat(dtype) && isFloat(x!.dtype) ? cast(grad, x!.dtype) : null,
  ],
  evaluate: ([x], { dtype, from }) => {
    const { js } = conversion(from, dtype)
    return x!.data.map(value => js(value))
  },
  lower: {
    family: 'map',
    element: (read, index, { operands: [x], dtype }) =>
      x!.dtype === dtype ? read(0, index) : call(conversion(x!.dtype, dtype), [read(0, index)], dtype),
  },
}
type Float = 'f32' | 'f16'
/** The same values in another dtype: `f32`, `f16`, `i32`, `u32` or `bool` (not 0). The gradient flows between floats. */
export const cast = operation(
  castDefinition,
  <S extends Shape, D extends DType, G extends Gradient, const T extends DType>(
    x: Tensor<S, D, G>,
    dtype: T,
  ): Tensor<S, T, [T, D] extends [Float, Float] ? G : 'stopped'> => {
    if (!Object.hasOwn(RANGES, dtype))
      throw new ShapeError(`cast takes ${Object.keys(RANGES).join(', ')}, got ${given(dtype)}`)
    checkTensors('cast', [x])
    return apply(castDefinition, [x], { dtype, from: x.dtype })
  },
)

function comparison(name: string, row: Row, on: typeof NUMBER | typeof LOGICAL = NUMBER) {
  const definition = elementwise(name, row, on, 'bool')
  const compare: Comparison = (a, b) => apply(definition, together(a as Tensor | number, b as Tensor | number))
  return operation(definition, compare)
}
function bits(name: string, row: Row, on: typeof INTEGER) {
  const definition = elementwise(name, row, on)
  const combine: Bits = (a, b) => apply(definition, together(a as Tensor | number, b as Tensor | number))
  return operation(definition, combine)
}
function shift(name: string, row: Row) {
  const any = bits(name, row, ['u32'])
  const checked: Bits = (a, b) => {
    if (typeof b === 'number' && !(b >= 0 && b < 32)) throw new ShapeError(`${name} moves by 0 to 31 bits, got ${b}`)
    return any(a, b)
  }
  return operation(any.operation, checked)
}
type Comparison = <A extends Shape = Shape, B extends Shape = Shape, D extends DType = never, E extends DType = never>(
  a: number | Tensor<A, D>,
  b: number | Beside<A, B, D, E, Tensor<B, E>>,
) => Tensor<Together<A, B, D, E>, 'bool', 'stopped'>
type Bits = <
  A extends Shape = Shape,
  B extends Shape = Shape,
  D extends 'i32' | 'u32' = never,
  E extends 'i32' | 'u32' = never,
>(
  a: number | Tensor<A, D>,
  b: number | Beside<A, B, D, E, Tensor<B, E>>,
) => Tensor<Together<A, B, D, E>, NoInfer<D | E>, 'stopped'>
