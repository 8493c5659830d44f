/** I-JEPA: the features of blocks of an image are told from those of the rest. Assran et al., arXiv 2301.08243. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { TokenPredictor } from '../encoders/predictor.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Method } from './method.js';
/**
 * I-JEPA: `L = mean over blocks of jepaLoss(predictor(context, block), target)`. The encoder, a `vit`, sees the context alone: random patches that are in no
 * block. A momentum network sees the whole first view, and its tokens in a block are the target; `predictor`, a `tokenPredictor` with as many outputs as the
 * encoder has features, tells each block for itself. `blocks` rectangles of the share `scale`, as nearly square as whole patches allow, are
 * anywhere; the context has as many patches as are left where no two of them overlap. Defaults: 4 blocks of 0.175, momentum 0.996. Takes one view or
 * more, of which the second is for monitors alone. `augment`: feature augmentation at the encoder's stages; branch `target` is the momentum
 * network. Metric `spread` of the pooled features.
 *
 * Source: Assran et al., arXiv 2301.08243, section 3, and its code (github.com/facebookresearch/ijepa). There sizes are drawn for each batch (0.15 to 0.2 of
 * the image, aspect 0.75 to 1.5), the context is a block of 0.85 to 1 with the targets cut out, and encoders have no class token.
 */
export declare function ijepa<E extends Encoder>(parts: {
    encoder: E;
    predictor: TokenPredictor;
    blocks?: number;
    scale?: number;
    momentum?: number | Schedule;
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    ijepa: import("../recipes/listed.js").Listed<"none">;
};
