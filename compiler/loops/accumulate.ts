/** What an accumulation starts from and how it goes on. */
import { type Expression, laneOf, literal, registerType, splat, widthOf } from '../graph/expression.js'
import type { Combine } from '../graph/operation.js'
import { p, primitives } from '../graph/primitive.js'
import type { DType } from '../types/tensor.js'

const FLOAT = { sum: 0, prod: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY } as const
const SIGNED = { sum: 0, prod: 1, max: -(2 ** 31), min: 2 ** 31 - 1 } as const
const UNSIGNED = { sum: 0, prod: 1, max: 0, min: 2 ** 32 - 1 } as const

/** The value that changes nothing. */
export function identityOf(combine: Combine, dtype: DType, width: 1 | 4 = 1): Expression {
  const type = registerType(dtype)
  const of = type === 'f32' ? FLOAT : type === 'i32' ? SIGNED : UNSIGNED
  const value = literal(of[combine], type)
  return width === 4 ? splat(value) : value
}

/** A register that accumulates at one point, or four of them side by side. */
export interface Accumulator {
  readonly name: string
  readonly combine: Combine
  readonly value: Expression
  /** What it is at each of its points. */
  readonly parts: readonly Expression[]
}
export function accumulator(name: string, combine: Combine, dtype: DType, width: number): Accumulator {
  const value: Expression = { kind: 'name', name, dtype, ...(width === 4 && { width }) }
  return { name, combine, value, parts: width === 4 ? [0, 1, 2, 3].map(lane => laneOf(value, lane)) : [value] }
}
export const initialOf = ({ combine, value }: Accumulator): Expression =>
  identityOf(combine, value.dtype, widthOf(value))
export const combined = (combine: Combine, a: Expression, b: Expression): Expression =>
  p[({ sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const)[combine]](a, b)

/** One more term; products become multiply-adds. A term that a mask removed adds nothing. */
export function accumulated(combine: Combine, total: Expression, term: Expression): Expression {
  if (combine === 'max' || combine === 'min') return p[combine](total, term)
  if (combine === 'prod') return p.mul(total, term)
  const plain = term.kind === 'splat' ? term.of : term
  if (plain.kind === 'literal' && plain.value === 0) return total
  return term.kind === 'apply' && term.scalar === primitives.mul && term.dtype === 'f32'
    ? p.fma(term.args[0]!, term.args[1]!, total)
    : p.add(total, term)
}

/**
 * A total with a whole unrolled loop of terms: their products are added up before the total sees them, which then is read once,
 * and their extremes are found in pairs, which do not wait for each other.
 */
export function accumulatedAll(combine: Combine, total: Expression, terms: readonly Expression[]): Expression {
  if (combine === 'max' || combine === 'min') return combined(combine, total, inPairs(combine, terms))
  const counted = terms.filter(term => accumulated(combine, total, term) !== total)
  const isProduct = (e: Expression): e is Extract<Expression, { kind: 'apply' }> =>
    e.kind === 'apply' && e.scalar === primitives.mul && e.dtype === 'f32'
  if (combine !== 'sum' || counted.length < 2 || !counted.every(isProduct))
    return counted.reduce((sum, term) => accumulated(combine, sum, term), total)
  return p.add(
    total,
    counted.slice(1).reduce<Expression>((sum, { args }) => p.fma(args[0]!, args[1]!, sum), counted[0]!),
  )
}

/** All of them combined, halves before wholes. */
export function inPairs(combine: Combine, all: readonly Expression[]): Expression {
  const middle = all.length >> 1
  return all.length === 1
    ? all[0]!
    : combined(combine, inPairs(combine, all.slice(0, middle)), inPairs(combine, all.slice(middle)))
}
