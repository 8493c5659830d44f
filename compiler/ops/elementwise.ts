/** What elementwise operations have in common: broadcasting, one scalar function, evaluation element by element. */

import { call, type Expression, type Formula, literal, type Scalar } from '../graph/expression.js'
import { isTensor, type Tensor } from '../graph/node.js'
import type { Host, Operation, Type } from '../graph/operation.js'
import { broadcast, numel, ShapeError } from '../graph/shape.js'
import { broadcastSteps, strided } from '../graph/strided.js'
import type { Broadcast, Identical, Shape } from '../types/shape.js'
import type { DType, Operand } from '../types/tensor.js'
import { constant } from './constant.js'

/** One row: the scalar function, its gradient, and on which dtypes it is defined. */
export interface Row {
  readonly js: Scalar['js']
  /** As primitives: what devices compute. */
  readonly expand: Formula
  /** Gradients of the operands. Absent: no gradient flows (the result is constant almost everywhere). */
  readonly vjp?: NonNullable<Operation['vjp']>
  /** Meaning on integers, where it differs from `js`; the result is wrapped to 32 bits. */
  readonly integer?: Scalar['js']
  readonly cost?: number
}

export const FLOAT: readonly DType[] = ['f32', 'f16']
export const NUMBER: readonly DType[] = ['f32', 'f16', 'i32', 'u32']
export const SIGNED: readonly DType[] = ['f32', 'f16', 'i32']
export const INTEGER: readonly DType[] = ['i32', 'u32']
export const LOGICAL: readonly DType[] = ['bool']

/** Operands of one dtype among `on`, broadcast against each other; the result has that dtype, or `result`. */
export function elementwise(name: string, row: Row, on: readonly DType[], result?: DType): Operation {
  const { expand, cost = 1 } = row
  const meaning = (dtype: DType) => (INTEGER.includes(dtype) && row.integer) || row.js
  const scalar: Scalar = { name, js: row.js, expand, cost }
  // On integers the JavaScript meaning wraps around as registers do, so that folded constants are what a device computes.
  const wrapping = (dtype: 'i32' | 'u32'): Scalar => ({ ...scalar, js: (...x) => wrap(meaning(dtype)(...x), dtype) })
  const integer = { i32: wrapping('i32'), u32: wrapping('u32') }
  return {
    name,
    infer(operands) {
      const dtype = operands[0]!.dtype
      if (!on.includes(dtype)) throw new ShapeError(`${name} takes ${on.join(' or ')}, got ${dtype}`)
      const other = operands.find(operand => operand.dtype !== dtype)
      if (other)
        throw new ShapeError(`${name} takes operands of one dtype, got ${dtype} and ${other.dtype}: cast one of them`)
      return { shape: operands.map(operand => operand.shape).reduce(broadcast), dtype: result ?? dtype }
    },
    vjp: row.vjp ?? (({ operands }) => operands.map(() => null)),
    evaluate: (operands, _, type) => evaluateElementwise(operands, type, meaning(type.dtype)),
    lower: {
      family: 'map',
      element: (read, index, node) =>
        call(
          node.dtype === 'i32' || node.dtype === 'u32' ? integer[node.dtype] : scalar,
          node.operands.map((operand, i) => read(i, broadcastIndex(index, operand.shape))),
          node.dtype,
        ),
    },
  }
}

/** The index at which an operand of `shape` is read for element `index` of a broadcast result: axes of size 1 repeat. */
export const broadcastIndex = (index: readonly Expression[], shape: readonly number[]): Expression[] =>
  shape.map((size, axis) => (size === 1 ? literal(0) : index[axis + index.length - shape.length]!))

export function evaluateElementwise(operands: readonly Host[], type: Type, js: Scalar['js']): Float64Array {
  const count = numel(type.shape)
  const [a, b, c] = operands.map(operand => expanded(operand, type.shape))
  const data = new Float64Array(count)
  if (c) for (let i = 0; i < count; i++) data[i] = js(a![i]!, b![i]!, c[i]!)
  else if (b) for (let i = 0; i < count; i++) data[i] = js(a![i]!, b[i]!)
  else for (let i = 0; i < count; i++) data[i] = js(a![i]!)
  if (INTEGER.includes(type.dtype)) for (let i = 0; i < count; i++) data[i] = wrap(data[i]!, type.dtype)
  return data
}

/** The elements of a tensor broadcast to `shape`. */
export const expanded = ({ shape, data }: Host, result: readonly number[]): Float64Array =>
  data.length === numel(result) ? data : strided(data, result, broadcastSteps(shape, result))

/** What a 32-bit integer register holds after overflow; floats are kept as they are. */
export const wrap = (x: number, dtype: DType): number => (dtype === 'i32' ? x | 0 : dtype === 'u32' ? x >>> 0 : x)

/** A number beside a tensor is a constant of its dtype; numbers alone are f32. */
export function together(...operands: readonly (Tensor | number)[]): Tensor[] {
  const dtype = operands.find(isTensor)?.dtype ?? 'f32'
  return operands.map(x => (typeof x === 'number' ? constant(x, [], dtype) : x))
}

// A number stands for any shape, so its shape in types is `Shape`, and its dtype is `never`.

/** The shape of two operands broadcast against each other. The dtypes say which is a number: its shape may be inferred of what the result is used for. */
export type Together<A extends Shape, B extends Shape, D extends DType = DType, E extends DType = DType> =
  Identical<E, never> extends true ? A : Identical<D, never> extends true ? B : Broadcast<A, B>
/** `T` if a tensor of shape `B` and dtype `E` can stand beside one of shape `A` and dtype `D`, otherwise the message that says why not. */
export type Beside<A extends Shape, B extends Shape, D extends DType, E extends DType, T> = Operand<
  A,
  B,
  SameDType<D, E, T>
>
type SameDType<D extends DType, E extends DType, T> =
  Identical<D, E> extends true
    ? T
    : [D] extends [E]
      ? T
      : [E] extends [D]
        ? T
        : `cannot combine ${D} with ${E}: cast one of them`
