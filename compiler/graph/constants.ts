/** Constants in kernels: what a primitive makes of them, computed before any target sees it. */
import type { Expression, Primitive } from './expression.js'

type Applied = Extract<Expression, { kind: 'apply' }>
export type Literal = Extract<Expression, { kind: 'literal' }>
export const isLiteral = (e: Expression): e is Literal => e.kind === 'literal'

/** What a register holds of a primitive of constants. It must not be left to targets: WGSL refuses integers that overflow, and the logarithm of 0. */
export function constantOf({ scalar, dtype }: Applied, args: readonly Literal[]): number | undefined {
  if (scalar.expand) return undefined
  const { js, integer = js } = scalar as Primitive
  const values = args.map(({ value, dtype }) => (dtype === 'f32' ? Math.fround(value) : value))
  if (dtype === 'bool') return js(...values)
  if (dtype === 'i32') return integer(...values) | 0
  if (dtype === 'u32') return integer(...values) >>> 0
  return dtype === 'f32' ? Math.fround(js(...values)) : undefined
}
