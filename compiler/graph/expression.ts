/**
 * Scalar expressions: what one element of a tensor is, in terms of elements of other tensors. Operations
 * lower to them (`operation.ts`), fusion substitutes them into each other, and kernels are made of them.
 * They know no target: a scalar function is a primitive (`primitive.ts`), which every target knows by name, or a formula of such.
 */
import type { DType } from '../types/tensor.js'
import type { Tensor } from './node.js'
import type { Combine } from './operation.js'
import { preOrder } from './reach.js'

/** A loop variable: takes the values `0 .. size - 1`. */
export interface Axis {
  readonly name: string
  readonly size: number
}

/** A function on scalars. */
export interface Scalar {
  readonly name: string
  /** Its meaning in JavaScript (float64; integers already wrapped). */
  readonly js: (...x: number[]) => number
  /** Relative cost in simple arithmetic operations, for recompute-or-store decisions. Default 1. */
  readonly cost?: number
  /** What it is in terms of primitives (`primitive.ts`), unless it is one of them. */
  readonly expand?: Formula
}
export type Formula = (a: Expression, b: Expression, c: Expression, d: Expression) => Expression

/** What a register holds: halves are a form of storage, and bytes are loaded as words. */
export type Register = 'f32' | 'i32' | 'u32' | 'bool'
export const registerType = (dtype: DType): Register => (dtype === 'u8' ? 'u32' : dtype === 'f16' ? 'f32' : dtype)

/** A scalar function that every target knows by name. */
export interface Primitive extends Scalar {
  /** Types of operands and result, such as `'bool T T -> T'`; `T` is one of `on` throughout. */
  readonly type: string
  readonly on: readonly Register[]
  /** Its meaning on integers, where it is not `js`; the result wraps to 32 bits. */
  readonly integer?: Scalar['js']
  /** With whom it exchanges values: the invocations of a quad or a subgroup. It then takes no vectors. */
  readonly exchanges?: 'quad' | 'subgroup'
}

/** An array that a loop program names: the place of a tensor, or memory of its own. */
export interface Memory {
  /** `group`: shared by the invocations of a workgroup. `lane`: of one invocation. `worker`: scratch of one thread. */
  readonly space: 'place' | 'group' | 'lane' | 'worker'
  readonly name: string
  readonly dtype: DType
  readonly count: number
  /** Elements that an index counts. */
  readonly unit: 1 | 4
  readonly access?: 'read' | 'read_write'
}

/** A scalar, or four of them side by side (`widthOf`): vectors stand in loop programs alone. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: number; readonly dtype: DType }
  | { readonly kind: 'axis'; readonly axis: Axis; readonly dtype: 'i32' }
  | { readonly kind: 'apply'; readonly scalar: Scalar; readonly args: readonly Expression[]; readonly dtype: DType }
  /** Element `index` (row-major position) of a tensor in memory. A `u8` tensor loads as `u32`. */
  | {
      readonly kind: 'load'
      readonly source: Tensor
      readonly index: Expression
      readonly dtype: DType
      /** Elements loaded together, where not one: `index` then counts groups of them. */
      readonly width?: 4
    }
  /** The same of a loop program's memory: loops have no tensors. */
  | {
      readonly kind: 'element'
      readonly memory: Memory
      readonly index: Expression
      readonly dtype: DType
      readonly width?: 4
    }
  /** The value of an enclosing accumulation or `let`, by name. */
  | { readonly kind: 'name'; readonly name: string; readonly dtype: DType; readonly width?: 4 }
  /** A scalar four times; four scalars; one of a vector's four; all four combined, in their order. */
  | { readonly kind: 'splat'; readonly of: Expression; readonly dtype: DType }
  | { readonly kind: 'vector'; readonly parts: readonly Expression[]; readonly dtype: DType }
  | { readonly kind: 'lane'; readonly of: Expression; readonly lane: number; readonly dtype: DType }
  | { readonly kind: 'fold'; readonly of: Expression; readonly combine: Combine; readonly dtype: DType }

/** How many scalars a value is. */
export function widthOf(e: Expression): 1 | 4 {
  switch (e.kind) {
    case 'splat':
    case 'vector':
      return 4
    case 'load':
    case 'element':
    case 'name':
      return e.width ?? 1
    case 'apply':
      return e.args[0] ? widthOf(e.args[0]) : 1
    default:
      return 1
  }
}

export const literal = (value: number, dtype: DType = 'i32'): Expression => ({ kind: 'literal', value, dtype })
export const axisOf = (axis: Axis): Expression => ({ kind: 'axis', axis, dtype: 'i32' })
export const call = (scalar: Scalar, args: readonly Expression[], dtype: DType): Expression => ({
  kind: 'apply',
  scalar,
  args,
  dtype,
})

