/**
 * The loop IR of one fused kernel. For every point of the `grid`, statements run in order: accumulations over their
 * `along` axes, then stores. Expressions load through index maps, so movement costs no memory. Nothing of a target
 * is in here; how the loops are cut into invocations and tiles is the schedule's business (`schedule.ts`).
 *
 *   kernel     = name grid statement*
 *   statement  = accumulate along term*  |  store along result*
 *              | scatter along onto at result*  |  order along out key position result*
 *   result     = target index value where?
 *   term       = name combine expression
 */
import { type Axis, type Expression, walk } from '../graph/expression.js'
import type { Tensor } from '../graph/node.js'
import type { Combine } from '../graph/operation.js'
import type { DType } from '../types/tensor.js'

export interface Term {
  /** What later statements call the result: `{ kind: 'name', name }`. */
  readonly name: string
  readonly combine: Combine
  readonly value: Expression
  readonly dtype: DType
}
export interface Accumulate {
  readonly kind: 'accumulate'
  readonly along: readonly Axis[]
  readonly terms: readonly Term[]
}
export interface Result {
  readonly target: Tensor
  /** Row-major position in `target`. */
  readonly index: Expression
  readonly value: Expression
  /** Points that store it, where not all do: `index` is one of the target at the others, too. */
  readonly where?: Expression
}
/** All values are computed before the first is stored: a result may replace what another one reads. */
export interface Store {
  readonly kind: 'store'
  /** Axes looped over at each grid point; empty for one value per point. */
  readonly along: readonly Axis[]
  readonly results: readonly Result[]
}
/**
 * At each grid point, the results along `onto` are 0 at first; then each step `along` adds its values to those at the position
 * that it loads, in the order of the steps.
 */
export interface Scatter {
  readonly kind: 'scatter'
  readonly along: readonly Axis[]
  readonly onto: Axis
  /** Within `onto`, of each step. */
  readonly at: Expression
  /** `index` along `onto`, `value` at each step. */
  readonly results: readonly Result[]
}
/**
 * At each grid point, a row is put in order, the least key first, equals as they stand: runs of `from` elements that are in
 * order become runs of `to`, of which the first `keep` stay, one after the other. The results are the names `key` and
 * `position`, along `out`.
 */
export interface Order {
  readonly kind: 'order'
  /** The row that is read; the last run may be shorter than the others. */
  readonly along: readonly [Axis]
  readonly out: Axis
  readonly from: number
  readonly to: number
  readonly keep: number
  readonly key: Expression
  /** Where the element stood at first. */
  readonly position: Expression
  readonly results: readonly Result[]
}
export type Statement = Accumulate | Store | Scatter | Order

/** The statement of a kernel that has but this one, and takes the schedule `pieces` alone. */
export function piecesOf({ body: [first] }: Kernel): Scatter | Order | undefined {
  return first?.kind === 'scatter' || first?.kind === 'order' ? first : undefined
}
/** The statements of a kernel for all other schedules. */
export const loopsIn = ({ name, body }: Kernel): readonly (Accumulate | Store)[] =>
  body.map(statement => {
    if (statement.kind === 'scatter' || statement.kind === 'order')
      throw new Error(`kernel ${name} is made in pieces: it takes no other schedule`)
    return statement
  })

export interface Kernel {
  readonly kind?: 'kernel'
  /** Says what is computed: the operations, last first. */
  readonly name: string
  /** Module path of the nodes. */
  readonly scope: string
  readonly grid: readonly Axis[]
  readonly body: readonly Statement[]
  /** The product of two operands that each meet many elements of the other: the schedule tiles it. */
  readonly contraction: boolean
  /** Elements of tensors that it reads or writes a part of: one step of a loop does. Of all others it is all. */
  readonly touched?: ReadonlyMap<Tensor, number>
}
/** Kernels that run again and again, without a change: `repeat.ts`. */
export interface Repeat {
  readonly kind: 'repeat'
  readonly times: number
  readonly body: readonly Runnable[]
}
export type Runnable = Kernel | Repeat

/** All kernels, each once, in their order. */
export const kernelsIn = (runnables: readonly Runnable[]): Kernel[] =>
  runnables.flatMap(runnable => (runnable.kind === 'repeat' ? kernelsIn(runnable.body) : [runnable]))

/** The expressions of a statement. */
export function expressionsOf(statement: Statement): Expression[] {
  if (statement.kind === 'accumulate') return statement.terms.map(({ value }) => value)
  const results = statement.results.flatMap(({ index, value, where }) => [index, value, ...(where ? [where] : [])])
  if (statement.kind === 'scatter') return [statement.at, ...results]
  return statement.kind === 'order' ? [statement.key, statement.position, ...results] : results
}
/** The same statement of other expressions and results. */
export function rebuilt(
  statement: Statement,
  of: (e: Expression) => Expression,
  result: (result: Result) => Result = ({ target, index, value }) => ({ target, index: of(index), value: of(value) }),
): Statement {
  if (statement.kind === 'accumulate')
    return { ...statement, terms: statement.terms.map(term => ({ ...term, value: of(term.value) })) }
  // The points that store stay the same ones, whatever they store.
  const results = statement.results.map(each => ({ ...result(each), ...(each.where && { where: of(each.where) }) }))
  if (statement.kind === 'scatter') return { ...statement, at: of(statement.at), results }
  if (statement.kind === 'order')
    return { ...statement, key: of(statement.key), position: of(statement.position), results }
  return { ...statement, results }
}

