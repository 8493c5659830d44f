/**
 * How many directions the rows of a matrix use, from its singular values, by products of matrices alone: traces for the
 * participation ratio; for the entropy a Newton-Schulz iteration, which gives the matrix a square root, and a polynomial.
 */
import type { Stopped } from '../compiler/graph/node.js';
import type { Matrix } from './tensors.js';
/**
 * `(sum l)^2 / sum l^2` over the eigenvalues `l` of the covariance of rows `x` `[N, D]`, exact from its traces: from 1
 * (rows differ along one direction only) to `min(N - 1, D)` (along all alike); 0 where all rows are equal. No gradient.
 */
export declare function participationRatio(x: Matrix): Stopped<[]>;
/**
 * RankMe: `exp(-sum p log p)`, `p = s / sum s` over the singular values `s` of `x` `[N, D]` as it is, not centred: from 1 (all
 * rows along one direction) to `min(N, D)`; 0 for a zero matrix. Within 1 % of the float64 value for `min(N, D)` up
 * to 256, also where all but a few singular values are near 0. No gradient. With n = min(N, D) and m = max(N, D) it takes
 * `72 n^2 m + 58 n^3` operations and about 80 dispatches: 0.3 GFLOP for 128 x 128, 3.4 GFLOP for 256 x 512; call it every so many steps.
 * Source: Garrido et al., arXiv 2210.02885, equation 1, without its 1e-7.
 */
export declare function effectiveRank(x: Matrix): Stopped<[]>;
