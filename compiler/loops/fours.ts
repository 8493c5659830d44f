/**
 * Four neighbouring positions along a flattened extent. At its end they are clamped, so that whatever is loaded there is in
 * bounds; conditions say which of them exist. Where four divides the extent, they stay `4 q .. 4 q + 3`, which is what makes
 * vectors of their loads.
 */
import {
  type Axis,
  axisOf,
  both,
  delinearize,
  type Expression,
  less,
  literal,
  plus,
  times,
} from '../graph/expression.js'
import { p } from '../graph/primitive.js'
import type { At } from './expand.js'

export interface Fours {
  readonly axes: readonly Axis[]
  readonly positions: readonly Expression[]
  readonly size: number
}
/** Says what an axis is from here on, or binds a value to a name. */
export interface Definitions {
  define(axis: Axis, value: Expression): void
  named(name: string, value: Expression): Expression
}
/** Under what condition each of four exists; none for always. */
export type Existing = readonly (Expression | undefined)[]

export function foursOf(name: string, size: number): Fours {
  const whole = size % 4 === 0
  const axes: Axis[] = whole
    ? [{ name, size: size / 4 }]
    : [0, 1, 2, 3].map((i): Axis => ({ name: `${name}_${i}`, size }))
  const positions = [0, 1, 2, 3].map(i => (whole ? plus(times(axisOf(axes[0]!), 4), i) : axisOf(axes[i]!)))
  return { axes, positions, size }
}

/** Says where the fours are: at `4 number`. All of them exist if they are `inside` the extent. */
export function defineFours(
  { define, named }: Definitions,
  { axes, size }: Fours,
  number: Expression,
  inside: boolean,
): Existing {
  const [first] = axes as [Axis]
  const whole = axes.length === 1
  if (whole && inside) {
    define(first, number)
    return [undefined, undefined, undefined, undefined]
  }
  const raw = named(`${first.name}_number`, number)
  if (whole) {
    define(first, p.min(raw, size / 4 - 1))
    const exists = existence(named(`${first.name}_exists`, less(raw, literal(size / 4))))
    return [exists, exists, exists, exists]
  }
  return axes.map((axis, i) => {
    const position = i ? plus(times(raw, 4), i) : times(raw, 4)
    define(axis, p.min(position, size - 1))
    return existence(named(`${axis.name}_exists`, less(position, literal(size))))
  })
}
const existence = (holds: Expression): Expression | undefined =>
  holds.kind === 'literal' && holds.value !== 0 ? undefined : holds

/** Gives each axis its part of a flattened position. */
export function scatter(at: At, axes: readonly Axis[], position: Expression): void {
  const parts = delinearize(
    position,
    axes.map(({ size }) => size),
  )
  for (const [i, axis] of axes.entries()) at.set(axis, parts[i]!)
}

/** Where one position and each of four exist. */
export function bothExist(one: Expression | undefined, four: Existing): Existing {
  const whole = new Set(four).size === 1
  const join = (e: Expression | undefined): Expression | undefined => (one && e ? both(one, e) : (one ?? e))
  const first = join(four[0])
  return four.map((e, i) => (whole || i === 0 ? first : join(e)))
}
