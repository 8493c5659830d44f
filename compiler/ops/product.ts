/** What contractions have in common: the term they add up, and the matrix product of the reference evaluation. */
import type { Scalar } from '../graph/expression.js'

/** The term of a contraction. */
export const product: Scalar = { name: 'mul', js: (a, b) => a! * b!, wgsl: (a, b) => `(${a} * ${b})` }

/** `out[m, n] = sum over k of a[m, k] b[k, n]`, `out` zero before: four rows of `b` at a time. */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let m = 0; m < rows; m++) {
    const to = m * columns
    let k = 0
    for (; k + 4 <= inner; k += 4) {
      const at = m * inner + k
      const a0 = a[at]!
      const a1 = a[at + 1]!
      const a2 = a[at + 2]!
      const a3 = a[at + 3]!
      let from = k * columns
      for (let n = 0; n < columns; n++, from++)
        out[to + n]! +=
          a0 * b[from]! + a1 * b[from + columns]! + a2 * b[from + 2 * columns]! + a3 * b[from + 3 * columns]!
    }
    for (; k < inner; k++) {
      const a0 = a[m * inner + k]!
      for (let n = 0, from = k * columns; n < columns; n++, from++) out[to + n]! += a0 * b[from]!
    }
  }
}

/** `out[m, n] = sum over k of a[m, k] b[n, k]`: for few columns. */
export function multiplyByRows(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  for (let m = 0; m < rows; m++)
    for (let n = 0; n < columns; n++) {
      let total = 0
      for (let k = 0, i = m * inner, j = n * inner; k < inner; k++) total += a[i++]! * b[j++]!
      out[m * columns + n] = total
    }
}
