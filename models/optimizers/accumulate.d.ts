/**
 * Gradient accumulation: one optimizer step along the mean gradient of several batches, for batches larger than memory has
 * room for. Each call adds its gradients to state variables (`optimizer.<parameter>.accumulated`); the last call of
 * the group is due: there parameters move and the sums start again from 0.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Variable } from '../../compiler/language/module.js';
import { type Optimizer } from './optimizer.js';
/**
 * Adds `gradients` to the sums. `due` holds on every `batches`-th call, where `mean` is the mean gradient since the last;
 * elsewhere `mean` means nothing. A batch that is not `good` is left out: the step waits for another one. Random numbers
 * are keyed by seed and step, and the step stands still, so the seed counts the batches and is set back when due. Throws
 * `ShapeError` unless `batches` is a whole number from 1 on.
 */
export declare function accumulated(optimizer: Optimizer, parameters: readonly Variable[], gradients: readonly Tensor[], batches: number, good?: Tensor<[], 'bool'>): {
    mean: Tensor<any, 'f32'>[];
    due: Tensor<[], 'bool'>;
};
