/**
 * How many directions the rows of a matrix use, from its singular values, by products of matrices alone: traces for the
 * participation ratio; for the entropy a Newton-Schulz iteration, which gives the matrix a square root, and a polynomial.
 */
import type { Stopped, Tensor } from '../compiler/graph/node.js'
import {
  abs,
  add,
  concatAll,
  constant,
  div,
  equal,
  exp,
  greater,
  iota,
  less,
  log,
  logicalAnd,
  logicalOr,
  matmul,
  max,
  maximum,
  mul,
  rem,
  reshape,
  select,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  transpose,
} from '../compiler/ops/index.js'
import type { Dim } from '../compiler/types/shape.js'
import type { Gradient } from '../compiler/types/tensor.js'
import type { Matrix } from './tensors.js'

/**
 * `(sum l)^2 / sum l^2` over the eigenvalues `l` of the covariance of rows `x` `[N, D]`, exact from its traces: from 1
 * (rows differ along one direction only) to `min(N - 1, D)` (along all alike); 0 where all rows are equal. No gradient.
 */
export function participationRatio(x: Matrix): Stopped<[]> {
  const rows = scaled(x)
  const centred = sub(rows, mul(sum(rows, 0, { keepdims: true }), 1 / rows.shape[0]!))
  const total = sum(square(centred))
  const squares = sum(square(gram(short(centred))))
  // Rows that are equal differ by rounding errors of their mean.
  const differ = greater(total, 1e-12 * rows.shape[0]! * rows.shape[1]!)
  return select(differ, div(square(total), select(differ, squares, 1)), 0) as Stopped<[]>
}

/**
 * RankMe: `exp(-sum p log p)`, `p = s / sum s` over the singular values `s` of `x` `[N, D]` as it is, not centred: from 1 (all
 * rows along one direction) to `min(N, D)`; 0 for a zero matrix. Within 1 % of the float64 value for `min(N, D)` up
 * to 256, also where all but a few singular values are near 0. No gradient. With n = min(N, D) and m = max(N, D) it takes
 * `72 n^2 m + 58 n^3` operations and about 80 dispatches: 0.3 GFLOP for 128 x 128, 3.4 GFLOP for 256 x 512; call it every so many steps.
 * Source: Garrido et al., arXiv 2210.02885, equation 1, without its 1e-7.
 */
export function effectiveRank(x: Matrix): Stopped<[]> {
  const wide = short(scaled(x))
  const [n] = wide.shape as [number]
  // (sum s^4)^(1/4) bounds the largest singular value; now all are in [0, 1].
  const bound = sqrt(sqrt(sum(square(gram(wide)))))
  const unit = div(wide, maximum(bound, TINY))
  const product = matmul(polar(unit), transpose(unit))
  // Symmetric, its eigenvalues being the singular values.
  const root = mul(add(product, transpose(product)), 0.5)
  const total = trace(root, n)
  const positive = greater(total, 0)
  const safe = select(positive, total, 1)
  // -sum p log p = (sum -s log s) / S + log S
  return select(positive, exp(add(div(entropyTrace(root, n), safe), log(safe))), 0) as Stopped<[]>
}

/**
 * The nearest matrix with orthonormal rows, `U V^T` for `x = U S V^T` with `S` in [0, 1]: each turn takes a singular value `s` to
 * `(3 a s - a^3 s^3) / 2`, which never leaves [0, 1]. The best `a` is known from the least `s` that is yet to be raised, and is held
 * below `sqrt(3)`, where the largest would fall to 0 and lose its digits. Singular values below 1e-6 are left in between.
 * Source: Chen and Chow, "A stable scaling of Newton-Schulz for improving the sign function computation of a Hermitian
 * matrix", ANL/MCS-P5059-0114, 2014.
 */
function polar(x: Matrix) {
  let result = x
  for (let least = 1e-6; least < 0.999; ) {
    const a = Math.min(Math.sqrt(3 / (1 + least + least * least)), 1.7)
    result = sub(mul(result, 1.5 * a), mul(matmul(gram(result), result), 0.5 * a ** 3))
    least = 1.5 * a * least - 0.5 * a ** 3 * least ** 3
  }
  return result
}

