/**
 * A sum of terms that are 0 but where a loaded position is that of the result looks at every step for every result. Where there
 * are many results, each step had better go to the one that it names: the sum becomes a scatter, and what follows it a kernel of
 * its own. The order of the terms of a result stays, so no result depends on how the work is cut.
 */
import { dependencies } from '../graph/dependencies.js'
import { type Axis, axisOf, choose, type Expression, index, linearize, walk } from '../graph/expression.js'
import { createIndexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { type Accumulate, type Kernel, points, type Result, type Scatter, type Statement, type Term } from './kernel.js'
import { isPartial, partialOf } from './partial.js'
import { pieceCount } from './pieces.js'
import type { Target } from './target.js'

/** Fewer steps than this are looked at for every result. */
const STEPS = 8
/** Results along the scattered axis, at least: in all, and for each point of the scatter. */
const RESULTS = { all: 16, each: 2 }

/** A term of a scatter. */
interface Scattered {
  readonly term: Term
  readonly onto: Axis
  readonly at: Expression
  readonly value: Expression
}

/** The kernels that compute the same, scatters first; the kernel itself if it has none that is worth it. */
export function scattered(kernel: Kernel, target: Target): Kernel[] {
  if (kernel.contraction || kernel.body.some(({ kind }) => kind === 'scatter' || kind === 'order')) return [kernel]
  const indexing = createIndexing()
  const shape = kernel.grid.map(({ size }) => size)
  const position = indexing.simplify(linearize(kernel.grid.map(axisOf), shape))
  const made: Kernel[] = []
  const loaded = new Map<string, Expression>()
  for (const statement of kernel.body) {
    if (statement.kind !== 'accumulate') continue
    const bySame = new Map<Expression, Scattered[]>()
    for (const term of statement.terms) {
      const found = scatterOf(term, statement, kernel)
      if (found) bySame.set(found.at, [...(bySame.get(found.at) ?? []), found])
    }
    for (const [at, terms] of bySame) {
      const [{ onto }] = terms as [Scattered]
      const results = terms
        .filter(each => each.onto === onto)
        .map(({ term, value }) => {
          const target = partialOf(shape, term.dtype === 'f16' ? 'f32' : term.dtype, kernel.scope)
          return { term, result: { target, index: position, value } }
        })
      const scatter: Scatter = {
        kind: 'scatter',
        along: statement.along,
        onto,
        at,
        results: results.map(({ result }) => result),
      }
      const own: Kernel = {
        ...kernel,
        name: `${kernel.name}_to`,
        grid: kernel.grid.filter(axis => axis !== onto),
        body: [scatter],
      }
      if (onto.size < Math.max(RESULTS.all, RESULTS.each * pieceCount(own, scatter, target))) continue
      made.push(own)
      for (const { term, result } of results)
        loaded.set(term.name, { kind: 'load', source: result.target, index: position, dtype: term.dtype })
    }
  }
  if (made.length === 0) return [kernel]
  const at = new Map<Axis | string, Expression>(loaded)
  const of = (e: Expression): Expression => indexing.substitute(e, at)
  const rest = kernel.body.flatMap((statement): Statement[] => {
    if (statement.kind === 'accumulate') {
      const terms = statement.terms
        .filter(({ name }) => !loaded.has(name))
        .map(term => ({ ...term, value: of(term.value) }))
      return terms.length ? [{ ...statement, terms }] : []
    }
    const { results } = statement
    return [
      {
        ...statement,
        results: results.map(result => ({ ...result, value: of(result.value) })),
      } as Statement,
    ]
  })
  return direct([...made, { ...kernel, body: rest }], e => indexing.simplify(e) === position)
}

/** Results that are only copied are scattered to where they are wanted. */
function direct(kernels: readonly Kernel[], inPlace: (index: Expression) => boolean): Kernel[] {
  const last = kernels.at(-1)!
  const [store, more] = last.body
  if (store?.kind !== 'store' || more || store.along.length) return [...kernels]
  const wanted = new Map<Tensor, Result>()
  /** Results that are made of it: where there are several, it is in memory by itself. */
  const readers = (partial: Tensor): number => {
    const reads = ({ value }: Result) => {
      let found = false
      walk([value], e => {
        if (e.kind === 'load' && e.source === partial) found = true
      })
      return found
    }
    return store.results.filter(reads).length
  }
  const rest = store.results.filter(result => {
    const { target, index, value } = result
    const copied = value.kind === 'load' && isPartial(value.source) && inPlace(index)
    if (!copied || value.source.dtype !== target.dtype || readers(value.source) > 1) return true
    wanted.set(value.source, result)
    return false
  })
  const scatters = kernels.slice(0, -1).map(kernel => ({
    ...kernel,
    body: (kernel.body as readonly Scatter[]).map(scatter => ({
      ...scatter,
      results: scatter.results.map(result => ({
        ...result,
        target: wanted.get(result.target)?.target ?? result.target,
      })),
    })),
  }))
  return rest.length ? [...scatters, { ...last, body: [{ ...store, results: rest }] }] : scatters
}

/** `choose(at == onto, value, 0)`, summed over enough steps. */
function scatterOf(term: Term, { along }: Accumulate, { grid }: Kernel): Scattered | undefined {
  const { value: e, combine } = term
  if (combine !== 'sum' || points(along) < STEPS || e.kind !== 'apply' || e.scalar !== choose) return undefined
  const [condition, value, other] = e.args as [Expression, Expression, Expression]
  if (condition.kind !== 'apply' || condition.scalar !== index.equal) return undefined
  if (other.kind !== 'literal' || other.value !== 0) return undefined
  const [a, b] = condition.args as [Expression, Expression]
  for (const [at, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const onto = to.kind === 'axis' ? grid.find(axis => axis === to.axis) : undefined
    if (!onto) continue
    const needs = new Set([...dependencies(at), ...dependencies(value)])
    if (needs.has(onto) || [...needs].some(need => typeof need === 'string')) continue
    return { term, onto, at, value }
  }
  return undefined
}
