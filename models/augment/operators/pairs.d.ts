import type { Matrix } from '../../tensors.js';
import { type Draw } from './mix.js';
/** What `viewInterpolation` and `positiveExtrapolation` may be told. */
export interface PairOptions {
    /** The weight is drawn once per step (default), per row, or per element. */
    readonly draw?: Draw;
    /** Unit rows afterwards. Default false. */
    readonly unit?: boolean;
}
/**
 * MX5: `q' = w q + (1 - w) k`, `k' = w k + (1 - w) q`, `w ~ Beta(strength, strength)`: an easier positive. The query's gradient flows through
 * both sides; `flow: 'target-stopped'` leaves it to the online one. Strength: default 2. Source: feature transformation, arXiv 2108.02982.
 */
export declare const viewInterpolation: (options?: PairOptions) => import("./operator.js").Operator<"pair", never, undefined>;
/**
 * MX6: as `viewInterpolation` with `w ~ 1 + Beta(strength, strength)`: a harder positive, drawn apart. With one w per step or row and no unit rows
 * afterwards, `1 - q'.k' = (1 + 2 w (w - 1)) (1 - q.k)`: whatever the flow, the gradient is that of the clean score times a
 * number; per element, or with unit rows, it is another one. Strength: default 2. Source: as there (w per step, not unit).
 */
export declare const positiveExtrapolation: (options?: PairOptions) => import("./operator.js").Operator<"pair", never, undefined>;
/**
 * `q' = l q + (1 - l) k` and `k' = l k + (1 - l) q`, both from the given `q` and `k`: above 1, `l` (a row's `[N, 1]` or an
 * element's `[N, D]`) moves the pair apart, a harder positive; from 0 to 1 together. No unit rows afterwards by default. Pass a
 * stopped key where it takes no gradient. Source: feature transformation, Zhu et al., arXiv 2108.02982
 * (`l = 1 + Beta(2, 2)`).
 */
export declare function mixPositives(q: Matrix, k: Matrix, l: Matrix, { unit }?: {
    readonly unit?: boolean;
}): {
    q: Matrix;
    k: Matrix;
};
