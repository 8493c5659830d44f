/**
 * Losses: plain functions on tensors, as short as the formula. Where a method forbids gradients through an argument,
 * its type is `Stopped`, and forgetting `stopGradient` is a red line.
 */
import { type Stopped, type Tensor } from '../compiler/graph/node.js';
import type { Dim } from '../compiler/types/shape.js';
import type { Gradient } from '../compiler/types/tensor.js';
import type { Matrix, Vector } from './tensors.js';
export { type CrossEntropyOptions, crossEntropy } from '../compiler/language/math.js';
/**
 * `-mean_i cos(p_i, z_i)`, in [-1, 1]. `p` `[N, D]` predictions, `z` `[N, D]` targets, which take no gradient.
 * Source: SimSiam, arXiv 2011.10566, equation 1.
 */
export declare const negativeCosine: <N extends Dim, D extends Dim>(p: Tensor<[N, D], 'f32'>, z: Stopped<NoInfer<[N, D]>>) => Tensor<[], 'f32'>;
/** `-<p_i, z_i>` of rows `[N, D]` as they are, `[N]`: its mean is `negativeCosine` where they are unit rows. */
export declare const negativeDots: <N extends Dim, D extends Dim>(p: Tensor<[N, D], 'f32'>, z: Tensor<NoInfer<[N, D]>, 'f32'>) => Tensor<[N], 'f32'>;
/** `cos(a_i, b_i)` of rows: `[N, D]` and `[N, D]` to `[N]`. */
export declare const cosineSimilarity: <N extends Dim, D extends Dim>(a: Tensor<[N, D], 'f32'>, b: Tensor<NoInfer<[N, D]>, 'f32'>) => Tensor<[N], 'f32'>;
/**
 * InfoNCE against a queue: cross-entropy of `[q.k, q queue^T] / temperature` with the first column as the target, mean
 * over the batch. `q`, `k` `[N, D]` are scaled to unit rows here; the rows of `queue` `[K, D]` are used as they are.
 * Default temperature 0.2. Source: MoCo, arXiv 1911.05722, equation 1; temperature of MoCo v2, arXiv 2003.04297.
 */
export declare function infoNCE<N extends Dim, K extends Dim, D extends Dim>(q: Tensor<[N, D], 'f32'>, k: Stopped<NoInfer<[N, D]>>, queue: Stopped<[K, NoInfer<D>]>, temperature?: number): Tensor<[], 'f32'>;
/** Share of the batch whose positive scores above all negatives: `[]`, no gradient. Arguments as in `infoNCE`. */
export declare function infoNCEAccuracy<N extends Dim, K extends Dim, D extends Dim>(q: Tensor<[N, D], 'f32'>, k: Stopped<NoInfer<[N, D]>>, queue: Stopped<[K, NoInfer<D>]>): Stopped<[]>;
/** What queries are told apart from: rows `[K, D]` for all of them, and rows `[N, S, D]` for each its own. */
export interface Negatives {
    /** Rows `[K, D]` for all queries. */
    readonly shared: Matrix;
    /** Rows `[N, S, D]`, `S` for each query. Default: none. */
    readonly own?: readonly Tensor<[Dim, Dim, Dim], 'f32'>[];
}
/** Scores of each query: of its key, `[N]`, and of what it is told apart from, `[N, K]`. */
export interface Scores {
    /** Of each query with its key, `[N]`. */
    readonly positive: Vector;
    /** Of each query with what it is told apart from, `[N, K]`. */
    readonly negative: Matrix;
}
/**
 * Dot products of queries `q` `[N, D]` with their keys `k` `[N, D]` and with their negatives. Rows as they are.
 */
export declare function scoresOf(q: Matrix, k: Matrix, { shared, own }: Negatives): Scores;
/** `-log(e^(p / T) / (e^(p / T) + sum e^(n / T)))` of each query, `[N]`: InfoNCE from scores. */
export declare function contrasts({ positive, negative }: Scores, temperature: number): Tensor<[Dim], "f32", Gradient>;
/** Share of the queries whose positive scores above all negatives: `[]`, no gradient. */
export declare const wins: ({ positive, negative }: Scores) => Stopped<[]>;
/**
 * NT-Xent: every row of `[z1; z2]` (unit rows, `[2N, D]`) is pulled to its other view and pushed from the 2N - 2 others:
 * mean over rows of `logsumexp_{j != i} s_ij - s_i,pos(i)` with `s = z z^T / temperature`. Default temperature 0.5.
 * `unit: false` takes the rows as they are. Source: SimCLR, arXiv 2002.05709, equation 1.
 */
export declare function ntXent<N extends Dim, D extends Dim>(z1: Tensor<[N, D], 'f32'>, z2: Tensor<NoInfer<[N, D]>, 'f32'>, temperature?: number, options?: Rows): Tensor<[], 'f32'>;
/** What losses that compare unit rows may be told. */
export interface Rows {
    /** Scale rows to unit length first. Default true; false for rows that are, or that an augmentation has moved from there. */
    readonly unit?: boolean;
}
/** The rows `[N, D]` as a loss compares them: of unit length where `unit` says so, else as they are. */
export declare const rowsOf: <N extends Dim, D extends Dim, G extends Gradient>(x: Tensor<[N, D], 'f32', G>, unit: boolean) => Tensor<[N, D], "f32", G>;
/**
 * How far features are from collapse: the mean over dimensions of the standard deviation over the batch of unit rows,
 * times `sqrt(D)`. 1 for directions spread evenly over the sphere, 0 when all rows are equal. No gradient.
 * Source: SimSiam, arXiv 2011.10566, section 4.1.
 */
export declare const spread: (z: Matrix) => Stopped<[]>;
