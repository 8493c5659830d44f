/** MoCo v2: instance discrimination against a queue of keys. He et al., arXiv 1911.05722; Chen et al., arXiv 2003.04297. */
import type { Stopped } from '../../compiler/graph/node.js';
import type { Augmentations } from '../augment/copies.js';
import type { Schedule } from '../schedules.js';
import { type Encoder, type Head, type Method, type OnEncoder, type OnProjections } from './method.js';
/**
 * `L = infoNCE(q, k, queue)` with `q = projector(encoder(view 1))` and `k` the same of view 2 by a momentum network,
 * which starts as a copy and follows the new parameters after each step: `target = m target + (1 - m) online`. As in
 * the authors' code its batch norms keep running statistics of their own. The keys, as unit rows, then replace the
 * oldest of the queue, which starts as random unit rows. Defaults: queue 4096, temperature 0.2, momentum 0.99.
 *
 * `symmetric`: the sum of both orders of the views, as in the authors' demo; both sets of keys are queued. `predictor`: on the
 * queries, as the paper on feature augmentation has it for its architectures (arXiv 2410.12396); none by default. `augment`: feature
 * augmentation at the encoder's stages, `pooled`, `projection`, `prediction` (with a predictor), `unit` and `negatives`; queued are the
 * keys before any at `projection` or `unit`. Metrics: `accuracy` (positive above all negatives) and `spread` of the queries. Throws `ShapeError` where a
 * batch of keys does not fit the queue.
 */
export declare function moco<E extends Encoder, const J extends Head, const P extends Head = Head>(parts: {
    encoder: E;
    projector: OnEncoder<J, E>;
    predictor?: OnProjections<P, J>;
    queue?: number;
    temperature?: number;
    momentum?: number | Schedule;
    symmetric?: boolean;
    /** The key encoder sees the batch shuffled, so that its batch norms (with `splits`) tell nothing. Default false. */
    shuffle?: boolean;
    augment?: Augmentations;
}): Method<E, {
    accuracy: Stopped<[]>;
    spread: Stopped<[]>;
}, 'none'>;
/** What recipes, commands and reports know of it. */
export declare const listings: {
    moco: import("../recipes/listed.js").Listed<"optional">;
};
