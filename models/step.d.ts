import { type Stopped, type Tensor } from '../compiler/graph/node.js';
import { type Variable } from '../compiler/language/module.js';
import type { FeatureAugmentation } from './augment/feature.js';
import { type Clip } from './optimizers/clip.js';
import { type Optimizer } from './optimizers/optimizer.js';
import { type LossScale, type ScaleMetrics } from './optimizers/scaling.js';
/** How a step takes its gradients: what `fit` and `train` may both be told. */
export interface StepOptions {
    /**
     * For programs compiled with `precision: 'f16'`: scales the loss before its gradients are taken, and skips parameters
     * and optimizer on steps that overflow. `'dynamic'` starts at 65536. Default: no scaling, no step is skipped.
     */
    readonly lossScale?: LossScale;
    /**
     * Calls per optimizer step: gradients are averaged over so many batches, and parameters, optimizer, momentum networks,
     * queues and the step counter (so schedules too) move on the last of them only. Outputs are those of the one
     * batch, and batch norm sees each batch for itself. With `lossScale` a batch that overflows is left out. Default 1.
     */
    readonly accumulate?: number;
    /** Clips the gradients that the optimizer gets: `{ norm: 1 }` all together, `{ value: 0.5 }` each element. Default: not at all. */
    readonly clip?: Clip;
}
/** Scaling the loss reports the scale of the step and the number of steps skipped so far. */
type ScaleMetricsOf<O> = O extends {
    readonly lossScale: LossScale;
} ? ScaleMetrics : unknown;
/** Clipping by norm reports what the norm was. */
type ClipMetricsOf<O> = O extends {
    readonly clip: {
        readonly norm: number;
    };
} ? {
    readonly gradientNorm: Stopped<[]>;
} : unknown;
/** What a step reports: the loss before it, the learning rate used, and what its options add. */
export type Stepped<O> = {
    loss: Tensor<[], 'f32'>;
    learningRate: Stopped<[]>;
} & ScaleMetricsOf<O> & ClipMetricsOf<O>;
/** What stands around a step. */
export interface Around {
    /** Makes the updates that follow it: momentum networks, queues. */
    afterStep?(): void;
    /** Feature augmentations: learned ones may bring an optimizer for their parameters. */
    readonly augmentations?: readonly FeatureAugmentation[];
    /** Is shown the gradients before they are clipped. */
    seen?(gradients: readonly Tensor[]): void;
}
/** Moves `parameters` by one step, and counts it. Throws `ShapeError`. */
export declare function takeStep(parameters: readonly Variable[], loss: Tensor<[], 'f32'>, optimizer: Optimizer, { lossScale, accumulate, clip, ...others }: StepOptions, around?: Around): Stepped<unknown>;
export {};
