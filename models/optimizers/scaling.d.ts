import type { Stopped, Tensor } from '../../compiler/graph/node.js';
/** A fixed scale, best a power of 2, or one that is kept just below overflow. */
export type LossScale = number | 'dynamic';
/** Whether an optimizer may take its step, and how many of the steps before it were skipped. */
export interface Guard {
    readonly good: Tensor<[], 'bool'>;
    readonly skipped: Stopped<[], 'u32'>;
}
/**
 * Gradients of `loss` with respect to `wrt`, taken of the scaled loss; `metrics` has the scale of this step and how many
 * steps were skipped so far. What f16 cannot hold is infinite from there on, and so are the gradients of parameters that are made
 * of it, or NaN; these themselves, which are f32, may reach the largest f16. Updates
 * the scale and its counters; to be called once per entry. Throws `ShapeError` for a scale that is not positive.
 */
export declare function scaledGradients(loss: Tensor<[], 'f32'>, wrt: readonly Tensor[], lossScale: LossScale): {
    gradients: Tensor<any, 'f32'>[];
    guard: Guard;
    metrics: ScaleMetrics;
};
/** The scale of this step, and the steps skipped so far. */
export type ScaleMetrics = {
    readonly lossScale: Stopped<[]>;
    readonly skipped: Stopped<[]>;
};
