import type { Matrix } from '../../tensors.js';
import { type Compared, type Operator } from './operator.js';
type Inner = Operator<'any' | 'rows', 'statistics' | 'partner'>;
/** What `infiniteKeys` may be told. */
export interface InfiniteKeysOptions {
    /** What keys are drawn with, around the given one, and how strongly. Default: `gaussianNoise()` with its own strength. */
    readonly around?: Inner;
    /** How strongly: the strength of `around`, in its unit. Default: its own. */
    readonly spread?: number;
    /** Keys drawn per row. Default 5. */
    readonly keys?: number;
    /** The temperature of the method's loss. Default 0.2. */
    readonly temperature?: number;
}
/**
 * CV2: infinitely many keys per query. With mean m and covariance S of `keys` unit keys drawn around the given one (divisor `keys`),
 * `k' = m + l / (2 T) S q`, and `l / (2 T^2) q^T S q` is added to the loss: an upper bound of its expectation over keys from `N(m, l S)`. S is
 * used through its factor, `S q = mean_j d_j (d_j.q)`, O(keys D) per row. Keys carry no gradient, the query does. Strength: l, default 2; `schedule` fades both
 * terms in, as the source does over training. Queued is the given key (the source: m). Source: JCL, arXiv 2009.14776, equation 12
 * (5 keys from crops, l 2 or 0.25, T 0.2).
 */
export declare function infiniteKeys({ around, spread, keys, temperature, }?: InfiniteKeysOptions): Operator<"pair", never, undefined>;
/** `k' = m + l / (2 T) S q` and the penalty `l / (2 T^2) q^T S q` `[N, 1]`, from the keys drawn, `[N, D]` each. */
export declare function expectedKey(q: Matrix, keys: readonly Matrix[], l: number, temperature: number): Required<Compared>;
export {};
