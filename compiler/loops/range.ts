/** Ranges of integers in a loop program. */
import { type Axis, choose, type Expression, index as op } from '../graph/expression.js'
import type { Range } from '../graph/indexing.js'
import { primitives } from '../graph/primitive.js'
import type { DType } from '../types/tensor.js'

const UNKNOWN: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** What memory or a register may hold. */
const held = (dtype: DType): Range =>
  dtype === 'bool'
    ? [0, 1]
    : dtype === 'u8'
      ? [0, 255]
      : dtype === 'u32'
        ? [0, 2 ** 32 - 1]
        : dtype === 'i32'
          ? [-(2 ** 31), 2 ** 31 - 1]
          : UNKNOWN

export interface Ranges {
  of(e: Expression): Range
  /** What a `let` is the name of. */
  define(name: string, value: Expression): void
  /** What that was. */
  definition(name: string): Expression | undefined
  /** The same where a condition holds, as far as it bounds an axis or a name by a constant. */
  where(condition: Expression): Ranges
  /** The same in a loop: `from <= axis < to`, in steps. */
  inside(axis: Axis, from: Expression, to: Expression, step: number): Ranges
}

export function createRanges(
  names = new Map<string, Expression>(),
  bounds: ReadonlyMap<Axis | string, Range> = new Map(),
): Ranges {
  const known = new Map<Expression, Range>()
  function of(e: Expression): Range {
    let range = known.get(e)
    if (!range) known.set(e, (range = compute(e)))
    return range
  }
  const bounded = (what: Axis | string, [low, high]: Range): Range => {
    const [least, most] = bounds.get(what) ?? UNKNOWN
    return [Math.max(low, least), Math.min(high, most)]
  }
  function compute(e: Expression): Range {
    if (e.kind === 'literal') return [e.value, e.value]
    if (e.kind === 'axis') return bounded(e.axis, [0, e.axis.size - 1])
    if (e.kind === 'name') {
      const value = names.get(e.name)
      return bounded(e.name, value ? of(value) : held(e.dtype))
    }
    if (e.kind === 'splat' || e.kind === 'lane') return of(e.of)
    if (e.kind === 'vector') {
      const parts = e.parts.map(of)
      return [Math.min(...parts.map(([low]) => low)), Math.max(...parts.map(([, high]) => high))]
    }
    if (e.kind !== 'apply') return e.kind === 'element' ? held(e.memory.dtype) : held(e.dtype)
    if (e.dtype !== 'i32' && e.dtype !== 'u32') return held(e.dtype)
    const [a, b] = e.args.map(of) as [Range, Range]
    switch (e.scalar) {
      case op.add:
        return [a[0] + b[0], a[1] + b[1]]
      case op.sub:
        return [a[0] - b[1], a[1] - b[0]]
      case op.mul: {
        const products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]]
        return products.some(Number.isNaN) ? UNKNOWN : [Math.min(...products), Math.max(...products)]
      }
      case op.div:
        return b[0] > 0 && a[0] >= 0 ? [Math.floor(a[0] / b[1]), Math.floor(a[1] / b[0])] : UNKNOWN
      case op.mod:
        return a[0] >= 0 ? [0, Math.min(a[1], b[1] - 1)] : UNKNOWN
      case op.clamp:
        return [Math.min(Math.max(a[0], 0), b[1]), Math.min(Math.max(a[1], 0), b[1])]
      case primitives.min:
        return [Math.min(a[0], b[0]), Math.min(a[1], b[1])]
      case primitives.max:
        return [Math.max(a[0], b[0]), Math.max(a[1], b[1])]
      case primitives['convert.u32.i32']:
      case primitives['convert.i32.u32']:
        return a[0] >= 0 && a[1] < 2 ** 31 ? a : held(e.dtype)
      case choose: {
        // The first of both is chosen where the condition holds, which may bound it.
        const [condition, one, other] = e.args as [Expression, Expression, Expression]
        const [yes, no] = [where(condition).of(one), of(other)]
        return [Math.min(yes[0], no[0]), Math.max(yes[1], no[1])]
      }
      case primitives['subgroup.size']:
        return [1, 128]
      default:
        return held(e.dtype)
    }
  }
  const within = (what: Axis | string, range: Range): Ranges =>
    createRanges(names, new Map([...bounds, [what, bounded(what, range)]]))

  function where(condition: Expression): Ranges {
    const holds = (condition.kind === 'name' && names.get(condition.name)) || condition
    if (holds.kind !== 'apply') return createRanges(names, bounds)
    const [a, b] = holds.args as [Expression, Expression]
    if (holds.scalar === op.and) return where(a).where(b)
    const [low, high] = holds.scalar === op.less ? [UNKNOWN[0], of(b)[1] - 1] : UNKNOWN
    if (holds.scalar === op.less && a.kind === 'literal') return below(b, a.value + 1, UNKNOWN[1])
    if (holds.scalar === op.equal) return below(a, ...of(b))
    return below(a, low, high)
  }
  /** `low <= e <= high`, of an axis or a name and what it is the name of, and perhaps a constant or a quotient. */
  function below(e: Expression, low: number, high: number): Ranges {
    const found = new Map(bounds)
    const narrow = (what: Axis | string, [least, most]: Range): void => {
      const [before, after] = found.get(what) ?? UNKNOWN
      found.set(what, [Math.max(before, least), Math.min(after, most)])
    }
    const follow = (e: Expression, low: number, high: number): void => {
      if (e.kind === 'axis') narrow(e.axis, [low, high])
      if (e.kind === 'name') {
        narrow(e.name, [low, high])
        const value = names.get(e.name)
        if (value) follow(value, low, high)
      }
      if (e.kind !== 'apply') return
      const [a, b] = e.args
      if (b?.kind !== 'literal') return
      if (e.scalar === op.add) follow(a!, low - b.value, high - b.value)
      // Of what is not negative: the quotient rounds down.
      if (e.scalar === op.div && b.value > 0 && of(a!)[0] >= 0)
        follow(a!, low > 0 ? low * b.value : 0, high * b.value + b.value - 1)
    }
    follow(e, low, high)
    return createRanges(names, found)
  }
  return {
    of,
    where,
    define: (name, value) => void names.set(name, value),
    definition: name => names.get(name),
    inside(axis, from, to, step) {
      const [[low, first], [, end]] = [of(from), of(to)]
      const last = low === first ? low + Math.floor((end - 1 - low) / step) * step : end - 1
      return within(axis, [low, Math.max(low, last)])
    },
  }
}
