/** Methods that decorrelate the dimensions of the projections instead of comparing rows: Barlow Twins and VICReg. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type BarlowOptions, type VicregOptions } from '../losses/redundancy.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
interface Projected<E extends Encoder, J extends Head, P extends Head> {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** On the rows of view 1, whose partners are then the projections of view 2; the loss is the mean of both orders. Default: none. */
    predictor?: OnProjections<P, J>;
    /** Both orders of the views. Default: with a predictor only, because the loss itself has both. */
    symmetric?: boolean;
    augment?: Augmentations;
}
/**
 * `L = barlowTwins(z1, z2)` with `z = projector(encoder(view))`, which is not scaled to unit rows. `loss`: options of the formula. Takes two
 * views. `augment`: feature augmentation at the encoder's stages, `pooled` and `projection`; branch `online` is view 1, `target` view
 * 2, whose gradient flows as well unless an augmentation stops it. Metric `spread`. Source: Zbontar et al., arXiv 2103.03230.
 */
export declare const barlow: <E extends Encoder, const J extends Head, const P extends Head = Head>(parts: Projected<E, J, P> & {
    loss?: BarlowOptions;
}) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** `L = vicreg(z1, z2)`; otherwise as `barlow`. Source: Bardes et al., arXiv 2105.04906. */
export declare const vicreg: <E extends Encoder, const J extends Head, const P extends Head = Head>(parts: Projected<E, J, P> & {
    loss?: VicregOptions;
}) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/**
 * W-MSE: `L = whiteningMse(z1, z2)`, `2 - 2 cos` of projections that are whitened over the batch, or over every `group` of its rows, of which there must
 * be more than a projection has numbers; otherwise as `barlow`. Source: Ermolov et al., arXiv 2007.06346, section 3; its code
 * (github.com/htdt/self-supervised) whitens groups of 128 in a random order, which batches are in already.
 */
export declare const wmse: <E extends Encoder, const J extends Head, const P extends Head = Head>(parts: Projected<E, J, P> & {
    group?: number;
    epsilon?: number;
}) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    barlow: import("../recipes/listed.js").Listed<"optional">;
    vicreg: import("../recipes/listed.js").Listed<"optional">;
    wmse: import("../recipes/listed.js").Listed<"optional">;
};
export {};
