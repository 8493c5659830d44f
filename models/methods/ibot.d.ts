/** Self-distillation of images and of their hidden patches: iBOT, and DINOv2's form of it. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Fit } from '../../compiler/types/layer.js';
import type { Augmentations } from '../augment/copies.js';
import { type Schedule } from '../schedules.js';
import { type Encoder, type Given, type Head, type Method, type OnEncoder } from './method.js';
/** The parts of `ibot` and `dinov2`. */
export interface Distilled<E extends Encoder, J extends Head, P extends Head> {
    /** A `vit`. */
    encoder: E;
    /** On its class token, and on its patches unless `patchHeads` are. */
    projector: OnEncoder<J, E>;
    /** From unit projections to scores: `prototypes(P, K)`. */
    prototypes: Fit<P, Given<J>>;
    /** Heads of the patches. Default: the same as of the class token. */
    patchHeads?: {
        projector: OnEncoder<J, E>;
        prototypes: Fit<P, Given<J>>;
    };
    /** Share of the patches that the student does not see. Default 0.3. */
    hidden?: number;
    /** Weight of the patches. Default 1. */
    patchWeight?: number;
    /** Weight of `koleo` on the student's class tokens, as the encoder gives them. */
    koleoWeight?: number;
    /** What keeps the teacher from one answer for all: the moving average of its scores is taken off, or codes use all prototypes equally. */
    centering?: 'mean' | 'sinkhorn';
    /** Default 0.1. */
    studentTemperature?: number;
    /** Of the teacher's scores of class tokens. */
    teacherTemperature?: number | Schedule;
    /** Of the teacher's scores of patches. */
    patchTemperature?: number | Schedule;
    /** Of the teacher. */
    momentum?: number | Schedule;
    /** Of the centres. Default 0.9. */
    centerMomentum?: number;
    /** Feature augmentation. Default: none. */
    augment?: Augmentations;
}
/**
 * iBOT: `L = dino(class tokens) + patchWeight ibotPatchLoss(hidden patches)`. The student sees both views with a learned `mask_token` in place of a random share
 * `hidden` of the patches; the teacher, a momentum network, sees them whole. Its class token of one view is what the student's of the other is to score, and its
 * hidden patches what the student's of the same view are to. Heads are shared by class token and patches unless `patchHeads` are given. Takes two
 * views and a `vit`. Defaults: temperatures 0.1 (student), 0.04 (teacher) and 0.07 (teacher, patches), momentum 0.996. `augment`: feature
 * augmentation at the encoder's stages, where patches see it too, `pooled`, `projection` and `unit` of the class token; branch `target` is the teacher.
 * Metric `spread` of the teacher's projections. Source: Zhou et al., arXiv 2111.07832, section 3, and its code (github.com/bytedance/ibot), which
 * hides patches in blocks.
 */
export declare const ibot: <E extends Encoder, const J extends Head, const P extends Head>(parts: Distilled<E, J, P>) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/**
 * DINOv2: as `ibot`, with codes by `sinkhorn` in place of centres, `koleo` on the student's class tokens (weight 0.1), and heads of their own for patches where
 * `patchHeads` has them, as published. Defaults beside: teacher's temperatures 0.07, momentum 0.992. Source: Oquab et al., arXiv 2304.07193, section 4;
 * github.com/facebookresearch/dinov2, whose hidden share of an image is 0.1 to 0.5, of half of the images.
 */
export declare const dinov2: <E extends Encoder, const J extends Head, const P extends Head>(parts: Distilled<E, J, P>) => Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    ibot: import("../recipes/listed.js").Listed<"none">;
    dinov2: import("../recipes/listed.js").Listed<"none">;
};
