/** MSN: a view with hidden patches is assigned to the prototypes as another whole view is. Assran et al., arXiv 2204.07141. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Fit } from '../../compiler/types/layer.js';
import type { Augmentations } from '../augment/copies.js';
import { type MsnOptions } from '../losses/prototypes.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Given, type Head, type Method, type OnEncoder } from './method.js';
/**
 * MSN: `L = msnLoss(prototypes(q), prototypes(k))` with unit rows `q` of view 1, of which the encoder, a `vit`, does not see a random share `hidden` of the
 * patches, and `k` of the whole view 2 by a momentum network. Prototypes are trained by the anchors alone and used by both. Defaults: hidden 0.15,
 * momentum 0.996, and those of `msnLoss` (`loss`); `symmetric` (the mean of both orders) false. Views after the second are not for it.
 * `augment`: feature augmentation at the encoder's stages, `pooled`, `projection` and `unit`; branch `target` is the momentum network. Metric
 * `spread` of its projections. Source: Assran et al., arXiv 2204.07141, section 3, and its configuration for ViT-S
 * (github.com/facebookresearch/msn), which has ten more small anchors.
 */
export declare function msn<E extends Encoder, const J extends Head, const P extends Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** From unit projections to scores: `prototypes(P, K)`. */
    prototypes: Fit<P, Given<J>>;
    /** Share of the patches that the anchors do not have. */
    hidden?: number;
    momentum?: number | Schedule;
    symmetric?: boolean;
    loss?: MsnOptions;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    msn: import("../recipes/listed.js").Listed<"none">;
};
