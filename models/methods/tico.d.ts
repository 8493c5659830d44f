/** TiCo: invariance, and a contrast with the covariance of earlier projections. Zhu et al., arXiv 2206.10698. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
/**
 * TiCo: `L = mean_i (1 - <z1_i, z2_i> + rho z1_i^T C z1_i)` on unit rows, `z1 = projector(encoder(view 1))` and `z2` the same of view 2 by a momentum
 * network; `C` `[D, D]`, zeros at first, is the moving average `beta C + (1 - beta) z1^T z1 / N` with this batch in it, and takes no gradient.
 * Defaults: beta 0.9, rho 8, momentum 0.99; one order of the views, as in the authors' listing (`symmetric: true` averages both, and their
 * covariances). `augment`: feature augmentation at the encoder's stages, `pooled`, `projection`, `prediction` (with a predictor) and `unit`; `C` is of
 * the rows as the loss compares them, of the main copy. Metric `spread` of the projections. Source: Zhu et al., arXiv 2206.10698, algorithm 1.
 */
export declare function tico<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    predictor?: OnProjections<P, J>;
    /** Weight of the past in the covariance. */
    beta?: number;
    /** Weight of the covariance term. */
    rho?: number;
    momentum?: number | Schedule;
    symmetric?: boolean;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    tico: import("../recipes/listed.js").Listed<"optional">;
};
