/** What contractions have in common: the term they add up, and the matrix products of the reference evaluation. */
import type { Scalar } from '../graph/expression.js'
import { primitives } from '../graph/primitive.js'

/** The term of a contraction. */
export const product: Scalar = primitives.mul

/**
 * `out[m, n] = sum over k of a[m, k] b[k, n]`. Whole training steps are evaluated for comparison, so it is not the
 * plainest: tiles of 2 by 4 sums stay in registers while `k` runs over a packed panel of `b`.
 */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  const panel = new Float64Array(inner * 4)
  let n = 0
  for (; n + 4 <= columns; n += 4) {
    for (let k = 0; k < inner; k++) for (let c = 0; c < 4; c++) panel[4 * k + c] = b[k * columns + n + c]!
    let m = 0
    for (; m + 2 <= rows; m += 2) tile(a, panel, out, m, n, inner, columns)
    for (; m < rows; m++)
      for (let c = 0; c < 4; c++) out[m * columns + n + c] = single(a, panel, m * inner, c, 4, inner)
  }
  for (; n < columns; n++)
    for (let m = 0; m < rows; m++) out[m * columns + n] = single(a, b, m * inner, n, columns, inner)
}

function tile(
  a: Float64Array,
  panel: Float64Array,
  out: Float64Array,
  m: number,
  n: number,
  inner: number,
  columns: number,
): void {
  let [c00, c01, c02, c03, c10, c11, c12, c13] = [0, 0, 0, 0, 0, 0, 0, 0]
  const top = m * inner
  const bottom = top + inner
  for (let k = 0, p = 0; k < inner; k++, p += 4) {
    const x = a[top + k]!
    const y = a[bottom + k]!
    const b0 = panel[p]!
    const b1 = panel[p + 1]!
    const b2 = panel[p + 2]!
    const b3 = panel[p + 3]!
    c00 += x * b0
    c01 += x * b1
    c02 += x * b2
    c03 += x * b3
    c10 += y * b0
    c11 += y * b1
    c12 += y * b2
    c13 += y * b3
  }
  const to = m * columns + n
  out[to] = c00
  out[to + 1] = c01
  out[to + 2] = c02
  out[to + 3] = c03
  out[to + columns] = c10
  out[to + columns + 1] = c11
  out[to + columns + 2] = c12
  out[to + columns + 3] = c13
}

function single(a: Float64Array, b: Float64Array, row: number, column: number, step: number, inner: number): number {
  let total = 0
  for (let k = 0, at = column; k < inner; k++, at += step) total += a[row + k]! * b[at]!
  return total
}

/** The same of integers, modulo 2^32: float64 does not hold every product of two. */
export function multiplyIntegers(
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
      for (let k = 0; k < inner; k++) total = (total + Math.imul(a[m * inner + k]!, b[k * columns + n]!)) | 0
      out[m * columns + n] = total
    }
}