/** Degree of the polynomial for `-s log s`: BLOCK^2 - 1. */
const BLOCK = 16
/**
 * `tr f(root)` for `f(s) = -s log s` on [0, 1], by its Chebyshev series `sum c_k T_k(2 s - 1)` up to k = BLOCK^2 - 1, less the constant
 * that makes it 0 at 0, where most eigenvalues of a collapsed matrix are. With `T_i T_bj = (T_bj+i + T_bj-i) / 2` it is a
 * sum of `a_ij tr(T_i T_bj)`, `i, j < b`: 2 b products of matrices instead of b^2 (baby and giant steps).
 */
function entropyTrace(root: Matrix, n: number) {
  const eye = identity(n)
  const first = sub(mul(root, 2), eye)
  const baby = chebyshev(eye, first, BLOCK + 1)
  const giant = chebyshev(eye, baby[BLOCK]!, BLOCK)
  const flat = (all: readonly Matrix[]) =>
    concatAll(
      all.map(one => reshape(one, [1, n * n])),
      0,
    )
  const traces = matmul(flat(baby.slice(0, BLOCK)), transpose(flat(giant)))
  return sub(sum(mul(traces, productSeries())), n / (2 * BLOCK ** 2 * (BLOCK ** 2 - 1)))
}
/** `T_0 = I`, `T_1 = x`, `T_k+1 = 2 x T_k - T_k-1`. */
function chebyshev(eye: Matrix, x: Matrix, count: number) {
  const all = [eye, x]
  while (all.length < count) all.push(sub(mul(matmul(x, all.at(-1)!), 2), all.at(-2)!))
  return all
}
/**
 * `a_ij`: 2 c~ (c~ itself where i or j is 0), with `c~_ij = c_bj+i - c~_j+1,b-i`, written out as an alternating sum over l of c at
 * `b (j + l) + i` (l even) and `b (j + l) + b - i` (l odd).
 */
function productSeries() {
  const along = (axis: 0 | 1 | 2) => iota([BLOCK, BLOCK, BLOCK], axis, 'f32')
  const [i, j, l] = [along(0), along(1), along(2)]
  const odd = equal(rem(l, 2), 1)
  const block = add(j, l)
  const c = entropySeries(add(mul(block, BLOCK), select(odd, sub(BLOCK, i), i)))
  const used = logicalAnd(less(block, BLOCK), logicalOr(greater(i, 0), equal(l, 0)))
  const total = sum(select(used, mul(c, select(odd, -1, 1)), 0), 2)
  const [row, column] = [iota([BLOCK, BLOCK], 0), iota([BLOCK, BLOCK], 1)]
  const edge = logicalOr(equal(row, 0), equal(column, 0))
  return mul(total, select(edge, 1, 2))
}
/** `c_k`: log 2 - 1/2, log 2 - 3/4, and `(-1)^(k+1) / (k (k^2 - 1))` from there on, by the Fourier series of `log(2 |cos|)`. */
function entropySeries(k: Tensor<[number, number, number], 'f32'>) {
  const safe = maximum(k, 2)
  const size = div(1, mul(safe, sub(square(safe), 1)))
  const rest = mul(size, select(equal(rem(k, 2), 1), 1, -1))
  return select(less(k, 0.5), Math.LN2 - 0.5, select(less(k, 1.5), Math.LN2 - 0.75, rest))
}

const TINY = 1e-30
/** Divided by its largest element, so that no power of it overflows or vanishes; without gradient. */
function scaled(x: Matrix) {
  const stopped = stopGradient(x)
  return div(stopped, maximum(max(abs(stopped)), TINY))
}
/** With fewer rows than columns. */
const short = (x: Stopped<[Dim, Dim]>) => (x.shape[0]! > x.shape[1]! ? transpose(x) : x)
const gram = <N extends Dim, D extends Dim, G extends Gradient>(x: Tensor<[N, D], 'f32', G>) => matmul(x, transpose(x))
const identity = (n: number) => select(equal(iota([n, n], 0), iota([n, n], 1)), constant(1, [n, n]), 0)
const trace = (x: Matrix, n: number) => sum(mul(x, identity(n)))
