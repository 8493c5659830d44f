/** NNCLR: the positive of a view is its nearest neighbour among earlier samples. Dwibedi et al., arXiv 2104.14548. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
/**
 * `L = mean of contrast(nn(z1), p2) and contrast(nn(z2), p1)`: `nn(z)` is the row of a queue of earlier projections nearest to `z`
 * (no gradient), told apart by its prediction from those of the rest of the batch. The projections of view 1, before any
 * augmentation, are queued. Defaults: queue 65536, temperature 0.2. `augment`: feature augmentation at the encoder's stages, `pooled`,
 * `projection`, `prediction` and `unit`. Metric `spread` of the projections.
 */
export declare function nnclr<E extends Encoder, const J extends Head, const P extends Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    predictor: OnProjections<P, J>;
    queue?: number;
    temperature?: number;
    /** Both orders of the views; `false` predicts view 1 alone, from the neighbours of view 2. Default true. */
    symmetric?: boolean;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    nnclr: import("../recipes/listed.js").Listed<"needed">;
};
