/**
 * Four neighbouring positions along a flattened extent. At its end they are clamped, so that whatever is loaded there is in
 * bounds; conditions say which of them exist. Where four divides the extent, they stay `4 q .. 4 q + 3`, which is what makes
 * vec4s of their loads.
 */
import { type Axis, axisOf, delinearize, type Expression, plus, times } from '../graph/expression.js'
import type { At } from '../loops/expand.js'
import type { Writer } from './block.js'

export interface Fours {
  readonly axes: readonly Axis[]
  readonly positions: readonly Expression[]
  readonly size: number
}

export function foursOf(name: string, size: number): Fours {
  const whole = size % 4 === 0
  const axes: Axis[] = whole
    ? [{ name, size: size / 4 }]
    : [0, 1, 2, 3].map((i): Axis => ({ name: `${name}_${i}`, size }))
  const positions = [0, 1, 2, 3].map(i => (whole ? plus(times(axisOf(axes[0]!), 4), i) : axisOf(axes[i]!)))
  return { axes, positions, size }
}

/** Writes where the fours are: at `4 number`. Returns the condition under which each exists; empty if `inside` the extent. */
export function defineFours(writer: Writer, { axes, size }: Fours, number: string, inside: boolean): string[] {
  const [first] = axes as [Axis]
  const whole = axes.length === 1
  for (const axis of axes) writer.define(axis)
  if (whole && inside) {
    writer.line(`let ${first.name} = ${number};`)
    return ['', '', '', '']
  }
  const raw = `${first.name}_number`
  writer.line(`let ${raw} = ${number};`)
  if (whole) {
    writer.line(`let ${first.name} = min(${raw}, ${size / 4 - 1});`)
    return Array.from({ length: 4 }, () => `${raw} < ${size / 4}`)
  }
  for (const [i, { name }] of axes.entries()) writer.line(`let ${name} = min(${raw} * 4 + ${i}, ${size - 1});`)
  return axes.map((_, i) => `${raw} * 4 + ${i} < ${size}`)
}

/** Gives each axis its part of a flattened position. */
export function scatter(at: At, axes: readonly Axis[], position: Expression): void {
  const parts = delinearize(
    position,
    axes.map(({ size }) => size),
  )
  for (const [i, axis] of axes.entries()) at.set(axis, parts[i]!)
}

/** Both of two conditions, either of which may be empty. */
export const both = (a: string, b: string): string => (a && b ? `(${a}) & (${b})` : a || b)
