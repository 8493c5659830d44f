/** Linear forms of integers, `sum(coefficient * atom) + constant`, and what is computed of them term by term. */
import type { Expression } from './expression.js'

export interface Linear {
  /** Coefficients by atom, none of them 0. */
  readonly terms: ReadonlyMap<Expression, number>
  readonly constant: number
}

export function scale(form: Linear, by: number): Linear {
  if (by === 1) return form
  const terms = new Map<Expression, number>()
  if (by !== 0) form.terms.forEach((c, atom) => void terms.set(atom, c * by))
  return { terms, constant: by === 0 ? 0 : form.constant * by }
}

/** The sum, whose atoms stay what they are. */
export function sumPlain(a: Linear, ...others: Linear[]): Linear {
  const terms = new Map(a.terms)
  let { constant } = a
  for (const other of others) {
    other.terms.forEach((c, atom) => {
      const total = (terms.get(atom) ?? 0) + c
      if (total) terms.set(atom, total)
      else terms.delete(atom)
    })
    constant += other.constant
  }
  return { terms, constant }
}

/** Separates a form into the part whose terms are multiples of `n`, divided by `n`, and the rest. */
export function separated(form: Linear, n: number): [Linear, Linear] {
  const whole = new Map<Expression, number>()
  const rest = new Map<Expression, number>()
  form.terms.forEach((c, atom) => void (c % n === 0 ? whole.set(atom, c / n) : rest.set(atom, c)))
  const quotient = Math.floor(form.constant / n)
  return [
    { terms: whole, constant: quotient },
    { terms: rest, constant: form.constant - quotient * n },
  ]
}

/** What divides `n` and every coefficient. */
export const commonDivisor = ({ terms }: Linear, n: number): number =>
  [...terms.values()].reduce((g, c) => gcd(g, Math.abs(c)), n)

/** By what divides every coefficient; the constant is rounded down. */
export const divided = ({ terms, constant }: Linear, by: number): Linear => ({
  terms: new Map([...terms].map(([atom, c]) => [atom, c / by])),
  constant: Math.floor(constant / by),
})

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
