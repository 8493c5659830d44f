/** Losses that keep features from collapsing by their statistics over the batch: no negatives, no stopped targets. */

import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { mean, variance } from '../../compiler/language/math.js'
import { cholesky, triangularSolve } from '../../compiler/language/matrix.js'
import {
  add,
  div,
  equal,
  iota,
  matmul,
  mul,
  relu,
  reshape,
  rsqrt,
  select,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  transpose,
} from '../../compiler/ops/index.js'
import type { Alike, Target } from '../../compiler/types/pair.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'
import { negativeCosine, negativeDots, type Rows, rowsOf } from '../losses.js'
import { alike, type Matrix } from '../tensors.js'

const centred = <N extends Dim, D extends Dim>(z: Tensor<[N, D], 'f32'>) => sub(z, mean(z, [0], { keepdims: true }))
const diagonalOf = (size: number) => equal(iota([size, size], 0), iota([size, size], 1))
/** Sum of the squares outside of the diagonal. */
const offDiagonal = (c: Matrix) => sum(select(diagonalOf(c.shape[0]!), 0, square(c)))

/** What `barlowTwins` may be told. */
export interface BarlowOptions {
  /** Weight of the terms outside of the diagonal. Default 0.005. */
  readonly lambda?: number
  /** Factor of the whole. Default 1; some implementations take 0.024 or 0.1. */
  readonly scale?: number
  /** Added to the variance. Default 1e-5, as batch norm has it. */
  readonly epsilon?: number
  /** Variance with divisor N - 1, as in the paper's listing. Default false. */
  readonly unbiased?: boolean
}
/**
 * Barlow Twins: columns standardized over the batch, `c = z1^T z2 / N`, `scale (sum_i (c_ii - 1)^2 + lambda sum_{i != j}
 * c_ij^2)`. `z1`, `z2` `[N, D]`. Source: Zbontar et al., arXiv 2103.03230, equation 1.
 */
export function barlowTwins<N extends Dim, D extends Dim, S extends Shape>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'barlowTwins', [N, D], S>,
  options: BarlowOptions = {},
): Tensor<[], 'f32'> {
  checkOptions('barlowTwins', options, ['lambda', 'scale', 'epsilon', 'unbiased'])
  const { lambda = 0.005, scale = 1, epsilon = 1e-5, unbiased = false } = options
  const standard = (z: Tensor<[N, D], 'f32'>) =>
    mul(centred(z), rsqrt(add(variance(z, [0], { keepdims: true, correction: unbiased ? 1 : 0 }), epsilon)))
  const c = div(matmul(transpose(standard(z1)), standard(alike('barlowTwins', z1, z2))), z1.shape[0]!)
  const onDiagonal = sum(select(diagonalOf(c.shape[0]!), square(sub(c, 1)), 0))
  return mul(add(onDiagonal, mul(offDiagonal(c), lambda)), scale)
}

/** What `vicregLoss` may be told. */
export interface VicregOptions {
  /** Weights of invariance, variance and covariance. Default 25, 25 and 1. */
  readonly invariance?: number
  /** Weight of the variance terms. Default 25. */
  readonly variance?: number
  /** Weight of the covariance terms. Default 1. */
  readonly covariance?: number
  /** Of the variance terms of the two views: 0.5 (default) averages them as the authors' code, 1 sums them as the paper. */
  readonly varianceWeight?: number
  /** Deviation to reach. Default 1. */
  readonly gamma?: number
  /** Added to the variance. Default 1e-4. */
  readonly epsilon?: number
}
/**
 * VICReg: `i mean((z1 - z2)^2) + v w (v(z1) + v(z2)) + c (k(z1) + k(z2))`, `v(z) = mean_d max(0, gamma - sqrt(var_d +
 * eps))`, `k(z) = sum_{i != j} C_ij^2 / D` with the covariance C. Divisors N - 1. `z1`, `z2` `[N, D]`. Source: Bardes et al.,
 * arXiv 2105.04906, equations 1 to 6.
 */
export function vicregLoss<N extends Dim, D extends Dim, S extends Shape>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'vicregLoss', [N, D], S>,
  options: VicregOptions = {},
): Tensor<[], 'f32'> {
  const { invariance = 25, variance: spread = 25, covariance = 1 } = options
  const { varianceWeight = 0.5, gamma = 1, epsilon = 1e-4 } = options
  const [one, two] = [z1, alike('vicregLoss', z1, z2)]
  const hinge = (z: Matrix) => mean(relu(sub(gamma, sqrt(add(variance(z, [0], { correction: 1 }), epsilon)))))
  const redundancy = (z: Matrix) => div(offDiagonal(covarianceOf(z)), z.shape[1]!)
  const total = add(
    mul(mean(square(sub(one, two))), invariance),
    mul(add(hinge(one), hinge(two)), spread * varianceWeight),
  )
  return add(total, mul(add(redundancy(one), redundancy(two)), covariance))
}