// Integer arithmetic of indices, which never overflows. Kernels simplify it with the ranges of the axes (`indexing.ts`).

const onIndices = { type: 'i32 i32 -> i32', on: [] } as const
const ofIndices = { type: 'i32 i32 -> bool', on: [] } as const
export const index = {
  add: { name: 'index.add', js: (a, b) => a! + b!, ...onIndices },
  sub: { name: 'index.sub', js: (a, b) => a! - b!, ...onIndices },
  mul: { name: 'index.mul', js: (a, b) => a! * b!, ...onIndices },
  /** Quotient and remainder of a non-negative index by a positive constant. */
  div: { name: 'index.div', js: (a, b) => Math.floor(a! / b!), cost: 4, ...onIndices },
  mod: { name: 'index.mod', js: (a, b) => a! - b! * Math.floor(a! / b!), cost: 4, ...onIndices },
  /** The nearest of `0 .. last`. */
  clamp: { name: 'index.clamp', js: (x, last) => Math.min(Math.max(x!, 0), last!), cost: 2, ...onIndices },
  less: { name: 'index.less', js: (a, b) => +(a! < b!), ...ofIndices },
  equal: { name: 'index.equal', js: (a, b) => +(a! === b!), ...ofIndices },
  and: { name: 'index.and', js: (a, b) => +(a! !== 0 && b! !== 0), type: 'bool bool -> bool', on: [] },
} satisfies Record<string, Primitive>

/** `condition ? whenTrue : whenFalse`, both sides evaluated. */
export const choose: Primitive = {
  name: 'choose',
  js: (c, a, b) => (c ? a! : b!),
  type: 'bool T T -> T',
  on: ['f32', 'i32', 'u32', 'bool'],
}

const binary =
  (scalar: Scalar, dtype: DType) =>
  (a: Expression, b: Expression | number): Expression =>
    call(scalar, [a, typeof b === 'number' ? literal(b) : b], dtype)
export const plus = binary(index.add, 'i32')
export const minus = binary(index.sub, 'i32')
export const times = binary(index.mul, 'i32')
export const quotient = binary(index.div, 'i32')
export const remainder = binary(index.mod, 'i32')
export const less = binary(index.less, 'bool')
export const equals = binary(index.equal, 'bool')
export const both = binary(index.and, 'bool')
export const select = (condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression =>
  call(choose, [condition, whenTrue, whenFalse], whenTrue.dtype)
/** `low <= x < high` as a mask. */
export const within = (x: Expression, low: number, high: number): Expression =>
  both(less(literal(low - 1), x), less(x, high))

export const laneOf = (of: Expression, lane: number): Expression => ({ kind: 'lane', of, lane, dtype: of.dtype })
export const splat = (of: Expression): Expression => ({ kind: 'splat', of, dtype: of.dtype })

/** What an expression is made of, directly. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'apply':
      return e.args
    case 'load':
    case 'element':
      return [e.index]
    case 'vector':
      return e.parts
    case 'splat':
    case 'lane':
    case 'fold':
      return [e.of]
    default:
      return []
  }
}
/** The same expression of other parts. */
export function withParts(e: Expression, parts: readonly Expression[]): Expression {
  if (partsOf(e).every((part, i) => part === parts[i])) return e
  switch (e.kind) {
    case 'apply':
      return { ...e, args: parts }
    case 'load':
    case 'element':
      return { ...e, index: parts[0]! }
    case 'vector':
      return { ...e, parts }
    case 'splat':
    case 'lane':
    case 'fold':
      return { ...e, of: parts[0]! }
    default:
      return e
  }
}

/** Visits every distinct part of some expressions once, indices of loads included. */
export function walk(roots: Iterable<Expression>, visit: (e: Expression) => void): void {
  for (const e of preOrder(roots, partsOf)) visit(e)
}

/** Row-major position of a multi-index. */
export const linearize = (at: readonly Expression[], shape: readonly number[]): Expression =>
  at.reduce<Expression>((sum, x, i) => plus(times(sum, shape[i]!), x), literal(0))
/** Multi-index of a row-major position. */
export function delinearize(position: Expression, shape: readonly number[]): Expression[] {
  const at: Expression[] = []
  let rest = position
  for (let axis = shape.length - 1; axis > 0; axis--) {
    at.unshift(remainder(rest, shape[axis]!))
    rest = quotient(rest, shape[axis]!)
  }
  return shape.length ? [rest, ...at] : []
}
