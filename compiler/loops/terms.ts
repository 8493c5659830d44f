/** The terms of a contraction in blocks, so that a panel of them stays in the first cache. */
import { type Axis, axisOf, type Expression, literal, minus, plus, quotient, times } from '../graph/expression.js'
import { p } from '../graph/primitive.js'
import { points } from '../kernels/kernel.js'
import type { Builder } from './build.js'
import type { At } from './vectors.js'

/** Terms of one block: their number, if it differs between blocks, and a loop over them. */
export interface Terms {
  readonly count?: Expression
  /** `k`: the number of the term in its block. `four`: by fours along the innermost axis, `at` and `k` being the first. */
  each(body: (at: At, k: Expression) => void, four?: boolean): void
}
export interface Depth {
  /** Terms of a block, at most. */
  readonly most: number
  /** Whether one block holds all. */
  readonly whole: boolean
  /** The innermost axis of the loop over a block, if every block has whole fours of it. */
  readonly fours?: Axis
  /** The blocks, one after the other. */
  blocks(builder: Builder, base: At, body: (terms: Terms) => void): void
}

/** For axes of which some results have fewer terms than others: how many. */
export type Ends = ReadonlyMap<Axis, Expression>

/** In blocks of at most `depth`: all values of the inner axes for a range of one axis. Axes that may end early are outermost. */
export function cutDepth(along: readonly Axis[], depth: number, ends: Ends = new Map()): Depth {
  const early = along.filter(axis => ends.has(axis))
  const axes = along.filter(axis => axis.size > 1 && !ends.has(axis))
  const ones = along
    .filter(axis => axis.size === 1 && !ends.has(axis))
    .map((axis): [Axis, Expression] => [axis, literal(0)])
  const from = axes.findIndex((_, i) => points(axes.slice(i + 1)) <= depth)
  const axis = axes[Math.max(0, from)] ?? { name: 'k', size: 1 }
  const inner = axes.slice(from + 1)
  const each = points(inner)
  const parts = Math.ceil(axis.size / Math.max(1, Math.floor(depth / each)))
  const range = Math.ceil(axis.size / parts)
  const last = axis.size - range * (parts - 1)
  const outer = [...early, ...axes.slice(0, Math.max(0, from))]
  const most = range * each
  const innermost = inner.at(-1)
  const inFours = innermost ? innermost.size % 4 === 0 : range % 4 === 0 && last % 4 === 0
  return {
    most,
    whole: parts === 1 && outer.length === 0,
    ...(inFours && axes.length && { fours: innermost ?? axis }),
    blocks(builder, base, body) {
      const within = ([next, ...rest]: readonly Axis[], at: At): void => {
        if (next) {
          const own: Axis = { name: builder.fresh('b'), size: next.size }
          const to = ends.get(next)
          builder.loop(own, () => within(rest, new Map([...at, [next, axisOf(own)]])), to ? { to } : {})
          return
        }
        const terms = (start: Expression, size: Expression | undefined): Terms => ({
          ...(size && { count: times(size, each) }),
          each(inside, four = false) {
            const all = axes.length ? [axis, ...inner] : []
            const apart = new Map(all.map((one, i) => [one, points(all.slice(i + 1))]))
            const loops = (list: readonly Axis[], here: At, k: Expression): void => {
              const [first, ...others] = list
              if (!first) {
                inside(here, k)
                return
              }
              const width = four && others.length === 0 ? 4 : 1
              const own: Axis = { name: builder.fresh('k'), size: (first === axis ? range : first.size) / width }
              const within = times(axisOf(own), width)
              const position = first === axis ? plus(start, within) : within
              const bounds = first === axis && size ? { to: width === 1 ? size : quotient(size, width) } : {}
              const next = plus(k, times(within, apart.get(first)!))
              builder.loop(own, () => loops(others, new Map([...here, [first, position]]), next), bounds)
            }
            loops(four ? all : windowFirst(all), new Map([...at, ...ones]), literal(0))
          },
        })
        if (parts === 1) {
          body(terms(literal(0), undefined))
          return
        }
        const part: Axis = { name: builder.fresh('b'), size: parts }
        builder.loop(part, () => {
          const start = times(axisOf(part), range)
          const rest = last === range ? undefined : p.min(minus(literal(axis.size), start), range)
          builder.share([])
          body(terms(start, rest && builder.bind(rest)))
        })
      }
      within(outer, base)
    },
  }
}

/**
 * Axes in the order of loops: those of a window go outside, since masks depend on the offset in a window and not on the channel,
 * which then are computed once for all channels.
 */
function windowFirst(axes: readonly Axis[]): readonly Axis[] {
  let from = axes.length
  while (from > 1 && axes[from - 1]!.size <= WINDOW) from--
  return [...axes.slice(from), ...axes.slice(0, from)]
}
const WINDOW = 7
