/** Adam and its relatives: a step along the mean gradient, each component divided by its typical size. */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Schedule } from '../schedules.js';
import { type Optimizer, type Told, type Where } from './optimizer.js';
/** What `adam`, `adamw` and `lamb` are told. */
export interface AdamOptions {
    /** The length of a step: a number, or what a schedule says for it. */
    readonly learningRate: number | Schedule;
    /** Weights of the past in the means of gradients and of their squares. Default 0.9 and 0.999. */
    readonly betas?: readonly [number, number];
    /** Added to the root of the mean square. Default 1e-8. */
    readonly epsilon?: number;
    /**
     * Share of the parameter; in `adam` it is added to the gradient, else it is taken off beside the step. Default 0.01;
     * of `adam` 0.
     */
    readonly weightDecay?: number;
    /** Parameters without weight decay. Default: none. */
    readonly exclude?: Where;
}
/**
 * Adam: weight decay is part of the gradient, `g += wd p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`, t from 1. `amsgrad` divides by the largest `v` so far. Default:
 * no weight decay. Source: Kingma and Ba, arXiv 1412.6980; Reddi et al., arXiv 1904.09237.
 */
export declare function adam(told: Told<AdamOptions & {
    readonly amsgrad?: boolean;
}>): Optimizer;
/**
 * Adam with decoupled weight decay: `p *= 1 - lr wd`, then the step of `adam` without weight decay in the gradient.
 * Default: weight decay 0.01. Source: Loshchilov and Hutter, arXiv 1711.05101.
 */
export declare function adamw(told: Told<AdamOptions>): Optimizer;
/**
 * LAMB, Adam with one trust ratio per parameter: `u = direction + wd p; p -= lr (||p|| / ||u||) u`, the ratio being 1 where
 * a norm is 0. For large batches. Default: weight decay 0.01. Source: You et al., arXiv 1904.00962.
 */
export declare function lamb(told: Told<AdamOptions>): Optimizer;
/** `a / b`, and 1 where one of the two is 0. */
export declare function ratio(a: Tensor<[], 'f32'>, b: Tensor<[], 'f32'>): Tensor<[], "f32", import("../../compiler/index.js").Gradient>;
