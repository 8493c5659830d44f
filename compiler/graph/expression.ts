/**
 * Scalar expressions: what one element of a tensor is, in terms of elements of other tensors. Operations
 * lower to them (`operation.ts`), fusion substitutes them into each other, and kernels are made of them.
 * They know no target: a scalar function carries its text per target, beside its JavaScript meaning.
 */
import type { DType } from '../types/tensor.js'
import type { Tensor } from './node.js'
import { preOrder } from './reach.js'

/** A loop variable: takes the values `0 .. size - 1`. */
export interface Axis {
  readonly name: string
  readonly size: number
}

/** A function on scalars: its meaning in JavaScript (float64; integers already wrapped) and its text in WGSL. */
export interface Scalar {
  readonly name: string
  readonly js: (...x: number[]) => number
  readonly wgsl: (...x: string[]) => string
  /** Relative cost in simple arithmetic operations, for recompute-or-store decisions. Default 1. */
  readonly cost?: number
  /** Names of WGSL helper functions (`wgsl/prelude.ts`) that the text calls. */
  readonly helpers?: readonly string[]
}

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
      /** Elements loaded together, where not one: `index` then counts groups of them. Kernels alone make such loads. */
      readonly width?: 4
    }
  /** The value of an enclosing accumulation or `let`, by name. */
  | { readonly kind: 'name'; readonly name: string; readonly dtype: DType }

export const literal = (value: number, dtype: DType = 'i32'): Expression => ({ kind: 'literal', value, dtype })
export const axisOf = (axis: Axis): Expression => ({ kind: 'axis', axis, dtype: 'i32' })
export const call = (scalar: Scalar, args: readonly Expression[], dtype: DType): Expression => ({
  kind: 'apply',
  scalar,
  args,
  dtype,
})

// Integer arithmetic of indices. Kernels simplify it with the ranges of the axes (`kernels/indexing.ts`).

export const index = {
  add: { name: 'index.add', js: (a, b) => a! + b!, wgsl: (a, b) => `(${a} + ${b})` },
  sub: { name: 'index.sub', js: (a, b) => a! - b!, wgsl: (a, b) => `(${a} - ${b})` },
  mul: { name: 'index.mul', js: (a, b) => a! * b!, wgsl: (a, b) => `(${a} * ${b})` },
  /** Quotient and remainder of a non-negative index by a positive constant. */
  div: { name: 'index.div', js: (a, b) => Math.floor(a! / b!), wgsl: (a, b) => `(${a} / ${b})`, cost: 4 },
  mod: { name: 'index.mod', js: (a, b) => a! - b! * Math.floor(a! / b!), wgsl: (a, b) => `(${a} % ${b})`, cost: 4 },
  less: { name: 'index.less', js: (a, b) => +(a! < b!), wgsl: (a, b) => `(${a} < ${b})` },
  equal: { name: 'index.equal', js: (a, b) => +(a! === b!), wgsl: (a, b) => `(${a} == ${b})` },
  and: { name: 'index.and', js: (a, b) => +(a! !== 0 && b! !== 0), wgsl: (a, b) => `(${a} & ${b})` },
} satisfies Record<string, Scalar>

/** `condition ? whenTrue : whenFalse`, both sides evaluated. */
export const choose: Scalar = {
  name: 'choose',
  js: (c, a, b) => (c ? a! : b!),
  wgsl: (c, a, b) => `select(${b}, ${a}, ${c})`,
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

/** What an expression is made of, directly. */
export const partsOf = (e: Expression): readonly Expression[] =>
  e.kind === 'load' ? [e.index] : e.kind === 'apply' ? e.args : []

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
