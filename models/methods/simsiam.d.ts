/** SimSiam: instance similarity without negatives, momentum network or large batches. Chen and He, arXiv 2011.10566. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
/**
 * `L = D(p1, sg z2) / 2 + D(p2, sg z1) / 2` with `z = projector(encoder(view))`, `p = predictor(z)` and `D` the negative
 * cosine. `encoder` gives `[N, F]`, `projector` takes F and gives P, `predictor` takes and gives P: a mismatch is an
 * error in the editor, and a `ShapeError` when traced. Views after the second are predictions only. `symmetric: false`
 * predicts view 1 alone, from view 2. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection` (online: what the predictor takes), `prediction` and `unit`.
 * Metric `spread` of the projections: 0 is collapse.
 */
export declare function simsiam<E extends Encoder, const J extends Head, const P extends Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    predictor: OnProjections<P, J>;
    /** Both orders of the views. Default true. */
    symmetric?: boolean;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    simsiam: import("../recipes/listed.js").Listed<"needed">;
};
