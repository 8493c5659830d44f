/** DenseCL: contrast of images and of the places in them. Wang et al., arXiv 2011.09157. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Head, type Method, type OnEncoder } from './method.js';
/**
 * DenseCL: `L = (1 - lambda) infoNCE(q, k, queue) + lambda mean over places of infoNCE(d_i, e_c(i), denseQueue)`. `q` and `k` are those of
 * `moco`; `d` and `e` are what `dense`, a head on single places, makes of the encoder's last feature maps `[N, C, H, W]`, and `c(i)` is
 * the place of view 2 whose features have the largest cosine with those of place i. The mean of the `e` of an image is queued for later
 * places, as a unit row. Takes two views, and an encoder with feature maps. Defaults: queue 65536 (both), temperature 0.2, momentum 0.999, lambda 0.5; `symmetric`
 * (the mean of both orders) false.
 *
 * `augment`: feature augmentation at the encoder's stages, where places see it too, `pooled`, `projection`, `unit` and `negatives` of the images' part.
 * Metrics: `accuracy` and `spread` as `moco`. Source: Wang et al., arXiv 2011.09157, section 3; defaults of github.com/WXinlong/DenseCL.
 */
export declare function densecl<E extends Encoder, const J extends Head, const D extends Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** On the features of single places, `[N H W, C]`. */
    dense: OnEncoder<D, E>;
    queue?: number;
    temperature?: number;
    momentum?: number | Schedule;
    /** Weight of the places. */
    lambda?: number;
    symmetric?: boolean;
    augment?: Augmentations;
}): Method<E, {
    accuracy: Stopped<[]>;
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    densecl: import("../recipes/listed.js").Listed<"none">;
};
