/** Methods with a predictor online and a momentum network for the targets: BYOL and MoCo v3. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
interface Predicted<E extends Encoder, J extends Head, P extends Head> {
    encoder: E;
    projector: OnEncoder<J, E>;
    predictor: OnProjections<P, J>;
    /** Of the target network: `target = m target + (1 - m) online` after each step. */
    momentum?: number | Schedule;
    /** Both orders of the views; `false` predicts view 1 alone, from view 2, with the same weight in all. Default true. */
    symmetric?: boolean;
    augment?: Augmentations;
}
/**
 * BYOL: `L = (2 - 2 cos(p1, z2)) + (2 - 2 cos(p2, z1))` with predictions `p` of the online network and projections `z` of the
 * momentum network, which take no gradient. Default momentum 0.99 (`momentumCosine(0.99, ...)` in the paper). Views after
 * the second are predictions only, and the loss is twice the mean over pairs. `augment`: feature augmentation at the
 * encoder's stages, `pooled`, `projection`, `prediction` and `unit`. Metric `spread` of the targets.
 * Source: Grill et al., arXiv 2006.07733, equation 2.
 */
export declare const byol: <E extends Encoder, const J extends Head, const P extends Head>(parts: Predicted<E, J, P>) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/**
 * MoCo v3: `L = 2 T (contrast(q1, k2) + contrast(q2, k1))`: each prediction is told which key of the batch is its own, the
 * others being negatives; keys are those of the momentum network. Defaults: temperature 0.2, momentum 0.99. Otherwise as
 * `byol`. Source: Chen et al., arXiv 2104.02057, algorithm 1.
 */
export declare const mocoV3: <E extends Encoder, const J extends Head, const P extends Head>(parts: Predicted<E, J, P> & {
    temperature?: number;
}) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    mocoV3: import("../recipes/listed.js").Listed<"needed">;
    byol: import("../recipes/listed.js").Listed<"needed">;
};
export {};
