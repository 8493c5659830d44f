/**
 * Index arithmetic of one kernel: expressions are interned (equal ones are one object) and simplified with the ranges
 * of their axes. Integers are kept as linear forms `sum(coefficient * atom) + constant`, so that the index maps of a
 * chain of reshapes, permutes, pads and slices collapse to what a person would have written.
 */
import type { DType } from '../types/tensor.js'
import { constantOf, isLiteral } from './constants.js'
import { dependencies } from './dependencies.js'
import {
  type Axis,
  call,
  choose,
  type Expression,
  literal,
  index as op,
  partsOf,
  type Scalar,
  withParts,
} from './expression.js'
import { entry, level, type Table } from './interning.js'
import { commonDivisor, divided, type Linear, scale, separated, sumPlain } from './linear.js'
import { DEEP, postOrder, remembered } from './reach.js'

type Applied = Extract<Expression, { kind: 'apply' }>
/** The value of the second operand, where it is a constant: the factor or divisor of index arithmetic. */
function factor(e: Applied): number | undefined {
  const b = e.args[1]
  return b?.kind === 'literal' ? b.value : undefined
}

/** Inclusive bounds. */
export type Range = readonly [number, number]
const UNBOUNDED: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

export interface Indexing {
  /** The canonical object of an equal, simpler expression. */
  simplify(expression: Expression): Expression
  /** `simplify` with axes and names replaced. */
  substitute(expression: Expression, by: ReadonlyMap<Axis | string, Expression>): Expression
  range(expression: Expression): Range
  /** Coefficients by atom, and the constant, of an integer expression that was simplified. */
  linear(expression: Expression): Linear
  /** `sum(coefficient / divisor * atom) + constant`, for coefficients that are multiples of the divisor. */
  linearExpression(terms: ReadonlyMap<Expression, number>, constant: number, divisor: number): Expression
}

