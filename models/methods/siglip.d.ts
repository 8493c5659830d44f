/** SigLIP's loss on pairs of views: every pair of rows is told for itself whether it belongs together. Zhai et al., arXiv 2303.15343. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
/**
 * `L = siglipLoss(z1, z2)` with `z = projector(encoder(view))` as unit rows: a sigmoid for each of the N^2 pairs in place of a softmax over them.
 * `logit_scale` (log 10 at first) and `logit_bias` (-10) are trained. Takes two views. `augment`: feature augmentation at the encoder's stages, `pooled`,
 * `projection`, `prediction` (with a predictor) and `unit`; branch `online` is view 1, `target` view 2, whose gradient flows as well unless an
 * augmentation stops it. Metric `spread` of the projections. Source: Zhai et al., arXiv 2303.15343, algorithm 1, which
 * pairs images with texts.
 */
export declare function siglip<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
    predictor?: OnProjections<P, J>;
    /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
    symmetric?: boolean;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    siglip: import("../recipes/listed.js").Listed<"optional">;
};
