/** Losses on the places of feature maps, each compared with the place of another view that looks most like it. */
import type { Stopped, Tensor } from '../../compiler/graph/node.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Matrix } from '../tensors.js';
/** Features of places `[N, P, C]`. */
type Places = Tensor<[Dim, Dim, Dim], 'f32'>;
/**
 * For each place of `a` `[N, P, C]` the place of `b` `[N, Q, C]` of the same image with the largest cosine: indices `[N, P]`, no gradient.
 * Source: DenseCL, arXiv 2011.09157, equation 3.
 */
export declare const matches: (a: Places, b: Places) => Stopped<[Dim, Dim], 'i32'>;
/**
 * InfoNCE of every place: unit rows of `q` `[N, P, D]` with those of `k` `[N, Q, D]` at `match` `[N, P]`, told apart from the rows of
 * `queue` `[K, D]`, which are used as they are; the mean over the places of an image, `[N]`.
 */
export declare function denseContrasts(q: Places, k: Places, match: Tensor<any, 'i32'>, queue: Matrix, temperature: number): Tensor<[number], "f32", import("../../compiler/index.js").Gradient>;
/** What `denseclLoss` compares. `q`, `dense`, `maps` are of the queries, `k...` of the keys. */
export interface Dense {
    /** Projections of queries `[N, D]`. */
    readonly q: Matrix;
    /** Of their keys. */
    readonly k: Stopped<[Dim, Dim]>;
    /** Projections of places `[N, P, D]`. */
    readonly dense: Places;
    /** Of the keys' places. */
    readonly kDense: Stopped<[Dim, Dim, Dim]>;
    /** The encoder's features at the places, `[N, P, C]`, by which they find each other. */
    readonly maps: Places;
    /** Of the keys. */
    readonly kMaps: Places;
    /** Unit rows `[K, D]` of earlier keys. */
    readonly queue: Stopped<[Dim, Dim]>;
    /** Of earlier keys of places. */
    readonly denseQueue: Stopped<[Dim, Dim]>;
}
/**
 * DenseCL: `(1 - lambda) infoNCE(q, k, queue) + lambda mean over places of infoNCE(dense_i, kDense_c(i), denseQueue)`, `c(i)` being the
 * place of the key whose encoder features have the largest cosine with those of place i. Default temperature 0.2, lambda 0.5. Source:
 * Wang et al., arXiv 2011.09157, equations 1 to 4; defaults of the authors' code (github.com/WXinlong/DenseCL).
 */
export declare function denseclLoss({ q, k, dense, kDense, maps, kMaps, queue, denseQueue }: Dense, options?: {
    readonly temperature?: number;
    readonly lambda?: number;
}): Tensor<[], 'f32'>;
export {};
