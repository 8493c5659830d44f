/**
 * The loop IR of one fused kernel. For every point of the `grid`, statements run in order: accumulations over their
 * `along` axes, then stores. Expressions load through index maps, so movement costs no memory. Nothing of a target
 * is in here; how the loops are cut into invocations and tiles is the schedule's business (`schedule.ts`).
 *
 *   kernel     = name grid statement*
 *   statement  = accumulate along term*  |  store along result*
 *   result     = target index value
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
}
/** All values are computed before the first is stored: a result may replace what another one reads. */
export interface Store {
  readonly kind: 'store'
  /** Axes looped over at each grid point; empty for one value per point. */
  readonly along: readonly Axis[]
  readonly results: readonly Result[]
}
export type Statement = Accumulate | Store

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
export const expressionsOf = (statement: Statement): Expression[] =>
  statement.kind === 'store'
    ? statement.results.flatMap(({ index, value }) => [index, value])
    : statement.terms.map(({ value }) => value)

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
      body.flatMap(s => (s.kind === 'store' ? s.results.map(({ target }) => target) : [])),
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
  const body = kernel.body.map(
    (s): Statement =>
      s.kind === 'store'
        ? {
            ...s,
            results: s.results.map(({ target, index, value }) => ({
              target: to.get(target) ?? target,
              index: visit(index),
              value: visit(value),
            })),
          }
        : { ...s, terms: s.terms.map(term => ({ ...term, value: visit(term.value) })) },
  )
  return { ...kernel, body }
}

export const points = (axes: readonly Axis[]): number => axes.reduce((n, { size }) => n * size, 1)

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
  const lines = kernel.body.map(s =>
    s.kind === 'accumulate'
      ? `  accumulate over ${axes(s.along)}: ${s.terms.map(t => `${t.name} = ${t.combine} ${show(t.value)}`).join('; ')}`
      : `  ${s.along.length ? `over ${axes(s.along)} ` : ''}store ${s.results.map(r => `${nameOf(r.target)}[${show(r.index)}] = ${show(r.value)}`).join('; ')}`,
  )
  return [
    `kernel ${kernel.name} for ${axes(kernel.grid) || 'one point'}${kernel.scope ? ` @${kernel.scope}` : ''}`,
    ...lines,
  ].join('\n')
}
