/** Instance discrimination within the batch: SimCLR and its decoupled form. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type DecoupledOptions } from '../losses/contrast.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
interface InBatch<E extends Encoder, J extends Head, P extends Head> {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
    predictor?: OnProjections<P, J>;
    /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
    symmetric?: boolean;
    temperature?: number;
    /** Both views go through the networks as one batch, so that batch norm sees them together. Default false. */
    joint?: boolean;
    augment?: Augmentations;
}
/**
 * `L = ntXent(z1, z2)` with `z = projector(encoder(view))`: every row is told apart from all others of both views. `encoder` gives
 * `[N, F]`, `projector` takes F. Default temperature 0.5. Takes two views. `augment`: feature augmentation at the
 * encoder's stages, `pooled`, `projection`, `prediction` (with a predictor) and `unit`; branch `online` is view 1, `target` view 2,
 * whose gradient flows as well unless an augmentation stops it. Metric `spread` of the projections.
 * Source: Chen et al., arXiv 2002.05709.
 */
export declare const simclr: <E extends Encoder, const J extends Head, const P extends Head = Head>(parts: InBatch<E, J, P>) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/**
 * Decoupled contrastive learning: as `simclr`, with `decoupledContrast`, whose denominator leaves the positive out; `sigma`
 * weighs positives by difficulty (DCLW). Default temperature 0.1. Source: Yeh et al., arXiv 2110.06848.
 */
export declare const dcl: <E extends Encoder, const J extends Head, const P extends Head = Head>(parts: InBatch<E, J, P> & Pick<DecoupledOptions, 'sigma'>) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    simclr: import("../recipes/listed.js").Listed<"optional">;
    dcl: import("../recipes/listed.js").Listed<"optional">;
};
export {};
