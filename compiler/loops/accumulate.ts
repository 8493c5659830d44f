/** What an accumulation starts from and how it goes on. */
import { type Expression, literal, registerType, splat } from '../graph/expression.js'
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
