/** Methods that learn from labels, with the same augmentations: supervised contrast and a supervised baseline. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import { type SupervisedContrastOptions } from '../losses/contrast.js';
import { type Encoder, type Head, type Method, type OnEncoder } from './method.js';
/**
 * Supervised contrast: `L = supervisedContrast([z1; z2], labels)`, every row being pulled to all rows of its label. Default
 * temperature 0.1, `variant` of that loss `'out'`. Takes two views and labels `[N]`. `augment`: as `simclr`. Metric `spread` of the projections.
 * Source: Khosla et al., arXiv 2004.11362.
 */
export declare function supcon<E extends Encoder, const J extends Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    temperature?: number;
    /** Default `'out'`. */
    variant?: SupervisedContrastOptions['variant'];
    augment?: Augmentations;
}): Method<E, {
    spread: Stopped<[]>;
}, 'labels'>;
/**
 * The supervised baseline: `L = mean over views of crossEntropy(classifier(encoder(view)), labels)`. `classifier` takes the encoder's
 * features and gives a score per class. Any number of views from one on, and labels `[N]`. `augment`: feature augmentation at the
 * encoder's stages and `pooled`, branch `online`, and at the `scores` of a linear classifier. Metric `accuracy` on the first view.
 */
export declare function supervised<E extends Encoder, const C extends Head>(parts: {
    encoder: E;
    classifier: OnEncoder<C, E>;
    smoothing?: number;
    augment?: Augmentations;
}): Method<E, {
    accuracy: Stopped<[]>;
}, 'labels'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    supcon: import("../recipes/listed.js").Listed<"none">;
    supervised: import("../recipes/listed.js").Listed<"none">;
};