/** The tensors that kernels load from, in order of first use. */
export function reads(runnable: Runnable): Tensor[] {
  const found = new Set<Tensor>()
  walk(
    kernelsIn([runnable]).flatMap(({ body }) => body.flatMap(expressionsOf)),
    e => {
      if (e.kind === 'load') found.add(e.source)
    },
  )
  return [...found]
}
/** The tensors that kernels store to. */
export const writes = (runnable: Runnable): Tensor[] => [
  ...new Set(
    kernelsIn([runnable]).flatMap(({ body }) =>
      body.flatMap(s => (s.kind === 'accumulate' ? [] : s.results.map(({ target }) => target))),
    ),
  ),
]

/** The same on other tensors. Parts of expressions that are shared stay shared. */
export function onTensors(kernel: Runnable, to: ReadonlyMap<Tensor, Tensor>): Runnable {
  if (to.size === 0) return kernel
  if (kernel.kind === 'repeat') return { ...kernel, body: kernel.body.map(one => onTensors(one, to)) }
  const done = new Map<Expression, Expression>()
  const visit = (e: Expression): Expression => {
    const known = done.get(e)
    if (known) return known
    const result: Expression =
      e.kind === 'load'
        ? { ...e, source: to.get(e.source) ?? e.source, index: visit(e.index) }
        : e.kind === 'apply'
          ? { ...e, args: e.args.map(visit) }
          : e
    done.set(e, result)
    return result
  }
  const body = kernel.body.map(statement =>
    rebuilt(statement, visit, result => ({
      ...result,
      target: to.get(result.target) ?? result.target,
      index: visit(result.index),
      value: visit(result.value),
    })),
  )
  return { ...kernel, body }
}

export const points = (axes: readonly Axis[]): number => axes.reduce((n, { size }) => n * size, 1)

/** By how much a linear index moves along the innermost of some axes that has any length; `undefined` where it does not depend on it. */
export function stepAlong(terms: ReadonlyMap<Expression, number>, axes: readonly Axis[]): number | undefined {
  const innermost = axes.findLast(({ size }) => size > 1)
  return [...terms].find(([atom]) => atom.kind === 'axis' && atom.axis === innermost)?.[1]
}

/** Text for people: `compiler/README.md` and `facet inspect` show it. */
export function printKernel(kernel: Kernel, nameOf: (tensor: Tensor) => string): string {
  const axes = (list: readonly Axis[]) => list.map(({ name, size }) => `${name}<${size}`).join(', ')
  const show = (e: Expression): string => {
    switch (e.kind) {
      case 'literal':
        return e.dtype === 'bool' ? `${e.value !== 0}` : `${e.value}`
      case 'axis':
        return e.axis.name
      case 'name':
        return e.name
      case 'load':
        return `${nameOf(e.source)}[${show(e.index)}]`
      case 'apply': {
        const infix = {
          'index.add': '+',
          'index.mul': '*',
          'index.div': '/',
          'index.mod': '%',
          'index.less': '<',
          'index.and': '&',
          'index.equal': '==',
        }[e.scalar.name]
        const args = e.args.map(show)
        return infix ? `(${args.join(` ${infix} `)})` : `${e.scalar.name}(${args.join(', ')})`
      }
      default:
        throw new Error(`a kernel has no ${e.kind}`)
    }
  }
  const stores = (results: readonly Result[], sign: string): string =>
    results
      .map(
        r =>
          `${nameOf(r.target)}[${show(r.index)}] ${sign} ${show(r.value)}${r.where ? ` where ${show(r.where)}` : ''}`,
      )
      .join('; ')
  const text = (s: Statement): string => {
    if (s.kind === 'accumulate')
      return `accumulate over ${axes(s.along)}: ${s.terms.map(t => `${t.name} = ${t.combine} ${show(t.value)}`).join('; ')}`
    if (s.kind === 'store') return `${s.along.length ? `over ${axes(s.along)} ` : ''}store ${stores(s.results, '=')}`
    if (s.kind === 'scatter')
      return `over ${axes(s.along)} scatter to ${axes([s.onto])} at ${show(s.at)}: ${stores(s.results, '+=')}`
    const what = `order ${axes(s.along)} from runs of ${s.from} to runs of ${s.to}, of which ${s.keep} stay, on ${axes([s.out])}`
    return `${what}: key = ${show(s.key)}; position = ${show(s.position)}; ${stores(s.results, '=')}`
  }
  const lines = kernel.body.map(s => `  ${text(s)}`)
  return [
    `kernel ${kernel.name} for ${axes(kernel.grid) || 'one point'}${kernel.scope ? ` @${kernel.scope}` : ''}`,
    ...lines,
  ].join('\n')
}
