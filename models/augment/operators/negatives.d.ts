/**
 * Feature augmentation of negatives: the queue mixed, hard negatives mixed with each other and with the query, or moved towards
 * it (MX7 to MX10, N8 of this project's list). `q` `[N, D]` are unit queries without gradient, the queue `[K, D]` unit rows; hard negatives are kept per query,
 * beside the queue. `augment({ operator: gaussianNoise({ scale: 'one' }), strength: 0.01, at: 'negatives' })` is SynCo's noise.
 */
import type { Stopped, Tensor } from '../../../compiler/graph/node.js';
import type { Dim } from '../../../compiler/types/shape.js';
import type { Matrix, Vector } from '../../tensors.js';
import { type Draw } from './mix.js';
/**
 * MX7: `Q' = w Q + (1 - w) Q_pi`, `w ~ Beta(strength, strength)` once per step (default), per row or per element, in place of the queue.
 * `pi` shifts the ring by a random number of rows, at least one, so that partners differ from step to step and cost nothing to
 * find. No unit rows afterwards; the keys themselves are queued. Strength: default 1.6. Source: feature transformation, arXiv 2108.02982.
 */
export declare const queueMixing: ({ draw }?: {
    readonly draw?: Draw;
}) => import("./operator.js").Operator<"negatives", never, undefined>;
/** What `hardMixing` and its like may be told. */
export interface HardOptions {
    /** How many of the queue count as hard: those nearest to the query. Default 32. */
    readonly hardest?: number;
    /** Negatives made per query. Default 16. */
    readonly count?: number;
}
/**
 * MX8: `count` negatives `unit(a n_i + (1 - a) n_j)` per query beside the queue, `n_i`, `n_j` among its `hardest` by `q.n`, `a ~ U(0, 1)`. No
 * strength. Source: MoCHi, arXiv 2010.01028 (1024 of each with queues of 65536; small queues: 32 and 16, the defaults).
 */
export declare const hardMixing: (options?: HardOptions) => import("./operator.js").Operator<"negatives", never, undefined>;
/**
 * MX9: `count` negatives `unit(b q + (1 - b) n_j)` per query beside the queue, `n_j` among its `hardest`, `b ~ U(0, strength)`. Strength:
 * default 0.5, at most 1. Source: MoCHi, as `hardMixing`.
 */
export declare const queryMixing: (options?: HardOptions) => import("./operator.js").Operator<"negatives", never, undefined>;
/**
 * MX10: `count` negatives `unit(q + b (n_j - q))` per query beside the queue, `n_j` among its `hardest`, `b ~ U(1, 1 + strength)`: beyond
 * the negative, away from the query. Strength: default 0.5. Source: SynCo, arXiv 2410.02401, type 2 (256 of 1024).
 */
export declare const negativeExtrapolation: (options?: HardOptions) => import("./operator.js").Operator<"negatives", never, undefined>;
/**
 * N8: `count` negatives `unit(n_j + a d)` per query beside the queue, `n_j` among its `hardest`: a step up the score `q.n`, whose
 * gradient is the query: `d = q`, or its signs (`step: 'sign'`). Strength: a, default 0.01. Source: SynCo, arXiv 2410.02401, types 5
 * and 6 (64 of each).
 */
export declare const adversarialSteps: ({ step, ...options }?: HardOptions & {
    readonly step?: 'gradient' | 'sign';
}) => import("./operator.js").Operator<"negatives", never, undefined>;
/** `l queue + (1 - l) queue_pi`, `l` `[K, D]` or `[K, 1]`. No gradient. Source: as `mixPositives` (`Beta(1.6, 1.6)`). */
export declare const mixQueue: (queue: Matrix, l: Matrix, partner: Vector<'i32'>) => Stopped<[Dim, Dim]>;
/**
 * `unit(a n_i + (1 - a) n_j)` of pairs of hard negatives: `pairs` `[N, S, 2]` i32 rows of the queue, `a` `[N, S]`; result `[N,
 * S, D]`. No gradient. Source: MoCHi, arXiv 2010.01028 (`a ~ U(0, 1)`).
 */
export declare function mixNegatives(queue: Matrix, pairs: Tensor<[Dim, Dim, number], 'i32'>, a: Matrix): Stopped<[Dim, Dim, Dim]>;
/**
 * `unit(b q + (1 - b) n_j)`, the query itself mixed into hard negatives: `rows` `[N, T]` i32, `b` `[N, T]`; result `[N, T, D]`.
 * No gradient. Source: MoCHi, as above (`b ~ U(0, 0.5)`).
 */
export declare function mixQueryIntoNegatives(q: Matrix, queue: Matrix, rows: Matrix<'i32'>, b: Matrix): Stopped<[Dim, Dim, Dim]>;