/** Covariance `[..., D, D]` of rows `[..., N, D]` with divisor N - 1. */
function covarianceOf<B extends Shape, D extends Dim>(z: Tensor<[...B, Dim, D], 'f32'>): Tensor<[...B, D, D], 'f32'> {
  const rows = z.shape.length - 2
  const c: Tensor<any, 'f32'> = sub(z, mean(z, [rows], { keepdims: true }) as Tensor<any, 'f32'>)
  return div(matmul(transpose(c), c), z.shape[rows]! - 1) as Tensor<any, 'f32'>
}

/** What `ticoLoss` may be told. */
export interface TicoOptions extends Rows {
  /** Weight of the past in the covariance. Default 0.9. */
  readonly beta?: number
  /** Weight of the covariance term. Default 8. */
  readonly rho?: number
  /** No gradient through the batch's part of the covariance, as in the authors' listing. Default true. */
  readonly detachCovariance?: boolean
}
/**
 * TiCo: on unit rows, `1 - mean cos(z1, z2) + rho mean_i z1_i^T C z1_i` with `C = beta C' + (1 - beta) z1^T z1 / N`, a moving
 * average that the caller carries (stopped) from step to step. `z1`, `z2` `[N, D]`, `previous` `[D, D]`. Source: Zhu et al.,
 * arXiv 2206.10698, algorithm 1.
 */
export function ticoLoss<N extends Dim, D extends Dim, S extends Shape, T extends Shape, H extends Gradient>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'ticoLoss', [N, D], S>,
  previous: Target<'ticoLoss', [D, D], T, H>,
  options: TicoOptions = {},
): { loss: Tensor<[], 'f32'>; covariance: Tensor<[D, D], 'f32'> } {
  const { terms, covariance } = ticoTerms(z1, alike('ticoLoss', z1, z2), previous as unknown as Matrix, options)
  return { loss: mean(terms), covariance: covariance as Tensor<any, 'f32'> }
}
/** The terms of that mean, `[N]`, and the moving average. */
export function ticoTerms(z1: Matrix, z2: Matrix, previous: Matrix, options: TicoOptions = {}) {
  checkOptions('ticoLoss', options, ['beta', 'rho', 'detachCovariance', 'unit'])
  const { beta = 0.9, rho = 8, detachCovariance = true, unit = true } = options
  const [one, two] = [rowsOf(z1, unit), rowsOf(z2, unit)]
  const batch = div(matmul(transpose(one), one), one.shape[0]!)
  const covariance = add(mul(previous, beta), mul(detachCovariance ? stopGradient(batch) : batch, 1 - beta))
  const contrast = sum(mul(matmul(one, covariance), one), -1)
  return { terms: add(add(negativeDots(one, two), 1), mul(contrast, rho)), covariance }
}

/**
 * W-MSE: `2 - 2 mean cos(w(z1), w(z2))`, `w` whitening every group of consecutive rows: `L^-1 (z - mean)` with `L L^T =
 * (1 - eps) C + eps I`. `group` (default: the batch) must divide N and exceed D, or eps must be positive. Default eps 0.
 * `z1`, `z2` `[N, D]`. Source: Ermolov et al., arXiv 2007.06346.
 */
export function whiteningMse<N extends Dim, D extends Dim, S extends Shape>(
  z1: Tensor<[N, D], 'f32'>,
  z2: Alike<'whiteningMse', [N, D], S>,
  options: { readonly group?: number; readonly epsilon?: number } = {},
): Tensor<[], 'f32'> {
  checkOptions('whiteningMse', options, ['group', 'epsilon'])
  const { group, epsilon = 0 } = options
  const whitened = (z: Untyped) => {
    const [rows, features] = z.shape as [number, number]
    const size = group ?? rows
    if (rows % size !== 0) throw new ShapeError(`whiteningMse: ${rows} rows do not divide into groups of ${size}`)
    const groups = reshape(z, [rows / size, size, features])
    const shrunk = add(mul(covarianceOf(groups), 1 - epsilon), select(diagonalOf(features), epsilon, 0))
    const centre = sub(groups, mean(groups, [1], { keepdims: true }))
    const solved = triangularSolve(cholesky(shrunk), transpose(centre))
    return reshape(transpose(solved), [rows, features])
  }
  return add(mul(negativeCosine(whitened(z1), whitened(alike('whiteningMse', z1, z2))), 2), 2)
}
