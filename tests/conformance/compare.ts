/** Holds a result to the expected tensor: `|a - e| <= atol + rtol |e|` for every element, and every element finite. */
import type { Described } from './oracle.js'

export interface Result {
  readonly shape: readonly number[]
  readonly data: ArrayLike<number>
}

/** What is wrong with a result, with its worst element and the place of that; nothing if it agrees. */
export function difference({ shape, data }: Result, expected: ArrayLike<number>, type: Described): string | undefined {
  const { rtol = 0, atol = 0 } = type
  if (shape.join() !== type.shape.join()) return `has shape [${shape}], expected [${type.shape}]`
  // Exact data was rounded to f32, so a float64 result is too.
  const value = rtol === 0 && atol === 0 ? (i: number) => Math.fround(data[i]!) : (i: number) => data[i]!
  let wrong = 0
  let worst = -1
  let most = 0
  for (let i = 0; i < expected.length; i++) {
    const allowed = atol + rtol * Math.abs(expected[i]!)
    const error = Math.abs(value(i) - expected[i]!)
    // What is infinite or no number on halves of the inputs is so everywhere.
    if (error <= allowed || Object.is(value(i), expected[i])) continue
    wrong++
    // How often the tolerance fits into the error; not a number is worst of all.
    const excess = Number.isFinite(error) ? error / Math.max(allowed, 1e-45) : Number.POSITIVE_INFINITY
    if (worst < 0 || excess > most) {
      worst = i
      most = excess
    }
  }
  if (wrong === 0) return undefined
  const allowed = atol + rtol * Math.abs(expected[worst]!)
  const off = Math.abs(value(worst) - expected[worst]!)
  return `${place(worst, shape)} is ${value(worst)}, expected ${expected[worst]} (off by ${short(off)}, allowed ${short(allowed)}); ${wrong} of ${expected.length} elements are wrong`
}

function place(flat: number, shape: readonly number[]): string {
  let rest = flat
  const index = shape.map((_, axis) => {
    const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
    const at = Math.floor(rest / inner)
    rest %= inner
    return at
  })
  return `[${index.join(', ')}]`
}
const short = (x: number): string => (x === 0 ? '0' : x.toPrecision(3))
