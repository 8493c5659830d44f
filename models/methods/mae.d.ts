/** MAE: hidden patches are told from a few visible ones. He et al., arXiv 2111.06377. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { TokenPredictor } from '../encoders/predictor.js';
import { type Encoder, type Method } from './method.js';
/**
 * MAE: `L = maeLoss(decoder(encoder(visible patches)), hidden patches)`: the encoder, a `vit`, sees its class token and a random share `1 - hidden` of the
 * patches of the first view; `decoder`, a `tokenPredictor` with `patch * patch * channels` outputs, tells the others. Defaults: hidden 0.75, patches
 * standardized (`normalized`). Takes one view or more, of which the second is for monitors alone. `augment`: feature augmentation at the encoder's
 * stages, branch `online`; there is no row that it could be placed on. Metric `spread` of the pooled features. Source: He et al., arXiv 2111.06377,
 * section 3; its code's decoder also sees the tokens in their order, which changes nothing.
 */
export declare function mae<E extends Encoder>(parts: {
    encoder: E;
    decoder: TokenPredictor;
    /** Share of the patches that is hidden. */
    hidden?: number;
    normalized?: boolean;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    mae: import("../recipes/listed.js").Listed<"none">;
};