export function createIndexing(): Indexing {
  const ids = new Map<unknown, number>()
  const id = (thing: unknown): number => {
    const known = ids.get(thing)
    if (known !== undefined) return known
    ids.set(thing, ids.size)
    return ids.size - 1
  }

  // Interning is most of what printing an unrolled loop costs: expressions are found by the numbers of their parts, not by text.
  const tables = new Map<string, Table>()
  const table = (name: string): Table => tables.get(name) ?? tables.set(name, new Map()).get(name)!
  /** By scalar function, so that its name is looked at once. */
  const applications = new Map<Scalar, Map<DType, Table>>()
  function intern(e: Expression): Expression {
    switch (e.kind) {
      case 'literal':
        return entry(table(Object.is(e.value, -0) ? `-0 ${e.dtype}` : e.dtype), e.value, e)
      case 'axis':
        return entry(table('axis'), id(e.axis), e)
      case 'name':
        return entry(table(e.width ? 'names of four' : 'name'), id(e.name), e)
      case 'load':
        return entry(level(table(e.width ? 'load in fours' : 'load'), id(e.source)), id(e.index), e)
      case 'element':
        return entry(level(table(e.width ? 'load in fours' : 'load'), id(e.memory)), id(e.index), e)
      case 'splat':
        return entry(table('splat'), id(e.of), e)
      case 'lane':
        return entry(table(`lane ${e.lane}`), id(e.of), e)
      case 'fold':
        return entry(table(`fold ${e.combine}`), id(e.of), e)
      case 'vector':
        return entry(
          e.parts.slice(1).reduce((at, part) => level(at, id(part)), table('vector')),
          id(e.parts[0]),
          e,
        )
      case 'apply': {
        const { scalar, args, dtype } = e
        const own = applications.get(scalar) ?? applications.set(scalar, new Map()).get(scalar)!
        let at = own.get(dtype)
        if (!at) own.set(dtype, (at = table(`${scalar.name}:${dtype}`)))
        at = level(at, args.length)
        for (let i = 0; i < args.length - 1; i++) at = level(at, id(args[i]))
        return entry(at, args.length ? id(args.at(-1)) : 0, e)
      }
    }
  }

  // Linear forms

  const linears = new Map<Expression, Linear>()
  function linear(e: Expression): Linear {
    const known = linears.get(e)
    if (known) return known
    let form: Linear
    if (e.kind === 'literal') form = { terms: new Map(), constant: e.value }
    else if (e.kind === 'apply' && e.scalar === op.add) form = sum(linear(e.args[0]!), linear(e.args[1]!))
    else if (e.kind === 'apply' && e.scalar === op.mul && factor(e) !== undefined)
      form = scale(linear(e.args[0]!), factor(e)!)
    else form = { terms: new Map([[e, 1]]), constant: 0 }
    linears.set(e, form)
    return form
  }
  function sum(a: Linear, b: Linear): Linear {
    const constant = a.constant + b.constant
    return recombine(
      a.terms.size === 0
        ? { terms: b.terms, constant }
        : b.terms.size === 0
          ? { terms: a.terms, constant }
          : sumPlain(a, b),
    )
  }
  /** Of remainders: `x / n` for `x % n`. */
  const quotients = new Map<Expression, Linear>()
  /** `c * (x % n) + c * n * (x / n)` is `c * x`. */
  function recombine(form: Linear): Linear {
    for (const atom of form.terms.keys()) {
      if (atom.kind !== 'apply' || atom.scalar !== op.mod) continue
      const c = form.terms.get(atom)!
      const [x, n] = atom.args as [Expression, Expression & { value: number }]
      const whole = quotients.get(atom) ?? linear(quotient(x, n.value))
      quotients.set(atom, whole)
      // x / n may itself be a sum; all of its atoms must be there with coefficient c * n times theirs.
      if (![...whole.terms].every(([part, k]) => form.terms.get(part) === k * c * n.value) || whole.terms.size === 0)
        continue
      const without = sumPlain(form, scale(whole, -c * n.value), { terms: new Map([[atom, -c]]), constant: 0 })
      return sum(without, scale(linear(x), c))
    }
    return form
  }
  /** Sums that were made, by their number of terms, then the number of each atom and its coefficient, then the constant. */
  const sums: Table = new Map()
  function fromLinear(form: Linear): Expression {
    const { terms, constant } = form
    if (terms.size === 0) return intern(literal(constant))
    const atoms = [...terms.keys()]
    const first = atoms[0]!
    if (atoms.length === 1 && constant === 0 && terms.get(first) === 1) return first
    if (atoms.some((atom, i) => i > 0 && id(atom) < id(atoms[i - 1]))) atoms.sort((a, b) => id(a) - id(b))
    let at = level(sums, atoms.length)
    for (const atom of atoms) at = level(level(at, id(atom)), terms.get(atom)!)
    const known = at.get(constant) as Expression | undefined
    if (known) return known
    let e: Expression | undefined
    for (const atom of atoms) {
      const c = terms.get(atom)!
      const term = c === 1 ? atom : intern(call(op.mul, [atom, intern(literal(c))], 'i32'))
      e = e ? intern(call(op.add, [e, term], 'i32')) : term
    }
    if (constant) e = intern(call(op.add, [e!, intern(literal(constant))], 'i32'))
    if (!linears.has(e!)) linears.set(e!, form)
    at.set(constant, e!)
    return e!
  }

  // Ranges

  const ranges = new Map<Expression, Range>()
  function range(e: Expression): Range {
    const known = ranges.get(e)
    if (known) return known
    const found = computeRange(e)
    ranges.set(e, found)
    return found
  }
  function computeRange(e: Expression): Range {
    if (e.kind === 'literal') return [e.value, e.value]
    if (e.kind === 'axis') return [0, e.axis.size - 1]
    if (e.kind !== 'apply') return e.dtype === 'bool' ? [0, 1] : UNBOUNDED
    const { scalar, args } = e
    const n = factor(e)
    if (scalar === op.add || (scalar === op.mul && n !== undefined)) return rangeOf(linear(e))
    if (scalar === op.div && n !== undefined) {
      const [low, high] = range(args[0]!)
      return [Math.floor(low / n), Math.floor(high / n)]
    }
    if (scalar === op.mod && n !== undefined) return [0, n - 1]
    if (scalar === op.clamp) {
      const [low, high] = range(args[0]!)
      const last = range(args[1]!)[1]
      return [Math.min(Math.max(low, 0), last), Math.min(Math.max(high, 0), last)]
    }
    if (scalar === choose) {
      const [a, b] = [range(args[1]!), range(args[2]!)]
      return [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
    }
    return e.dtype === 'bool' ? [0, 1] : UNBOUNDED
  }
  function rangeOf(form: Linear): Range {
    let low = form.constant
    let high = form.constant
    form.terms.forEach((c, atom) => {
      const within = range(atom)
      low += within[c > 0 ? 0 : 1] * c
      high += within[c > 0 ? 1 : 0] * c
    })
    return [low, high]
  }

  // Quotients and remainders by a positive constant, rounding down

  function quotient(e: Expression, n: number): Expression {
    if (n === 1) return e
    const [whole, rest] = separated(linear(e), n)
    const [low, high] = rangeOf(rest)
    if (low < 0) return intern(call(op.div, [e, intern(literal(n))], 'i32'))
    if (high < n) return fromLinear(whole)
    const g = commonDivisor(rest, n)
    return fromLinear(sum(whole, linear(quotientAtom(fromLinear(divided(rest, g)), n / g))))
  }
  function quotientAtom(x: Expression, n: number): Expression {
    if (n === 1) return x
    const inner = x.kind === 'apply' ? factor(x) : undefined
    if (x.kind === 'apply' && inner !== undefined) {
      if (x.scalar === op.div) return quotient(x.args[0]!, inner * n)
      if (x.scalar === op.mod && inner % n === 0) return modulo(quotient(x.args[0]!, n), inner / n)
    }
    return intern(call(op.div, [x, intern(literal(n))], 'i32'))
  }
  function modulo(e: Expression, n: number): Expression {
    if (n === 1) return intern(literal(0))
    const [, rest] = separated(linear(e), n)
    const [low, high] = rangeOf(rest)
    if (low < 0) return intern(call(op.mod, [e, intern(literal(n))], 'i32'))
    if (high < n) return fromLinear(rest)
    const g = commonDivisor(rest, n)
    if (g > 1) {
      const left = rest.constant % g
      const inner = modulo(fromLinear(divided(rest, g)), n / g)
      return fromLinear(sum(scale(linear(inner), g), { terms: new Map(), constant: left }))
    }
    const x = fromLinear(rest)
    if (x.kind === 'apply' && x.scalar === op.mod && (factor(x) ?? 1) % n === 0 && factor(x) !== undefined)
      return modulo(x.args[0]!, n)
    return intern(call(op.mod, [x, intern(literal(n))], 'i32'))
  }

  // Everything else

  const truth = (value: boolean): Expression => intern(literal(value ? 1 : 0, 'bool'))
  const isTrue = (e: Expression) => e.kind === 'literal' && e.value !== 0
  const isZero = (e: Expression) => e.kind === 'literal' && e.value === 0
  const isFalse = isZero

  function applied(e: Applied, args: Expression[]): Expression {
    // Not taken apart by a pattern, which walks an iterator: this runs for every part of every index.
    const a = args[0]!
    const b = args[1]!
    const c = args[2]!
    switch (e.scalar) {
      case op.add:
        return fromLinear(sum(linear(a), linear(b)))
      case op.sub:
        return fromLinear(sum(linear(a), scale(linear(b), -1)))
      case op.mul:
        if (b.kind === 'literal') return fromLinear(recombine(scale(linear(a), b.value)))
        if (a.kind === 'literal') return fromLinear(recombine(scale(linear(b), a.value)))
        break
      case op.div:
        if (b.kind === 'literal') return quotient(a, b.value)
        break
      case op.mod:
        if (b.kind === 'literal') return modulo(a, b.value)
        break
      case op.less:
      case op.equal: {
        const [low, high] = rangeOf(sum(linear(a), scale(linear(b), -1)))
        if (e.scalar === op.less && high < 0) return truth(true)
        if (e.scalar === op.less && low >= 0) return truth(false)
        if (e.scalar === op.equal && (low > 0 || high < 0)) return truth(false)
        if (e.scalar === op.equal && low === 0 && high === 0) return truth(true)
        break
      }
      case op.and:
        if (isTrue(a) || a === b) return b
        if (isTrue(b)) return a
        if (isFalse(a) || isFalse(b)) return truth(false)
        break
      case op.clamp: {
        const [[low, high], [last]] = [range(a), range(b)]
        if (low >= 0 && high <= last) return a
        if (high <= 0) return intern(literal(0))
        break
      }
      case choose:
        if (isTrue(a) || b === c) return b
        if (isFalse(a)) return c
        break
    }
    const value = args.every(isLiteral) ? constantOf(e, args) : undefined
    if (value !== undefined) return intern(literal(value, e.dtype))
    // By the integer 0 a quotient is the dividend, and nothing remains: as by 1. WGSL refuses to divide by a constant 0.
    if ((e.scalar.name === 'div' || e.scalar.name === 'rem') && (e.dtype === 'i32' || e.dtype === 'u32') && isZero(b))
      return intern(call(e.scalar, [a, intern(literal(1, b.dtype))], e.dtype))
    // A masked-out factor: 0 * x is 0, because values are finite.
    if (e.scalar.name === 'mul' && (isZero(a) || isZero(b))) return intern(literal(0, e.dtype))
    return intern(call(e.scalar, args, e.dtype))
  }

  /** By what was asked for, and by itself: as a part of something new, what was simplified is not walked again. */
  const simple = new Map<Expression, Expression>()
  const simplify = remembered(
    partsOf,
    (e: Expression, again: (e: Expression) => Expression) =>
      e.kind === 'axis' && e.axis.size === 1 ? intern(literal(0)) : parts(e, again),
    simple,
  )
  const parts = (root: Expression, rewrite: (e: Expression) => Expression): Expression => {
    const rewritten = partsOf(root).map(rewrite)
    const made = root.kind === 'apply' ? applied(root, rewritten) : intern(withParts(root, rewritten))
    simple.set(made, made)
    return made
  }

  // Unrolled loops substitute the same few values again and again into parts that depend on one or two of the axes: each
  // part is rewritten once per combination of values of what it depends on.
  const substituted = new Map<Expression, Table>()
  const dependsOn = new Map<Expression, Set<Axis | string>>()
  function substitute(root: Expression, by: ReadonlyMap<Axis | string, Expression>): Expression {
    for (const value of by.values()) simplify(value)
    let depth = 0
    const rewrite = (e: Expression): Expression => {
      let at: Table | undefined
      let last = 0
      let open = false
      for (const d of dependencies(e, dependsOn)) {
        const value = by.get(d)
        if (value) open = true
        if (at) at = level(at, last)
        else if ((at = substituted.get(e)) === undefined) substituted.set(e, (at = new Map()))
        last = value ? id(simplify(value)) : -1
      }
      if (!at || !open) return simplify(e)
      const known = at.get(last) as Expression | undefined
      if (known) return known
      depth++
      if (depth === DEEP) for (const part of postOrder(partsOf(e), partsOf)) rewrite(part)
      const result =
        e.kind === 'axis'
          ? simplify(by.get(e.axis)!)
          : e.kind === 'name'
            ? simplify(by.get(e.name)!)
            : parts(e, rewrite)
      depth--
      at.set(last, result)
      return result
    }
    return rewrite(root)
  }

  const linearExpression = (terms: ReadonlyMap<Expression, number>, constant: number, divisor: number): Expression =>
    fromLinear({ terms: new Map([...terms].map(([atom, c]) => [atom, c / divisor])), constant })
  return { simplify, substitute, range: e => range(simplify(e)), linear, linearExpression }
}
