/** Methods that compare views through their scores against prototypes: SwAV and DINO. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Fit } from '../../compiler/types/layer.js';
import type { Augmentations } from '../augment/copies.js';
import { type Schedule } from '../schedules.js';
import { type Encoder, type Given, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
interface Scored<E extends Encoder, J extends Head, P extends Head, Q extends Head> {
    encoder: E;
    projector: OnEncoder<J, E>;
    /** On the side that predicts codes or targets, before its prototypes. Default: none. */
    predictor?: OnProjections<Q, J>;
    /** Both orders of the views; `false` takes view 1 alone, and targets of view 2. Default true. */
    symmetric?: boolean;
    /** From unit projections to scores: `prototypes(P, K)`. */
    prototypes: Fit<P, Given<J>>;
    augment?: Augmentations;
}
/**
 * SwAV: each of the first two views gets a code, its scores made an assignment that uses all prototypes equally
 * (`sinkhorn`, no gradient), and every other view predicts it: `L = mean of -sum code log softmax(scores / T)`. Defaults:
 * temperature 0.1, epsilon 0.05, 3 iterations. Views after the second (multi-crop) predict only. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection` and `unit`; branch `target` is what makes codes. Metric
 * `spread` of the projections. Source: Caron et al., arXiv 2006.09882; their queue of earlier
 * features is off by default.
 */
export declare function swav<E extends Encoder, const J extends Head, const P extends Head, const Q extends Head = Head>(parts: Scored<E, J, P, Q> & {
    temperature?: number;
    epsilon?: number;
    iterations?: number;
    /** So many earlier projections of each of the first two views share in its codes. Default: none. */
    queue?: number;
    /** From this step on; before, they are only kept. Default 0. */
    queueFrom?: number;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/**
 * DINO: a momentum teacher's centred, sharpened scores of the first two views are the targets of the student's scores of every
 * other view: `L = mean of -sum softmax((t - c) / Tt) log softmax(s / Ts)`. The centre `c` `[K]` follows the mean of the teacher's
 * scores: `c = m c + (1 - m) mean`. Defaults: temperatures 0.1 (student) and 0.04 (teacher; a schedule in the paper), momentum of the
 * teacher 0.996, of the centre 0.9. Views after the second (multi-crop) are the student's only. `augment`: as `swav`; branch `target` is
 * the teacher. Metric `spread` of the teacher's projections. Source: Caron et al., arXiv 2104.14294, algorithm 1.
 */
export declare function dino<E extends Encoder, const J extends Head, const P extends Head, const Q extends Head = Head>(parts: Scored<E, J, P, Q> & {
    studentTemperature?: number;
    teacherTemperature?: number | Schedule;
    momentum?: number | Schedule;
    centerMomentum?: number;
}): Method<E, {
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of them. */
export declare const listings: {
    swav: import("../recipes/listed.js").Listed<"optional">;
    dino: import("../recipes/listed.js").Listed<"optional">;
};
export {};
